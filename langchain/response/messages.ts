import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import { AIMessage, AIMessageChunk, type AIMessageChunkFields, type AIMessageFields, type UsageMetadata } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import type { Exchange } from "../types/exchange.js";
import type { RequestWarning } from "../types/warnings.js";
import type { ResponseMetadata } from "./errors.js";
import { CollectingChunk } from "./generation_chunk.js";

/** Path of a base64 string that users get as `Uint8Array`, as from the JavaScript SDK. */
type Path = (string | number)[];

/** An answer as the core returns it. */
export interface NativeMessage extends AIMessageFields {
  bytes?: Path[];
}

/** A chunk of a streamed answer as the core returns it. */
export interface NativeChunk {
  /** The chunk's text, for callbacks. */
  text: string;
  message: AIMessageChunkFields;
  /** Whether `handleLLMNewToken` is called for it. */
  token?: boolean;
  bytes?: Path[];
}

/** An element of a stream whose caller wants to see what was received: one event, or the body of a whole answer. */
export interface NativeRaw {
  raw: unknown;
}

/** What is known of an answer from its request. */
export interface RequestContext {
  /** Bedrock's answer does not name its model. Cost trackers read `model_name`, LangChain `model`. */
  model: string;
  warnings: RequestWarning[];
  /** Takes out of the metadata what must not be kept. */
  redact?: (metadata: Record<string, unknown>) => void;
  /** `undefined` where the caller wants to see nothing of the exchange. */
  exchange: Exchange | undefined;
}

export function convertToAIMessage(message: NativeMessage, context: RequestContext): AIMessage {
  const { bytes } = message;
  // AIMessage would copy the field. It is deleted only where it exists: V8 makes an object slow when a member is deleted.
  if (bytes !== undefined) {
    decodeBytes(message, bytes);
    delete message.bytes;
  }
  addRequestContext(message, context);
  return new AIMessage(message);
}

/** Takes what was received out of a batch. */
function splitRaw<Element extends object>(batch: (Element | NativeRaw)[]): { raw: unknown[]; elements: Element[] } {
  const isRaw = (element: object): element is NativeRaw => "raw" in element;
  return { raw: batch.filter(isRaw).map((element) => element.raw), elements: batch.filter((element): element is Element => !isRaw(element)) };
}

/** A batch of chunks, before them one with what was received. */
export function chunksWithRaw(batch: (NativeChunk | NativeRaw)[]): NativeChunk[] {
  const { raw, elements } = splitRaw(batch);
  return raw.length === 0 ? elements : [{ text: "", message: { content: "", response_metadata: { raw } } }, ...elements];
}

/** A batch of events without what was received, which is in the metadata of the event that ends the message. `received` collects it. */
export function eventsWithRaw(batch: (ChatModelStreamEvent | NativeRaw)[], received: unknown[]): ChatModelStreamEvent[] {
  const { raw, elements } = splitRaw(batch);
  received.push(...raw);
  const last = elements[elements.length - 1];
  if (last?.event === "message-finish") last.responseMetadata = { ...last.responseMetadata, raw: received };
  return elements;
}

/** Joins consecutive chunks of one text. */
export function coalesce(chunks: NativeChunk[]): NativeChunk[] {
  const joined: NativeChunk[] = [];
  for (const chunk of chunks) {
    const last = joined[joined.length - 1];
    if (last === undefined || !continuesText(last, chunk)) joined.push(chunk);
    else appendText(last, chunk);
  }
  return joined;
}

/** For a chunk with text and nothing else: the index of its block, -1 for plain text. */
function textIndex({ token, message }: NativeChunk): number | undefined {
  if (!token || message.tool_call_chunks !== undefined || message.response_metadata !== undefined) return undefined;
  if (typeof message.content === "string") return -1;
  const [block, other] = message.content as { type?: string; index?: number }[];
  return block?.type === "text" && other === undefined ? block.index : undefined;
}

function continuesText(last: NativeChunk, chunk: NativeChunk): boolean {
  const index = textIndex(chunk);
  return index !== undefined && index === textIndex(last);
}

function appendText(last: NativeChunk, chunk: NativeChunk): void {
  last.text += chunk.text;
  const [block] = last.message.content as unknown as { text: string }[];
  if (typeof last.message.content === "string") last.message.content += String(chunk.message.content);
  else if (block !== undefined) block.text += chunk.text;
}

/** `isV1`: whether core makes standard blocks of the chunks (`outputVersion: "v1"`). */
export function convertToGenerationChunk({ text, message, bytes }: NativeChunk, context: RequestContext, isV1: boolean): ChatGenerationChunk {
  decodeBytes(message, bytes);
  if (isV1 && typeof message.content === "string") writeTextAsBlock(message, message.content);
  addRequestContext(message, context);
  return new CollectingChunk({ text, message: new AIMessageChunk(message) });
}

/** Core gives the block that it makes of a plain text no index, and blocks without an index are not joined. */
function writeTextAsBlock(message: AIMessageChunkFields, text: string): void {
  message.content = text === "" ? [] : [{ type: "text", text, index: 0 }];
  message.response_metadata = { ...message.response_metadata, output_version: "v1" };
}

/** Completes the metadata of an answer. Of a stream only the closing chunk is completed, since core concatenates strings. */
function addRequestContext(fields: { response_metadata?: Record<string, unknown> }, context: RequestContext): void {
  const { response_metadata } = fields;
  if (response_metadata !== undefined && "stopReason" in response_metadata) addTo(response_metadata, context);
}

/** Completes the event that ends a message, which is the last of its batch. */
export function addRequestContextToEvents(events: ChatModelStreamEvent[], context: RequestContext): void {
  const last = events[events.length - 1];
  if (last?.event === "message-finish" && last.responseMetadata !== undefined) addTo(last.responseMetadata, context);
}

function addTo(metadata: Record<string, unknown>, { model, warnings, exchange, redact }: RequestContext): void {
  redact?.(metadata);
  metadata.model_name = model;
  metadata.model = model;
  if (warnings.length > 0) metadata.warnings = warnings;
  if (exchange?.headers !== undefined) metadata.headers = exchange.headers;
  if (exchange?.target !== undefined) addTarget(metadata, exchange);
}

function addTarget(metadata: Record<string, unknown>, { target, model, attemptsElsewhere = 0 }: Exchange): void {
  metadata.target = target;
  if (model !== undefined) metadata.model_name = metadata.model = model;
  const { $metadata } = metadata as { $metadata?: ResponseMetadata };
  if (attemptsElsewhere > 0 && $metadata !== undefined) metadata.$metadata = { ...$metadata, attempts: ($metadata.attempts ?? 1) + attemptsElsewhere };
}

/** Makes bytes of the base64 strings at the paths. */
export function decodeBytes(root: object, paths: Path[] | undefined): void {
  for (const path of paths ?? []) {
    const member = path[path.length - 1];
    if (member === undefined) continue;
    const owner = path.slice(0, -1).reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], root);
    const holder = owner as Record<string | number, unknown>;
    holder[member] = new Uint8Array(Buffer.from(String(holder[member]), "base64"));
  }
}

/** Token counts under the names that callbacks read. */
export function convertToLlmOutput(usage: UsageMetadata | undefined): ChatResult["llmOutput"] {
  if (usage === undefined) return undefined;
  const { input_tokens, output_tokens, total_tokens } = usage;
  return { tokenUsage: { promptTokens: input_tokens, completionTokens: output_tokens, totalTokens: total_tokens } };
}
