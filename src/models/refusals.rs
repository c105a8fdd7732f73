//! Sentences in which Bedrock refuses a request for what its model does not take, and what each says about the model.
//!
//! The wordings are those that users of Bedrock have reported; a sentence that is not known says nothing.

use super::facts::{CachePlace, Facts, Media, Replay, Sampling, SchemaFeature, ToolChoice};

/// What one refusal says of a model. The number is a bit of [`Refusals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Refusal {
    /// Takes no `temperature`.
    Temperature = 1,
    /// Takes no `topP`.
    TopP = 1 << 1,
    /// Takes no `top_k`.
    TopK = 1 << 2,
    /// Takes no `stopSequences`.
    StopSequences = 1 << 3,
    /// Takes only one of temperature and topP.
    TemperatureWithTopP = 1 << 4,
    /// Cannot be made to call any tool, or one by name.
    ForcedTool = 1 << 5,
    /// Cannot be made to call a tool by name.
    NamedTool = 1 << 6,
    /// Takes no tool choice at all.
    ToolChoice = 1 << 7,
    /// Cannot be made to call a tool while it thinks.
    ForcedToolWhileThinking = 1 << 8,
    /// Has no native structured output, or not of such a schema.
    OutputFormat = 1 << 9,
    /// Does not take `strict` of a tool, or not for such schemas.
    StrictTools = 1 << 10,
    /// Has no prompt cache.
    CachePoint = 1 << 11,
    /// Takes no cache points among its tools.
    CachePointInTools = 1 << 12,
    /// Takes no lifetime of a cache point.
    CacheTtl = 1 << 13,
    /// Takes no reasoning of earlier turns.
    Reasoning = 1 << 14,
    /// Takes no signature of reasoning.
    ReasoningSignature = 1 << 15,
    /// Does not continue an answer.
    Prefill = 1 << 16,
    /// Takes no `status` of a tool result.
    ToolResultStatus = 1 << 17,
    /// A tool result must be alone in its turn.
    ToolResultCompany = 1 << 18,
    /// Takes no images in a tool result.
    ToolResultImage = 1 << 19,
    /// A tool's schema may have no union at its root.
    RootUnion = 1 << 20,
    /// Is served only by inference profiles.
    OnDemand = 1 << 21,
    /// Takes no citations.
    Citations = 1 << 22,
    /// Takes no system text.
    SystemPrompt = 1 << 23,
    /// A tool call must be alone in its turn.
    ToolCallCompany = 1 << 24,
    /// Takes no documents in a tool result.
    ToolResultDocument = 1 << 25,
    /// Takes no reasoning without a signature.
    UnsignedReasoning = 1 << 26,
    /// Takes no cache points in a turn with tool calls or tool results.
    CachePointBesideTools = 1 << 27,
    /// Takes no look-around in a tool's patterns.
    Lookaround = 1 << 28,
    /// Takes few values of sampling parameters while it thinks.
    SamplingWhileThinking = 1 << 29,
    /// Streams no answer while it has tools.
    ToolStreaming = 1 << 30,
}

impl Refusal {
    /// Reads what an exception says, and what it is about. Of prompt caching most reports have an `AccessDeniedException` (opencode#782, positron#12142); of
    /// anything else that one is about the caller, not about the model.
    #[must_use]
    pub fn of_exception(name: &str, sentence: &str) -> Option<(Self, Cause)> {
        let refusal = Self::read(sentence)?;
        let is_read = name == "ValidationException" || (name == "AccessDeniedException" && refusal == Self::CachePoint);
        is_read.then(|| (refusal, Cause::of(sentence)))
    }

    /// Reads the sentence of a `ValidationException`.
    fn read(sentence: &str) -> Option<Self> {
        if sentence.contains("#/messages/") && sentence.contains("extraneous key [cachePoint]") {
            return Some(Self::CachePointBesideTools);
        }
        field_refused(sentence)
            .and_then(Self::of_field)
            .or_else(|| SENTENCES.iter().find(|(part, _)| sentence.contains(part)).map(|(_, refusal)| *refusal))
    }

    /// Of Converse's own sentence: "This model doesn't support the {field} field. Remove {field} and try again."
    fn of_field(field: &str) -> Option<Self> {
        let last = field.rsplit('.').next().unwrap_or(field);
        match last {
            "temperature" => Some(Self::Temperature),
            "topP" | "top_p" => Some(Self::TopP),
            "topK" | "top_k" => Some(Self::TopK),
            "stopSequences" => Some(Self::StopSequences),
            "any" => Some(Self::ForcedTool),
            "tool" => Some(Self::NamedTool),
            "toolChoice" => Some(Self::ToolChoice),
            "outputConfig" | "textFormat" => Some(Self::OutputFormat),
            "strict" => Some(Self::StrictTools),
            "cachePoint" if field.contains("tool") => Some(Self::CachePointInTools),
            "cachePoint" => Some(Self::CachePoint),
            "ttl" => Some(Self::CacheTtl),
            "signature" => Some(Self::ReasoningSignature),
            "reasoningContent" | "reasoningText" => Some(Self::Reasoning),
            "text" if field.contains("reasoning") => Some(Self::Reasoning),
            "image" => Some(Self::ToolResultImage),
            "document" => Some(Self::ToolResultDocument),
            "status" => Some(Self::ToolResultStatus),
            _ => None,
        }
    }
}

/// What was refused: by a model always, or only here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The model takes no such thing.
    Model,
    /// It does not take these schemas.
    Schemas,
    /// It does not take this conversation.
    Conversation,
}

/// Parts of sentences about the schemas of a request.
const OF_SCHEMAS: [&str; 6] = [
    "output_config.format.schema",
    "Schemas contains too many",
    "Schema is too complex",
    "Too many strict tools",
    "Circular reference detected",
    "compiled grammar is too large",
];

/// Parts of sentences about what was said in a conversation.
const OF_CONVERSATIONS: [&str; 3] = [
    "bound to a different conversation",
    "Invalid `signature` in `thinking` block",
    "Citations cannot be enabled when output format is set",
];

impl Cause {
    fn of(sentence: &str) -> Self {
        let is_one_of = |parts: &[&str]| parts.iter().any(|part| sentence.contains(part));
        if is_one_of(&OF_SCHEMAS) {
            Self::Schemas
        } else if is_one_of(&OF_CONVERSATIONS) {
            Self::Conversation
        } else {
            Self::Model
        }
    }
}

/// Parts of other sentences, the more particular first. Each was seen in a report against Bedrock, or in another client's list of them: strands-agents
/// 1.62, litellm 1.110, langchain-aws 1.9 and the threads that are named in `docs/models.md`.
const SENTENCES: [(&str, Refusal); 43] = [
    (
        "`temperature` may only be set to 1 when thinking is enabled",
        Refusal::SamplingWhileThinking,
    ),
    (
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled",
        Refusal::SamplingWhileThinking,
    ),
    ("`top_k` must be unset when thinking is enabled", Refusal::SamplingWhileThinking),
    ("Unknown parameter: 'top_k'", Refusal::TopK),
    ("`temperature` and `top_p` cannot both be specified", Refusal::TemperatureWithTopP),
    ("temperature and top_p cannot both be specified", Refusal::TemperatureWithTopP),
    ("`temperature` is deprecated for this model", Refusal::Temperature),
    ("temperature is deprecated for this model", Refusal::Temperature),
    ("`top_p` is deprecated for this model", Refusal::TopP),
    ("top_p is deprecated for this model", Refusal::TopP),
    ("`top_k` is deprecated for this model", Refusal::TopK),
    ("top_k is deprecated for this model", Refusal::TopK),
    (
        "Thinking may not be enabled when tool_choice forces tool use",
        Refusal::ForcedToolWhileThinking,
    ),
    ("tool_choice: type \"tool\" and \"any\" are not supported", Refusal::ForcedTool),
    ("output_config.format", Refusal::OutputFormat),
    ("Citations cannot be enabled when output format is set", Refusal::OutputFormat),
    ("Schemas contains too many", Refusal::StrictTools),
    ("Schema is too complex", Refusal::StrictTools),
    ("Too many strict tools", Refusal::StrictTools),
    ("Circular reference detected in schema definitions", Refusal::StrictTools),
    ("compiled grammar is too large", Refusal::StrictTools),
    (
        "input_schema does not support oneOf, allOf, or anyOf at the top level",
        Refusal::RootUnion,
    ),
    ("regex lookaround is not supported", Refusal::Lookaround),
    // A JSON pointer precedes it: `#/messages/2/content/1`.
    (": extraneous key [cachePoint] is not permitted", Refusal::CachePointInTools),
    ("extraneous key [ttl] is not permitted", Refusal::CacheTtl),
    ("Extended TTL prompt caching is only supported for", Refusal::CacheTtl),
    ("your request did not allow prompt caching", Refusal::CachePoint),
    ("does not support prompt caching", Refusal::CachePoint),
    ("doesn't support prompt caching", Refusal::CachePoint),
    ("cannot contain reasoning content", Refusal::Reasoning),
    ("doesn't support the reasoningContent content block", Refusal::Reasoning),
    ("thinking.signature: Field required", Refusal::UnsignedReasoning),
    ("Invalid `signature` in `thinking` block", Refusal::Reasoning),
    ("bound to a different conversation", Refusal::Reasoning),
    ("does not support assistant message prefill", Refusal::Prefill),
    (
        "Conversation blocks and tool result blocks cannot be provided in the same turn",
        Refusal::ToolResultCompany,
    ),
    (
        "Conversation blocks and tool use blocks cannot be provided in the same turn",
        Refusal::ToolCallCompany,
    ),
    ("doesn't support tool use in streaming mode", Refusal::ToolStreaming),
    ("with on-demand throughput isn", Refusal::OnDemand),
    ("doesn't support citations", Refusal::Citations),
    ("doesn't support system messages", Refusal::SystemPrompt),
    ("doesn't support the image content block in tool result", Refusal::ToolResultImage),
    ("tool result blocks do not support images", Refusal::ToolResultImage),
];

/// The field of "doesn't support the {field} field".
fn field_refused(sentence: &str) -> Option<&str> {
    let (_, behind) = sentence.split_once("doesn't support the ")?;
    let (field, _) = behind.split_once(" field")?;
    (!field.contains(' ')).then_some(field)
}

/// A set of refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Refusals(u32);

impl Refusals {
    /// Adds a refusal.
    pub fn insert(&mut self, refusal: Refusal) {
        self.0 |= refusal as u32;
    }

    /// Adds all of another set.
    pub fn extend(&mut self, others: Self) {
        self.0 |= others.0;
    }

    /// Whether a refusal is in the set.
    #[must_use]
    pub fn has(self, refusal: Refusal) -> bool {
        self.0 & refusal as u32 != 0
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Facts {
    /// Corrects what is known by what was refused.
    pub(super) fn correct(&mut self, refusals: Refusals) {
        self.correct_sampling(refusals);
        self.correct_tools(refusals);
        self.correct_history(refusals);
        if refusals.has(Refusal::CachePoint) {
            self.prompt_caching = Some(false);
        }
        if refusals.has(Refusal::CachePointInTools) {
            let places = self.cache_points_in.take();
            let mut places = places.unwrap_or_else(|| vec![CachePlace::System, CachePlace::Messages]);
            places.retain(|place| *place != CachePlace::Tools);
            self.cache_points_in = Some(places);
        }
        if refusals.has(Refusal::CachePointBesideTools) {
            self.cache_point_beside_tools = Some(false);
        }
        if refusals.has(Refusal::CacheTtl) {
            self.cache_ttls = Some(Vec::new());
        }
    }

    fn correct_sampling(&mut self, refusals: Refusals) {
        let parameters = [
            (Refusal::Temperature, Sampling::Temperature),
            (Refusal::TopP, Sampling::TopP),
            (Refusal::TopK, Sampling::TopK),
            (Refusal::StopSequences, Sampling::StopSequences),
        ];
        for (_, parameter) in parameters.into_iter().filter(|(refusal, _)| refusals.has(*refusal)) {
            self.refused_sampling.get_or_insert_default().push(parameter);
        }
        if refusals.has(Refusal::TemperatureWithTopP) {
            self.temperature_or_top_p = Some(true);
        }
    }

    fn correct_tools(&mut self, refusals: Refusals) {
        if refusals.has(Refusal::NamedTool) {
            let kinds = self.tool_choice.get_or_insert_with(|| vec![ToolChoice::Auto, ToolChoice::Any]);
            kinds.retain(|kind| *kind != ToolChoice::Tool);
        }
        if refusals.has(Refusal::ForcedTool) {
            self.tool_choice = Some(vec![ToolChoice::Auto]);
        }
        if refusals.has(Refusal::ToolChoice) {
            self.tool_choice = Some(Vec::new());
        }
        if refusals.has(Refusal::ForcedToolWhileThinking) {
            self.tool_choice_while_thinking = Some(vec![ToolChoice::Auto]);
        }
        if refusals.has(Refusal::OutputFormat) {
            self.structured_output = Some(false);
        }
        if refusals.has(Refusal::StrictTools) {
            self.strict_tools = Some(false);
        }
        if refusals.has(Refusal::RootUnion) {
            self.schema_refuses.get_or_insert_default().push(SchemaFeature::RootUnion);
        }
        if refusals.has(Refusal::ToolStreaming) {
            self.tool_streaming = Some(false);
        }
        if refusals.has(Refusal::ToolResultStatus) {
            self.tool_result_status = Some(false);
        }
        if refusals.has(Refusal::ToolResultCompany) {
            self.beside_tool_result = Some(Vec::new());
        }
        if refusals.has(Refusal::ToolCallCompany) {
            self.beside_tool_call = Some(Vec::new());
        }
        for (refusal, medium) in [(Refusal::ToolResultImage, Media::Image), (Refusal::ToolResultDocument, Media::Document)] {
            if refusals.has(refusal) {
                let media = self
                    .tool_result_media
                    .get_or_insert_with(|| vec![Media::Image, Media::Document, Media::Video]);
                media.retain(|media| *media != medium);
            }
        }
        if refusals.has(Refusal::Lookaround) {
            self.schema_refuses.get_or_insert_default().push(SchemaFeature::ToolLookaround);
        }
    }

    fn correct_history(&mut self, refusals: Refusals) {
        if refusals.has(Refusal::UnsignedReasoning) {
            self.reasoning_replay = Some(Replay::Signed);
        }
        if refusals.has(Refusal::ReasoningSignature) {
            self.reasoning_replay = Some(Replay::Unsigned);
        }
        if refusals.has(Refusal::Reasoning) {
            self.reasoning_replay = Some(Replay::None);
        }
        if refusals.has(Refusal::Prefill) {
            self.prefill = Some(false);
        }
        if refusals.has(Refusal::Citations) {
            self.citations = Some(false);
        }
        if refusals.has(Refusal::SystemPrompt) {
            self.system_prompt = Some(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sentences_are_read() {
        for (sentence, refusal) in [
            (
                "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
                Refusal::ForcedTool,
            ),
            (
                "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool and try again.",
                Refusal::NamedTool,
            ),
            (
                "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
                Refusal::StopSequences,
            ),
            (
                "This model doesn't support the status field. Remove status and try again.",
                Refusal::ToolResultStatus,
            ),
            (
                "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
                Refusal::TemperatureWithTopP,
            ),
            (
                "The model returned the following errors: `temperature` is deprecated for this model.",
                Refusal::Temperature,
            ),
            (
                "Malformed input request: #/toolConfig/tools/18: extraneous key [cachePoint] is not permitted, please reformat your input and try again.",
                Refusal::CachePointInTools,
            ),
        ] {
            assert_eq!(Refusal::read(sentence), Some(refusal), "{sentence}");
        }
        assert_eq!(
            Refusal::read("The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum"),
            None
        );
    }

    #[test]
    fn refusals_are_a_set() {
        let mut refusals = Refusals::default();
        assert!(refusals.is_empty());
        refusals.insert(Refusal::Prefill);
        refusals.insert(Refusal::Prefill);
        assert!(refusals.has(Refusal::Prefill) && !refusals.has(Refusal::TopP));
    }
}
