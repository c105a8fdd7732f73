//! The schema of the answer, for a model that has no native structured output: it is asked for in the system text.

use std::borrow::Cow;

use super::schema;
use crate::convert::request::block::Block;
use crate::convert::request::request_members::RequestMembers;
use crate::convert::request::scope::Scope;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;

/// Closes the schema of `outputConfig.textFormat`, and asks for it in words where the model has no native structured output. Returns whether the answer
/// is to be JSON.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_output_format<'a>(
    members: &mut RequestMembers<'a>,
    system: &mut Vec<Block<'a>>,
    scope: Scope<'a>,
) -> Result<bool, Error> {
    let Some(Json::Object(config)) = members.options.get_mut("outputConfig") else {
        return Ok(false);
    };
    let Some(schema) = schema_of(config) else { return Ok(false) };
    if scope.is_sent_as_it_is() {
        return Ok(true);
    }
    let scope = scope.member("outputConfig.textFormat");
    if scope.model.facts.structured_output == Some(false) {
        config.take("textFormat");
        let is_empty = config.0.is_empty();
        if is_empty {
            members.options.take("outputConfig");
        }
        let instruction = format!("Answer only with JSON, without any other text, that matches this JSON schema:\n{schema}");
        system.push(Block::Text(Json::Text(Cow::Owned(instruction))));
        let what = "The schema of the answer is asked for in the system text, since the model has no native structured output for it.";
        scope.change("output_format_in_words", what.to_owned())?;
        return Ok(true);
    }
    let Some(adapted) = schema::close(&schema, scope.model) else {
        return Ok(true);
    };
    if serde_json::from_str(&schema).is_ok_and(|schema| schema::is_open(&schema)) {
        let what = "Objects that take members without names were closed in the schema of the answer, since Bedrock refuses them there.";
        scope.change("schema_adapted", what.to_owned())?;
    }
    set_schema(config, adapted);
    Ok(true)
}

/// The schema, JSON in a string.
fn schema_of(config: &mut Members<'_>) -> Option<String> {
    let json_schema = config.get_mut("textFormat")?.member_mut("structure")?.member_mut("jsonSchema")?;
    json_schema.member_mut("schema")?.text().map(Cow::into_owned)
}

fn set_schema(config: &mut Members<'_>, schema: String) {
    let json_schema = config
        .get_mut("textFormat")
        .and_then(|format| format.member_mut("structure"))
        .and_then(|structure| structure.member_mut("jsonSchema"));
    if let Some(Json::Object(json_schema)) = json_schema {
        json_schema.set("schema", Json::Text(Cow::Owned(schema)));
    }
}
