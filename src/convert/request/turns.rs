//! Rules over the whole history: Bedrock requires alternating roles, tool results first, and legal, unique names.

use super::block::{Block, ToolResult};
use super::document_names::name_documents;
use super::model_rules::citations::fit_citations;
use super::model_rules::tool_results::fit_tool_results;
use super::model_rules::turns::fit_turns;
use super::pairing::pair_calls_and_results;
use super::scope::Scope;
use super::turn::{Role, Turn};
use crate::error::Error;

/// Adds the blocks of a message. Consecutive messages of one role share a turn, since Bedrock refuses two turns of one role in a row.
pub(super) fn push_message<'a>(turns: &mut Vec<Turn<'a>>, role: Role, content: Vec<Block<'a>>, message: usize) {
    if content.is_empty() {
        return;
    }
    if turns.last().is_none_or(|turn| turn.role != role) {
        turns.push(Turn {
            role,
            content: Vec::with_capacity(content.len()),
            first_message: message,
        });
    }
    if let Some(turn) = turns.last_mut() {
        for block in content {
            push_block(&mut turn.content, block);
        }
    }
}

/// Adds a block; cache points inside a tool result move behind it.
fn push_block<'a>(content: &mut Vec<Block<'a>>, block: Block<'a>) {
    match block {
        Block::ToolResult(result) if result.content.iter().any(Block::is_cache_point) => {
            let (cache_points, inner): (Vec<_>, Vec<_>) = result.content.into_iter().partition(Block::is_cache_point);
            content.push(Block::ToolResult(ToolResult { content: inner, ..result }));
            content.extend(cache_points);
        }
        _ => content.push(block),
    }
}

/// Applies the rules to the turns.
///
/// # Errors
/// For a history that cannot be made legal.
pub(super) fn settle_turns<'a>(turns: &mut Vec<Turn<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    pair_calls_and_results(turns, scope)?;
    trim_prefill(turns);
    fit_tool_results(turns, scope)?;
    fit_citations(turns, scope)?;
    for turn in turns.iter_mut().filter(|turn| turn.role == Role::User) {
        put_tool_results_first(&mut turn.content);
        if turn.content.iter().all(Block::is_cache_point) {
            return Err(scope
                .message(turn.first_message)
                .refuse("Invalid message content: nothing but cache points. A user turn must contain non-empty content."));
        }
        add_text_to_documents(&mut turn.content);
    }
    fit_turns(turns, scope)?;
    name_documents(turns);
    if turns.is_empty() && !scope.is_prompt {
        return Err(scope.refuse("A conversation needs at least one human message, since Bedrock refuses a request without messages."));
    }
    Ok(())
}

/// Applies only the rules about what a history has and lacks, which do not depend on the request that it is sent in.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(super) fn repair_turns<'a>(turns: &mut Vec<Turn<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    pair_calls_and_results(turns, scope)?;
    fit_tool_results(turns, scope)?;
    for turn in turns.iter_mut().filter(|turn| turn.role == Role::User) {
        put_tool_results_first(&mut turn.content);
    }
    fit_turns(turns, scope)
}

/// Removes white space at the end of a prefill (a last turn of the assistant), which Claude refuses.
fn trim_prefill(turns: &mut Vec<Turn<'_>>) {
    let Some(turn) = turns.last_mut().filter(|turn| turn.role == Role::Assistant) else {
        return;
    };
    if let Some(Block::Text(text)) = turn.content.iter_mut().rfind(|block| !block.is_cache_point()) {
        text.trim_end();
    }
}

/// Puts the tool results of a turn before everything else, each with the cache points behind it.
fn put_tool_results_first(content: &mut Vec<Block<'_>>) {
    let is_result_part: Vec<bool> = content
        .iter()
        .scan(false, |is_result, block| {
            *is_result = block.is_tool_result() || (*is_result && block.is_cache_point());
            Some(*is_result)
        })
        .collect();
    if is_result_part.is_sorted_by(|first, second| first >= second) {
        return;
    }
    let mut parts = is_result_part.into_iter();
    let (mut first, rest): (Vec<_>, Vec<_>) = content.drain(..).partition(|_| parts.next().unwrap_or_default());
    first.extend(rest);
    *content = first;
}

/// The text beside documents without text, which Bedrock refuses. In a chat a file alone is a message, and its history must stay usable.
const DOCUMENT_TEXT: &str = ".";

fn add_text_to_documents(content: &mut Vec<Block<'_>>) {
    let has_document = content.iter().any(|block| matches!(block, Block::Document(_)));
    if has_document && !content.iter().any(|block| matches!(block, Block::Text(_))) {
        let end = content.iter().rposition(|block| !block.is_cache_point()).map_or(0, |last| last + 1);
        content.insert(end, Block::Text(DOCUMENT_TEXT.into()));
    }
}
