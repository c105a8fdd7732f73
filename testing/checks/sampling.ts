import type { JsonObject } from "../json.js";
import { fieldsOf, has, isOneOf, type Conversation, type Rule } from "./conversation.js";
import { LEAST_16_TOKENS, NEW_CLAUDE, NO_SAMPLING, NO_STOP_SEQUENCES, ONE_OF_TEMPERATURE_AND_TOP_P } from "./families.js";
import { deprecated, fewTokens, ONLY_ONE_OF_TWO, unknownParameter, unsupportedField } from "./wordings.js";

/** Whatever the value: GPT-5.6 refuses its own default too. An empty list of stop sequences is refused like a full one. */
const unsupported: Rule = (conversation) => {
  const { inferenceConfig } = conversation;
  const refused = [
    ...(isOneOf(conversation, NO_SAMPLING) ? ["temperature", "topP"] : []),
    ...(isOneOf(conversation, NO_STOP_SEQUENCES) ? ["stopSequences"] : []),
  ].find((field) => has(inferenceConfig, field));
  if (refused !== undefined) return unsupportedField(refused);
  return isOneOf(conversation, NO_SAMPLING) && has(fieldsOf(conversation), "top_k") ? unknownParameter("top_k") : undefined;
};

/** Claude's own names, which may also stand in the additional fields. */
const deprecatedForClaude: Rule = (conversation) => {
  if (!isOneOf(conversation, NEW_CLAUDE)) return undefined;
  const refused = Object.entries(samplingOfClaude(conversation)).find(([, isGiven]) => isGiven);
  return refused && deprecated(refused[0]);
};

const bothForClaude: Rule = (conversation) => {
  const { temperature, top_p } = samplingOfClaude(conversation);
  return isOneOf(conversation, ONE_OF_TEMPERATURE_AND_TOP_P) && temperature && top_p ? ONLY_ONE_OF_TWO : undefined;
};

const leastTokens: Rule = (conversation) => {
  const most = conversation.inferenceConfig["maxTokens"];
  return isOneOf(conversation, LEAST_16_TOKENS) && typeof most === "number" && most < 16 ? fewTokens(most) : undefined;
};

function samplingOfClaude(conversation: Conversation): Record<"temperature" | "top_p" | "top_k", boolean> {
  const { inferenceConfig } = conversation;
  const fields: JsonObject = fieldsOf(conversation);
  return {
    temperature: has(inferenceConfig, "temperature") || has(fields, "temperature"),
    top_p: has(inferenceConfig, "topP") || has(fields, "top_p"),
    top_k: has(fields, "top_k"),
  };
}

export const SAMPLING_RULES: Rule[] = [unsupported, deprecatedForClaude, bothForClaude, leastTokens];
