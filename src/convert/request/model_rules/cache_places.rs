//! Where cache points may stand, and how long their caches live.

use crate::convert::request::block::{Block, Document};
use crate::convert::request::cache_points::{is_cache_point_tool, takes_lifetime, takes_points_beside, takes_points_in};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::convert::request::values::Json;
use crate::error::Error;
use crate::models::{AfterDocument, CachePlace, Model};

const LEFT_OUT: &str = "cache_point_left_out";

/// Leaves out the cache points and lifetimes that the model refuses, and moves those that stand where none may.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_cache_points<'a>(
    turns: &mut [Turn<'a>],
    system: &mut Vec<Block<'a>>,
    tools: Option<&mut Vec<Json<'a>>>,
    scope: Scope<'a>,
) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    let model = scope.model;
    let why = if model.facts.prompt_caching == Some(false) {
        "the model has no prompt cache"
    } else {
        "the model takes none there"
    };
    if let Some(tools) = tools {
        if !takes_points_in(CachePlace::Tools, model) && tools.iter().any(is_cache_point_tool) {
            scope
                .member("toolConfig.tools")
                .change(LEFT_OUT, format!("The cache points among the tools were left out, since {why}."))?;
            tools.retain(|tool| !is_cache_point_tool(tool));
        }
        let first = tools.iter().take_while(|tool| is_cache_point_tool(tool)).count();
        if first > 0 {
            tools.drain(..first);
            let what = "A cache point before the first tool was left out, since there is nothing before it to cache.";
            scope.member("toolConfig.tools").change(LEFT_OUT, what.to_owned())?;
        }
        for cache_point in tools.iter_mut().filter_map(|tool| tool.member_mut("cachePoint")) {
            fit_lifetime(cache_point, scope.member("toolConfig.tools"))?;
        }
    }
    if !takes_points_in(CachePlace::System, model) && system.iter().any(Block::is_cache_point) {
        scope
            .member("system")
            .change(LEFT_OUT, format!("The cache points of the system text were left out, since {why}."))?;
        system.retain(|block| !block.is_cache_point());
    }
    leave_out_first_points(system, scope.member("system"))?;
    fit_lifetimes(system, scope.member("system"))?;
    move_first_points(turns, scope)?;
    for turn in turns {
        let scope = scope.message(turn.first_message);
        let is_refused = !takes_points_in(CachePlace::Messages, model) || !takes_points_beside(&turn.content, model);
        if is_refused && turn.content.iter().any(Block::is_cache_point) {
            scope.change_once(LEFT_OUT, &format!("Cache points of the messages were left out, since {why}."))?;
            turn.content.retain(|block| !block.is_cache_point());
        }
        fit_lifetimes(&mut turn.content, scope)?;
        move_points(&mut turn.content, scope)?;
    }
    Ok(())
}

/// A cache point with nothing before it in the system text is refused, whatever stands among the tools.
fn leave_out_first_points<'a>(system: &mut Vec<Block<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    let first = system.iter().take_while(|block| block.is_cache_point()).count();
    if first == 0 {
        return Ok(());
    }
    system.drain(..first);
    scope.change(
        LEFT_OUT,
        "A cache point at the beginning of the system text was left out, since there is nothing before it to cache.".to_owned(),
    )
}

fn fit_lifetimes<'a>(blocks: &mut [Block<'a>], scope: Scope<'a>) -> Result<(), Error> {
    for block in blocks {
        if let Block::CachePoint(cache_point) = block {
            fit_lifetime(cache_point, scope)?;
        }
    }
    Ok(())
}

fn fit_lifetime<'a>(cache_point: &mut Json<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let Json::Object(members) = cache_point else { return Ok(()) };
    let ttl = members.get("ttl").and_then(Json::text);
    if ttl.is_none_or(|ttl| takes_lifetime(&ttl, scope.model)) {
        return Ok(());
    }
    members.take("ttl");
    scope.change_once(
        "cache_point_lifetime",
        "The lifetime of cache points (`ttl`) was left out, since the model takes no such one.",
    )
}

/// A cache point that is the first of its turn has nothing before it there: the end of the turn before is the same place.
fn move_first_points<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    for index in 0..turns.len() {
        let Some((before, [turn, ..])) = turns.split_at_mut_checked(index) else {
            return Ok(());
        };
        let first = turn.content.iter().take_while(|block| block.is_cache_point()).count();
        // Several mark the same place as the last of them.
        let Some(cache_point) = turn.content.drain(..first).next_back() else {
            continue;
        };
        scope.message(turn.first_message).change_once(
            "cache_point_moved",
            "A cache point at the beginning of a turn was moved to the end of the turn before, or left out where there is none.",
        )?;
        if let Some(previous) = before
            .iter_mut()
            .rfind(|previous| previous.role != Role::System)
            .filter(|previous| !previous.content.last().is_some_and(Block::is_cache_point))
        {
            previous.content.push(cache_point);
        }
    }
    Ok(())
}

/// Moves cache points that stand directly behind reasoning, or behind a document that the model renders elsewhere, before it.
fn move_points<'a>(content: &mut Vec<Block<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    let mut index = 0;
    while let Some(block) = content.get(index) {
        let is_misplaced = block.is_cache_point()
            && index
                .checked_sub(1)
                .and_then(|before| content.get(before))
                .is_some_and(|before| refuses_behind(before, scope.model));
        if !is_misplaced {
            index += 1;
            continue;
        }
        scope.change_once(
            "cache_point_moved",
            "A cache point behind reasoning, or behind a document that is no PDF, was moved before it, or left out where nothing stands there.",
        )?;
        let place = (0..index)
            .rev()
            .find(|place| !content.get(*place).is_some_and(|before| refuses_behind(before, scope.model)));
        let cache_point = content.remove(index);
        if let Some(place) = place.filter(|place| !content.get(*place).is_some_and(Block::is_cache_point)) {
            content.insert(place + 1, cache_point);
            index += 1;
        }
    }
    Ok(())
}

fn refuses_behind(block: &Block<'_>, model: &Model) -> bool {
    match block {
        Block::Reasoning(_) => true,
        Block::Document(document) => match model.facts.cache_point_after_document {
            Some(AfterDocument::Pdf) => !is_pdf_or_cited(document),
            Some(AfterDocument::None) => true,
            _ => false,
        },
        _ => false,
    }
}

fn is_pdf_or_cited(document: &Document<'_>) -> bool {
    let is_pdf = document.members.get("format").and_then(Json::text).as_deref() == Some("pdf");
    let is_cited = match document.members.get("citations") {
        Some(Json::Object(citations)) => matches!(citations.get("enabled"), Some(Json::Raw(enabled)) if enabled.get() == "true"),
        _ => false,
    };
    is_pdf || is_cited
}
