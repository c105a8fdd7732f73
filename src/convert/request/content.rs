//! The content of a message, before its blocks are converted.

use serde_json::value::RawValue;

use super::block::Block;
use super::cache_points::convert_cache_control;
use super::scope::Scope;
use super::values::Json;
use crate::convert::json::{self, Object, is_string};
use crate::error::Error;

/// A message's content.
pub(super) enum Content<'a> {
    Text(Json<'a>),
    Blocks(Vec<&'a RawValue>),
}

impl<'a> Content<'a> {
    /// The content of `message`; absent content counts as none.
    pub(super) fn read(message: &Object<'a>) -> Self {
        match message.get("content") {
            None => Self::Blocks(Vec::new()),
            Some(content) if is_string(content) => Self::Text(Json::Raw(content)),
            Some(content) => Self::Blocks(json::array(content).unwrap_or_else(|| vec![content])),
        }
    }
}

/// One element of a message's content.
pub(super) enum Item<'a> {
    Text(Json<'a>),
    /// A block; for a `non_standard` block the one that it wraps, and its unread value.
    Block(Object<'a>, Option<&'a RawValue>),
}

impl<'a> Item<'a> {
    pub(super) fn read(value: &'a RawValue, scope: Scope<'a>) -> Result<Self, Error> {
        if is_string(value) {
            return Ok(Self::Text(Json::Raw(value)));
        }
        let Some(block) = Object::read(value) else {
            return Err(scope.refuse("A content block must be a string or an object."));
        };
        let wrapped = block.get("value").filter(|_| is_type(&block, "non_standard"));
        Ok(Self::Block(wrapped.and_then(Object::read).unwrap_or(block), wrapped))
    }
}

/// Converts the content of a message; `push` adds what a block becomes. Blank text is left out.
pub(super) fn convert_content<'a>(
    message: &Object<'a>,
    scope: Scope<'a>,
    push: impl Fn(&mut Vec<Block<'a>>, &Object<'a>, Scope<'a>) -> Result<(), Error>,
) -> Result<Vec<Block<'a>>, Error> {
    let values = match Content::read(message) {
        Content::Text(text) if text.is_blank() => return Ok(Vec::new()),
        Content::Text(text) => return Ok(vec![Block::Text(text)]),
        Content::Blocks(values) => values,
    };
    let mut content = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        let scope = scope.block(index);
        match Item::read(value, scope)? {
            Item::Text(text) if text.is_blank() => {}
            Item::Text(text) => content.push(Block::Text(text)),
            Item::Block(block, _) => push(&mut content, &block, scope)?,
        }
    }
    Ok(content)
}

pub(super) fn is_type(block: &Object<'_>, name: &str) -> bool {
    block.text("type").as_deref() == Some(name)
}

/// The error for a block of an unknown kind, with the message of `@langchain/aws`.
pub(super) fn refuse_block(block: &Object<'_>, scope: Scope<'_>) -> Error {
    scope.refuse(format_args!(
        "Unsupported content block type: {}",
        block.text("type").as_deref().unwrap_or("undefined")
    ))
}

/// Adds `block`, and the cache point for an Anthropic `cache_control` marker on it. Blank text, which Bedrock refuses, is left out, and its marker
/// with it.
pub(super) fn push_marked<'a>(content: &mut Vec<Block<'a>>, block: Block<'a>, source: &Object<'a>, scope: Scope<'a>) {
    if matches!(&block, Block::Text(text) if text.is_blank()) {
        return;
    }
    content.push(block);
    content.extend(cache_control_marker(source, scope).map(Block::CachePoint));
}

/// The cache point for a `cache_control` marker on `block`.
pub(super) fn cache_control_marker<'a>(block: &Object<'a>, scope: Scope<'a>) -> Option<Json<'a>> {
    block.object("cache_control").map(|control| convert_cache_control(&control, scope.model))
}
