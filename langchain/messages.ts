import { AIMessage, AIMessageChunk, type AIMessageChunkFields, type AIMessageFields } from "@langchain/core/messages";
import type { ChatGenerationChunk } from "@langchain/core/outputs";
import { CollectingChunk } from "./generation_chunk.js";

/** Where base64 stands that a user of the JavaScript SDK gets as bytes. */
type Path = (string | number)[];

/** An answer as the core hands it over. */
export interface NativeMessage extends AIMessageFields {
  bytes?: Path[];
}

/** A piece of a streamed answer as the core hands it over. */
export interface NativeChunk {
  /** The piece's text, for callbacks. */
  text: string;
  message: AIMessageChunkFields;
  /** Whether callbacks are told of it as of a new token. */
  token?: boolean;
  bytes?: Path[];
}

export function convertToAIMessage(message: NativeMessage, model: string): AIMessage {
  const { bytes } = message;
  // What is a field becomes part of the message, so this one must go; but an object that lost a member is slow.
  if (bytes !== undefined) {
    decodeBytes(message, bytes);
    delete message.bytes;
  }
  nameModel(message, model);
  return new AIMessage(message);
}

/** Joins neighbouring pieces of one text. */
export function coalesce(chunks: NativeChunk[]): NativeChunk[] {
  const joined: NativeChunk[] = [];
  for (const chunk of chunks) {
    const last = joined[joined.length - 1];
    if (last === undefined || !continuesText(last, chunk)) joined.push(chunk);
    else appendText(last, chunk);
  }
  return joined;
}

/** The index of the block whose text a chunk is, and nothing else; -1 for plain text. */
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

/** `isV1` says that core is to make standard blocks of the chunks. */
export function convertToGenerationChunk({ text, message, bytes }: NativeChunk, model: string, isV1: boolean): ChatGenerationChunk {
  decodeBytes(message, bytes);
  if (isV1 && typeof message.content === "string") writeTextAsBlock(message, message.content);
  nameModel(message, model);
  return new CollectingChunk({ text, message: new AIMessageChunk(message) });
}

/** Core gives a plain text no index when it makes a block of it, and without one every piece would stay a block of its own. */
function writeTextAsBlock(message: AIMessageChunkFields, text: string): void {
  message.content = text === "" ? [] : [{ type: "text", text, index: 0 }];
  message.response_metadata = { ...message.response_metadata, output_version: "v1" };
}

/** Bedrock's answer does not name its model; cost trackers look for it here. Of a stream, one chunk names it: core joins the texts of all. */
function nameModel(fields: { response_metadata?: Record<string, unknown> }, model: string): void {
  if (fields.response_metadata !== undefined && "stopReason" in fields.response_metadata) fields.response_metadata.model_name = model;
}

function decodeBytes(root: object, paths: Path[] | undefined): void {
  for (const path of paths ?? []) {
    const member = path[path.length - 1];
    if (member === undefined) continue;
    const owner = path.slice(0, -1).reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], root);
    const holder = owner as Record<string | number, unknown>;
    holder[member] = new Uint8Array(Buffer.from(String(holder[member]), "base64"));
  }
}
