//! The turns behind the calls of a history: late results, failures in place of missing ones.

use super::calls::Call;
use super::results::Late;
use crate::convert::request::block::{Block, ToolResult};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::convert::request::values::Members;
use crate::error::Error;

/// The content of a result that is missing.
const NOT_CARRIED_OUT: &str = "The tool call was not carried out: the conversation went on without its result.";

/// Puts late results behind their calls, and a failure behind each call that has no result.
pub(super) fn answer<'a>(turns: &mut Vec<Turn<'a>>, calls: &[Call<'a>], late: Late<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let mut results: Vec<(usize, ToolResult<'a>)> = Vec::new();
    for (index, result) in late {
        if let Some(call) = calls.get(index) {
            results.push((call.turn, result));
        }
    }
    for call in calls.iter().filter(|call| !call.is_settled) {
        let message = format!(
            "The tool call {:?} of {:?} has no result: one that says so, with the status \"error\", was sent, since Bedrock refuses a call without a result.",
            call.said_id, call.name
        );
        scope.at(call.place).change("tool_result_missing", message)?;
        results.push((call.turn, failure_of(call)));
    }
    // From the end, so that an inserted turn does not move those that are still to come.
    results.sort_by_key(|(turn, _)| std::cmp::Reverse(*turn));
    for (turn, result) in results {
        user_turn_behind(turns, turn).content.push(Block::ToolResult(result));
    }
    Ok(())
}

fn failure_of<'a>(call: &Call<'a>) -> ToolResult<'a> {
    let mut members = Members::default();
    members.push("status", "error".into());
    ToolResult {
        id: call.id.clone(),
        content: vec![Block::Text(NOT_CARRIED_OUT.into())],
        members,
        tool: None,
        place: call.place,
    }
}

/// The user's turn behind an assistant's; a new one if the assistant goes on, or is the last.
fn user_turn_behind<'t, 'a>(turns: &'t mut Vec<Turn<'a>>, assistant: usize) -> &'t mut Turn<'a> {
    let next = (assistant + 1..turns.len()).find(|&index| turns.get(index).is_some_and(|turn| turn.role != Role::System));
    let position = match next {
        Some(index) if turns.get(index).is_some_and(|turn| turn.role == Role::User) => index,
        other => {
            let position = other.unwrap_or(turns.len());
            let first_message = turns.get(assistant).map_or(0, |turn| turn.first_message);
            turns.insert(
                position,
                Turn {
                    role: Role::User,
                    content: Vec::new(),
                    first_message,
                },
            );
            position
        }
    };
    #[expect(clippy::indexing_slicing, reason = "the position was found or made above")]
    &mut turns[position]
}

/// Leaves out turns whose results were all moved, and joins what has become neighbours of one role.
pub(super) fn join_turns(turns: &mut Vec<Turn<'_>>) {
    turns.retain(|turn| !turn.content.is_empty());
    let mut joined: Vec<Turn<'_>> = Vec::with_capacity(turns.len());
    for turn in turns.drain(..) {
        match joined.last_mut() {
            Some(last) if last.role == turn.role => last.content.extend(turn.content),
            _ => joined.push(turn),
        }
    }
    *turns = joined;
}
