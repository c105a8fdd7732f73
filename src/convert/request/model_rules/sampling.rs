//! Sampling parameters: those that a model refuses are left out, and values outside its range are moved to its border.

use super::reasoning_fields::{is_nova_at_high_effort, is_thinking};
use crate::convert::request::request_members::RequestMembers;
use crate::convert::request::scope::Scope;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;
use crate::models::{ReasoningForm, Refusal, Sampling};

/// The names of a parameter: in `inferenceConfig`, and of the model's own fields.
const PARAMETERS: [(Sampling, &str, &str); 4] = [
    (Sampling::Temperature, "temperature", "temperature"),
    (Sampling::TopP, "topP", "top_p"),
    (Sampling::TopK, "topK", "top_k"),
    (Sampling::StopSequences, "stopSequences", "stop_sequences"),
];

/// The least topP that Claude takes while it thinks.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html>
const MIN_TOP_P_WHILE_THINKING: f64 = 0.95;

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_sampling<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    let scope = scope.member("inferenceConfig");
    leave_out_refused(members, scope)?;
    let Some(fields) = members.fields() else { return Ok(()) };
    let is_high_nova = is_nova_at_high_effort(&fields, scope.model);
    let is_claude = matches!(
        scope.model.facts.reasoning,
        Some(ReasoningForm::ClaudeBudget | ReasoningForm::ClaudeAdaptive)
    );
    let is_thinking_claude = (is_claude || scope.model.refusals.has(Refusal::SamplingWhileThinking)) && is_thinking(&fields, scope.model);
    if is_thinking_claude {
        leave_out_top_k(members, scope)?;
    }
    let Some(inference) = members.inference() else { return Ok(()) };
    if is_high_nova {
        for parameter in ["temperature", "topP"] {
            leave_out(inference, parameter, "Nova takes none at high effort", scope)?;
        }
    }
    if is_thinking_claude {
        fit_to_thinking(inference, scope)?;
    }
    if scope.model.facts.temperature_or_top_p == Some(true) && inference.get("temperature").is_some() {
        leave_out(inference, "topP", "the model takes only one of temperature and topP", scope)?;
    }
    clamp(inference, "temperature", scope.model.facts.max_temperature, scope)?;
    clamp(inference, "topP", scope.model.facts.family.as_ref().map(|_| 1.0), scope)?;
    raise_max_tokens(inference, scope)
}

/// Raises a limit of the answer that is below the least that the model takes.
fn raise_max_tokens<'a>(inference: &mut Members<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let most = inference.get("maxTokens").and_then(Json::number);
    let (Some(most), Some(least)) = (most, scope.model.facts.min_output_tokens) else {
        return Ok(());
    };
    if most >= f64::from(least) {
        return Ok(());
    }
    inference.set("maxTokens", Json::Number(least));
    let message = format!("`maxTokens` became {least} instead of {most}, the least that the model takes.");
    scope.change("max_tokens_raised", message)
}

fn leave_out_refused<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let refused = scope.model.facts.refused_sampling.as_deref().unwrap_or_default();
    for (parameter, name, own_name) in PARAMETERS {
        if !refused.contains(&parameter) {
            continue;
        }
        if let Some(inference) = members.inference() {
            leave_out(inference, name, "the model takes none", scope)?;
        }
        if let Some(mut fields) = members.fields().filter(|fields| fields.get(own_name).is_some()) {
            leave_out(
                &mut fields,
                own_name,
                "the model takes none",
                scope.member("additionalModelRequestFields"),
            )?;
            members.set_fields(fields);
        }
    }
    Ok(())
}

/// Claude refuses a temperature other than 1 and a low topP while it thinks.
fn fit_to_thinking<'a>(inference: &mut Members<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let value = |name: &str| inference.get(name).and_then(Json::number);
    #[expect(clippy::float_cmp, reason = "Claude takes exactly 1")]
    let is_temperature_refused = value("temperature").is_some_and(|temperature| temperature != 1.0);
    let is_top_p_refused = value("topP").is_some_and(|top_p| top_p < MIN_TOP_P_WHILE_THINKING);
    if is_temperature_refused {
        leave_out(inference, "temperature", "Claude takes none but 1 while it thinks", scope)?;
    }
    if is_top_p_refused {
        leave_out(inference, "topP", "Claude takes none below 0.95 while it thinks", scope)?;
    }
    Ok(())
}

/// Claude takes no `top_k` while it thinks.
fn leave_out_top_k<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let Some(mut fields) = members.fields().filter(|fields| fields.get("top_k").is_some()) else {
        return Ok(());
    };
    leave_out(
        &mut fields,
        "top_k",
        "Claude takes none while it thinks",
        scope.member("additionalModelRequestFields"),
    )?;
    members.set_fields(fields);
    Ok(())
}

fn leave_out<'a>(members: &mut Members<'a>, name: &str, why: &str, scope: Scope<'a>) -> Result<(), Error> {
    match members.take(name) {
        // An empty list says nothing.
        Some(Json::Raw(value)) if value.get() == "[]" => Ok(()),
        Some(_) => scope.change("sampling_left_out", format!("`{name}` was left out, since {why}.")),
        None => Ok(()),
    }
}

/// Moves a value to the border of its range, 0 to `most`.
fn clamp<'a>(inference: &mut Members<'a>, name: &'static str, most: Option<f64>, scope: Scope<'a>) -> Result<(), Error> {
    let (Some(value), Some(most)) = (inference.get(name).and_then(Json::number), most) else {
        return Ok(());
    };
    if (0.0..=most).contains(&value) {
        return Ok(());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    let border = if value < 0.0 { 0 } else { most as u32 };
    inference.set(name, Json::Number(border));
    scope.change(
        "sampling_clamped",
        format!("`{name}` became {border} instead of {value}, since the model takes 0 to {most}."),
    )
}
