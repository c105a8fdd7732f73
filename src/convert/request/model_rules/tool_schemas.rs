//! The schemas of tools, and whether the model is held to them.

use serde_json::Value;
use serde_json::value::RawValue;

use super::schema::{close, is_open, normalise};
use crate::convert::request::scope::Scope;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;

/// What is worth a reading of the whole schema.
const SIGNS: [&str; 9] = ["anyOf", "oneOf", "allOf", "$ref", "null", "true", "strict", "\"type\":[", "pattern"];

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_tool_schemas<'a>(tools: &mut [Json<'a>], scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    let mut strict = 0;
    for (index, tool) in tools.iter_mut().enumerate() {
        if let Some(Json::Object(tool_spec)) = tool.member_mut("toolSpec") {
            fit_schema(tool_spec, scope.tool(index))?;
            fit_strict(tool_spec, scope.tool(index))?;
            strict += u32::from(is_strict(tool_spec));
            limit_strict(tool_spec, strict, scope.tool(index))?;
        }
    }
    Ok(())
}

fn is_strict(tool_spec: &Members<'_>) -> bool {
    matches!(tool_spec.get("strict"), Some(Json::Raw(strict)) if strict.get() == "true")
}

/// Leaves out `strict` of a tool that is the strict one with the number `count`, beyond what the model takes.
fn limit_strict<'a>(tool_spec: &mut Members<'a>, count: u32, scope: Scope<'a>) -> Result<(), Error> {
    let Some(most) = scope.model.facts.max_strict_tools.filter(|most| count > *most && is_strict(tool_spec)) else {
        return Ok(());
    };
    tool_spec.take("strict");
    let what = format!("`strict` was left out of the tool, since the model takes {most} strict tools at most.");
    scope.change("strict_left_out", what)
}

fn fit_schema<'a>(tool_spec: &mut Members<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let Some(text) = schema_text(tool_spec).filter(|text| SIGNS.iter().any(|sign| text.contains(sign))) else {
        return Ok(());
    };
    let Some(normalised) = normalise(text, scope.model) else { return Ok(()) };
    let lost = normalised.lost;
    set_schema(tool_spec, &normalised.schema);
    if lost.is_empty() {
        return Ok(());
    }
    scope.change(
        "schema_adapted",
        format!(
            "The schema of the tool's input was changed, since the model refuses it: {}.",
            lost.join("; ")
        ),
    )
}

fn fit_strict<'a>(tool_spec: &mut Members<'a>, scope: Scope<'a>) -> Result<(), Error> {
    if !is_strict(tool_spec) {
        return Ok(());
    }
    if scope.model.facts.strict_tools == Some(false) {
        tool_spec.take("strict");
        return scope.change(
            "strict_left_out",
            "`strict` was left out of the tool, since the model takes it of none.".to_owned(),
        );
    }
    let Some(text) = schema_text(tool_spec) else { return Ok(()) };
    let Ok(schema) = serde_json::from_str::<Value>(text) else {
        return Ok(());
    };
    if is_open(&schema) {
        tool_spec.take("strict");
        let what = "`strict` was left out of the tool, since its schema has an object that takes members without names, and a strict schema may not.";
        return scope.change("strict_left_out", what.to_owned());
    }
    if let Some(closed) = close(text, scope.model).and_then(|closed| serde_json::from_str(&closed).ok()) {
        set_schema(tool_spec, &closed);
    }
    Ok(())
}

fn schema_text<'v>(tool_spec: &'v mut Members<'_>) -> Option<&'v str> {
    match tool_spec.get_mut("inputSchema")?.member_mut("json")? {
        Json::Raw(schema) => Some(schema.get()),
        Json::Parsed(schema) => Some(schema.get()),
        _ => None,
    }
}

fn set_schema(tool_spec: &mut Members<'_>, schema: &Value) {
    if let Some(Json::Object(input_schema)) = tool_spec.get_mut("inputSchema")
        && let Ok(json) = RawValue::from_string(schema.to_string())
    {
        input_schema.set("json", Json::Parsed(json));
    }
}
