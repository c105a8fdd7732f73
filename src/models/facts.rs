//! What is known of one model.

use serde::{Deserialize, Serialize};

/// What is known of a model. A member that is absent is not known, and nothing is taken away from a model for what is not known of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Facts {
    /// `claude`, `nova`, …
    pub family: Option<String>,
    /// The prefixes of its inference profiles, such as `us` and `global`.
    pub(crate) geographies: Option<Vec<String>>,
    /// The context window: tokens of input and answer together.
    pub max_input_tokens: Option<u32>,
    /// The most tokens of an answer.
    pub max_output_tokens: Option<u32>,
    /// The least limit of an answer, in tokens, that is taken.
    pub(crate) min_output_tokens: Option<u32>,
    pub(crate) image_inputs: Option<bool>,
    pub(crate) pdf_inputs: Option<bool>,
    pub(crate) audio_inputs: Option<bool>,
    pub(crate) video_inputs: Option<bool>,
    pub(crate) document_inputs: Option<bool>,
    pub(crate) image_outputs: Option<bool>,
    pub(crate) audio_outputs: Option<bool>,
    pub(crate) video_outputs: Option<bool>,
    pub(crate) reasoning_output: Option<bool>,
    pub(crate) tool_calling: Option<bool>,
    /// Whether the model streams an answer while it has tools.
    pub(crate) tool_streaming: Option<bool>,
    /// Whether the model's answer reliably has the schema of `outputConfig.textFormat`.
    pub(crate) structured_output: Option<bool>,
    /// The kinds of tool choice that the model takes.
    pub(crate) tool_choice: Option<Vec<ToolChoice>>,
    /// Those that it takes while it thinks.
    pub(crate) tool_choice_while_thinking: Option<Vec<ToolChoice>>,
    /// Whether `additionalModelRequestFields.tool_choice` may be `{ type: "none" }`.
    pub(crate) native_tool_choice_none: Option<bool>,
    /// Whether `toolSpec.strict` is taken.
    pub(crate) strict_tools: Option<bool>,
    /// How many tools of a request may be strict.
    pub(crate) max_strict_tools: Option<u32>,
    /// The form of a request for reasoning.
    pub(crate) reasoning: Option<ReasoningForm>,
    /// The efforts that can be asked for.
    pub(crate) reasoning_efforts: Option<Vec<Effort>>,
    pub(crate) thinking: Option<Thinking>,
    /// The least budget of thinking, in tokens.
    pub(crate) min_thinking_budget: Option<u32>,
    pub(crate) refused_sampling: Option<Vec<Sampling>>,
    /// Only one of temperature and topP may stand.
    pub(crate) temperature_or_top_p: Option<bool>,
    pub(crate) max_temperature: Option<f64>,
    /// Whether a conversation may end with the assistant, whose text the model continues.
    pub(crate) prefill: Option<bool>,
    /// Whether a conversation may begin with the assistant.
    pub(crate) leading_assistant: Option<bool>,
    pub(crate) prompt_caching: Option<bool>,
    /// Where cache points may stand.
    pub(crate) cache_points_in: Option<Vec<CachePlace>>,
    /// The lifetimes that a cache point may have; empty where the member `ttl` is refused.
    pub(crate) cache_ttls: Option<Vec<String>>,
    /// The least number of tokens that is cached.
    pub(crate) cache_minimum: Option<u32>,
    pub(crate) max_cache_points: Option<u32>,
    /// Behind which documents a cache point may stand directly.
    pub(crate) cache_point_after_document: Option<AfterDocument>,
    /// Whether a cache point may share a turn with a tool call or a tool result.
    pub(crate) cache_point_beside_tools: Option<bool>,
    /// The media that a tool result may hold.
    pub(crate) tool_result_media: Option<Vec<Media>>,
    /// What may share a turn with a tool result.
    pub(crate) beside_tool_result: Option<Vec<Media>>,
    /// What may share a turn with a tool call.
    pub(crate) beside_tool_call: Option<Vec<Media>>,
    /// Whether a tool result may have a `status`.
    pub(crate) tool_result_status: Option<bool>,
    /// Whether a tool result may hold `json`.
    pub(crate) tool_result_json: Option<bool>,
    pub(crate) reasoning_replay: Option<Replay>,
    pub(crate) redacted_replay: Option<bool>,
    /// The tag around reasoning that the model writes into its text.
    pub(crate) inline_reasoning: Option<String>,
    pub(crate) system_prompt: Option<bool>,
    /// Whether system text may stand in the midst of a conversation.
    pub(crate) system_turns: Option<bool>,
    pub(crate) citations: Option<bool>,
    /// Whether Bedrock's `CountTokens` has the model.
    pub count_tokens: Option<bool>,
    /// How many tokens of the quota per minute a token of the answer uses up.
    pub output_token_burndown: Option<u32>,
    pub(crate) max_images: Option<u32>,
    pub(crate) max_documents: Option<u32>,
    pub(crate) max_image_bytes: Option<u32>,
    pub(crate) max_document_bytes: Option<u32>,
    /// The formats of documents that may be larger.
    pub(crate) large_documents: Option<Vec<String>>,
    /// How a request says `top_k`.
    pub(crate) top_k: Option<String>,
    pub(crate) schema_refuses: Option<Vec<SchemaFeature>>,
}

/// A kind of tool choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ToolChoice {
    Auto,
    Any,
    Tool,
}

/// How a request asks for reasoning, in `additionalModelRequestFields`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum ReasoningForm {
    /// `thinking: { type: "enabled", budget_tokens }`
    #[serde(rename = "claude-budget")]
    ClaudeBudget,
    /// `thinking: { type: "adaptive" }` and `output_config: { effort }`
    #[serde(rename = "claude-adaptive")]
    ClaudeAdaptive,
    /// `reasoningConfig: { type, maxReasoningEffort }`
    #[serde(rename = "nova")]
    Nova,
    /// `reasoning_effort`
    #[serde(rename = "reasoning_effort")]
    Effort,
    /// `reasoning: { effort }`
    #[serde(rename = "reasoning.effort")]
    NestedEffort,
    /// `reasoning_config`
    #[serde(rename = "reasoning_config")]
    Config,
}

/// How much a model thinks, from little to much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

/// When a model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Thinking {
    Always,
    ByDefault,
    OnRequest,
}

/// A sampling parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Sampling {
    Temperature,
    TopP,
    TopK,
    StopSequences,
}

/// A part of a request that may have cache points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CachePlace {
    Tools,
    System,
    Messages,
}

/// The documents behind which a cache point may stand directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AfterDocument {
    Any,
    /// PDFs, and documents with citations.
    Pdf,
    None,
}

/// A kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Media {
    Text,
    Image,
    Document,
    Video,
}

/// Which reasoning of earlier turns a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Replay {
    /// Only what it signed.
    Signed,
    /// Text without a signature.
    Unsigned,
    None,
}

/// A part of a JSON schema that a model refuses or does not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SchemaFeature {
    /// `anyOf`, `oneOf` or `allOf` at the root of a tool's input.
    RootUnion,
    /// `$ref` and `$defs`.
    Refs,
    /// Look-around and back-references in a `pattern` of a schema that the model is held to.
    Lookaround,
    /// Look-around in a `pattern` of any tool.
    ToolLookaround,
    Contains,
    PropertyNames,
    /// A list of types with `null`.
    NullType,
}

impl Effort {
    pub(crate) const ALL: [Self; 7] = [Self::None, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::Xhigh, Self::Max];

    /// Reads a caller's word.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.name() == word)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// Our budgets in tokens for models that take one in place of an effort; the least that Claude takes is 1,024.
    pub(crate) fn budget(self) -> u32 {
        match self {
            Self::None | Self::Minimal => 1_024,
            Self::Low => 2_048,
            Self::Medium => 8_192,
            Self::High => 16_384,
            Self::Xhigh => 24_576,
            Self::Max => 32_000,
        }
    }

    /// The effort for a budget.
    pub(crate) fn of_budget(tokens: u32) -> Self {
        match tokens {
            0 => Self::None,
            1..=4_095 => Self::Low,
            4_096..=12_287 => Self::Medium,
            _ => Self::High,
        }
    }
}
