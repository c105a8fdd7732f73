//! Tool calls and results of a history, for a model without tools: they are told in words.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::convert::request::block::{Block, ToolResult, ToolUse};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::convert::request::values::Json;
use crate::error::Error;

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn tell_tools<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() || scope.is_prompt || scope.model.facts.tool_calling != Some(false) {
        return Ok(());
    }
    let mut names: HashMap<Cow<'a, str>, Cow<'a, str>> = HashMap::new();
    for turn in turns {
        if !turn.content.iter().any(|block| matches!(block, Block::ToolUse(_) | Block::ToolResult(_))) {
            continue;
        }
        let what = "Tool calls and their results were told in words, since the model has no tools.";
        scope.message(turn.first_message).change_once("tools_in_words", what)?;
        let mut told = Vec::with_capacity(turn.content.len());
        for block in turn.content.drain(..) {
            match block {
                Block::ToolUse(call) => {
                    told.push(text(tell_call(&call)));
                    names.insert(call.id, call.name);
                }
                Block::ToolResult(result) => tell_result(result, &names, &mut told),
                other => told.push(other),
            }
        }
        turn.content = told;
    }
    Ok(())
}

fn text<'a>(words: String) -> Block<'a> {
    Block::Text(Json::Text(Cow::Owned(words)))
}

fn tell_call(call: &ToolUse<'_>) -> String {
    format!("(I called the tool {} with {}.)", call.name, written(&call.input))
}

fn tell_result<'a>(result: ToolResult<'a>, names: &HashMap<Cow<'a, str>, Cow<'a, str>>, told: &mut Vec<Block<'a>>) {
    let name = names.get(&result.id).map_or("", |name| name.as_ref());
    let has_failed = result.members.get("status").and_then(Json::text).as_deref() == Some("error");
    let what = if has_failed { "failed with" } else { "answered" };
    told.push(text(format!("(The tool {name} {what}:)")));
    for block in result.content {
        match block {
            // Of a turn itself Bedrock refuses what it takes in a result.
            Block::Text(blank) if blank.is_blank() => {}
            Block::Other(member, value) if member == "json" => told.push(text(written(&value))),
            other => told.push(other),
        }
    }
}

fn written(value: &Json<'_>) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
