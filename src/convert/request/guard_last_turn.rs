//! The option `guardLastTurnOnly`: a guardrail assesses what the user has said last, not the whole conversation in each of its turns.
//!
//! Bedrock assesses the `guardContent` blocks of a request, and all of its messages if there are none
//! (<https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html>).

use std::borrow::Cow;
use std::mem;

use super::block::Block;
use super::scope::Scope;
use super::turn::{Role, Turn};
use super::values::{Json, Members};
use crate::convert::json::Object;
use crate::error::Error;

const GUARD_CONTENT: &str = "guardContent";

/// Of a turn with tool results only, the turn before it counts: a request without `guardContent` is assessed as a whole.
///
/// # Errors
/// What cannot be assessed, where the caller asked for refusals.
pub(super) fn guard_last_turn<'a>(request: &Object<'a>, turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    if request.get("guardLastTurnOnly").is_none_or(|is_on| is_on.get() != "true") || turns.is_empty() {
        return Ok(());
    }
    let said = turns
        .iter_mut()
        .rev()
        .find(|turn| turn.role == Role::User && turn.content.iter().any(is_said));
    let scope = said.as_ref().map_or(scope, |turn| scope.message(turn.first_message));
    let content = said.map(|turn| &mut turn.content).into_iter().flatten();
    let mut is_guarded = false;
    for block in content {
        guard(block, scope)?;
        is_guarded |= matches!(block, Block::Other(member, _) if member == GUARD_CONTENT);
    }
    if is_guarded || scope.is_sent_as_it_is() {
        return Ok(());
    }
    let message = "The guardrail assesses the whole conversation, since the last turn has no text and no image that it could assess alone.";
    scope.change("guard_whole_conversation", message.to_owned())
}

fn is_said(block: &Block<'_>) -> bool {
    !block.is_tool_result() && !block.is_cache_point()
}

fn guard<'a>(block: &mut Block<'a>, scope: Scope<'a>) -> Result<(), Error> {
    match block {
        Block::Text(text) => {
            let text = mem::replace(text, Json::empty());
            *block = guarded("text", Json::one("text", text));
        }
        Block::Other(member, Json::Object(image)) if member == "image" && is_guardable(image) => {
            let image = mem::take(image);
            *block = guarded("image", Json::Object(image));
        }
        Block::Other(member, _) if member == "image" && !scope.is_sent_as_it_is() => {
            let message =
                "Each image of the last turn that is no png or jpeg given as bytes is sent without being assessed: a guardrail takes no other.";
            scope.change_once("image_not_guarded", message)?;
        }
        _ => {}
    }
    Ok(())
}

fn guarded<'a>(kind: &'static str, value: Json<'a>) -> Block<'a> {
    Block::Other(Cow::Borrowed(GUARD_CONTENT), Json::one(kind, value))
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConverseImageBlock.html>
fn is_guardable(image: &Members<'_>) -> bool {
    let format = image.get("format").and_then(Json::text);
    let source = image.get("source");
    let has_bytes = matches!(source, Some(Json::Object(source)) if source.get("bytes").or_else(|| source.get("url")).is_some());
    matches!(format.as_deref(), Some("png" | "jpeg")) && has_bytes && image.0.len() == 2
}
