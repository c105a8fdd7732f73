import { AIMessage, type AIMessageFields } from "@langchain/core/messages";
import { convertToError } from "../response/errors.js";
import { decodeBytes } from "../response/messages.js";

type Path = (string | number)[];

/** A message as JSON. The paths say which of its texts are bytes in base64. */
interface StoredMessage {
  fields: AIMessageFields;
  bytes?: Path[];
}

/** A refusal as JSON. */
interface StoredError {
  message: string;
  members: Record<string, unknown>;
}

/** What became of an input, as JSON. */
export interface StoredAnswer {
  message?: StoredMessage;
  error?: StoredError;
}

/** The members of a message that are kept: all that `AIMessage` has, in the order in which an answer's are serialized. */
const FIELDS = ["content", "tool_calls", "usage_metadata", "response_metadata", "id", "invalid_tool_calls", "additional_kwargs", "name"] as const;

/** Of a model that streams, `invoke` gives a chunk: the sum of its stream. */
export function messageOf(answer: AIMessage): AIMessage {
  return "tool_call_chunks" in answer ? new AIMessage(fieldsOf(answer)) : answer;
}

function fieldsOf(message: AIMessage): AIMessageFields {
  return Object.fromEntries(FIELDS.filter((field) => message[field] !== undefined).map((field) => [field, message[field]])) as unknown as AIMessageFields;
}

export function storeMessage(message: AIMessage): StoredAnswer {
  const bytes: Path[] = [];
  const fields = encodeBytes(fieldsOf(message), [], bytes) as AIMessageFields;
  return { message: bytes.length === 0 ? { fields } : { fields, bytes } };
}

/** Of an exception of Bedrock's. */
export function storeError(error: Error): StoredAnswer {
  // The class for inputs that are too long has no name of Bedrock's; it is made of this exception.
  const name = error.name === "ContextOverflowError" ? "ValidationException" : error.name;
  const members = Object.entries(error).filter(([member, value]) => member.startsWith("$") ? STORED_MEMBERS.has(member) : isSimple(value));
  return { error: { message: error.message, members: { ...Object.fromEntries(members), name } } };
}

/** An exception of AWS's client for JavaScript has its response, too. */
const STORED_MEMBERS = new Set(["$fault", "$metadata", "$retryable"]);

function isSimple(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** What was answered once, again. */
export function restore({ message, error }: StoredAnswer): AIMessage | Error {
  if (error !== undefined) return convertToError({ kind: "service", message: error.message, members: JSON.stringify(error.members) }) as Error;
  const { fields, bytes } = message as StoredMessage;
  decodeBytes(fields, bytes);
  return new AIMessage(fields);
}

/** A value with base64 in place of bytes, whose places are added to `paths`; itself where it has none. */
function encodeBytes(value: unknown, path: Path, paths: Path[]): unknown {
  if (value instanceof Uint8Array) {
    paths.push(path);
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (typeof value !== "object" || value === null) return value;
  const found = paths.length;
  const members = Object.entries(value).map(([name, member]) => [name, encodeBytes(member, [...path, name], paths)] as const);
  if (paths.length === found) return value;
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}
