import type { BaseMessage } from "@langchain/core/messages";
import type { ConverseInvocationParams } from "../types/chat.js";
import { approximateJson, approximateMessage, approximateText } from "./approximate_tokens.js";
import { knowledgeOf } from "./model_knowledge.js";
import type { QuotaEstimate } from "./request.js";

/**
 * What Bedrock takes from the quota when a request comes: its input, and the longest answer that it may have, which is the model's own where `maxTokens`
 * says none (AWS, "How tokens are counted in Amazon Bedrock", quotas-token-burndown). Of a model whose longest answer is not known, the input.
 */
export function estimateChat(model: string, messages: BaseMessage[], { inferenceConfig, toolConfig }: ConverseInvocationParams): QuotaEstimate {
  const { facts } = knowledgeOf(model);
  const output = inferenceConfig?.maxTokens ?? numberOf(facts["maxOutputTokens"]) ?? 0;
  const input = messages.reduce((sum, message) => sum + tokensOf(message), approximateJson(toolConfig));
  return { tokens: input + output, outputBurndown: numberOf(facts["outputTokenBurndown"]) ?? 1 };
}

/** An embedding model gives no tokens. */
export function estimateEmbedding(texts: string[]): QuotaEstimate {
  return { tokens: texts.reduce((sum, text) => sum + approximateSample(text), 0), outputBurndown: 1 };
}

/** A conversation is sent again with each turn, mostly as the same objects: the approximation takes some 37 ms of the thread for a million characters. */
const known = new WeakMap<BaseMessage, { content: unknown; tokens: number }>();

function tokensOf(message: BaseMessage): number {
  const { content } = message;
  const before = known.get(message);
  if (before !== undefined && before.content === content) return before.tokens;
  const tokens = typeof content === "string" && content.length > SAMPLE ? approximateSample(content) : approximateMessage(message);
  known.set(message, { content, tokens });
  return tokens;
}

/** UTF-16 units that are looked at in a text that is longer, in so many pieces. */
const SAMPLE = 16 * 1024;
const PIECES = 32;

function approximateSample(text: string): number {
  if (text.length <= SAMPLE) return approximateText(text);
  const piece = SAMPLE / PIECES;
  const pieces = Array.from({ length: PIECES }, (_, index) => {
    const start = Math.floor((index * (text.length - piece)) / (PIECES - 1));
    return text.slice(start, start + piece);
  });
  return Math.ceil((approximateText(pieces.join(" ")) * text.length) / SAMPLE);
}

function numberOf(fact: unknown): number | undefined {
  return typeof fact === "number" ? fact : undefined;
}
