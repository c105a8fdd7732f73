//! Which turns a model takes: who may speak first and last, and what may share a turn with a tool result.

use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::error::Error;
use crate::models::Media;

/// The user's turn that is put before an assistant that may not speak first.
const START: &str = "(The conversation begins with the assistant.)";

/// The user's turn behind an answer that the model does not continue by itself.
const CONTINUE: &str = "Continue your answer where it ended, without repeating it.";

/// The assistant's turn between tool results and what may not share a turn with them: Bedrock joins two turns of the user.
const RESULTS_RECEIVED: &str = "I have received the tool results.";

/// The user's turn between what the assistant says and its calls.
const GO_ON: &str = "Go on.";

/// Applies the rules to the turns, whose roles alternate.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_turns<'a>(turns: &mut Vec<Turn<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() || scope.is_prompt {
        return Ok(());
    }
    let is_speaker = |turn: &&Turn<'_>| turn.role != Role::System;
    let first = turns.iter().find(is_speaker).map(|turn| (turn.role, turn.first_message));
    if let Some((Role::Assistant, message)) = first
        && scope.model.facts.leading_assistant != Some(true)
    {
        let what = "A user's turn was put before the first AI message, since the model takes no conversation that begins with the assistant.";
        scope.message(message).change("user_turn_added", what.to_owned())?;
        turns.insert(0, Turn::of_text(Role::User, START, message));
    }
    let last = turns.iter().rev().find(is_speaker).map(|turn| (turn.role, turn.first_message));
    if let Some((Role::Assistant, message)) = last
        && scope.model.facts.prefill == Some(false)
    {
        let what = "A user's turn that asks to go on was put behind the last AI message, since the model does not continue an answer by itself.";
        scope.message(message).change("user_turn_added", what.to_owned())?;
        turns.push(Turn::of_text(Role::User, CONTINUE, message));
    }
    let facts = &scope.model.facts;
    if let Some(allowed) = &facts.beside_tool_result {
        separate(turns, &TOOL_RESULTS, allowed, scope)?;
    }
    if let Some(allowed) = &facts.beside_tool_call {
        separate(turns, &TOOL_CALLS, allowed, scope)?;
    }
    Ok(())
}

/// What may not share a turn with tool blocks, and how it gets a turn of its own.
struct Separation {
    role: Role,
    is_tool_block: fn(&Block<'_>) -> bool,
    /// Leaves what comes first, and takes out the rest.
    split: for<'a> fn(&mut Vec<Block<'a>>) -> Vec<Block<'a>>,
    /// The role of the turn between the two, since Bedrock joins two turns of one role, and its text.
    between: (Role, &'static str),
    code: &'static str,
    message: &'static str,
}

/// Results come first.
const TOOL_RESULTS: Separation = Separation {
    role: Role::User,
    is_tool_block: |block| block.is_tool_result(),
    split: split_off_rest,
    between: (Role::Assistant, RESULTS_RECEIVED),
    code: "tool_results_separated",
    message: "Tool results and what the user says got turns of their own, with a sentence of the assistant between them, since the model takes no such content beside a tool result.",
};

/// Calls come last, so that their results are in the next turn.
const TOOL_CALLS: Separation = Separation {
    role: Role::Assistant,
    is_tool_block: |block| block.is_tool_use(),
    split: split_off_calls,
    between: (Role::User, GO_ON),
    code: "tool_calls_separated",
    message: "Tool calls and what the assistant says got turns of their own, with a sentence of the user between them, since the model takes no such content beside a tool call.",
};

fn separate(turns: &mut Vec<Turn<'_>>, separation: &Separation, allowed: &[Media], scope: Scope<'_>) -> Result<(), Error> {
    let mut index = 0;
    while let Some(turn) = turns.get_mut(index) {
        index += 1;
        let has_tool_blocks = turn.role == separation.role && turn.content.iter().any(separation.is_tool_block);
        if !has_tool_blocks || turn.content.iter().all(|block| may_stand_beside(block, allowed)) {
            continue;
        }
        let message = turn.first_message;
        scope.message(message).change_once(separation.code, separation.message)?;
        let (role, text) = separation.between;
        let behind = Turn {
            role: separation.role,
            content: (separation.split)(&mut turn.content),
            first_message: message,
        };
        turns.splice(index..index, [Turn::of_text(role, text, message), behind]);
        index += 2;
    }
    Ok(())
}

fn may_stand_beside(block: &Block<'_>, allowed: &[Media]) -> bool {
    match block {
        Block::ToolResult(_) | Block::ToolUse(_) | Block::CachePoint(_) => true,
        Block::Document(_) => allowed.contains(&Media::Document),
        Block::Other(member, _) if member == "image" => allowed.contains(&Media::Image),
        Block::Other(member, _) if member == "video" => allowed.contains(&Media::Video),
        _ => allowed.contains(&Media::Text),
    }
}

/// Takes out all behind the tool results and their cache points.
fn split_off_rest<'a>(content: &mut Vec<Block<'a>>) -> Vec<Block<'a>> {
    let results = content
        .iter()
        .take_while(|block| block.is_tool_result() || block.is_cache_point())
        .count();
    content.split_off(results)
}

/// Takes out the calls.
fn split_off_calls<'a>(content: &mut Vec<Block<'a>>) -> Vec<Block<'a>> {
    let (calls, said) = content.drain(..).partition(Block::is_tool_use);
    *content = said;
    calls
}

/// Puts system text into the first turn of the user, for a model that takes none.
///
/// # Errors
/// The change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_system_text<'a>(turns: &mut [Turn<'a>], system: &mut Vec<Block<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    if system.is_empty() || scope.model.facts.system_prompt != Some(false) || scope.is_sent_as_it_is() {
        return Ok(());
    }
    let Some(turn) = turns.iter_mut().find(|turn| turn.role == Role::User) else {
        return Ok(());
    };
    let what = "The system text was put into the first turn of the user, since the model takes none.";
    scope.member("system").change("system_text_moved", what.to_owned())?;
    // Tool results stay first.
    let place = turn.content.iter().take_while(|block| block.is_tool_result()).count();
    let texts = system.drain(..).filter(|block| !block.is_cache_point());
    turn.content.splice(place..place, texts).for_each(drop);
    Ok(())
}
