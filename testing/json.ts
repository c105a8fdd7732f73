/** A value as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object as `JSON.parse` returns it. */
export interface JsonObject {
  [member: string]: JsonValue;
}

/** Whether a value is an object with members, as opposed to a list, bytes or a primitive. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return isObject(value);
}

/**
 * The JSON of a value on the wire: bytes become base64 text, members that are `undefined` are left out.
 *
 * `JSON.stringify` alone is not enough: a `Uint8Array` would become an object of numbers.
 */
export function toJson(value: unknown): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(toJson);
  if (isObject(value)) {
    const present = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(present.map(([name, member]) => [name, toJson(member)]));
  }
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  return null;
}
