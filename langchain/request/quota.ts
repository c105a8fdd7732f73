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
  const input = messages.reduce((sum, message) => sum + approximateMessage(message), approximateJson(toolConfig));
  return { tokens: input + output, outputBurndown: numberOf(facts["outputTokenBurndown"]) ?? 1 };
}

/** An embedding model gives no tokens. */
export function estimateEmbedding(texts: string[]): QuotaEstimate {
  return { tokens: texts.reduce((sum, text) => sum + approximateText(text), 0), outputBurndown: 1 };
}

function numberOf(fact: unknown): number | undefined {
  return typeof fact === "number" ? fact : undefined;
}
