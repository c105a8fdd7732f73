import { createHash } from "node:crypto";
import { isJsonObject, toJson, type JsonObject, type JsonValue } from "./json.js";
import { inputTokensOf, tokensIn } from "./tokens.js";
import type { BedrockRequest, ContentBlock, MessageAnswer } from "./types.js";

const MILLISECONDS_PER_TOKEN = 10;

/** An answer that is content, neither a function nor a fault. */
export type PlainAnswer = string | ContentBlock | ContentBlock[] | MessageAnswer;

/** The body of a `converse` response. */
export interface ConverseResponse extends JsonObject {
  metrics: JsonObject;
  output: { message: { content: JsonObject[]; role: string } };
  stopReason: string;
  usage: JsonObject;
}

/** The response for an answer. It depends only on the answer and the request. */
export function composeResponse(answer: PlainAnswer, request: BedrockRequest): ConverseResponse {
  const { content, stopReason, usage, ...members } = messageOf(answer);
  const given = typeof content === "string" ? [{ text: content }] : content;
  const blocks = given.map((block, index) => completeBlock(block, index, request));
  const counted = completeUsage(usage, request, blocks);
  return {
    metrics: { latencyMs: 100 + Number(counted["outputTokens"]) * MILLISECONDS_PER_TOKEN },
    output: { message: { content: blocks, role: "assistant" } },
    stopReason: stopReason ?? (blocks.some(isClientToolCall) ? "tool_use" : "end_turn"),
    usage: counted,
    ...(asksForUsage(request) ? { additionalModelResponseFields: { usage: usageOfClaude(counted, blocks) } } : {}),
    ...(toJson(members) as JsonObject),
  };
}

/** Only Claude has a member `usage` of its own; of a field that the model does not have, nothing comes back. */
function asksForUsage({ body, modelId }: BedrockRequest): boolean {
  const paths = body["additionalModelResponseFieldPaths"];
  return Array.isArray(paths) && paths.includes("/usage") && modelId.includes("anthropic.");
}

/** Anthropic's own counts, with that of thinking: https://github.com/anthropics/anthropic-sdk-python/issues/1017 */
function usageOfClaude(counted: JsonObject, blocks: JsonObject[]): JsonObject {
  const thought = blocks.filter((block) => "reasoningContent" in block);
  return {
    input_tokens: counted["inputTokens"] ?? 0,
    output_tokens: counted["outputTokens"] ?? 0,
    output_tokens_details: { thinking_tokens: thought.length === 0 ? 0 : Math.min(tokensIn(thought), Number(counted["outputTokens"])) },
  };
}

function messageOf(answer: PlainAnswer): MessageAnswer {
  if (typeof answer === "string" || Array.isArray(answer)) return { content: answer };
  return isMessageAnswer(answer) ? answer : { content: [answer] };
}

function isMessageAnswer(answer: ContentBlock | MessageAnswer): answer is MessageAnswer {
  return "content" in answer;
}

/** Adds the members of a tool call that a test may leave out: its id and an input. */
function completeBlock(block: ContentBlock, index: number, request: BedrockRequest): JsonObject {
  const json = toJson(block) as JsonObject;
  const call = json["toolUse"];
  if (!isJsonObject(call)) return json;
  const input = call["input"] ?? {};
  const turn = request.body.messages?.length ?? 0;
  return { toolUse: { ...call, input, toolUseId: call["toolUseId"] ?? toolUseIdOf([call["name"] ?? "", input, index, turn]) } };
}

/** An id of Bedrock's form that differs by tool, input, place and turn, and is the same in each run. */
function toolUseIdOf(parts: JsonValue[]): string {
  return `tooluse_${createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22)}`;
}

function isClientToolCall(block: JsonObject): boolean {
  return isJsonObject(block["toolUse"]) && block["toolUse"]["type"] !== "server_tool_use";
}

function completeUsage(given: object | undefined, request: BedrockRequest, blocks: JsonObject[]): JsonObject {
  const usage: JsonObject = { inputTokens: inputTokensOf(request.body), outputTokens: tokensIn(blocks), ...(toJson(given ?? {}) as JsonObject) };
  return { ...usage, totalTokens: usage["totalTokens"] ?? Number(usage["inputTokens"]) + Number(usage["outputTokens"]) };
}
