import type { AIMessage, BaseMessage, ChatMessage, ToolMessage } from "@langchain/core/messages";
import type { BedrockPromptCacheControl, ConverseInvocationParams } from "./types.js";

/** A request: JSON text, and beside it what the JSON names by `{"$attachment": index}`. */
export interface Request {
  modelId: string;
  json: string;
  attachments: Attachment[];
}

/** Bytes, or a long text of base64. */
export type Attachment = Uint8Array | string;

/**
 * A string at least this long goes beside the JSON when it can be base64: there it is copied once, inside it would also be escaped and scanned.
 * And a text of this length, the JSON too, is written into memory of the core's: that holds JavaScript up for less than handing over a string.
 */
export const LONG: number = 16 * 1024;

/** The members of a content block that hold base64 or a data URL in one dialect or another. */
const MEDIA_MEMBERS = new Set(["data", "url", "image_url", "bytes", "file_data"]);

/** Writes down a call. Nothing is converted here: what a block means is the core's business. */
export function writeRequest(
  modelId: string,
  messages: BaseMessage[],
  params: ConverseInvocationParams,
  cacheControl: BedrockPromptCacheControl | undefined,
): Request {
  const attachments: Attachment[] = [];
  const json = JSON.stringify({
    modelId,
    messages: messages.map((message) => writeMessage(message, attachments)),
    cacheControl,
    ...params,
  });
  return { modelId, json, attachments };
}

/** Only what a message has becomes a member: `JSON.stringify` takes twice as long over objects with members that are `undefined`. */
function writeMessage(message: BaseMessage, attachments: Attachment[]): Record<string, unknown> {
  const { type, content, name, response_metadata } = message;
  const { role } = message as ChatMessage;
  const { tool_calls } = message as AIMessage;
  const { tool_call_id, status } = message as ToolMessage;
  const { output_version, model_provider } = (response_metadata ?? {}) as Record<string, unknown>;
  const written: Record<string, unknown> = { type, content: typeof content === "string" ? content : content.map((block) => detachBlock(block, attachments)) };
  if (role !== undefined) written.role = role;
  if (tool_calls !== undefined && tool_calls.length > 0) written.tool_calls = tool_calls;
  if (tool_call_id !== undefined) written.tool_call_id = tool_call_id;
  if (status !== undefined) written.status = status;
  if (name !== undefined) written.name = name;
  if (output_version !== undefined) written.output_version = output_version;
  if (model_provider !== undefined) written.model_provider = model_provider;
  return written;
}

function detachBlock(block: unknown, attachments: Attachment[]): unknown {
  const isPlain = typeof block !== "object" || block === null || (block as { type?: unknown }).type === "text";
  return isPlain ? block : detach(block, "", attachments);
}

/** Replaces bytes, at any depth, by their place among the attachments; a value without any is returned as it is. */
function detach(value: unknown, member: string, attachments: Attachment[]): unknown {
  if (typeof value === "string") {
    return value.length >= LONG && MEDIA_MEMBERS.has(member) ? attach(value, attachments) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const bytes = asBytes(value);
  if (bytes !== undefined) return attach(bytes, attachments);
  if (Array.isArray(value)) {
    // An array of a hundred thousand numbers is bytes that went through JSON; the core reads it as it is.
    return typeof value[0] === "number" ? value : value.map((element) => detach(element, member, attachments));
  }
  return detachMembers(value as Record<string, unknown>, attachments);
}

function detachMembers(object: Record<string, unknown>, attachments: Attachment[]): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const [member, value] of Object.entries(object)) {
    const detached = detach(value, member, attachments);
    if (detached !== value) (copy ??= { ...object })[member] = detached;
  }
  return copy ?? object;
}

function attach(attachment: Attachment, attachments: Attachment[]): { $attachment: number } {
  return { $attachment: attachments.push(attachment) - 1 };
}

/** Bytes of any kind and of any realm, as a view of them. */
function asBytes(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value as ArrayBuffer) : undefined;
}
