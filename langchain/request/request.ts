import type { AIMessage, BaseMessage, ChatMessage, ToolMessage } from "@langchain/core/messages";
import type { BedrockPromptCacheControl, ConverseInvocationParams } from "../types/chat.js";

/** A request: JSON text, and beside it what `{"$attachment": index}` in the JSON stands for. */
export interface Request {
  modelId: string;
  json: string;
  /** The texts of a long conversation. The JSON then has its messages in the compact form of `src/convert/request/compact_messages.rs`. */
  texts: string[] | undefined;
  attachments: Attachment[];
}

/** Bytes, or a long text of base64. */
export type Attachment = Uint8Array | string;

/**
 * UTF-16 units. From this length on
 * - a string that can be base64 becomes an attachment: it is copied once; inside the JSON it would also be escaped and scanned;
 * - a text, the JSON itself too, is written into a shared buffer, which blocks JavaScript for less time than passing a string;
 * - a conversation with so much text is written in the compact form.
 */
export const LONG_TEXT: number = 16 * 1024;

/** The members of a content block that hold base64 or a data URL in one dialect or another. */
const MEDIA_MEMBERS = new Set(["data", "base64", "url", "image_url", "bytes", "file_data"]);

/** Serializes a request. Nothing is converted here: the core knows what a block means. */
export function writeRequest(
  modelId: string,
  messages: BaseMessage[],
  params: ConverseInvocationParams,
  cacheControl: BedrockPromptCacheControl | undefined,
): Request {
  const attachments: Attachment[] = [];
  const texts: string[] | undefined = isLongConversation(messages) ? [] : undefined;
  const written = texts === undefined ? messages.map((message) => writeMessage(message, attachments)) : writeCompact(messages, texts, attachments);
  const json = JSON.stringify({ modelId, messages: written, cacheControl, ...params });
  return { modelId, json, texts, attachments };
}

function writeMessage(message: BaseMessage, attachments: Attachment[]): Record<string, unknown> {
  const { type, content } = message;
  return { type, content: Array.isArray(content) ? content.map((block) => detachBlock(block, attachments)) : detachBlock(content, attachments), ...otherMembers(message) };
}

/** Only what a message has becomes a member: `JSON.stringify` takes twice as long over objects with members that are `undefined`. */
function otherMembers(message: BaseMessage): Record<string, unknown> | undefined {
  const { name, response_metadata } = message;
  const { role } = message as ChatMessage;
  const { tool_calls } = message as AIMessage;
  const { tool_call_id, status } = message as ToolMessage;
  const { output_version, model_provider } = (response_metadata ?? {}) as Record<string, unknown>;
  let members: Record<string, unknown> | undefined;
  if (role !== undefined) (members ??= {}).role = role;
  if (tool_calls !== undefined && tool_calls.length > 0) (members ??= {}).tool_calls = tool_calls;
  if (tool_call_id !== undefined) (members ??= {}).tool_call_id = tool_call_id;
  if (status !== undefined) (members ??= {}).status = status;
  if (name !== undefined) (members ??= {}).name = name;
  if (output_version !== undefined) (members ??= {}).output_version = output_version;
  if (model_provider !== undefined) (members ??= {}).model_provider = model_provider;
  return members;
}

/** Whether `JSON.stringify` of the messages would block JavaScript for long. `false` for content of a wrong type, which the core refuses. */
function isLongConversation(messages: BaseMessage[]): boolean {
  let length = 0;
  for (const { content } of messages) {
    if (typeof content === "string") length += content.length;
    else if (!Array.isArray(content)) return false;
    else for (const block of content) length += lengthOf((block as { text?: unknown } | null)?.text);
  }
  return length >= LONG_TEXT;
}

function lengthOf(text: unknown): number {
  return typeof text === "string" ? text.length : 0;
}

/** UTF-16 units. A shorter text stays in the JSON. */
const MIN_SEPARATE_LENGTH = 32;

/** The compact form: few objects, and the texts apart, since the cost of `JSON.stringify` grows with objects and characters. */
function writeCompact(messages: BaseMessage[], texts: string[], attachments: Attachment[]): unknown[] {
  const separate = (text: string): number => {
    texts.push(text);
    return text.length;
  };
  // A number is the length of a separate text. Every other block is wrapped in a list, so that a number among the user's blocks is not mistaken for one.
  const compactBlock = (block: unknown): unknown => (isText(block) && isSeparable(block.text) ? separate(block.text) : [detachBlock(block, attachments)]);
  const compact: unknown[] = [];
  for (const message of messages) {
    const { type, content } = message;
    if (typeof content === "string") compact.push(type, isSeparable(content) ? separate(content) : content);
    else compact.push(type, content.map(compactBlock));
    const members = otherMembers(message);
    if (members !== undefined) compact.push(members);
  }
  return compact;
}

/** A lone surrogate has no UTF-8 encoding; in JSON it is escaped. */
function isSeparable(text: string): boolean {
  return text.length >= MIN_SEPARATE_LENGTH && text.isWellFormed();
}

/** Whether the JSON of a block is `{"type":"text","text":…}` and nothing else. (An object of a class may have a `toJSON` of its own.) */
function isText(block: unknown): block is { type: "text"; text: string } {
  if (typeof block !== "object" || block === null || Object.getPrototypeOf(block) !== Object.prototype) return false;
  const { type, text } = block as { type?: unknown; text?: unknown };
  if (type !== "text" || typeof text !== "string") return false;
  const members = Object.keys(block);
  return members.length === 2 && members.includes("type") && members.includes("text");
}

function detachBlock(block: unknown, attachments: Attachment[]): unknown {
  const isPlain = typeof block !== "object" || block === null || (block as { type?: unknown }).type === "text";
  return isPlain ? block : detach(block, "", attachments);
}

/** Replaces bytes, at any depth, by their index among the attachments; a value without bytes is returned as it is. */
function detach(value: unknown, member: string, attachments: Attachment[]): unknown {
  if (typeof value === "string") {
    return value.length >= LONG_TEXT && MEDIA_MEMBERS.has(member) ? attach(value, attachments) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const bytes = asBytes(value);
  if (bytes !== undefined) return attach(bytes, attachments);
  if (Array.isArray(value)) {
    // An array of numbers may be bytes that went through JSON, a hundred thousand of them; the core reads it as it is.
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

/** Bytes as a view: of any typed array or buffer, of any realm. */
function asBytes(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value as ArrayBuffer) : undefined;
}
