import type { AIMessage, BaseMessage, ChatMessage, ToolMessage } from "@langchain/core/messages";
import type { BedrockPromptCacheControl, ConverseInvocationParams } from "./types.js";

/** A request: JSON text, and beside it what the JSON names by `{"$attachment": index}`. */
export interface Request {
  modelId: string;
  json: string;
  /** The texts of a long conversation. Then the JSON has the messages in short: `src/convert/short_messages.rs` says how. */
  texts: string[] | undefined;
  attachments: Attachment[];
}

/** Bytes, or a long text of base64. */
export type Attachment = Uint8Array | string;

/**
 * A string at least this long goes beside the JSON when it can be base64: there it is copied once, inside it would also be escaped and scanned.
 * A text of this length, the JSON too, is written into memory of the core's: that holds JavaScript up for less than handing over a string. And a
 * conversation with so much text goes over in short.
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
  const texts: string[] | undefined = areLong(messages) ? [] : undefined;
  const written = texts === undefined ? messages.map((message) => writeMessage(message, attachments)) : writeInShort(messages, texts, attachments);
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

/** Whether messages have so much text that `JSON.stringify` would hold JavaScript up. Not where a content is none: the core says what is wrong with it. */
function areLong(messages: BaseMessage[]): boolean {
  let length = 0;
  for (const { content } of messages) {
    if (typeof content === "string") length += content.length;
    else if (!Array.isArray(content)) return false;
    else for (const block of content) length += lengthOf((block as { text?: unknown } | null)?.text);
  }
  return length >= LONG;
}

function lengthOf(text: unknown): number {
  return typeof text === "string" ? text.length : 0;
}

/** A shorter text stays in the JSON. */
const WORTH_TAKING_OUT = 32;

/** Takes the texts out of messages, and leaves as few objects as can be. */
function writeInShort(messages: BaseMessage[], texts: string[], attachments: Attachment[]): unknown[] {
  const takeOut = (text: string): number => {
    texts.push(text);
    return text.length;
  };
  // A number is the length of a text that was taken out. Whatever else stands among blocks is in a list of its own, so that it cannot be taken for one.
  const shorten = (block: unknown): unknown => (isText(block) && isWorthTakingOut(block.text) ? takeOut(block.text) : [detachBlock(block, attachments)]);
  const short: unknown[] = [];
  for (const message of messages) {
    const { type, content } = message;
    if (typeof content === "string") short.push(type, isWorthTakingOut(content) ? takeOut(content) : content);
    else short.push(type, content.map(shorten));
    const members = otherMembers(message);
    if (members !== undefined) short.push(members);
  }
  return short;
}

/** Half a surrogate pair cannot be encoded; as JSON it can be escaped. */
function isWorthTakingOut(text: string): boolean {
  return text.length >= WORTH_TAKING_OUT && text.isWellFormed();
}

/** Whether a block is, as JSON, a text and nothing else. An object of a class may be anything. */
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
