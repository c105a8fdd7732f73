import { isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import type { ConverseResponse } from "./response.js";
import type { StreamEvent } from "./types.js";

/** A word with the space before it, or eight characters of a longer one; a space after the last word is a piece of its own. */
const TEXT_PIECE = /\s*\S{1,8}|\s+/gu;
const JSON_PIECE = /[^]{1,10}/gu;

/** The events by which Bedrock streams a response. */
export function eventsOf(response: ConverseResponse): StreamEvent[] {
  const { output, stopReason, additionalModelResponseFields, ...metadata } = response;
  return [
    { messageStart: { role: output.message.role } },
    ...output.message.content.flatMap(blockEvents),
    { messageStop: { ...(additionalModelResponseFields === undefined ? {} : { additionalModelResponseFields }), stopReason } },
    { metadata },
  ];
}

/** The pieces in which a text arrives; joined they are the text. Empty text arrives as one empty piece. */
export function textPieces(text: string): string[] {
  return text.match(TEXT_PIECE) ?? [""];
}

/**
 * The pieces of the JSON of a tool's input. The first is empty, and for a call without arguments it stays the only one:
 * so does Claude on Bedrock, which some clients do not expect.
 */
export function toolInputPieces(input: JsonValue): string[] {
  if (isJsonObject(input) && Object.keys(input).length === 0) return [""];
  return ["", ...(JSON.stringify(input).match(JSON_PIECE) ?? [])];
}

function blockEvents(block: JsonObject, contentBlockIndex: number): StreamEvent[] {
  const start = startOf(block);
  return [
    ...(start ? [{ contentBlockStart: { contentBlockIndex, start } }] : []),
    ...deltasOf(block).map((delta) => ({ contentBlockDelta: { contentBlockIndex, delta } })),
    { contentBlockStop: { contentBlockIndex } },
  ];
}

/** Only these blocks have a start event; the others begin with their first delta. */
function startOf(block: JsonObject): JsonObject | undefined {
  const [name = "", value] = Object.entries(block)[0] ?? [];
  if (!isJsonObject(value)) return undefined;
  const { input: _input, content: _content, source: _source, ...announced } = value;
  return ["toolUse", "toolResult", "image"].includes(name) ? { [name]: announced } : undefined;
}

function deltasOf(block: JsonObject): JsonObject[] {
  const { text, toolUse, toolResult, reasoningContent, citationsContent, image } = block;
  if (typeof text === "string") return textPieces(text).map((piece) => ({ text: piece }));
  if (isJsonObject(toolUse)) return toolInputPieces(toolUse["input"] ?? {}).map((input) => ({ toolUse: { input } }));
  if (isJsonObject(toolResult)) return listOf(toolResult["content"]).map((item) => ({ toolResult: [item] }));
  if (isJsonObject(reasoningContent)) return reasoningDeltas(reasoningContent);
  if (isJsonObject(citationsContent)) return citationDeltas(citationsContent);
  if (isJsonObject(image)) return [{ image: { source: image["source"] ?? {} } }];
  return [block];
}

/** In a stream reasoning is flat: `reasoningText.text` and `.signature` of a response without a stream are `text` and `signature`. */
function reasoningDeltas(reasoning: JsonObject): JsonObject[] {
  const { reasoningText } = reasoning;
  if (!isJsonObject(reasoningText)) return [{ reasoningContent: reasoning }];
  const { text, signature } = reasoningText;
  return [
    ...(typeof text === "string" ? textPieces(text).map((piece) => ({ reasoningContent: { text: piece } })) : []),
    ...(signature === undefined ? [] : [{ reasoningContent: { signature } }]),
  ];
}

/** Cited text is sent as ordinary text, its citations after it in the same block. */
function citationDeltas(citationsContent: JsonObject): JsonObject[] {
  const texts = listOf(citationsContent["content"]).map((item) => (isJsonObject(item) && typeof item["text"] === "string" ? item["text"] : ""));
  return [
    ...textPieces(texts.join("")).map((piece) => ({ text: piece })),
    ...listOf(citationsContent["citations"]).map((citation) => ({ citation })),
  ];
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
