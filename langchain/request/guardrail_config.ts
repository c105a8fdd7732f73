import type { ConverseInvocationParams } from "../types/chat.js";

/** The members of a request with its guardrail. Throws a sentence where an option needs one and there is none. */
export function withGuardrail(params: ConverseInvocationParams, guardLastTurnOnly: boolean | undefined, isStreamed: boolean): ConverseInvocationParams {
  const { guardrailConfig } = params;
  if (guardrailConfig === undefined) {
    if (guardLastTurnOnly) throw new Error("guardLastTurnOnly needs a guardrail: give the option guardrailConfig, of the constructor or of the call, or leave guardLastTurnOnly out.");
    return params;
  }
  if (isStreamed || guardrailConfig.streamProcessingMode === undefined) return params;
  // Converse has no such member, only ConverseStream.
  const { streamProcessingMode: _, ...others } = guardrailConfig;
  return { ...params, guardrailConfig: others };
}
