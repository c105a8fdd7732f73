//! Sentences in which Bedrock refuses a request for what its model does not take, and what each says about the model.
//!
//! The wordings are those that users of Bedrock have reported; a sentence that is not known says nothing.

use super::refusals::Refusal;

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
const SENTENCES: [(&str, Refusal); 47] = [
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
    ("role 'system' is not supported", Refusal::SystemTurn),
    ("role 'system' must precede an 'assistant' message", Refusal::SystemTurn),
    ("Unexpected role \"system\"", Refusal::SystemTurn),
    // Of the API's own check of the body: "Value 'system' at 'messages.3.member.role' failed to satisfy constraint".
    ("Value 'system' at 'messages.", Refusal::SystemTurn),
    ("doesn't support the image content block in tool result", Refusal::ToolResultImage),
    ("tool result blocks do not support images", Refusal::ToolResultImage),
];

/// The field of "doesn't support the {field} field".
fn field_refused(sentence: &str) -> Option<&str> {
    let (_, behind) = sentence.split_once("doesn't support the ")?;
    let (field, _) = behind.split_once(" field")?;
    (!field.contains(' ')).then_some(field)
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
}
