//! How large an image or a document may be. What is too large is refused with its place, before megabytes are sent.

use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;

/// # Errors
/// The first image or document that is too large for the model.
pub(in crate::convert::request) fn check_sizes(turns: &[Turn<'_>], scope: Scope<'_>) -> Result<(), Error> {
    if !scope.model.is_listed || scope.is_sent_as_it_is() {
        return Ok(());
    }
    for turn in turns {
        check_blocks(&turn.content, scope.message(turn.first_message))?;
    }
    Ok(())
}

fn check_blocks(blocks: &[Block<'_>], scope: Scope<'_>) -> Result<(), Error> {
    let facts = &scope.model.facts;
    for block in blocks {
        let (name, size, most) = match block {
            Block::ToolResult(result) => {
                check_blocks(&result.content, scope)?;
                continue;
            }
            Block::Other(member, Json::Object(image)) if member == "image" => ("image", size_of(image), facts.max_image_bytes),
            Block::Document(document) if !may_be_large(&document.members, facts.large_documents.as_deref()) => {
                ("document", size_of(&document.members), facts.max_document_bytes)
            }
            _ => continue,
        };
        let most = most.and_then(|most| usize::try_from(most).ok());
        if let (Some(size), Some(most)) = (size, most)
            && size > most + PADDING
        {
            return Err(scope.refuse(format_args!(
                "The {name} has {size} bytes, and the model takes {most} at most: make it smaller, or split it."
            )));
        }
    }
    Ok(())
}

/// What the padding of base64 may add.
const PADDING: usize = 2;

fn may_be_large(document: &Members<'_>, formats: Option<&[String]>) -> bool {
    let format = document.get("format").and_then(Json::text);
    format.is_some_and(|format| formats.unwrap_or_default().iter().any(|large| *large == format))
}

/// The bytes that are in the request; `None` for those that are in S3.
fn size_of(medium: &Members<'_>) -> Option<usize> {
    match medium.get("source")? {
        Json::Object(source) => match source.get("bytes")? {
            Json::Blob(blob) => Some(blob.size()),
            _ => None,
        },
        _ => None,
    }
}
