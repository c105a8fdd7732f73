//! Tool calls and their results: Bedrock requires that each call of an assistant turn is answered once, in the next user turn, and nothing else there.
//!
//! What a growing history has been made into stays as it is, so that its prefix stays in the prompt cache. Only a result that arrives late changes it.

use std::borrow::Cow;

use super::block::{Block, ToolResult, ToolUse};
use super::scope::Scope;
use super::turn::{Role, Turn};
use super::values::{Json, Members};
use crate::convert::json::is_object;
use crate::error::Error;

/// The content of a result that is missing.
const NOT_CARRIED_OUT: &str = "The tool call was not carried out: the conversation went on without its result.";

/// A call, and the turn in which Bedrock expects its result.
struct Call<'a> {
    /// As the caller wrote it.
    said_id: Cow<'a, str>,
    /// As it is sent: of equal ids in a turn all but the first are changed.
    id: Cow<'a, str>,
    name: Cow<'a, str>,
    /// The index of the assistant turn.
    turn: usize,
    is_answered: bool,
}

/// Makes every call answered once.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(super) fn pair_calls_and_results<'a>(turns: &mut Vec<Turn<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    make_inputs_objects(turns, scope)?;
    if are_paired(turns) {
        return Ok(());
    }
    let mut calls = name_calls(turns, scope)?;
    let late = match_results(turns, &mut calls, scope)?;
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
            scope.message(turn.first_message).change("tool_input_no_object", message)?;
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

impl<'a> Block<'a> {
    /// A call of a tool that the caller runs.
    fn as_call(&mut self) -> Option<&mut ToolUse<'a>> {
        match self {
            Self::ToolUse(tool_use) if !tool_use.is_server_tool() => Some(tool_use),
            _ => None,
        }
    }

    fn call_id(&self) -> Option<&str> {
        match self {
            Self::ToolUse(tool_use) if !tool_use.is_server_tool() => Some(&tool_use.id),
            _ => None,
        }
    }

    /// The id of a result that a caller's tool gave; those of Bedrock's own tools have a `type`.
    fn client_result_id(&self) -> Option<&str> {
        match self {
            Self::ToolResult(result) if result.members.get("type").is_none() => Some(&result.id),
            _ => None,
        }
    }
}

/// All calls, in their order. Equal ids in a turn are made different.
fn name_calls<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<Vec<Call<'a>>, Error> {
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
                scope.message(turn.first_message).change("tool_call_id_repeated", message)?;
            }
            calls.push(Call {
                said_id,
                id: tool_use.id.clone(),
                name: tool_use.name.clone(),
                turn: index,
                is_answered: false,
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

/// Results that stand in a later turn than the next, with the index of their call.
type Late<'a> = Vec<(usize, ToolResult<'a>)>;

/// Finds the call of each result. Results of the next turn stay where they are, later ones are taken out, and those without a call become text.
fn match_results<'a>(turns: &mut [Turn<'a>], calls: &mut [Call<'a>], scope: Scope<'a>) -> Result<Late<'a>, Error> {
    let mut late = Vec::new();
    let mut previous = None;
    for (index, turn) in turns.iter_mut().enumerate() {
        match turn.role {
            Role::System => {}
            Role::Assistant => previous = Some(index),
            Role::User => {
                let scope = scope.message(turn.first_message);
                let blocks = std::mem::take(&mut turn.content);
                for block in blocks {
                    match block {
                        Block::ToolResult(result) if result.members.get("type").is_none() => {
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

fn place_result<'a>(
    mut result: ToolResult<'a>,
    previous: Option<usize>,
    content: &mut Vec<Block<'a>>,
    calls: &mut [Call<'a>],
    late: &mut Late<'a>,
    scope: Scope<'a>,
) -> Result<(), Error> {
    let is_of_it = |call: &Call<'a>| call.said_id == result.id || call.id == result.id;
    let is_open = |call: &Call<'a>| Some(call.turn) == previous && !call.is_answered;
    // Where one side has no id, the order decides.
    let by_id = calls.iter().position(|call| is_open(call) && is_of_it(call));
    let found = by_id.or_else(|| {
        calls
            .iter()
            .position(|call| is_open(call) && (result.id.is_empty() || call.said_id.is_empty()))
    });
    if let Some(call) = found.and_then(|index| calls.get_mut(index)) {
        call.is_answered = true;
        result.id.clone_from(&call.id);
        content.push(Block::ToolResult(result));
        return Ok(());
    }
    let is_before = |call: &Call<'a>| previous.is_some_and(|previous| call.turn < previous);
    if let Some((index, call)) = calls
        .iter_mut()
        .enumerate()
        .rfind(|(_, call)| is_before(call) && !call.is_answered && is_of_it(call))
    {
        call.is_answered = true;
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
        .find(|call| Some(call.turn) == previous && is_of_it(call))
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
    content.push(Block::Text(Json::Text(Cow::Owned(format!(
        "Result of the tool call {:?}, which is not in this conversation:",
        result.id
    )))));
    content.extend(result.content.into_iter().map(as_user_block));
    Ok(())
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

fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Puts late results behind their calls, and a failure behind each call that has no result.
fn answer<'a>(turns: &mut Vec<Turn<'a>>, calls: &[Call<'a>], late: Late<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let mut results: Vec<(usize, ToolResult<'a>)> = Vec::new();
    for (index, result) in late {
        if let Some(call) = calls.get(index) {
            results.push((call.turn, result));
        }
    }
    for call in calls.iter().filter(|call| !call.is_answered) {
        let place = turns.get(call.turn).map_or(0, |turn| turn.first_message);
        let message = format!(
            "The tool call {:?} of {:?} has no result: one that says so, with the status \"error\", was sent, since Bedrock refuses a call without a result.",
            call.said_id, call.name
        );
        scope.message(place).change("tool_result_missing", message)?;
        let mut members = Members::default();
        members.push("status", "error".into());
        results.push((
            call.turn,
            ToolResult {
                id: call.id.clone(),
                content: vec![Block::Text(NOT_CARRIED_OUT.into())],
                members,
            },
        ));
    }
    // From the end, so that an inserted turn does not move those that are still to come.
    results.sort_by_key(|(turn, _)| std::cmp::Reverse(*turn));
    for (turn, result) in results {
        user_turn_behind(turns, turn).content.push(Block::ToolResult(result));
    }
    Ok(())
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
fn join_turns(turns: &mut Vec<Turn<'_>>) {
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
