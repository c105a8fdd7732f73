//! What models refused, and how that corrects what is known of them.

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
    /// Takes no system text in the midst of a conversation.
    SystemTurn = 1 << 31,
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
        if refusals.has(Refusal::SystemTurn) {
            self.system_turns = Some(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_a_set() {
        let mut refusals = Refusals::default();
        assert!(refusals.is_empty());
        refusals.insert(Refusal::Prefill);
        refusals.insert(Refusal::Prefill);
        assert!(refusals.has(Refusal::Prefill) && !refusals.has(Refusal::TopP));
    }
}
