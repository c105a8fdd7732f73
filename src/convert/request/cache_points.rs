//! Cache points: the caller's own, and those of the option `cache_control`.

use super::block::Block;
use super::model_rules::cache_minimum::TooShort;
use super::scope::Scope;
use super::turn::{Role, Turn};
use super::values::{Json, Members};
use crate::convert::json::Object;
use crate::error::Error;
use crate::models::{CachePlace, Model};

/// The number of cache points that Bedrock accepts in one request.
const MAX_CACHE_POINTS: usize = 4;

/// The cache point for a LangChain or Anthropic `cache_control` (`{type: "ephemeral", ttl?}`).
///
/// Five minutes is Bedrock's default, so that it is not written. A lifetime that the model does not take is left out.
pub(crate) fn convert_cache_control<'a>(control: &Object<'a>, model: &Model) -> Json<'a> {
    let mut cache_point = Members::default();
    cache_point.push("type", "default".into());
    match control.get("ttl") {
        Some(ttl) if ttl.get() != r#""5m""# && takes_lifetime(ttl.get().trim_matches('"'), model) => cache_point.push("ttl", Json::Raw(ttl)),
        _ => {}
    }
    Json::Object(cache_point)
}

pub(super) fn takes_lifetime(ttl: &str, model: &Model) -> bool {
    model.facts.cache_ttls.as_ref().is_none_or(|known| known.iter().any(|known| known == ttl))
}

/// Whether cache points may stand in a part of the request.
pub(super) fn takes_points_in(place: CachePlace, model: &Model) -> bool {
    model.facts.prompt_caching != Some(false) && model.facts.cache_points_in.as_ref().is_none_or(|places| places.contains(&place))
}

/// Whether cache points may share a turn with its blocks.
pub(super) fn takes_points_beside(content: &[Block<'_>], model: &Model) -> bool {
    model.facts.cache_point_beside_tools != Some(false) || !content.iter().any(|block| matches!(block, Block::ToolUse(_) | Block::ToolResult(_)))
}

/// Adds the cache points of the option `cache_control`: after the last message, the system text and the tools, each unless the
/// caller has put cache points there.
///
/// Bedrock refuses a fifth cache point, and the caller's own have precedence. Of these three the last message's comes first: the prefix up to it
/// includes the tools and the system text, whose own points help only when the messages differ.
pub(crate) fn apply_cache_points<'a>(
    control: &Object<'a>,
    model: &Model,
    turns: &mut [Turn<'a>],
    system: &mut Vec<Block<'a>>,
    tools: Option<&mut Vec<Json<'a>>>,
    too_short: TooShort,
) {
    let is_cached = |blocks: &[Block<'_>]| blocks.iter().any(Block::is_cache_point);
    let in_tools = tools
        .iter()
        .flat_map(|tools| tools.iter())
        .filter(|tool| is_cache_point_tool(tool))
        .count();
    let used = count_cache_points(system) + turns.iter().map(|turn| count_cache_points(&turn.content)).sum::<usize>() + in_tools;
    let mut left = MAX_CACHE_POINTS.saturating_sub(used);
    let mut cache_point = || {
        left = left.checked_sub(1)?;
        Some(convert_cache_control(control, model))
    };

    if let Some(turn) = turns
        .iter_mut()
        .rfind(|turn| turn.role != Role::System)
        .filter(|_| !too_short.messages && takes_points_in(CachePlace::Messages, model))
        && takes_points_beside(&turn.content, model)
        && !is_cached(&turn.content)
    {
        turn.content.extend(cache_point().map(Block::CachePoint));
    }
    if !system.is_empty() && !is_cached(system) && !too_short.system && takes_points_in(CachePlace::System, model) {
        system.extend(cache_point().map(Block::CachePoint));
    }
    if let Some(tools) = tools.filter(|_| in_tools == 0 && !too_short.tools && takes_points_in(CachePlace::Tools, model)) {
        tools.extend(cache_point().map(|cache_point| Json::one("cachePoint", cache_point)));
    }
}

/// Leaves out the caller's cache points beyond the number that Bedrock takes, the earliest of the messages first: the next turn of the conversation reads
/// from the last ones, and those of the tools and the system text are for other conversations.
///
/// # Errors
/// The change, where the caller asked for refusals.
pub(crate) fn limit_cache_points<'a>(
    turns: &mut [Turn<'a>],
    system: &mut Vec<Block<'a>>,
    tools: Option<&mut Vec<Json<'a>>>,
    scope: Scope<'_>,
) -> Result<(), Error> {
    let in_tools = tools.into_iter().flatten().filter(|tool| is_cache_point_tool(tool)).count();
    let in_messages = turns.iter().map(|turn| count_cache_points(&turn.content)).sum::<usize>();
    let used = in_tools + count_cache_points(system) + in_messages;
    let mut surplus = used.saturating_sub(MAX_CACHE_POINTS);
    if surplus == 0 || scope.is_sent_as_it_is() {
        return Ok(());
    }
    let message = format!(
        "The request has {used} cache points: {surplus} were left out, the earliest of the messages first, since Bedrock takes {MAX_CACHE_POINTS}."
    );
    scope.change("cache_points_too_many", message)?;
    for content in turns.iter_mut().map(|turn| &mut turn.content).chain([system]) {
        content.retain(|block| {
            let is_surplus = surplus > 0 && block.is_cache_point();
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
    }
    Ok(())
}

pub(crate) fn has_cache_points<'a>(turns: &[Turn<'a>], system: &[Block<'a>], tools: Option<&mut Vec<Json<'a>>>) -> bool {
    let in_messages = turns.iter().any(|turn| turn.content.iter().any(Block::is_cache_point));
    in_messages || system.iter().any(Block::is_cache_point) || tools.is_some_and(|tools| tools.iter().any(is_cache_point_tool))
}

fn count_cache_points(blocks: &[Block<'_>]) -> usize {
    blocks.iter().filter(|block| block.is_cache_point()).count()
}

/// Gives cache points a legal order: in the order of tools, system text and messages, Bedrock refuses a point of an hour after one of five minutes. The
/// earlier one is raised to an hour, since the prefix that is cached for an hour includes it.
pub(crate) fn order_cache_points<'a>(turns: &mut [Turn<'a>], system: &mut [Block<'a>], tools: Option<&mut Vec<Json<'a>>>) {
    let in_tools = tools.into_iter().flatten().filter_map(|tool| tool.member_mut("cachePoint"));
    let in_blocks = system
        .iter_mut()
        .chain(turns.iter_mut().flat_map(|turn| &mut turn.content))
        .filter_map(|block| match block {
            Block::CachePoint(cache_point) => Some(cache_point),
            _ => None,
        });
    let mut lives_long = false;
    for cache_point in in_tools.chain(in_blocks).rev() {
        let Json::Object(members) = cache_point else { continue };
        if members.get("ttl").and_then(Json::text).as_deref() == Some("1h") {
            lives_long = true;
        } else if lives_long {
            members.take("ttl");
            members.push("ttl", "1h".into());
        }
    }
}

pub(super) fn is_cache_point_tool(tool: &Json<'_>) -> bool {
    matches!(tool, Json::Object(members) if members.get("cachePoint").is_some())
}
