//! How large an image, a document or a video may be. What is too large is refused with its place, before megabytes are sent.

use crate::convert::request::blob::Blob;
use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;

/// Bytes of a video whose base64 has 25 MB: that is Converse's own limit, whatever the model. Source:
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoSource.html> (read 2026-11-26).
const MAX_VIDEO: u32 = 25 * 1024 * 1024 / 4 * 3;

/// # Errors
/// The first medium that is too large for the model.
pub(in crate::convert::request) fn check_sizes(turns: &[Turn<'_>], scope: Scope<'_>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() {
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
        match block {
            Block::ToolResult(result) => check_blocks(&result.content, scope)?,
            Block::Other(member, Json::Object(image)) if member == "image" => check("image", image, facts.max_image_bytes, scope)?,
            Block::Other(member, Json::Object(video)) if member == "video" => check("video", video, Some(MAX_VIDEO), scope)?,
            Block::Document(document) if !may_be_large(&document.members, facts.large_documents.as_deref()) => {
                check("document", &document.members, facts.max_document_bytes, scope)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn check(name: &str, medium: &Members<'_>, most: Option<u32>, scope: Scope<'_>) -> Result<(), Error> {
    let most = most.filter(|_| scope.model.is_listed || name == "video");
    let (Some(blob), Some(most)) = (bytes_of(medium), most.and_then(|most| usize::try_from(most).ok())) else {
        return Ok(());
    };
    let size = blob.size();
    if size <= most {
        return Ok(());
    }
    let scope = blob.place.map_or(scope, |place| scope.at(place));
    let (taker, way_out) = match name {
        "video" => ("Converse", "put it into S3 and give its `s3://` URI"),
        _ => ("the model", "make it smaller, or split it"),
    };
    Err(scope.refuse(format_args!("The {name} has {size} bytes, and {taker} takes {most} at most: {way_out}.")))
}

fn may_be_large(document: &Members<'_>, formats: Option<&[String]>) -> bool {
    let format = document.get("format").and_then(Json::text);
    format.is_some_and(|format| formats.unwrap_or_default().iter().any(|large| *large == format))
}

/// The bytes that are in the request; `None` for those that are in S3.
fn bytes_of<'b, 'a>(medium: &'b Members<'a>) -> Option<&'b Blob<'a>> {
    let Json::Object(source) = medium.get("source")? else { return None };
    let Json::Blob(blob) = source.get("bytes")? else { return None };
    Some(blob)
}
