import { isObject } from "./json.js";
import type { BedrockRequest } from "./types.js";

/** Characters that make one token in the estimate. */
const CHARACTERS_PER_TOKEN = 4;

/** An estimate of the tokens of a value, from the length of its JSON. */
export function tokensIn(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / CHARACTERS_PER_TOKEN);
}

/** An estimate of the input tokens of a conversation: what `count-tokens` says and what the usage of an answer says. */
export function inputTokensOf({ messages, system, toolConfig }: { messages?: unknown; system?: unknown; toolConfig?: unknown }): number {
  return tokensIn([messages ?? [], system ?? [], toolConfig ?? {}]);
}

/** The answer to `count-tokens` when no other is given. */
export function estimateTokens({ body }: BedrockRequest): number {
  const input = isObject(body["input"]) ? body["input"] : {};
  if (isObject(input["converse"])) return inputTokensOf(input["converse"]);
  const bytes = isObject(input["invokeModel"]) ? Buffer.from(String(input["invokeModel"]["body"]), "base64").length : 0;
  return Math.ceil(bytes / CHARACTERS_PER_TOKEN);
}
