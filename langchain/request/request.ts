import type { BaseMessage } from "@langchain/core/messages";
import type { BedrockPromptCacheControl, ChatBedrockConverseInput, ConverseInvocationParams } from "../types/chat.js";
import type { NativeFetchedMedia, NativeWrittenMessages } from "../native.js";
import type { Exchange } from "../types/exchange.js";
import type { FetchMediaOptions } from "../types/media.js";
import type { RequestWarning } from "../types/warnings.js";
import type { Address, NamedAddress } from "./address.js";
import { definedMembers, membersOf } from "./message_members.js";
import { LONG_TEXT } from "./shared_buffer.js";
import { type WrittenConversation, writtenConversation } from "./written_conversation.js";

/** A request: JSON text, and beside it bytes and long texts, whose paths are in the JSON. */
export interface Request {
  modelId: string;
  json: string;
  /** The texts of a long conversation. The JSON then has its messages in the compact form of `src/convert/request/compact_messages.rs`. */
  texts: string[] | undefined;
  /** Of a long conversation: the messages before those of the JSON, which were written before. */
  earlier: NativeWrittenMessages | undefined;
  attachments: Attachment[];
  /** What was changed, because Bedrock would have refused it: known when the core has converted the request. */
  warnings: RequestWarning[];
  /** What the caller wants to see of the exchange; the connection fills it. `undefined` where that is nothing. */
  exchange: Exchange | undefined;
  /** With failover: to whom the request may be sent, in the order of the targets. `modelId` and `json` lack their members. */
  addresses?: NamedAddress[];
  /** With failover: a hash of the conversation's beginning. */
  conversation?: () => string;
  /** What may be fetched for it; `undefined` where that is nothing. */
  fetchMedia: FetchMediaOptions | undefined;
  /** What was fetched for it. */
  fetched: FetchedFiles | undefined;
  /** What is asked for beside messages or texts. It is in the JSON too, which diagnostics would have to parse. */
  members?: RequestMembers;
  /** What it will use of the quota of tokens, where that is limited. Counted when it is called. */
  quota?: () => QuotaEstimate;
}

/** What a request will use of the quota of tokens per minute. */
export interface QuotaEstimate {
  /** Taken when the request comes. */
  tokens: number;
  /** How many tokens of the quota each token of the answer uses up, once that is known. */
  outputBurndown: number;
}

/** Files that stand for their URLs, wherever the messages have those. */
export interface FetchedFiles {
  /** By URL, as the messages have it. */
  files: Map<string, NativeFetchedMedia>;
  /** Of all files. */
  bytes: number;
  /** Milliseconds that it took. */
  duration: number;
}

/** The members of a request that diagnostics report. */
export interface RequestMembers extends Pick<ConverseInvocationParams, "inferenceConfig" | "guardrailConfig" | "outputConfig"> {
  /** Of embeddings. */
  dimensions?: number;
}

/** Bytes, or a long text of base64. */
export type Attachment = Uint8Array | string;

/** The way to a value in the messages: `[0, "content", 1, "source", "bytes"]`. */
type Path = (string | number)[];

/** Values that were taken out of the messages, and their paths. A mark inside the messages could be written by whoever controls a tool's output. */
interface Detached {
  attachments: Attachment[];
  paths: Path[];
}

/** The members of a content block that hold base64 or a data URL in one dialect or another. */
const MEDIA_MEMBERS = new Set(["data", "base64", "url", "image_url", "bytes", "file_data", "file_url", "document_url"]);

/** What decides how the request is converted, and is no member of it. A member that is `undefined` is left out. */
export interface RequestSettings {
  cacheControl: BedrockPromptCacheControl | undefined;
  adaptation: ChatBedrockConverseInput["adaptation"];
  splitInlineReasoning: boolean | undefined;
  guardLastTurnOnly: boolean | undefined;
  /** Whether media may be given by `https:` URLs, which are fetched before the request is sent. */
  fetchMedia: true | undefined;
}

/** Serializes a request. Nothing is converted here: the core knows what a block means. Without `address` it has none yet. */
export function writeRequest(
  address: Address | undefined,
  messages: BaseMessage[],
  params: ConverseInvocationParams,
  settings: Partial<RequestSettings>,
): Request {
  try {
    return write(address, messages, params, settings);
  } catch (error) {
    throw circularity(error, messages) ?? error;
  }
}

/** One sentence about an object that contains itself: `JSON.stringify` throws a `TypeError`, and the search for bytes overflows the stack. */
function circularity(error: unknown, messages: BaseMessage[]): Error | undefined {
  if (!(error instanceof TypeError || error instanceof RangeError) || !/circular|call stack/i.test(error.message)) return undefined;
  const index = messages.findIndex((message) => isCircular([message.content, definedMembers(membersOf(message))]));
  const place = index === -1 ? "The options of the call" : `messages[${index}]`;
  return new Error(`${place}: an object contains itself, which JSON cannot carry.`, { cause: error });
}

function isCircular(value: unknown): boolean {
  try {
    JSON.stringify(value, (_member, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
    return false;
  } catch {
    return true;
  }
}

function write(
  address: Address | undefined,
  messages: BaseMessage[],
  params: ConverseInvocationParams,
  settings: Partial<RequestSettings>,
): Request {
  const detached: Detached = { attachments: [], paths: [] };
  const { elements, texts, earlier } = writeMessages(messages, settings, detached);
  const { attachments, paths } = detached;
  const members: Record<string, unknown> = address === undefined ? { messages: elements } : { modelId: address.modelId, messages: elements };
  if (paths.length > 0) members.attachments = paths;
  if (address !== undefined) addDefined(members, address);
  addDefined(members, settings);
  addDefined(members, params);
  const json = stringify(members);
  return { modelId: address?.modelId ?? "", json, texts, earlier, attachments, warnings: [], members: params, exchange: undefined, fetchMedia: undefined, fetched: undefined };
}

/** Messages as a request has them. */
interface WrittenMessages extends Pick<Request, "texts" | "earlier"> {
  elements: unknown[];
}

function writeMessages(messages: BaseMessage[], { fetchMedia }: Partial<RequestSettings>, detached: Detached): WrittenMessages {
  if (!isLongConversation(messages)) return { elements: messages.map((message, index) => writeMessage(message, index, detached)), texts: undefined, earlier: undefined };
  // The search for URLs reads the JSON.
  const conversation = fetchMedia === undefined ? writtenConversation(messages) : undefined;
  const texts: string[] = [];
  const elements = writeCompact(messages, conversation?.count ?? 0, texts, detached);
  if (conversation === undefined) return { elements, texts, earlier: undefined };
  return remember(conversation, messages, { elements, texts, earlier: conversation.native }, detached);
}

/** What is new in a conversation becomes a part of what is written of it. Bytes do not: they are not kept beyond their request. */
function remember(conversation: WrittenConversation, messages: BaseMessage[], written: WrittenMessages, { attachments }: Detached): WrittenMessages {
  const { elements, texts = [] } = written;
  if (elements.length === 0 || attachments.length > 0 || !conversation.append(messages, stringify(elements), texts)) return written;
  return { elements: [], texts: undefined, earlier: conversation.native };
}

/** `JSON.stringify` takes twice as long over an object with members that are `undefined`. */
function addDefined(members: Record<string, unknown>, more: object): void {
  for (const name in more) {
    const value = (more as Record<string, unknown>)[name];
    if (value !== undefined) members[name] = value;
  }
}

function writeMessage(message: BaseMessage, index: number, detached: Detached): Record<string, unknown> {
  const { type, content } = message;
  return { type, content: writeContent(content, index, detached), ...definedMembers(membersOf(message)) };
}

function writeContent(content: unknown, index: number, detached: Detached): unknown {
  return Array.isArray(content) ? content.map((block, position) => detachBlock(block, index, position, detached)) : detachBlock(content, index, undefined, detached);
}

/** `JSON.stringify`, also for a BigInt, whose digits JSON can carry. */
function stringify(request: object): string {
  try {
    return JSON.stringify(request);
  } catch (error) {
    if (!(error instanceof TypeError) || !/BigInt/.test(error.message)) throw error;
    // No text of the request can contain a new UUID.
    const mark = crypto.randomUUID();
    const json = JSON.stringify(request, (_member, value: unknown) => (typeof value === "bigint" ? `${mark}${value}` : value));
    return json.replace(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
  }
}

/** The same request with copies of its bytes, which are views of the caller's memory: the caller may change it while a call waits. */
export function withOwnBytes(request: Request): Request {
  const { attachments } = request;
  return attachments.length === 0 ? request : { ...request, attachments: attachments.map((it) => (typeof it === "string" ? it : it.slice())) };
}

/** A request that was written without an address, to one. It shares bytes and texts; what is known of its answer is its own. */
export function addressed(request: Request, address: Address): Request {
  const { modelId, guardrailConfig } = address;
  const { exchange, members } = request;
  return {
    ...request,
    modelId,
    json: `${JSON.stringify(address).slice(0, -1)},${request.json.slice(1)}`,
    warnings: [],
    exchange: exchange && { ...exchange },
    members: guardrailConfig === undefined ? members : { ...members, guardrailConfig },
  };
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

/** The compact form of the messages from `start` on: few objects, and the texts apart, since the cost of `JSON.stringify` grows with objects and characters. */
function writeCompact(messages: BaseMessage[], start: number, texts: string[], detached: Detached): unknown[] {
  const separate = (text: string): number => {
    texts.push(text);
    return text.length;
  };
  // A number is the length of a separate text. Every other block is wrapped in a list, so that a number among the user's blocks is not mistaken for one.
  const compactBlock = (block: unknown, index: number, position: number): unknown =>
    isText(block) && isSeparable(block.text) ? separate(block.text) : [detachBlock(block, index, position, detached)];
  const compact: unknown[] = [];
  for (let index = start; index < messages.length; index++) {
    const message = messages[index] as BaseMessage;
    const { type, content } = message;
    if (typeof content === "string") compact.push(type, isSeparable(content) ? separate(content) : content);
    else compact.push(type, content.map((block, position) => compactBlock(block, index, position)));
    const members = definedMembers(membersOf(message));
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

/** `position` is the block's in the content of the message `index`; `undefined` for content that is a block itself. */
function detachBlock(block: unknown, index: number, position: number | undefined, detached: Detached): unknown {
  const isPlain = typeof block !== "object" || block === null || (block as { type?: unknown }).type === "text";
  return isPlain ? block : detach(block, position === undefined ? [index, "content"] : [index, "content", position], detached);
}

/** Takes bytes and long base64 out of a value, at any depth; a value without any is returned as it is. `path` leads to the value. */
function detach(value: unknown, path: Path, detached: Detached): unknown {
  if (typeof value === "string") {
    return value.length >= LONG_TEXT && MEDIA_MEMBERS.has(String(path[path.length - 1])) ? attach(value, path, detached) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const bytes = asBytes(value);
  if (bytes !== undefined) return attach(bytes, path, detached);
  if (Array.isArray(value)) {
    // An array of numbers may be bytes that went through JSON, a hundred thousand of them; the core reads it as it is.
    return typeof value[0] === "number" ? value : value.map((element, index) => detachMember(element, index, path, detached));
  }
  return detachMembers(value as Record<string, unknown>, path, detached);
}

function detachMembers(object: Record<string, unknown>, path: Path, detached: Detached): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const [member, value] of Object.entries(object)) {
    const replaced = detachMember(value, member, path, detached);
    if (replaced !== value) (copy ??= { ...object })[member] = replaced;
  }
  return copy ?? object;
}

function detachMember(value: unknown, step: string | number, path: Path, detached: Detached): unknown {
  path.push(step);
  const replaced = detach(value, path, detached);
  path.pop();
  return replaced;
}

/** What stands in the JSON for an attachment. The core finds it by its path and does not read it. */
const PLACEHOLDER = { "": 0 };

function attach(attachment: Attachment, path: Path, detached: Detached): object {
  detached.attachments.push(attachment);
  detached.paths.push([...path]);
  return PLACEHOLDER;
}

/** Bytes as a view: of any typed array or buffer, of any realm. */
function asBytes(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value as ArrayBuffer) : undefined;
}
