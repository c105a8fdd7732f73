//! Media in the turns of the assistant, which a model or another provider made: Bedrock takes media in turns of the user only.
//!
//! Source: <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html> (read 2026-11-26).

use std::borrow::Cow;

use super::block::Block;
use super::scope::Scope;
use super::turn::{Role, Turn};
use super::values::Json;
use crate::error::Error;

/// Moves the media of an assistant's turn to the user's turn behind it, or to a new one. A text stands in each place, and one before each medium.
///
/// # Errors
/// The change, where the caller asked for refusals.
pub(super) fn move_assistant_media<'a>(turns: &mut Vec<Turn<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    let mut index = 0;
    while let Some(turn) = turns.get_mut(index) {
        index += 1;
        if turn.role != Role::Assistant || !turn.content.iter().any(|block| medium(block).is_some()) {
            continue;
        }
        let first_message = turn.first_message;
        let what = "Media that the assistant sent were put into the user's turn behind its own, since Bedrock takes them there only.";
        scope.message(first_message).change_once("assistant_media_moved", what)?;
        let moved = take_media(&mut turn.content);
        match turns.get_mut(index).filter(|next| next.role == Role::User) {
            Some(next) => next.content.splice(0..0, moved).for_each(drop),
            None => turns.insert(
                index,
                Turn {
                    role: Role::User,
                    content: moved,
                    first_message,
                },
            ),
        }
    }
    Ok(())
}

fn take_media<'a>(content: &mut [Block<'a>]) -> Vec<Block<'a>> {
    let mut moved = Vec::new();
    for block in content {
        let Some(kind) = medium(block) else { continue };
        moved.push(text(format!("The {kind} of the assistant:")));
        moved.push(std::mem::replace(block, text(format!("(The {kind} follows in the next turn.)"))));
    }
    moved
}

fn medium(block: &Block<'_>) -> Option<&'static str> {
    match block {
        Block::Document(_) => Some("document"),
        Block::Other(member, _) => ["image", "video", "audio"].into_iter().find(|kind| member == kind),
        _ => None,
    }
}

fn text<'a>(text: String) -> Block<'a> {
    Block::Text(Json::Text(Cow::Owned(text)))
}
