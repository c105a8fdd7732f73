//! The results of a history, and the call of each.

use std::borrow::Cow;

use super::blocks::{is_of_client, json_text};
use super::calls::Call;
use crate::convert::request::block::{Block, ToolResult};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::convert::request::values::Json;
use crate::error::Error;

/// Results that stand in a later turn than the next, with the index of their call.
pub(super) type Late<'a> = Vec<(usize, ToolResult<'a>)>;

/// Finds the call of each result. Results of the next turn stay where they are, later ones are taken out, and those without a call become text.
pub(super) fn match_results<'a>(turns: &mut [Turn<'a>], calls: &mut [Call<'a>], scope: Scope<'a>) -> Result<Late<'a>, Error> {
    let mut late = Vec::new();
    let mut previous = None;
    for (index, turn) in turns.iter_mut().enumerate() {
        match turn.role {
            Role::System => {}
            Role::Assistant => previous = Some(index),
            Role::User => {
                for block in std::mem::take(&mut turn.content) {
                    match block {
                        Block::ToolResult(result) if is_of_client(&result) => {
                            place_result(result, previous, &mut turn.content, calls, &mut late, scope)?;
                        }
                        other => turn.content.push(other),
                    }
                }
            }
        }
    }
    Ok(late)
}

/// Places a result of the turn whose content so far is `content`; `previous` is the index of the assistant turn before it.
fn place_result<'a>(
    mut result: ToolResult<'a>,
    previous: Option<usize>,
    content: &mut Vec<Block<'a>>,
    calls: &mut [Call<'a>],
    late: &mut Late<'a>,
    scope: Scope<'a>,
) -> Result<(), Error> {
    let scope = scope.at(result.place);
    if let Some(call) = find_open(calls, &result, previous).and_then(|index| calls.get_mut(index)) {
        call.is_settled = true;
        result.id.clone_from(&call.id);
        content.push(Block::ToolResult(result));
        return Ok(());
    }
    let is_before = |call: &Call<'a>| previous.is_some_and(|previous| call.turn < previous);
    if let Some((index, call)) = calls
        .iter_mut()
        .enumerate()
        .rfind(|(_, call)| is_before(call) && !call.is_settled && is_result_of(&result, call))
    {
        call.is_settled = true;
        result.id.clone_from(&call.id);
        let message = format!(
            "The result of the tool call {:?} stands in a later turn than Bedrock takes it in: it was moved to the turn behind the call.",
            call.said_id
        );
        scope.change("tool_result_late", message)?;
        late.push((index, result));
        return Ok(());
    }
    let repeated = calls
        .iter()
        .find(|call| Some(call.turn) == previous && is_result_of(&result, call))
        .map(|call| call.id.clone());
    if let Some(earlier) = repeated.and_then(|id| content.iter_mut().find_map(|block| block.result_of(&id))) {
        let message = format!(
            "The tool call {:?} has two results: the last one was sent. The other one was: {}",
            result.id,
            text_of(&earlier.content)
        );
        scope.change("tool_result_repeated", message)?;
        earlier.content = result.content;
        earlier.members = result.members;
        return Ok(());
    }
    let message = format!(
        "The result of the tool call {:?} was sent as text, since its call is not in the conversation, and Bedrock refuses a result without its call.",
        result.id
    );
    scope.change("tool_result_without_call", message)?;
    say_result(result, content);
    Ok(())
}

/// The open call of the turn before that a result answers. Where one side has no id, the order decides.
fn find_open(calls: &[Call<'_>], result: &ToolResult<'_>, previous: Option<usize>) -> Option<usize> {
    let is_open = |call: &Call<'_>| Some(call.turn) == previous && !call.is_settled;
    calls.iter().position(|call| is_open(call) && is_result_of(result, call)).or_else(|| {
        calls
            .iter()
            .position(|call| is_open(call) && (result.id.is_empty() || call.said_id.is_empty()))
    })
}

fn is_result_of(result: &ToolResult<'_>, call: &Call<'_>) -> bool {
    call.said_id == result.id || call.id == result.id
}

/// Adds a result as text that says which tool said it.
fn say_result<'a>(result: ToolResult<'a>, content: &mut Vec<Block<'a>>) {
    let tool = result
        .tool
        .filter(|tool| !tool.is_empty())
        .map_or_else(String::new, |tool| format!("{tool:?} for "));
    let heading = format!("Result of {}the tool call {:?}, which is not in this conversation:", tool, result.id);
    content.push(Block::Text(Json::Text(Cow::Owned(heading))));
    content.extend(result.content.into_iter().map(as_user_block));
}

impl<'a> Block<'a> {
    fn result_of(&mut self, id: &str) -> Option<&mut ToolResult<'a>> {
        match self {
            Self::ToolResult(result) if result.id == id => Some(result),
            _ => None,
        }
    }
}

/// A block of a tool result as one of a user's turn, which has no `json`.
fn as_user_block(block: Block<'_>) -> Block<'_> {
    match block {
        Block::Other(member, value) if member == "json" => Block::Text(Json::Text(Cow::Owned(json_text(&value)))),
        other => other,
    }
}

fn text_of(content: &[Block<'_>]) -> String {
    let texts = content.iter().map(|block| match block {
        Block::Text(text) => text.text().map(Cow::into_owned).unwrap_or_default(),
        other => json_text(other),
    });
    texts.collect::<Vec<_>>().join(" ")
}
