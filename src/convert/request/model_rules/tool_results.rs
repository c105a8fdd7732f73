//! Which tool results a model takes: their media, and their status.

use std::borrow::Cow;

use crate::convert::request::block::{Block, ToolResult};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::convert::request::values::Json;
use crate::error::Error;
use crate::models::Media;

/// What stands for the status `error` where a result may not have one.
const FAILED: &str = "The tool call failed.";

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_tool_results<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    let facts = &scope.model.facts;
    let takes_status = facts.tool_result_status != Some(false);
    if scope.is_sent_as_it_is() || (takes_status && facts.tool_result_media.is_none()) {
        return Ok(());
    }
    for turn in turns.iter_mut().filter(|turn| turn.role == Role::User) {
        let scope = scope.message(turn.first_message);
        let mut beside = Vec::new();
        for block in &mut turn.content {
            let Block::ToolResult(result) = block else { continue };
            if let Some(kinds) = &facts.tool_result_media {
                move_media(result, kinds, &mut beside, scope)?;
            }
            if !takes_status {
                say_status(result, scope)?;
            }
        }
        turn.content.extend(beside);
    }
    Ok(())
}

/// Takes out the media that a result may not hold. A text stands in each place, and one before each medium.
fn move_media<'a>(result: &mut ToolResult<'a>, kinds: &[Media], beside: &mut Vec<Block<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    for block in &mut result.content {
        let Some((kind, name)) = medium(block).filter(|(kind, _)| !kinds.contains(kind)) else {
            continue;
        };
        let message = format!("The {name} of a tool result was put behind the tool results, since the model takes none in them.");
        scope.change_once(code(kind), &message)?;
        let placeholder = Block::Text(Json::Text(Cow::Owned(format!("(The {name} follows behind the tool results.)"))));
        let moved = std::mem::replace(block, placeholder);
        beside.push(Block::Text(Json::Text(Cow::Owned(format!(
            "The {name} of the tool result {}:",
            result.id.trim_start_matches('\0')
        )))));
        beside.push(moved);
    }
    Ok(())
}

fn medium(block: &Block<'_>) -> Option<(Media, &'static str)> {
    match block {
        Block::Document(_) => Some((Media::Document, "document")),
        Block::Other(member, _) if member == "image" => Some((Media::Image, "image")),
        Block::Other(member, _) if member == "video" => Some((Media::Video, "video")),
        _ => None,
    }
}

fn code(kind: Media) -> &'static str {
    match kind {
        Media::Image | Media::Text => "tool_result_image_moved",
        Media::Document => "tool_result_document_moved",
        Media::Video => "tool_result_video_moved",
    }
}

fn say_status(result: &mut ToolResult<'_>, scope: Scope<'_>) -> Result<(), Error> {
    if result
        .members
        .take("status")
        .is_none_or(|status| status.text().as_deref() != Some("error"))
    {
        return Ok(());
    }
    result.content.insert(0, Block::Text(FAILED.into()));
    scope.change_once(
        "tool_result_status_written",
        "The status of a tool result was written as text, since the model takes none.",
    )
}
