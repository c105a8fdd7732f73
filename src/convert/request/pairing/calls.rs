//! The calls of a history.

use std::borrow::Cow;

use super::blocks::json_text;
use crate::convert::request::block::Block;
use crate::convert::request::place::Place;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::error::Error;

/// A call, and the turn in which Bedrock expects its result.
pub(super) struct Call<'a> {
    /// As the caller wrote it.
    pub(super) said_id: Cow<'a, str>,
    /// As it is sent: of equal ids in a turn all but the first are changed.
    pub(super) id: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    /// The index of the assistant turn.
    pub(super) turn: usize,
    pub(super) place: Place,
    /// Answered, or left out.
    pub(super) is_settled: bool,
}

/// All calls, in their order. Equal ids in a turn are made different.
pub(super) fn name_calls<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<Vec<Call<'a>>, Error> {
    let mut calls: Vec<Call<'a>> = Vec::new();
    for (index, turn) in turns.iter_mut().enumerate().filter(|(_, turn)| turn.role == Role::Assistant) {
        let first = calls.len();
        for tool_use in turn.content.iter_mut().filter_map(Block::as_call) {
            let said_id = tool_use.id.clone();
            let in_turn = calls.get(first..).unwrap_or_default();
            if in_turn.iter().any(|call| call.id == said_id) {
                tool_use.id = Cow::Owned(free_id(&said_id, in_turn));
                let message = format!(
                    "Two tool calls of one turn have the id {said_id:?}: the second was sent as {:?}, since Bedrock refuses equal ids.",
                    tool_use.id
                );
                scope.at(tool_use.place).change("tool_call_id_repeated", message)?;
            }
            calls.push(Call {
                said_id,
                id: tool_use.id.clone(),
                name: tool_use.name.clone(),
                turn: index,
                place: tool_use.place,
                is_settled: false,
            });
        }
    }
    Ok(calls)
}

/// Depends on the ids before it only, so that it stays the same in a growing history.
fn free_id(id: &str, taken: &[Call<'_>]) -> String {
    let mut number = taken.len() + 1;
    loop {
        let candidate = format!("{id}-{number}");
        if taken.iter().all(|call| call.id != candidate) {
            return candidate;
        }
        number += 1;
    }
}

fn is_call(block: &Block<'_>, call: &Call<'_>) -> bool {
    matches!(block, Block::ToolUse(tool_use) if tool_use.id == call.id)
}

/// Leaves out the calls that could not be parsed and have no result: nobody could carry them out.
pub(super) fn leave_out_unreadable<'a>(turns: &mut [Turn<'a>], calls: &mut [Call<'a>], scope: Scope<'a>) -> Result<(), Error> {
    for (index, turn) in turns.iter_mut().enumerate().filter(|(_, turn)| turn.role == Role::Assistant) {
        if !turn.content.iter().any(Block::is_unreadable) {
            continue;
        }
        for block in std::mem::take(&mut turn.content) {
            let open = calls
                .iter_mut()
                .find(|call| call.turn == index && !call.is_settled && is_call(&block, call));
            match (&block, open) {
                (Block::ToolUse(tool_use), Some(call)) if tool_use.is_unreadable => {
                    call.is_settled = true;
                    let message = format!(
                        "The call of {:?} could not be parsed and has no result: it was left out. Its arguments were: {}",
                        tool_use.name,
                        tool_use.input.text().map_or_else(|| json_text(&tool_use.input), Cow::into_owned)
                    );
                    scope.at(tool_use.place).change("tool_call_unreadable", message)?;
                }
                _ => turn.content.push(block),
            }
        }
        if turn.content.iter().all(Block::is_cache_point) {
            turn.content.clear();
        }
    }
    Ok(())
}
