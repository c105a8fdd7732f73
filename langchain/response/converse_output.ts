/**
 * The JSON of what AWS's JavaScript client made of JSON: bytes as base64 again, and what the client does not know (`$unknown`: name and value) under
 * its own name. Throws a sentence for what cannot be JSON, which a stub may answer.
 */
export function toWireJson(output: unknown): string {
  try {
    return write(output);
  } catch (error) {
    throw new Error(`What the client answered cannot be written as JSON: ${(error as Error).message.split("\n", 1)[0]}.`, { cause: error });
  }
}

function write(output: unknown): string {
  return JSON.stringify(output ?? {}, function (this: Record<string, unknown>, member, value: unknown) {
    // `value` is what a method toJSON made of it, as a Buffer has one.
    const original = this[member];
    if (ArrayBuffer.isView(original)) return Buffer.from(original.buffer, original.byteOffset, original.byteLength).toString("base64");
    return isUnknown(value) ? { [value.$unknown[0]]: value.$unknown[1] } : value;
  });
}

function isUnknown(value: unknown): value is { $unknown: [string, unknown] } {
  return typeof value === "object" && value !== null && "$unknown" in value && Array.isArray(value.$unknown);
}
