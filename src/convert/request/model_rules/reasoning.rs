//! The option `reasoning`: `{ effort?, budgetTokens?, display? }`, in the form that the model has for it.

use super::reasoning_fields::{budget, fields_for, is_nova_at_high_effort};
use crate::convert::json::Object;
use crate::convert::request::request_members::RequestMembers;
use crate::convert::request::scope::Scope;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;
use crate::models::{Effort, Facts, ReasoningForm, Thinking};

/// Claude's least budget of thinking, in tokens, where the table does not say it.
const MIN_BUDGET: u32 = 1024;

/// Writes the option `reasoning` as fields of the model's own. What the caller wrote in these fields has precedence.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn apply_reasoning<'a>(
    request: &Object<'a>,
    members: &mut RequestMembers<'a>,
    scope: Scope<'a>,
) -> Result<(), Error> {
    let Some(mut fields) = members.fields() else { return Ok(()) };
    let scope = scope.member("reasoning");
    if let Some(option) = request.object("reasoning") {
        for (name, value) in fields_of(&option, scope)?.0 {
            add_field(&mut fields, name, value);
        }
        members.set_fields(fields);
    }
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    lift_budget(members, scope)?;
    fit_max_tokens(members, scope)
}

fn add_field<'a>(fields: &mut Members<'a>, name: std::borrow::Cow<'a, str>, value: Json<'a>) {
    let Some(own) = fields.get_mut(&name) else {
        fields.0.push((name, value));
        return;
    };
    // Of an object the caller's members have precedence, and ours are added.
    if let (Some(mut merged), Json::Object(ours)) = (own.members(), value)
        && merged.get("type").is_none()
    {
        merged.0.extend(
            ours.0
                .into_iter()
                .filter(|(name, _)| own.members().is_none_or(|own| own.get(name).is_none())),
        );
        *own = Json::Object(merged);
    }
}

/// The fields for the option; none for a model without them.
fn fields_of<'a>(option: &Object<'a>, scope: Scope<'a>) -> Result<Members<'a>, Error> {
    let facts = &scope.model.facts;
    let asked = option.text("effort").and_then(|effort| Effort::read(&effort));
    let tokens = option.get("budgetTokens").and_then(|tokens| tokens.get().parse::<u32>().ok());
    let Some(form) = facts.reasoning else {
        if asked != Some(Effort::None) {
            let family = facts.family.as_deref().map_or("this model", |_| "a model that cannot reason on request");
            scope.change(
                "reasoning_left_out",
                format!("The option `reasoning` was left out, since no form of it is known for {family}."),
            )?;
        }
        return Ok(Members::default());
    };
    let wanted = asked.or_else(|| tokens.map(Effort::of_budget)).unwrap_or(Effort::Medium);
    let effort = fit_effort(wanted, form, scope)?;
    let budget = tokens.unwrap_or_else(|| budget_for(effort, facts));
    if tokens.is_some() && form != ReasoningForm::ClaudeBudget {
        let message = format!(
            "`reasoning.budgetTokens` became the effort {:?}, since the model takes no budget.",
            effort.name()
        );
        scope.change("reasoning_budget_refused", message)?;
    }
    let display = option.get("display").map(Json::Raw).filter(|_| scope.model.is_claude());
    Ok(fields_for(form, effort, budget, display))
}

/// Our budget for an effort, which leaves half of the model's longest answer for the answer itself.
fn budget_for(effort: Effort, facts: &Facts) -> u32 {
    let most = facts.max_output_tokens.map_or(u32::MAX, |limit| limit / 2);
    effort.budget().min(most.max(MIN_BUDGET))
}

/// The nearest effort that the model has.
fn fit_effort(wanted: Effort, form: ReasoningForm, scope: Scope<'_>) -> Result<Effort, Error> {
    let facts = &scope.model.facts;
    let always = facts.thinking == Some(Thinking::Always);
    let has_none = matches!(form, ReasoningForm::ClaudeBudget | ReasoningForm::ClaudeAdaptive | ReasoningForm::Nova);
    let takes = |effort: Effort| match (&facts.reasoning_efforts, effort) {
        (_, Effort::None) if always => false,
        (Some(_), Effort::None) if has_none => true,
        (Some(efforts), _) => efforts.contains(&effort),
        (None, _) => true,
    };
    if takes(wanted) || scope.is_sent_as_it_is() {
        return Ok(wanted);
    }
    let below = Effort::ALL.iter().rev().filter(|effort| **effort < wanted && **effort != Effort::None);
    let above = Effort::ALL.iter().filter(|effort| **effort > wanted);
    let Some(effort) = below.chain(above).copied().find(|effort| takes(*effort)) else {
        return Ok(wanted);
    };
    let message = format!(
        "`reasoning.effort` {:?} became {:?}, the nearest that the model has.",
        wanted.name(),
        effort.name()
    );
    scope.change("reasoning_effort_adapted", message)?;
    Ok(effort)
}

/// Raises a budget of Claude's thinking that is below the least that it takes.
fn lift_budget<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let Some(mut fields) = members.fields() else { return Ok(()) };
    let least = scope.model.facts.min_thinking_budget.unwrap_or(MIN_BUDGET);
    let Some(tokens) = budget(&fields).filter(|tokens| scope.model.is_claude() && *tokens < f64::from(least)) else {
        return Ok(());
    };
    scope.change(
        "reasoning_budget_raised",
        format!("The budget of thinking was raised from {tokens} to {least} tokens, the least that Claude takes."),
    )?;
    if let Some(mut thinking) = fields.get("thinking").and_then(Json::members) {
        thinking.set("budget_tokens", Json::Number(least));
        fields.set("thinking", Json::Object(thinking));
        members.set_fields(fields);
    }
    Ok(())
}

/// Gives the answer room beside the budget of thinking, which counts as a part of it; Nova takes no limit at its highest effort.
fn fit_max_tokens<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let Some(fields) = members.fields() else { return Ok(()) };
    let scope = scope.member("inferenceConfig.maxTokens");
    let budget = budget(&fields).filter(|_| scope.model.is_claude());
    let Some(inference) = members.inference() else { return Ok(()) };
    let Some(most) = inference.get("maxTokens").and_then(Json::number) else {
        return Ok(());
    };
    if is_nova_at_high_effort(&fields, scope.model) {
        inference.take("maxTokens");
        return scope.change(
            "max_tokens_left_out",
            "maxTokens was left out, since Nova takes no limit at high effort.".to_owned(),
        );
    }
    let Some(budget) = budget.filter(|budget| most <= *budget) else {
        return Ok(());
    };
    // A budget beyond the limit that is known is the caller's own: Bedrock knows the limit better.
    let known = scope.model.facts.max_output_tokens.map(f64::from);
    let limit = known.filter(|limit| *limit > budget).unwrap_or(f64::from(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the largest u32")]
    let raised = (budget + most).min(limit).max(0.0) as u32;
    inference.set("maxTokens", Json::Number(raised));
    let message = format!("maxTokens was raised from {most} to {raised}, since the budget of thinking ({budget} tokens) is a part of it.");
    scope.change("max_tokens_raised", message)
}
