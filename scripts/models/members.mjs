/** The members that the table may have, and their values. A misspelt member or value of a rule would be known to nobody. */

const isBoolean = (value) => typeof value === "boolean";
const isCount = (value) => Number.isSafeInteger(value) && value > 0;
const oneOf = (...values) => (value) => values.includes(value);
const subsetOf = (...values) => (value) => Array.isArray(value) && new Set(value).size === value.length && value.every((it) => values.includes(it));

const FAMILIES = "claude nova titan llama mistral gpt gpt-oss deepseek qwen kimi glm grok gemma minimax nemotron palmyra jamba command".split(" ");
const BOOLEANS = [
  "imageInputs pdfInputs audioInputs videoInputs documentInputs imageOutputs audioOutputs videoOutputs reasoningOutput",
  "toolCalling structuredOutput strictTools nativeToolChoiceNone toolResultStatus toolResultJson",
  "temperatureOrTopP prefill leadingAssistant promptCaching cachePointBesideTools redactedReplay systemPrompt systemTurns toolStreaming citations countTokens",
].flatMap((names) => names.split(" "));
const COUNTS = "maxInputTokens maxOutputTokens minOutputTokens minThinkingBudget maxTemperature cacheMinimum maxCachePoints maxImages maxDocuments maxImageBytes maxDocumentBytes maxStrictTools outputTokenBurndown".split(" ");

const MEMBERS = {
  ...Object.fromEntries(BOOLEANS.map((member) => [member, isBoolean])),
  ...Object.fromEntries(COUNTS.map((member) => [member, isCount])),
  family: oneOf(...FAMILIES),
  geographies: subsetOf("us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global"),
  toolChoice: subsetOf("auto", "any", "tool"),
  toolChoiceWhileThinking: subsetOf("auto", "any", "tool"),
  reasoning: oneOf("claude-budget", "claude-adaptive", "nova", "reasoning_effort", "reasoning.effort", "reasoning_config"),
  reasoningEfforts: subsetOf("none", "minimal", "low", "medium", "high", "xhigh", "max"),
  thinking: oneOf("always", "by-default", "on-request"),
  refusedSampling: subsetOf("temperature", "topP", "topK", "stopSequences"),
  cachePointsIn: subsetOf("tools", "system", "messages"),
  cacheTtls: subsetOf("5m", "1h"),
  cachePointAfterDocument: oneOf("any", "pdf", "none"),
  toolResultMedia: subsetOf("image", "document", "video"),
  besideToolResult: subsetOf("text", "image", "document", "video"),
  besideToolCall: subsetOf("text", "image", "document", "video"),
  reasoningReplay: oneOf("signed", "unsigned", "none"),
  inlineReasoning: oneOf("thinking"),
  largeDocuments: subsetOf("pdf", "docx"),
  topK: oneOf("top_k", "nova"),
  schemaRefuses: subsetOf("rootUnion", "refs", "lookaround", "toolLookaround", "contains", "nullType"),
};

/** What is wrong with the facts of a rule or of a model's row. */
export function problemsOfFacts(name, facts) {
  return Object.entries(facts).flatMap(([member, value]) => {
    if (!Object.hasOwn(MEMBERS, member)) return [`${name}: ${member} is no member of the table`];
    return MEMBERS[member](value) ? [] : [`${name}: ${member} cannot be ${JSON.stringify(value)}`];
  });
}
