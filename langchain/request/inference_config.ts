import type { ChatBedrockConverseCallOptions, ConverseInvocationParams } from "../types/chat.js";

type InferenceOptions = Pick<ChatBedrockConverseCallOptions, "maxTokens" | "temperature" | "topP" | "stop">;

/** Converse's `inferenceConfig`: a call's option has precedence over the constructor's. `undefined` when it would be empty. */
export function convertToInferenceConfig(call: InferenceOptions, own: InferenceOptions): ConverseInvocationParams["inferenceConfig"] {
  const config = {
    maxTokens: call.maxTokens ?? own.maxTokens,
    temperature: call.temperature ?? own.temperature,
    topP: call.topP ?? own.topP,
    stopSequences: call.stop ?? own.stop,
  };
  const { maxTokens, temperature, topP, stopSequences } = config;
  const isEmpty = maxTokens === undefined && temperature === undefined && topP === undefined && !stopSequences?.length;
  return isEmpty ? undefined : config;
}
