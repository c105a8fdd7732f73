import type { JsonObject } from "../json.js";
import { blocksIn, fieldsOf, has, isClaude, isOneOf, objectAt, type Conversation, type PlacedBlock, type Rule, type Turn } from "./conversation.js";
import {
  ALWAYS_THINKING,
  CLAUDE_EFFORTS,
  GPT,
  HIGH_EFFORT_AT_MOST_WITHOUT_THINKING,
  NEW_CLAUDE,
  NO_ADAPTIVE_THINKING,
  NO_REASONING_BACK,
  NO_REASONING_TEXT_BACK,
  NO_SIGNATURES,
  NOVA_1,
  NOVA_2,
  REFUSED_EFFORTS,
  THINKING_BETWEEN_TOOLS,
} from "./families.js";
import * as say from "./wordings.js";

const LEAST_BUDGET = 1024;
const LEAST_TOP_P_WHILE_THINKING = 0.95;

/** Claude's `thinking`, by either of its names on Converse. */
function thinkingOf(conversation: Conversation): JsonObject | undefined {
  if (!isClaude(conversation)) return undefined;
  return objectAt(fieldsOf(conversation), "thinking") ?? objectAt(fieldsOf(conversation), "reasoning_config");
}

/** Anthropic checks the budget before it looks at the model: a budget of 400 is the fault that Opus 4.8 reports. */
const smallBudget: Rule = (conversation) => {
  const thinking = thinkingOf(conversation);
  const budget = thinking?.["budget_tokens"];
  return thinking?.["type"] === "enabled" && typeof budget === "number" && budget < LEAST_BUDGET ? say.SMALL_BUDGET : undefined;
};

const thinkingType: Rule = (conversation) => {
  const type = thinkingOf(conversation)?.["type"];
  if (type === "enabled" && isOneOf(conversation, NEW_CLAUDE)) return say.unsupportedThinking("enabled");
  if (type === "adaptive" && isOneOf(conversation, NO_ADAPTIVE_THINKING)) return say.NO_ADAPTIVE;
  if (type === "disabled" && isOneOf(conversation, THINKING_BETWEEN_TOOLS)) return say.USE_BETWEEN_TOOLS;
  return (type === "disabled" || type === "between_tools") && isOneOf(conversation, ALWAYS_THINKING) ? say.unsupportedThinking(type) : undefined;
};

/** With interleaved thinking the budget is for all of an answer's thoughts, and may be larger (Anthropic's "Extended thinking"). */
const largeBudget: Rule = (conversation) => {
  const thinking = thinkingOf(conversation);
  const budget = thinking?.["budget_tokens"];
  const most = conversation.inferenceConfig["maxTokens"];
  if (thinking?.["type"] !== "enabled" || typeof budget !== "number" || typeof most !== "number") return undefined;
  const isInterleaved = JSON.stringify(fieldsOf(conversation)["anthropic_beta"] ?? []).includes("interleaved-thinking");
  return budget >= most && !isInterleaved ? say.LARGE_BUDGET : undefined;
};

/** Only of a budget: pydantic-ai found that Bedrock takes a forced tool beside adaptive thinking. */
const forcedTool: Rule = (conversation) => {
  const choice = objectAt(conversation.toolConfig, "toolChoice");
  const isForced = has(choice, "any") || has(choice, "tool");
  return isForced && thinkingOf(conversation)?.["type"] === "enabled" ? say.FORCED_WHILE_THINKING : undefined;
};

const samplingWhileThinking: Rule = (conversation) => {
  const type = thinkingOf(conversation)?.["type"];
  if (type !== "enabled" && type !== "adaptive") return undefined;
  const { temperature, topP } = conversation.inferenceConfig;
  const fields = fieldsOf(conversation);
  const isAdaptive = type === "adaptive";
  if (isOther(temperature ?? fields["temperature"], (value) => value === 1)) return say.temperatureWhileThinking(isAdaptive);
  if (isOther(topP ?? fields["top_p"], (value) => value >= LEAST_TOP_P_WHILE_THINKING)) return say.topPWhileThinking(isAdaptive);
  return has(fields, "top_k") ? say.topKWhileThinking(isAdaptive) : undefined;
};

function isOther(value: unknown, fits: (value: number) => boolean): boolean {
  return typeof value === "number" && !fits(value);
}

const effortOfClaude: Rule = (conversation) => {
  const levels = CLAUDE_EFFORTS.find(([group]) => isOneOf(conversation, group))?.[1];
  const level = objectAt(fieldsOf(conversation), "output_config")?.["effort"];
  if (levels === undefined || typeof level !== "string") return undefined;
  if (levels.length === 0) return say.NO_EFFORT;
  if (!levels.includes(level)) return say.unsupportedEffort(level, levels);
  const isOff = ["disabled", "between_tools"].includes(String(thinkingOf(conversation)?.["type"]));
  const isHigher = level === "xhigh" || level === "max";
  return isOff && isHigher && isOneOf(conversation, HIGH_EFFORT_AT_MOST_WITHOUT_THINKING) ? say.highEffortWithoutThinking(level) : undefined;
};

/** GPT-5.6 and later take `reasoning: { effort }` only (opencode #48195, LiteLLM #40370, 2026-09). */
const effortOfOthers: Rule = (conversation) => {
  const fields = fieldsOf(conversation);
  const unknown = ["reasoning_effort", "thinking"].find((name) => has(fields, name));
  if (unknown !== undefined && isOneOf(conversation, GPT)) return say.unknownParameter(unknown);
  for (const { model, field, levels } of REFUSED_EFFORTS) {
    const level = field === "reasoning" ? objectAt(fields, field)?.["effort"] : fields[field];
    if (isOneOf(conversation, model) && typeof level === "string" && levels.includes(level)) return say.refusedEffort(level);
  }
  return undefined;
};

const novaReasoning: Rule = (conversation) => {
  const config = objectAt(fieldsOf(conversation), "reasoningConfig");
  if (config?.["type"] !== "enabled") return undefined;
  if (isOneOf(conversation, NOVA_1)) return say.NO_REASONING_CONFIG;
  if (!isOneOf(conversation, NOVA_2) || config["maxReasoningEffort"] !== "high") return undefined;
  const refused = ["maxTokens", "temperature", "topP"].find((member) => has(conversation.inferenceConfig, member));
  const topK = has(objectAt(fieldsOf(conversation), "inferenceConfig"), "topK") ? "topK" : undefined;
  return refused === undefined && topK === undefined ? undefined : say.highEffortBeside(refused ?? topK ?? "");
};

const history: Rule = (conversation) => {
  for (const turn of conversation.turns) {
    for (const placed of blocksIn(turn.blocks, "reasoningContent")) {
      const fault = replayFault(conversation, turn, placed);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};

/** In a turn of the user, reasoning is refused by every model (strands' summaries of conversations had it, 2026-08). */
function replayFault(conversation: Conversation, { role }: Turn, { block, path }: PlacedBlock): string | undefined {
  if (role === "user" || isOneOf(conversation, NO_REASONING_BACK)) return say.REASONING_IN_HISTORY;
  const text = objectAt(block, "reasoningText");
  if (!text) return undefined;
  if (isClaude(conversation)) return signatureFault(text, path.replace(/\.reasoningContent$/, ""));
  if (isOneOf(conversation, NO_REASONING_TEXT_BACK)) return say.REASONING_IN_HISTORY;
  // GPT takes its own reasoning back, which is encrypted (inspect_ai #5217, 2026-09).
  if (isOneOf(conversation, GPT)) return say.unsupportedFieldFor("reasoningContent.reasoningText.text", "assistant");
  return has(text, "signature") && isOneOf(conversation, NO_SIGNATURES) ? say.unsupportedField("reasoningContent.reasoningText.signature") : undefined;
}

/** Absent and empty are two faults (bifrost #6942, 2026-09). */
function signatureFault(text: JsonObject, path: string): string | undefined {
  if (!has(text, "signature")) return say.missingSignature(path);
  return text["signature"] === "" ? say.invalidSignature(path) : undefined;
}

export const REASONING_RULES: Rule[] = [
  smallBudget,
  thinkingType,
  largeBudget,
  forcedTool,
  samplingWhileThinking,
  effortOfClaude,
  effortOfOthers,
  novaReasoning,
  history,
];
