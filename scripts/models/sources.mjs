/** What each source says of a model, in the members of the table. A member that a source does not have is left out. */
import { baseIdOf, geoPrefixOf, matchesGlob } from "./ids.mjs";

/** The facts that the rules give a model: later rules win, member by member. */
export function ruleFactsOf(baseName, rules) {
  const matching = rules.filter(({ models }) => models.some((glob) => matchesGlob(baseName, glob)));
  return Object.assign({}, ...matching.map(({ facts }) => facts));
}

/**
 * Members of the rules in the form in which sources have them, for comparison only: the sources know fewer details than the rules.
 */
export function comparableFactsOf(facts) {
  const { reasoning, reasoningEfforts, refusedSampling, toolChoice, toolResultMedia, schemaRefuses } = facts;
  return known({
    takesTemperature: refusedSampling && takesTemperature(refusedSampling),
    forcedTools: toolChoice && toolChoice.some((kind) => kind !== "auto"),
    toolResultImages: toolResultMedia && toolResultMedia.includes("image"),
    lookaround: schemaRefuses && !schemaRefuses.includes("lookaround"),
    effortCeiling: reasoning === "claude-adaptive" ? reasoningEfforts?.at(-1) : undefined,
  });
}

/** A list of other parameters was made without a look at the temperature; an empty one says that all are taken. */
function takesTemperature(refused) {
  if (refused.includes("temperature")) return false;
  return refused.length === 0 ? true : undefined;
}

function langchainAws(row) {
  return known({
    maxInputTokens: row.max_input_tokens,
    maxOutputTokens: row.max_output_tokens,
    imageInputs: row.image_inputs,
    pdfInputs: row.pdf_inputs,
    audioInputs: row.audio_inputs,
    videoInputs: row.video_inputs,
    imageOutputs: row.image_outputs,
    audioOutputs: row.audio_outputs,
    videoOutputs: row.video_outputs,
    reasoningOutput: row.reasoning_output,
    reasoningEfforts: row.reasoning_effort_levels,
    toolCalling: row.tool_calling,
    structuredOutput: row.structured_output,
    takesTemperature: row.temperature,
  });
}

function litellm(row) {
  return known({
    maxInputTokens: row.max_input_tokens,
    maxOutputTokens: row.max_output_tokens,
    imageInputs: row.supports_vision,
    pdfInputs: row.supports_pdf_input,
    audioInputs: row.supports_audio_input,
    videoInputs: row.supports_video_input,
    reasoningOutput: row.supports_reasoning,
    reasoningEfforts: row.reasoning_effort_levels,
    effortCeiling: row.bedrock_output_config_effort_ceiling,
    toolCalling: row.supports_function_calling,
    structuredOutput: litellmStructuredOutput(row),
    strictTools: row.bedrock_converse_supports_strict_tools,
    takesTemperature: row.supports_sampling_params,
    forcedTools: row.supports_forced_tool_use,
    toolResultImages: row.supports_bedrock_converse_tool_result_images,
    prefill: row.supports_assistant_prefill,
    lookaround: row.supports_regex_lookaround,
    promptCaching: row.supports_prompt_cache_breakpoint,
    cacheMinimum: row.prompt_cache_min_tokens,
    thinking: litellmThinking(row),
    countTokens: row.token_count_provider && row.token_count_provider === "bedrock",
  });
}

/** `supports_native_structured_output` is false for Claude models whose Converse has it by the flags of Bedrock's own. */
function litellmStructuredOutput(row) {
  const own = [row.supports_bedrock_native_structured_output, row.supports_bedrock_native_structured_output_by_default];
  return own.includes(true) || row.supports_native_structured_output;
}

function litellmThinking(row) {
  if (row.thinking_always_on) return "always";
  return row.thinking_on_by_default ? "by-default" : undefined;
}

function known(facts) {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * What the sources say, by base id: `Map(base id → [{ source, facts, ids }])`. Where the inference profiles of a model differ (mostly gaps of the
 * data), the first in the order of `prefixes` speaks for the source; `differing` has the members.
 */
export function factsBySource({ langchainAws: first, litellm: second }, prefixes) {
  const byBase = new Map();
  const add = (source, models, convert) => {
    for (const [base, ids] of groupByBase(Object.keys(models), prefixes)) {
      const variants = ids.map((id) => convert(models[id]));
      const facts = Object.assign({}, ...variants.toReversed());
      const differing = Object.keys(facts).filter((member) => variants.some((it) => member in it && !same(it[member], facts[member])));
      byBase.set(base, [...(byBase.get(base) ?? []), { source, facts, differing, variants }]);
    }
  };
  add("langchain-aws", first, langchainAws);
  add("litellm", second, litellm);
  return byBase;
}

function groupByBase(ids, prefixes) {
  const rank = (id) => prefixes.indexOf(geoPrefixOf(id));
  const groups = new Map();
  for (const id of ids.toSorted((left, right) => rank(left) - rank(right))) {
    const base = baseIdOf(id);
    groups.set(base, [...(groups.get(base) ?? []), id]);
  }
  return groups;
}

export function same(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
}

