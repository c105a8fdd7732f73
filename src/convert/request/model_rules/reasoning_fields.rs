//! The model's own fields that turn reasoning on, in the form of each family.

use crate::convert::request::values::{Json, Members};
use crate::models::{Effort, Model, ReasoningForm, Thinking};

/// Whether the model thinks before it answers this request, as far as that has consequences: Claude and `DeepSeek` refuse or ignore a forced tool then, and
/// Claude refuses sampling parameters.
pub(in crate::convert::request) fn is_thinking(fields: &Members<'_>, model: &Model) -> bool {
    let thinking = nested_text(fields, "thinking", "type").or_else(|| nested_text(fields, "reasoning_config", "type"));
    match thinking.as_deref() {
        Some("enabled" | "adaptive") => return true,
        Some("disabled") => return model.facts.thinking == Some(Thinking::Always),
        _ => {}
    }
    match model.facts.reasoning {
        Some(ReasoningForm::Effort) => matches!(text(fields, "reasoning_effort").as_deref(), Some("high" | "xhigh" | "max")),
        _ => matches!(model.facts.thinking, Some(Thinking::Always | Thinking::ByDefault)),
    }
}

/// Whether the request asks Nova for its highest effort, with which it takes no limits and no sampling parameters.
pub(in crate::convert::request) fn is_nova_at_high_effort(fields: &Members<'_>, model: &Model) -> bool {
    model.is_nova()
        && nested_text(fields, "reasoningConfig", "type").as_deref() == Some("enabled")
        && nested_text(fields, "reasoningConfig", "maxReasoningEffort").as_deref() == Some("high")
}

/// The budget of Claude's thinking.
pub(super) fn budget(fields: &Members<'_>) -> Option<f64> {
    fields.get("thinking")?.members()?.get("budget_tokens")?.number()
}

fn text(fields: &Members<'_>, name: &str) -> Option<String> {
    fields.get(name)?.text().map(std::borrow::Cow::into_owned)
}

fn nested_text(fields: &Members<'_>, name: &str, member: &str) -> Option<String> {
    text(&fields.get(name)?.members()?, member)
}

/// The fields that ask for `effort`, or for a budget, in the model's form.
pub(super) fn fields_for(form: ReasoningForm, effort: Effort, budget: u32, display: Option<Json<'_>>) -> Members<'_> {
    let mut fields = Members::default();
    match form {
        ReasoningForm::ClaudeBudget | ReasoningForm::ClaudeAdaptive if effort == Effort::None => {
            fields.push("thinking", Json::one("type", "disabled".into()));
        }
        ReasoningForm::ClaudeBudget => {
            let mut thinking = Members::default();
            thinking.push("type", "enabled".into());
            thinking.push("budget_tokens", Json::Number(budget));
            thinking.push_some("display", display);
            fields.push("thinking", Json::Object(thinking));
        }
        ReasoningForm::ClaudeAdaptive => {
            let mut thinking = Members::default();
            thinking.push("type", "adaptive".into());
            thinking.push_some("display", display);
            fields.push("thinking", Json::Object(thinking));
            fields.push("output_config", Json::one("effort", effort.name().into()));
        }
        ReasoningForm::Nova if effort == Effort::None => fields.push("reasoningConfig", Json::one("type", "disabled".into())),
        ReasoningForm::Nova => {
            let mut config = Members::default();
            config.push("type", "enabled".into());
            config.push("maxReasoningEffort", effort.name().into());
            fields.push("reasoningConfig", Json::Object(config));
        }
        ReasoningForm::Effort => fields.push("reasoning_effort", effort.name().into()),
        ReasoningForm::NestedEffort => fields.push("reasoning", Json::one("effort", effort.name().into())),
        ReasoningForm::Config => fields.push("reasoning_config", effort.name().into()),
    }
    fields
}
