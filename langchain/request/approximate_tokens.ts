import type { AIMessage, BaseMessage } from "@langchain/core/messages";

/**
 * Tokens without a tokenizer, rather too many than too few. In docs/tokens.md, too.
 *
 * | what | tokens |
 * |---|---|
 * | a word of ASCII letters | one for each 5 letters begun |
 * | digits | one for each 3 begun |
 * | 64 characters of base64 or more | two for each 3 |
 * | ASCII punctuation | one for each 2 begun |
 * | white space | none for one space; one for several, or with a line break |
 * | a Chinese, Japanese or Korean character | one |
 * | any other character | a third of its bytes in UTF-8 |
 */
const PARTS =
  /(?<base64>[A-Za-z0-9+/]{64,}={0,2})|(?<word>[A-Za-z]+)|(?<digits>[0-9]+)|(?<space>[ \t]*[\r\n]\s*|[ \t]{2,})|(?<punctuation>[!-/:-@[-`{-~]+)|(?<cjk>[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}])|(?<other>[^\x00-\x7f])/gu;

/** A message's role and the like. */
const FRAME = 4;

/**
 * An image of the largest size that Claude sees (1.15 megapixels / 750, https://docs.anthropic.com/en/docs/build-with-claude/vision), and a page of a
 * document. Sound and video count as much, since their length is not known.
 */
const PICTURE = 1600;

/** The bytes of a document that count as a page. */
const PAGE_BYTES = 32 * 1024;

type Json = Record<string, unknown>;

export function approximateText(text: string): number {
  let tokens = 0;
  for (const { groups } of text.matchAll(PARTS)) tokens += tokensOf(groups ?? {});
  return Math.ceil(tokens);
}

function tokensOf({ base64, word, digits, punctuation, other }: Partial<Record<string, string>>): number {
  if (word !== undefined) return Math.ceil(word.length / 5);
  if (digits !== undefined) return Math.ceil(digits.length / 3);
  if (punctuation !== undefined) return Math.ceil(punctuation.length / 2);
  if (base64 !== undefined) return (base64.length * 2) / 3;
  return other === undefined ? 1 : Buffer.byteLength(other) / 3;
}

/** A message with its tool calls. */
export function approximateMessage(message: BaseMessage): number {
  const { tool_calls = [] } = message as Partial<AIMessage>;
  const blocks: unknown[] = Array.isArray(message.content) ? message.content : [];
  const isInContent = blocks.some((block) => isObject(block) && TOOL_CALLS.test(String(block["type"])));
  const calls = isInContent ? [] : tool_calls.map(({ name, args }) => approximateJson({ name, args }));
  return FRAME + approximateContent(message.content) + sum(calls);
}

export function approximateContent(content: unknown): number {
  return Array.isArray(content) ? sum(content.map(approximateBlock)) : approximateBlock(content);
}

/** A value that the model reads as JSON; 0 for `undefined`. */
export function approximateJson(value: unknown): number {
  return approximateText(jsonOf(value));
}

const TOOL_CALLS = /^(?:tool_use|tool_call|server_tool_(?:use|call)|function_?call)/i;
const REASONING = /^(?:redacted_)?(?:reasoning|thinking)/;

/** Whether a block can be in an answer only, so that no user message can have it. */
export function isOfAnswer(block: unknown): boolean {
  if (!isObject(block)) return false;
  const type = String(block["type"]);
  return TOOL_CALLS.test(type) || REASONING.test(type) || /^invalid_tool_call|^input_json/.test(type) || "toolUse" in block || "reasoningContent" in block;
}

function approximateBlock(block: unknown): number {
  if (typeof block === "string") return approximateText(block);
  if (!isObject(block)) return 0;
  const type = String(block["type"]);
  const result = isObject(block["toolResult"]) ? block["toolResult"] : block;
  if (isPicture(block, type)) return PICTURE;
  if (isObject(block["document"]) || /^(?:file|input_file|document)$/.test(type)) return approximateDocument(block);
  // A signature and encrypted reasoning are not what the model reads.
  if (REASONING.test(type) || "reasoningContent" in block) return sum(stringsOf(block, /^(?:text|reasoning|thinking)$/).map(approximateText));
  if (Array.isArray(result["content"])) return approximateContent(result["content"]);
  if (typeof block["text"] === "string") return approximateText(block["text"]);
  const { type: _type, id: _id, index: _index, ...members } = block;
  return approximateJson(members);
}

function isPicture(block: Json, type: string): boolean {
  const kind = /^(?:input_)?(?:image|audio|video)/;
  const mimeType = block["mimeType"] ?? block["mime_type"];
  return kind.test(type) || (typeof mimeType === "string" && kind.test(mimeType)) || ["image", "audio", "video"].some((member) => isObject(block[member]));
}

/** Its texts, and its bytes by their number: what is in them is not read. One that is elsewhere counts as a page. */
function approximateDocument(block: Json): number {
  const texts = stringsOf(block, /^(?:text|context)$/).filter((text) => text !== block["type"]);
  const base64 = stringsOf(block, /^(?:data|bytes|base64|file_data|url)$/).filter((data) => !/^(?:https?|s3):/.test(data));
  const size = sum(base64.map(({ length }) => (length * 3) / 4)) + sum(bytesOf(block).map(({ byteLength }) => byteLength));
  const isText = /text\/|"(?:txt|csv|html|md)"/.test(jsonOf(formatOf(block)));
  const ofBytes = isText ? Math.ceil(size / 4) : Math.ceil(size / PAGE_BYTES) * PICTURE;
  return sum(texts.map(approximateText)) + ofBytes || PICTURE;
}

function formatOf(block: Json): unknown[] {
  const inner = isObject(block["document"]) ? block["document"] : {};
  const source = isObject(block["source"]) ? block["source"] : {};
  return [block["mimeType"], block["mime_type"], block["format"], inner["format"], source["media_type"]];
}

/** The strings anywhere in a value that are members of such a name. */
function stringsOf(value: unknown, name: RegExp): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => stringsOf(item, name));
  if (!isObject(value) || ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([member, inner]) => (typeof inner === "string" ? (name.test(member) ? [inner] : []) : stringsOf(inner, name)));
}

function bytesOf(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(bytesOf);
  return isObject(value) ? Object.values(value).flatMap(bytesOf) : [];
}

/** Empty for what cannot be JSON. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
