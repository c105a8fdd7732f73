//! Tool calls and their results: Bedrock requires that each call of an assistant turn is answered once, in the next user turn, and nothing else there.
//!
//! What a growing history has been made into stays as it is, so that its prefix stays in the prompt cache. Only a result that arrives late changes it.

mod answers;
mod blocks;
mod calls;
mod results;

use self::answers::{answer, join_turns};
use self::calls::{leave_out_unreadable, name_calls};
use self::results::match_results;
use super::block::Block;
use super::scope::Scope;
use super::turn::{Role, Turn};
use super::values::Json;
use crate::convert::json::is_object;
use crate::error::Error;

/// Makes every call answered once.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(super) fn pair_calls_and_results<'a>(turns: &mut Vec<Turn<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    if are_paired(turns) {
        return make_inputs_objects(turns, scope);
    }
    let mut calls = name_calls(turns, scope)?;
    let late = match_results(turns, &mut calls, scope)?;
    leave_out_unreadable(turns, &mut calls, scope)?;
    make_inputs_objects(turns, scope)?;
    answer(turns, &calls, late, scope)?;
    join_turns(turns);
    Ok(())
}

/// Arguments that are no object become one that keeps what was said.
fn make_inputs_objects(turns: &mut [Turn<'_>], scope: Scope<'_>) -> Result<(), Error> {
    for turn in turns.iter_mut().filter(|turn| turn.role == Role::Assistant) {
        for tool_use in turn.content.iter_mut().filter_map(Block::as_call) {
            if is_json_object(&tool_use.input) {
                continue;
            }
            let message = format!(
                "The arguments of the tool call {:?} are no JSON object: they were sent as the member `arguments` of one, since Bedrock refuses anything else.",
                tool_use.id
            );
            scope.at(tool_use.place).change("tool_input_no_object", message)?;
            tool_use.input = Json::one("arguments", std::mem::replace(&mut tool_use.input, Json::empty()));
        }
    }
    Ok(())
}

fn is_json_object(input: &Json<'_>) -> bool {
    match input {
        Json::Raw(raw) => is_object(raw),
        Json::Parsed(raw) => is_object(raw),
        Json::Object(_) => true,
        Json::Text(_) | Json::Number(_) | Json::Blob(_) | Json::List(_) => false,
    }
}

/// Whether there is nothing to do, as in most histories.
fn are_paired(turns: &[Turn<'_>]) -> bool {
    let mut previous: &[Block<'_>] = &[];
    for turn in turns.iter().filter(|turn| turn.role != Role::System) {
        if !is_answered_by(previous, &turn.content) {
            return false;
        }
        previous = &turn.content;
    }
    is_answered_by(previous, &[])
}

fn is_answered_by(calls: &[Block<'_>], results: &[Block<'_>]) -> bool {
    let calls = || calls.iter().filter_map(Block::call_id);
    let results = || results.iter().filter_map(Block::client_result_id);
    let count = calls().count();
    count == results().count()
        && calls()
            .enumerate()
            .all(|(place, id)| results().any(|result| result == id) && calls().skip(place + 1).all(|other| other != id))
}
