//! The files that a request needs and that are to be fetched.

use super::block::Block;
use super::turn::Turn;
use super::values::{Json, Members};

/// A file that is to be fetched, and the block that needs it.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct MediaUrl {
    /// As the messages have it.
    pub url: String,
    /// The place of the block, as error messages name it.
    pub path: String,
}

/// The files that blocks of `turns` need, in their order.
pub(super) fn media_urls(turns: &[Turn<'_>]) -> Vec<MediaUrl> {
    let mut urls = Vec::new();
    for turn in turns {
        collect(&turn.content, &mut urls);
    }
    urls
}

fn collect(blocks: &[Block<'_>], urls: &mut Vec<MediaUrl>) {
    for block in blocks {
        match block {
            Block::ToolResult(result) => collect(&result.content, urls),
            Block::Document(document) => urls.extend(media_url(&document.members)),
            Block::Other(_, Json::Object(medium)) => urls.extend(media_url(medium)),
            _ => {}
        }
    }
}

fn media_url(medium: &Members<'_>) -> Option<MediaUrl> {
    let Json::Object(source) = medium.get("source")? else { return None };
    let Json::Blob(blob) = source.get("url")? else { return None };
    Some(MediaUrl {
        url: blob.url()?.to_owned(),
        path: blob.place.map_or_else(|| "messages".to_owned(), |place| place.to_string()),
    })
}
