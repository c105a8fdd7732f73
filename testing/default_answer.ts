import { isJsonObject, toJson, type JsonObject, type JsonValue } from "./json.js";
import { valueFromSchema } from "./json_schema.js";
import type { AnswerFunction, ContentBlock, RequestBody } from "./types.js";
import { wordsOf } from "./keywords.js";

/**
 * The answer when there is no other: a plausible one that depends only on the request. A tool is called if the request forces it or if the question
 * and the tool share a word; a tool's result becomes a sentence; a JSON schema gets a valid value; any other text is repeated.
 */
export const defaultAnswer: AnswerFunction = ({ body }) => {
  const question = lastQuestion(body);
  const results = lastResults(body);
  if (results.length > 0) return `Here is what I found: ${results.join(", ")}`;
  const tool = toolToCall(body, question);
  if (tool) return toolCall(tool, question);
  const schema = outputSchema(body);
  if (schema !== undefined) return JSON.stringify(valueFromSchema(schema, question));
  return translation(body, question) ?? (question === "" ? "I am a local stand-in for Amazon Bedrock." : `You said: ${question}`);
};

function lastBlocks(body: RequestBody): JsonObject[] {
  const content = body.messages?.findLast((message) => message.role === "user")?.content;
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}

function lastQuestion(body: RequestBody): string {
  const guarded = (block: JsonObject): JsonValue | undefined =>
    isJsonObject(block["guardContent"]) && isJsonObject(block["guardContent"]["text"]) ? block["guardContent"]["text"]["text"] : undefined;
  return lastBlocks(body)
    .map((block) => block["text"] ?? guarded(block))
    .filter((text) => typeof text === "string")
    .join("\n")
    .trim();
}

/** What the tools of the last turn returned, as text. */
function lastResults(body: RequestBody): string[] {
  return lastBlocks(body).flatMap((block) => {
    const result = block["toolResult"];
    if (!isJsonObject(result)) return [];
    const content = Array.isArray(result["content"]) ? result["content"].filter(isJsonObject) : [];
    const parts = content.map((item) => {
      if (typeof item["text"] === "string") return item["text"];
      return "json" in item ? JSON.stringify(item["json"]) : `(${Object.keys(item).join()})`;
    });
    return [parts.join(" ")];
  });
}

function toolToCall(body: RequestBody, question: string): JsonObject | undefined {
  const tools = (body.toolConfig?.tools ?? []).map((tool) => tool["toolSpec"]).filter(isJsonObject);
  const choice = body.toolConfig?.toolChoice ?? {};
  if (isJsonObject(choice["tool"])) {
    const { name } = choice["tool"];
    return tools.find((tool) => tool["name"] === name);
  }
  const asked = mostRelated(tools, question);
  return "any" in choice ? (asked ?? tools[0]) : asked;
}

/** The tool whose name and description share most words with the question; none if there is no shared word. */
function mostRelated(tools: JsonObject[], question: string): JsonObject | undefined {
  const asked = wordsOf(question);
  const scores = tools.map((tool) => [...wordsOf(`${tool["name"]} ${tool["description"] ?? ""}`)].filter((word) => asked.has(word)).length);
  const best = Math.max(0, ...scores);
  return best === 0 ? undefined : tools[scores.indexOf(best)];
}

function toolCall(tool: JsonObject, question: string): ContentBlock[] {
  const schema = isJsonObject(tool["inputSchema"]) ? (tool["inputSchema"]["json"] ?? {}) : {};
  return [{ toolUse: { name: String(tool["name"]), input: valueFromSchema(schema, question) } }];
}

/** The schema of `outputConfig.textFormat`, which is JSON in a string. */
function outputSchema(body: RequestBody): JsonValue | undefined {
  const format = toJson(body.outputConfig ?? {});
  const schema = ["textFormat", "structure", "jsonSchema", "schema"].reduce<JsonValue | undefined>(
    (value, member) => (isJsonObject(value) ? value[member] : undefined),
    format,
  );
  if (typeof schema !== "string") return schema;
  try {
    return JSON.parse(schema) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The example of LangChain's documentation. */
function translation(body: RequestBody, question: string): string | undefined {
  const system = (body.system ?? []).map((block) => String(block["text"] ?? "")).join(" ");
  const asksForFrench = /translat/i.test(system) && /french/i.test(system);
  return asksForFrench && /^I love programming\.?$/i.test(question) ? "J'adore la programmation." : undefined;
}
