/**
 * What the checks know of model families: groups of ids, each with its source. It is written from public sources only, not from the table of the
 * core that these checks judge. A model is in a group only if a source says so of it; unknown models are in none.
 *
 * Sources that are named often: "pydantic-ai" is pydantic-ai-slim 2.68.0, whose rules were tried against Bedrock in 2026 (`providers/bedrock.py`,
 * `profiles/anthropic.py`); "LiteLLM" is the model map of litellm 1.110.2; "langchain-aws" is langchain-aws 1.9.1; "strands" is strands-agents
 * 1.62.0; "probe" is a table of live Converse calls that was published with its date. All were read on 2026-11-25 and 26.
 */

const GEO_PREFIX = /^(?:us|eu|apac|jp|au|ca|in|global|us-gov)\./;

/** `inference-profile/us.anthropic.claude-…` and `foundation-model/anthropic.claude-…` contain the id; other ARNs name no model. */
const NAMING_ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:inference-profile|foundation-model)\/(.+)$/;

/** The model of an id without the prefix of a geography, such as `anthropic.claude-opus-4-8`; `undefined` for an ARN that names none. */
export function baseModel(modelId: string): string | undefined {
  const named = modelId.startsWith("arn:") ? NAMING_ARN.exec(modelId)?.[1] : modelId;
  return named?.toLowerCase().replace(GEO_PREFIX, "");
}

/** Whether the id is a foundation model's own, neither an inference profile's nor an ARN of something else. */
export function isFoundationModel(modelId: string): boolean {
  const named = modelId.startsWith("arn:") ? /:foundation-model\/(.+)$/.exec(modelId)?.[1] : modelId;
  return named !== undefined && !GEO_PREFIX.test(named);
}

/** Names end where no digit follows: `opus-4-1` is not the beginning of `opus-4-10`. */
function claude(...names: string[]): RegExp {
  return new RegExp(`^anthropic\\.claude-(?:${names.join("|")})(?!\\d)`);
}

function models(...names: string[]): RegExp {
  return new RegExp(`^(?:${names.join("|").replaceAll(".", "\\.")})`);
}

function oneOf(...groups: RegExp[]): RegExp {
  return new RegExp(groups.map(({ source }) => source).join("|"));
}

export const CLAUDE: RegExp = models("anthropic.");
export const NOVA: RegExp = models("amazon.nova-");
export const NOVA_1: RegExp = models("amazon.nova-micro", "amazon.nova-lite", "amazon.nova-pro", "amazon.nova-premier");
export const NOVA_2: RegExp = models("amazon.nova-2-");
/** The OpenAI models that Converse serves with the parameters of the Responses API (pydantic-ai). */
export const GPT: RegExp = models("openai.gpt-5.6", "openai.gpt-6");
export const GPT_OSS: RegExp = models("openai.gpt-oss");
export const GROK: RegExp = models("xai.grok-4.6", "xai.grok-4.7");
export const KIMI_K3: RegExp = models("moonshotai.kimi-k3");

/** Opus 4.7 and later, Sonnet 5, Haiku 5.5, Fable, Mythos: no sampling, no thinking budget, every effort level (pydantic-ai). */
export const NEW_CLAUDE: RegExp = claude("fable-5", "mythos-5", "opus-4-7", "opus-4-8", "opus-5", "sonnet-5", "haiku-5-5");
/**
 * System text in the midst of a conversation: AWS's "Mid-conversation system messages" names Opus 4.8, the first of them; langchain-aws and LiteLLM have
 * the flag for these. Earlier models refuse it (BerriAI/litellm #32831, 2026-07, tried with InvokeModel).
 */
export const SYSTEM_TURNS: RegExp = claude("fable-5", "mythos-5", "opus-4-8", "opus-5", "sonnet-5", "haiku-5-5");
const CLAUDE_4_6 = ["opus-4-6", "sonnet-4-6"];
/** Claude models before adaptive thinking. */
const BUDGET_CLAUDE = ["3-7-sonnet", "sonnet-4-2025\\d{4}", "opus-4-2025\\d{4}", "opus-4-1", "opus-4-5", "sonnet-4-5", "haiku-4-5"];

/**
 * Temperature or topP, but not both: Bedrock's refusals of Opus 4.1, Sonnet 4.5, Haiku 4.5 (BoltAI #399, 2025-12) and Sonnet 4.6 (skydiscover #15,
 * 2026-03); Anthropic's migration guides say it of the others.
 */
export const ONE_OF_TEMPERATURE_AND_TOP_P: RegExp = claude("opus-4-1", "opus-4-5", "sonnet-4-5", "haiku-4-5", ...CLAUDE_4_6);
/**
 * No temperature and no topP: probe of 2026-08-28 (GPT-5.6, Grok 4.6), bedrock-converse of 2026-09 (GPT-6), reports of Kimi K3 (2026-09);
 * LiteLLM for GPT-5.4 and 5.5; pydantic-ai takes Grok 4.7 for the same.
 */
export const NO_SAMPLING: RegExp = oneOf(GPT, models("openai.gpt-5.4", "openai.gpt-5.5"), GROK, KIMI_K3);
/** No stop sequences, not even an empty list (langchain4j #3650): probe of 2026-08-28. DeepSeek R1 takes them. */
export const NO_STOP_SEQUENCES: RegExp = models(
  "openai.gpt-oss", "openai.gpt-5.6", "openai.gpt-6", "xai.grok-4.6", "xai.grok-4.7", "deepseek.v", "google.gemma-", "minimax.", "moonshot.",
  "moonshotai.", "qwen.", "zai.",
);
/** The probe of 2026-09-04: these answer `maxTokens` below 16 with a 400. */
export const LEAST_16_TOKENS: RegExp = models("openai.gpt-5.6", "xai.grok-4.6");

/**
 * Before Claude 4.6 there is no adaptive thinking: "adaptive thinking is not supported on this model" (reports of Haiku, Sonnet and Opus 4.5;
 * pydantic-ai).
 */
export const NO_ADAPTIVE_THINKING: RegExp = claude(...BUDGET_CLAUDE);
/** Thinking cannot be turned off (pydantic-ai; Anthropic's "Troubleshooting thinking"). */
export const ALWAYS_THINKING: RegExp = claude("fable-5", "mythos-5", "mythos-preview", "opus-5-5");
/** Thinking is turned off by `between_tools` only (pydantic-ai, tried on Bedrock). */
export const THINKING_BETWEEN_TOOLS: RegExp = claude("sonnet-5-5");
/** While thinking is off, effort ends at `high` (pydantic-ai). */
export const HIGH_EFFORT_AT_MOST_WITHOUT_THINKING: RegExp = claude("opus-5(?!-5(?!\\d))", "haiku-5-5", "sonnet-5-5");

const ALL_EFFORTS = ["low", "medium", "high", "xhigh", "max"];
/** The levels of `output_config.effort` (langchain-aws's profiles and pydantic-ai agree). An empty list: the parameter itself is refused. */
export const CLAUDE_EFFORTS: [RegExp, string[]][] = [
  [NEW_CLAUDE, ALL_EFFORTS],
  [claude(...CLAUDE_4_6), ["low", "medium", "high", "max"]],
  [claude("opus-4-5"), ["low", "medium", "high"]],
  [claude(...BUDGET_CLAUDE.filter((name) => name !== "opus-4-5")), []],
];
/**
 * Effort levels that other models refuse, with the member that holds them (pydantic-ai, tried on Bedrock; stdapi.ai #283, 2026-09-22, for `minimal`
 * on GPT-6).
 */
export const REFUSED_EFFORTS: { model: RegExp; field: "reasoning" | "reasoning_effort"; levels: string[] }[] = [
  { model: models("openai.gpt-6-astra", "openai.gpt-6.1-sol"), field: "reasoning", levels: ["none", "minimal"] },
  { model: GPT, field: "reasoning", levels: ["minimal"] },
  { model: GPT_OSS, field: "reasoning_effort", levels: ["none", "minimal", "xhigh"] },
  { model: models("zai.glm-5.3"), field: "reasoning_effort", levels: ["none", "minimal"] },
];

/** Every tool choice but `auto` is refused (pydantic-ai, langchain-aws, LiteLLM; Anthropic's migration guides of 2026-09). */
export const NO_FORCED_TOOLS: RegExp = claude("fable-5-[12]", "mythos-5-[12]", "opus-5-5", "sonnet-5-5");
/**
 * Kinds of `toolChoice` that a model refuses: live calls of 2026-09-26 for Llama 4 and Pixtral, reports for Llama 3 (LiteLLM) and Mistral Large
 * 2402; langchain-aws for 2407. DeepSeek V3 takes a named tool and does not obey it (langchain-aws #1261), which is no refusal.
 */
export const REFUSED_TOOL_CHOICES: [RegExp, string[]][] = [
  [models("meta.llama"), ["any", "tool"]],
  [models("mistral.pixtral-large", "mistral.mistral-large-2402", "mistral.mistral-large-2407"), ["tool"]],
];
/**
 * No tools at all: AWS's table of Converse features, langchain-aws #447 (R1), ai-dial-adapter-bedrock #181 (small Llama 3.2), tables of 2024 to
 * 2026.
 */
export const NO_TOOLS: RegExp = models(
  "deepseek.r1", "amazon.titan-text", "meta.llama2", "meta.llama3-8b", "meta.llama3-70b", "meta.llama3-2-1b", "meta.llama3-2-3b",
  "mistral.mistral-7b", "mistral.mixtral-8x7b", "cohere.command-text", "cohere.command-light", "ai21.j2", "ai21.jamba-instruct",
);
/** Tools, but not in a stream: reports of Llama 4 (2026), Mistral Large (2026) and Jamba; AWS's table for Llama 3. */
export const NO_STREAMED_TOOLS: RegExp = models("meta.llama", "mistral.mistral-large-2402", "mistral.mistral-large-2407", "ai21.jamba");
/** No system text: AWS's table; seen for Mistral 7B on 2026-10-01. */
export const NO_SYSTEM_TEXT: RegExp = models(
  "amazon.titan-text", "mistral.mistral-7b", "mistral.mixtral-8x7b", "cohere.command-text", "cohere.command-light", "ai21.j2",
);
/**
 * No native output and no strict tools: seen for Nova, Llama and Pixtral in 2026; AWS's list has no Palmyra and no Claude before 4.5; AWS's card of
 * Grok 4.6; pydantic-ai for Opus 4.1 and Fable 5.
 */
export const NO_STRUCTURED_OUTPUT: RegExp = oneOf(
  models("amazon.nova-", "meta.llama", "mistral.pixtral", "writer.palmyra-x", "xai.grok-4.6"),
  claude("v2", "instant", "3-(?:5-|7-)?(?:haiku|sonnet|opus)", "sonnet-4-2025\\d{4}", "opus-4-2025\\d{4}", "opus-4-1", "fable-5"),
);
/** Models that compile schemas to a grammar: AWS's "Structured output", which names the keywords that none of them takes. */
export const STRUCTURED_OUTPUT: RegExp = models(
  "anthropic.", "qwen.qwen3", "google.gemma-3", "mistral.magistral-small", "mistral.ministral-3", "mistral.mistral-large-3", "mistral.voxtral",
  "zai.glm-", "moonshot", "minimax.minimax-m2", "nvidia.nemotron-nano", "deepseek.v3", "openai.gpt-oss",
);
/** `contains` is refused (pydantic-ai #10713, tried on Bedrock; Ministral takes it). */
export const NO_CONTAINS: RegExp = models("anthropic.", "zai.glm-", "qwen.", "google.gemma-");
/** Look-around is refused in every tool's schema (LiteLLM's `supports_regex_lookaround`). */
export const NO_LOOK_AROUND: RegExp = oneOf(GROK, KIMI_K3);

/** May speak first (pydantic-ai, 2026-07-03). */
export const ASSISTANT_FIRST: RegExp = models("anthropic.", "qwen.", "zai.", "moonshot.", "moonshotai.");
/** The conversation must end with the user (LiteLLM's `supports_assistant_prefill`; seen for Opus 4.6 on Bedrock, opencode #29760, 2026-05). */
export const NO_PREFILL: RegExp = claude("fable-5", "mythos-5", ...CLAUDE_4_6, "opus-4-7", "opus-4-8", "opus-5", "sonnet-5", "haiku-5-5");
/** A tool result stands alone in its turn (pydantic-ai #6081; strands #1223; langchain-aws #141). */
export const LONELY_TOOL_RESULTS: RegExp = models("meta.llama", "mistral.", "writer.");
/** A call stands alone in its turn: seen for Llama 3.2 (quarkus-langchain4j #1983, 2025-11). */
export const LONELY_TOOL_CALLS: RegExp = models("meta.llama3-2");
/** The member `status` of a tool result is refused (pydantic-ai). */
export const NO_STATUS: RegExp = models("writer.");
/**
 * Images inside a tool result are refused: opencode #49443 of 2026-09-17 (each called with both placements) and pydantic-ai. Claude, Nova and Llama
 * 4 take them.
 */
export const NO_IMAGES_IN_RESULTS: RegExp = models("openai.gpt-", "mistral.", "qwen.", "google.gemma-", "moonshot.", "moonshotai.", "xai.");
/** Documents inside a tool result are refused (pydantic-ai). */
export const NO_DOCUMENTS_IN_RESULTS: RegExp = models("qwen.", "moonshot.", "moonshotai.");

/** No images: models.dev by way of langchain-aws; AWS's table for the older ones; boto3 #4581 for Claude 3.5 Haiku. */
export const NO_IMAGES: RegExp = oneOf(
  claude("3-5-haiku", "v2", "instant"),
  models(
    "amazon.nova-micro", "amazon.titan-text", "deepseek.", "meta.llama2", "meta.llama3-8b", "meta.llama3-70b", "meta.llama3-1-",
    "meta.llama3-2-1b", "meta.llama3-2-3b", "meta.llama3-3-", "minimax.", "mistral.devstral", "mistral.voxtral", "mistral.mistral-7b",
    "mistral.mixtral", "mistral.mistral-large-24", "mistral.mistral-small-24", "moonshot.kimi-k2-thinking", "nvidia.nemotron-nano-3",
    "nvidia.nemotron-nano-9b", "nvidia.nemotron-super", "openai.gpt-oss", "qwen.qwen3-235b", "qwen.qwen3-32b", "qwen.qwen3-coder",
    "qwen.qwen3-next", "writer.palmyra-x", "zai.glm-4.7", "zai.glm-5", "cohere.command", "ai21.",
  ),
);
/** No video: pydantic-ai called a model of each of these makers in 2026-10. Only Nova takes it. */
export const NO_VIDEO: RegExp = models("anthropic.", "meta.", "mistral.", "qwen.", "moonshot.", "moonshotai.", "nvidia.", "amazon.nova-micro");
/** No documents (pydantic-ai for Qwen; AWS's table for Nova Micro). */
export const NO_DOCUMENTS: RegExp = models("qwen.", "amazon.nova-micro");
/** No citations (pydantic-ai, 2026-10-20). */
export const NO_CITATIONS: RegExp = models("amazon.nova-", "meta.llama", "mistral.pixtral", "deepseek.");
/** PDF files may be larger than 4.5 MB: AWS's "API restrictions", of Claude 4 and later. */
export const LARGE_PDF: RegExp = claude("opus", "sonnet", "haiku", "fable", "mythos");

/**
 * No prompt caching: AWS's "Prompt caching" lists Claude from 3.5 Haiku and 3.7 on, Nova and newer models; refusals were seen for most of these
 * (posit-dev/positron #12142, opencode #782, 2025 and 2026). Kimi K3 takes no points on Converse (LiteLLM).
 */
export const NO_CACHING: RegExp = oneOf(
  models(
    "ai21.", "amazon.titan-text", "cohere.", "deepseek.", "google.gemma-", "meta.", "minimax.", "mistral.", "moonshot.", "moonshotai.",
    "nvidia.", "openai.gpt-oss", "qwen.", "writer.", "zai.",
  ),
  claude("v2", "instant", "3-haiku", "3-sonnet", "3-opus", "3-5-sonnet-20240620"),
);

/** Reasoning of any kind is refused in histories (langchain-aws, strands). */
export const NO_REASONING_BACK: RegExp = models("deepseek.r1", "amazon.nova-micro", "amazon.nova-lite", "amazon.nova-pro", "amazon.nova-premier");
/** Reasoning as text is refused in histories (strands). */
export const NO_REASONING_TEXT_BACK: RegExp = models(
  "google.gemma", "meta.llama", "mistral.devstral", "mistral.ministral", "mistral.mistral-large", "nvidia.nemotron-nano-9b",
  "nvidia.nemotron-super", "qwen.qwen3-235b", "qwen.qwen3-coder", "writer.palmyra", "xai.grok",
);
/**
 * A signature is refused: seen for ten models of these makers (pi #727, 2026-01; bifrost #6942, 2026-09); strands says it of every other maker than
 * Anthropic.
 */
export const NO_SIGNATURES: RegExp = models(
  "openai.gpt-oss", "qwen.", "minimax.", "moonshot.", "moonshotai.", "amazon.nova-2-", "zai.", "nvidia.", "deepseek.v", "google.gemma",
  "mistral.", "meta.", "xai.", "writer.",
);
