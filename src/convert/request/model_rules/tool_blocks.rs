//! Tool calls and results of a history, said in words for a model that has no tools: it would refuse every later turn of the conversation.

use std::borrow::Cow;

use crate::convert::request::block::{Block, ToolResult};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::convert::request::values::Json;
use crate::error::Error;

/// # Errors
/// Tools of the request, which the model would refuse; the change, where the caller asked for refusals.
pub(in crate::convert::request) fn say_tool_blocks<'a>(turns: &mut [Turn<'a>], has_tools: bool, scope: Scope<'a>) -> Result<(), Error> {
    let is_without_tools = scope.model.is_listed && scope.model.facts.tool_calling == Some(false);
    if !is_without_tools || scope.is_sent_as_it_is() {
        return Ok(());
    }
    if has_tools {
        let what = "The model has no tools: ask one that does, or leave them out. (`adaptation: \"off\"` sends them.)";
        return Err(scope.member("toolConfig.tools").refuse(what));
    }
    for turn in turns {
        if !turn.content.iter().any(|block| matches!(block, Block::ToolUse(_) | Block::ToolResult(_))) {
            continue;
        }
        scope.message(turn.first_message).change_once(
            "tool_blocks_in_words",
            "Tool calls and results of the conversation were written as text, since the model has no tools.",
        )?;
        turn.content = std::mem::take(&mut turn.content).into_iter().flat_map(say).collect();
    }
    Ok(())
}

fn say(block: Block<'_>) -> Vec<Block<'_>> {
    match block {
        Block::ToolUse(tool_use) => {
            let input = serde_json::to_string(&tool_use.input).unwrap_or_default();
            vec![text(format!("(The tool {} was called with {input}.)", tool_use.name))]
        }
        Block::ToolResult(ToolResult { content, .. }) => {
            let answer = std::iter::once(text("(The tool answered:)".to_owned()));
            answer.chain(content.into_iter().map(say_content)).collect()
        }
        other => vec![other],
    }
}

fn say_content(block: Block<'_>) -> Block<'_> {
    match block {
        Block::Other(member, value) if member == "json" => text(serde_json::to_string(&value).unwrap_or_default()),
        other => other,
    }
}

fn text<'a>(said: String) -> Block<'a> {
    Block::Text(Json::Text(Cow::Owned(said)))
}
