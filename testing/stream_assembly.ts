import { memberOf } from "./event_stream.js";
import { isJsonObject, toJson, type JsonObject, type JsonValue } from "./json.js";
import type { ContentBlock, MessageAnswer, StreamEvent } from "./types.js";

/** The message that a script of stream events results in, for a request without a stream. */
export function assembleEvents(events: StreamEvent[]): MessageAnswer {
  const blocks = new Map<number, ContentBlock>();
  let members: JsonObject = {};
  for (const event of events) {
    const [name, value] = memberOf(event);
    const payload = toJson(value);
    if (!isJsonObject(payload)) continue;
    const index = Number(payload["contentBlockIndex"] ?? 0);
    if (name === "contentBlockStart") blocks.set(index, startBlock(payload["start"]));
    if (name === "contentBlockDelta") blocks.set(index, extendBlock(blocks.get(index) ?? {}, payload["delta"]));
    if (name === "contentBlockStop") blocks.set(index, finishBlock(blocks.get(index) ?? {}));
    if (name === "messageStop" || name === "metadata") members = { ...members, ...payload };
  }
  const content = [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
  return { ...members, content };
}

function startBlock(start: JsonValue | undefined): ContentBlock {
  if (!isJsonObject(start)) return {};
  const { toolUse, toolResult } = start;
  if (isJsonObject(toolUse)) return { toolUse: { ...toolUse, name: String(toolUse["name"]), input: "" } };
  if (isJsonObject(toolResult)) return { toolResult: { ...toolResult, content: [] } };
  return start;
}

function extendBlock(block: ContentBlock, delta: JsonValue | undefined): ContentBlock {
  if (!isJsonObject(delta)) return block;
  const { text, citation, toolUse, toolResult, reasoningContent, image } = delta;
  if (typeof text === "string") return appendText(block, text);
  if (citation !== undefined) return appendCitation(block, citation);
  if (isJsonObject(toolUse)) return { toolUse: { name: "", ...block.toolUse, input: `${block.toolUse?.input ?? ""}${toolUse["input"]}` } };
  if (Array.isArray(toolResult)) return appendResults(block, toolResult);
  if (isJsonObject(reasoningContent)) return { reasoningContent: extendReasoning(toJson(block.reasoningContent), reasoningContent) };
  if (isJsonObject(image)) return { image: { ...objectIn(block, "image"), ...image } };
  return { ...block, ...delta };
}

function appendText(block: ContentBlock, text: string): ContentBlock {
  return { text: `${block.text ?? ""}${text}` };
}

function appendCitation(block: ContentBlock, citation: JsonValue): ContentBlock {
  const cited = block.citationsContent ?? { content: [{ text: block.text ?? "" }], citations: [] };
  return { citationsContent: { ...cited, citations: [...(cited.citations ?? []), toJson(citation) as JsonObject] } };
}

function appendResults(block: ContentBlock, items: JsonValue[]): ContentBlock {
  const result = objectIn(block, "toolResult");
  const { content } = result;
  return { toolResult: { ...result, content: [...(Array.isArray(content) ? content : []), ...items] } };
}

function extendReasoning(reasoning: JsonValue, delta: JsonObject): NonNullable<ContentBlock["reasoningContent"]> {
  if (!("text" in delta) && !("signature" in delta)) return delta;
  const sofar = isJsonObject(reasoning) && isJsonObject(reasoning["reasoningText"]) ? reasoning["reasoningText"] : {};
  const text = `${sofar["text"] ?? ""}${delta["text"] ?? ""}`;
  const signature = delta["signature"] ?? sofar["signature"];
  return { reasoningText: { text, ...(signature === undefined ? {} : { signature: String(signature) }) } };
}

/** A tool's input is text until its block ends; text that is not JSON, which a script may have on purpose, stays text. */
function finishBlock(block: ContentBlock): ContentBlock {
  if (typeof block.toolUse?.input !== "string") return block;
  return { toolUse: { ...block.toolUse, input: parseInput(block.toolUse.input) } };
}

function parseInput(json: string): unknown {
  if (json === "") return {};
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function objectIn(block: ContentBlock, member: string): JsonObject {
  const value = toJson(block[member] ?? {});
  return isJsonObject(value) ? value : {};
}
