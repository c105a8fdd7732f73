import type { ConverseInvocationParams } from "../types/chat.js";
import type { DocumentType } from "../types/document.js";

/**
 * Claude models that cannot be forced to call a tool while they think. Opus 4.8, Sonnet 5 and Fable 5 can (langchain-ai/langchain-aws#1141);
 * of Opus 4.7 nothing is known, so Bedrock decides.
 */
const THINKS_OR_IS_FORCED = /claude-(?:3-7-|(?:opus|sonnet|haiku)-4(?!-?[78](?!\d)))/;

/** Whether the request's own fields enable a Claude model's thinking. */
export function isThinking(model: string, fields: DocumentType | undefined): boolean {
  if (!fields || !model.includes("claude")) return false;
  const { thinking, reasoning_config } = fields as { [member: string]: { type?: DocumentType } | undefined };
  const type = (thinking ?? reasoning_config)?.type;
  return type === "enabled" || type === "adaptive";
}

/** Whether the model thinks, and refuses a forced tool while it does. */
export function cannotBeForced(model: string, fields: DocumentType | undefined): boolean {
  return THINKS_OR_IS_FORCED.test(model) && isThinking(model, fields);
}

/**
 * Throws one sentence about a sampling parameter that Claude refuses while it thinks
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html).
 */
export function checkThinking(model: string, params: ConverseInvocationParams): void {
  if (!isThinking(model, params.additionalModelRequestFields)) return;
  const { temperature, topP } = params.inferenceConfig ?? {};
  if (temperature !== undefined && temperature !== 1) {
    throw new Error(`ChatBedrockConverse: temperature must be 1 or left out while Claude thinks, but it is ${temperature}.`);
  }
  if (topP !== undefined && topP < 0.95) {
    throw new Error(`ChatBedrockConverse: topP must be at least 0.95 or left out while Claude thinks, but it is ${topP}.`);
  }
}
