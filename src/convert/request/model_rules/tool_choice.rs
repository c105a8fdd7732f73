//! The tool choice: softened where the model does not take it.

use super::reasoning_fields::is_thinking;
use crate::convert::request::request_members::RequestMembers;
use crate::convert::request::scope::Scope;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;
use crate::models::ToolChoice;

const KINDS: [(ToolChoice, &str); 3] = [(ToolChoice::Auto, "auto"), (ToolChoice::Any, "any"), (ToolChoice::Tool, "tool")];

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_tool_choice<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let scope = scope.member("toolConfig.toolChoice");
    forbid_tools(members, scope);
    let Some(kind) = chosen(members).filter(|_| !scope.is_sent_as_it_is()) else {
        return Ok(());
    };
    let has_only_system_tools = members
        .tools()
        .is_some_and(|tools| tools.iter_mut().all(|tool| tool.member_mut("systemTool").is_some()));
    let thinks = members.fields().is_some_and(|fields| is_thinking(&fields, scope.model));
    let facts = &scope.model.facts;
    let taken = |kind: ToolChoice| facts.tool_choice.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let taken_thinking = |kind: ToolChoice| !thinks || facts.tool_choice_while_thinking.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let is_refused_of_system_tools = kind != ToolChoice::Auto && has_only_system_tools && scope.model.is_nova();
    let reason = if !taken(kind) {
        "the model does not take it"
    } else if !taken_thinking(kind) {
        "the model does not take it while it thinks"
    } else if is_refused_of_system_tools {
        "Nova cannot be made to call a system tool"
    } else {
        return Ok(());
    };
    let softer = [ToolChoice::Any, ToolChoice::Auto].into_iter().find(|softer| {
        let is_softer = *softer != kind && !(*softer == ToolChoice::Any && kind == ToolChoice::Auto);
        is_softer && taken(*softer) && taken_thinking(*softer) && !(is_refused_of_system_tools && *softer == ToolChoice::Any)
    });
    let Some(Json::Object(config)) = &mut members.tool_config else {
        return Ok(());
    };
    if let Some(softer) = softer {
        config.set("toolChoice", Json::one(name_of(softer), Json::empty()));
        let (kind, softer) = (name_of(kind), name_of(softer));
        return scope.change(
            "tool_choice_adapted",
            format!("The tool choice {kind:?} was replaced by {softer:?}, since {reason}."),
        );
    }
    config.take("toolChoice");
    // Without a choice the model decides, which is what `auto` says.
    if kind == ToolChoice::Auto {
        return Ok(());
    }
    scope.change(
        "tool_choice_adapted",
        format!("The tool choice {:?} was left out, since {reason}.", name_of(kind)),
    )
}

fn name_of(kind: ToolChoice) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("auto", |(_, name)| name)
}

fn chosen(members: &mut RequestMembers<'_>) -> Option<ToolChoice> {
    let choice = members.tool_config.as_mut()?.member_mut("toolChoice")?;
    KINDS.iter().find(|(_, name)| choice.member_mut(name).is_some()).map(|(kind, _)| *kind)
}

/// `{ none: {} }`, which Converse does not have: Claude has a field of its own for it, so that its tools stay a part of the cached prefix; for other
/// models the request has no tools.
fn forbid_tools<'a>(members: &mut RequestMembers<'a>, scope: Scope<'a>) {
    let Some(Json::Object(config)) = &mut members.tool_config else { return };
    if config.get_mut("toolChoice").and_then(|choice| choice.member_mut("none")).is_none() {
        return;
    }
    config.take("toolChoice");
    match members.fields().filter(|_| scope.model.facts.native_tool_choice_none == Some(true)) {
        Some(mut fields) => {
            if fields.get("tool_choice").is_none() {
                let mut none = Members::default();
                none.push("type", "none".into());
                fields.push("tool_choice", Json::Object(none));
                members.set_fields(fields);
            }
        }
        None => members.tool_config = None,
    }
}
