//! Media of earlier turns that the model does not take, after a conversation went on with another model: each is replaced by a text.

use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::{Role, Turn};
use crate::error::Error;
use crate::models::Model;

/// A kind of media.
#[derive(Clone, Copy)]
enum Kind {
    Image,
    Document,
    Video,
}

/// Of the last turn, media inside tool results are replaced too; what the user says in it is asked about, and is refused.
///
/// # Errors
/// Media in the last turn, or a change where the caller asked for refusals.
pub(in crate::convert::request) fn fit_media_kinds<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    if !scope.model.is_listed || scope.is_sent_as_it_is() {
        return Ok(());
    }
    let Some(last) = turns.len().checked_sub(1) else { return Ok(()) };
    for (index, turn) in turns.iter_mut().enumerate() {
        let scope = scope.message(turn.first_message);
        for block in &mut turn.content {
            match (refused(block, scope.model), block) {
                (Some(kind), _) if index == last && turn.role == Role::User => {
                    return Err(scope.refuse(format_args!("The model takes no {}s: ask one that does, or leave it out.", name(kind))));
                }
                (Some(kind), block) => replace(block, kind, scope)?,
                (None, Block::ToolResult(result)) => {
                    for inner in &mut result.content {
                        if let Some(kind) = refused(inner, scope.model) {
                            replace(inner, kind, scope)?;
                        }
                    }
                }
                (None, _) => {}
            }
        }
    }
    Ok(())
}

fn refused(block: &Block<'_>, model: &Model) -> Option<Kind> {
    let facts = &model.facts;
    match block {
        Block::Document(_) => (facts.document_inputs == Some(false)).then_some(Kind::Document),
        Block::Other(member, _) if member == "image" => (facts.image_inputs == Some(false)).then_some(Kind::Image),
        Block::Other(member, _) if member == "video" => (facts.video_inputs == Some(false)).then_some(Kind::Video),
        _ => None,
    }
}

fn replace<'a>(block: &mut Block<'a>, kind: Kind, scope: Scope<'a>) -> Result<(), Error> {
    let message = format!(
        "Each {} of the conversation was replaced by a text, since the model takes none.",
        name(kind)
    );
    scope.change_once(code(kind), &message)?;
    *block = Block::Text(match kind {
        Kind::Image => "(An image was left out here.)".into(),
        Kind::Document => "(A document was left out here.)".into(),
        Kind::Video => "(A video was left out here.)".into(),
    });
    Ok(())
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "image",
        Kind::Document => "document",
        Kind::Video => "video",
    }
}

fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "images_left_out",
        Kind::Document => "documents_left_out",
        Kind::Video => "videos_left_out",
    }
}
