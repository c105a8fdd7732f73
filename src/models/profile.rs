//! What JavaScript reads of a model: LangChain's `ModelProfile`, and the facts with their sources.

use serde_json::{Map, Value, json};

use super::facts::{Facts, Media, ToolChoice};
use super::table::look_up;

/// A model as JSON: `{ id?, profile, toolChoice?, countTokens?, facts, sources }`.
#[must_use]
pub fn describe(id: &str) -> Value {
    let known = look_up(id);
    let facts: Facts = serde_json::from_value(Value::Object(known.facts.clone())).unwrap_or_default();
    json!({
        "id": known.id,
        "profile": profile(&facts),
        "toolChoice": facts.tool_choice,
        "countTokens": facts.count_tokens,
        "facts": known.facts,
        "sources": known.sources,
    })
}

/// The members of `ModelProfile` that are known. One that is unknown is absent: LangChain reads a member that is `undefined` as a wrong one.
fn profile(facts: &Facts) -> Map<String, Value> {
    let has = |media: Media| facts.tool_result_media.as_ref().map(|kinds| kinds.contains(&media).into());
    let is_forced = |kinds: &Vec<ToolChoice>| kinds.iter().any(|kind| *kind != ToolChoice::Auto);
    let members: [(&str, Option<Value>); 17] = [
        ("maxInputTokens", facts.max_input_tokens.map(Value::from)),
        ("maxOutputTokens", facts.max_output_tokens.map(Value::from)),
        ("imageInputs", facts.image_inputs.map(Value::from)),
        // Bedrock fetches nothing from the web.
        ("imageUrlInputs", facts.image_inputs.map(|_| false.into())),
        ("pdfInputs", facts.pdf_inputs.map(Value::from)),
        ("audioInputs", facts.audio_inputs.map(Value::from)),
        ("videoInputs", facts.video_inputs.map(Value::from)),
        ("imageToolMessage", has(Media::Image)),
        ("pdfToolMessage", has(Media::Document)),
        ("reasoningOutput", facts.reasoning_output.map(Value::from)),
        ("imageOutputs", facts.image_outputs.map(Value::from)),
        ("audioOutputs", facts.audio_outputs.map(Value::from)),
        ("videoOutputs", facts.video_outputs.map(Value::from)),
        ("toolCalling", facts.tool_calling.map(Value::from)),
        ("toolChoice", facts.tool_choice.as_ref().map(|kinds| is_forced(kinds).into())),
        ("midConversationSystemMessages", facts.system_turns.map(Value::from)),
        ("structuredOutput", facts.structured_output.map(Value::from)),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
