//! How many images and documents a request may have: the earliest beyond the limit are replaced by a text.

use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::error::Error;

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html>
const MAX_IMAGES: usize = 20;
const MAX_DOCUMENTS: usize = 5;

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_media_counts<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
        return Ok(());
    }
    let facts = &scope.model.facts;
    let most = |known: Option<u32>, usual: usize| known.and_then(|most| usize::try_from(most).ok()).unwrap_or(usual);
    leave_out_earliest(turns, most(facts.max_images, MAX_IMAGES), "image", is_image, scope)?;
    leave_out_earliest(turns, most(facts.max_documents, MAX_DOCUMENTS), "document", is_document, scope)
}

fn is_image(block: &Block<'_>) -> bool {
    matches!(block, Block::Other(member, _) if member == "image")
}

fn is_document(block: &Block<'_>) -> bool {
    matches!(block, Block::Document(_))
}

fn leave_out_earliest<'a>(turns: &mut [Turn<'a>], most: usize, name: &str, is_medium: fn(&Block<'_>) -> bool, scope: Scope<'a>) -> Result<(), Error> {
    let count: usize = turns.iter().map(|turn| count_in(&turn.content, is_medium)).sum();
    let mut surplus = count.saturating_sub(most);
    if surplus == 0 {
        return Ok(());
    }
    let message = format!("The conversation has {count} {name}s: the {surplus} earliest were replaced by a text, since Bedrock takes {most}.");
    let first = turns.iter().find(|turn| count_in(&turn.content, is_medium) > 0);
    let scope = first.map_or(scope, |turn| scope.message(turn.first_message));
    scope.change(if name == "image" { "images_too_many" } else { "documents_too_many" }, message)?;
    for block in turns.iter_mut().flat_map(|turn| &mut turn.content) {
        replace(block, name, is_medium, &mut surplus);
    }
    Ok(())
}

fn count_in(content: &[Block<'_>], is_medium: fn(&Block<'_>) -> bool) -> usize {
    content
        .iter()
        .map(|block| match block {
            Block::ToolResult(result) => count_in(&result.content, is_medium),
            block => usize::from(is_medium(block)),
        })
        .sum()
}

fn replace(block: &mut Block<'_>, name: &str, is_medium: fn(&Block<'_>) -> bool, surplus: &mut usize) {
    match block {
        _ if *surplus == 0 => {}
        Block::ToolResult(result) => result.content.iter_mut().for_each(|inner| replace(inner, name, is_medium, surplus)),
        block if is_medium(block) => {
            *block = Block::Text(if name == "image" {
                "(An earlier image was left out here.)".into()
            } else {
                "(An earlier document was left out here.)".into()
            });
            *surplus -= 1;
        }
        _ => {}
    }
}
