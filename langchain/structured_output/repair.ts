import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import { type AIMessage, type BaseMessage, coerceMessageLikeToMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { stopReasonOf } from "./answer.js";
import type { Method } from "./method.js";

/**
 * Stop reasons after which a repair is not asked for: the next answer would be cut off, or refused, as well. `refusal` is Anthropic's own; the
 * others are Converse's (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).
 */
const FINAL = new Set<unknown>(["max_tokens", "model_context_window_exceeded", "guardrail_intervened", "content_filtered", "refusal"]);

export function canBeRepaired(answer: AIMessage): boolean {
  return !FINAL.has(stopReasonOf(answer));
}

export function messagesOf(input: BaseLanguageModelInput): BaseMessage[] {
  if (typeof input === "string") return [new HumanMessage(input)];
  return Array.isArray(input) ? input.map(coerceMessageLikeToMessage) : input.toChatMessages();
}

/** What was asked, the answer, and what is wrong with it. */
export function askAgain(asked: BaseMessage[], answer: AIMessage, problem: string, name: string, method: Method): BaseMessage[] {
  const { tool_calls = [], invalid_tool_calls = [] } = answer;
  const calls = [...tool_calls, ...invalid_tool_calls];
  const request = method === "functionCalling" ? `Call the tool ${name} with arguments that match its schema.` : "Answer again, with JSON only.";
  if (calls.length > 0) {
    // Converse wants a result for each call.
    const results = calls.map(({ id, name: called }) => new ToolMessage({ tool_call_id: id ?? "", name: called, status: "error", content: `${problem}\n${request}` }));
    return [...asked, answer, ...results];
  }
  const complaint = new HumanMessage(`This answer cannot be used. ${problem}\n${request}`);
  // An answer without text, such as one of reasoning only, is none that Bedrock takes back.
  return answer.text.trim() === "" ? [...asked, complaint] : [...asked, answer, complaint];
}
