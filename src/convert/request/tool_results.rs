//! Tool messages and tool results.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::{Block, ToolResult};
use super::content::{Content, Item, cache_control_marker};
use super::data::carry;
use super::plain_blocks::{convert_plain_block, convert_plain_member};
use super::scope::Scope;
use super::values::{Json, Members};
use crate::convert::json::{self, Object, is_object, is_string};
use crate::error::Error;

/// The text for a tool that returned nothing: Bedrock refuses a tool result without content, and text that is empty or white space. It says what
/// happened, so that a model does not take it for the tool's answer.
const NO_OUTPUT: &str = "(no output)";

/// Converts a tool message.
pub(super) fn convert_tool_message<'a>(message: &Object<'a>, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let mut members = Members::default();
    // Success is Bedrock's default, and some models refuse the member `status`.
    if message.text("status").as_deref() == Some("error") {
        members.push("status", "error".into());
    }
    Ok(Block::ToolResult(ToolResult {
        id: message.id_text("tool_call_id").unwrap_or_default(),
        content: convert_tool_result_content(message, scope)?,
        members,
        tool: message.text("name"),
        place: scope.place,
    }))
}

/// Converts the `content` of a tool message, or of an Anthropic `tool_result` block.
///
/// Cache points stay in their places here; `turns` moves them behind the tool result, where Bedrock requires them.
pub(super) fn convert_tool_result_content<'a>(message: &Object<'a>, scope: Scope<'a>) -> Result<Vec<Block<'a>>, Error> {
    let mut content = Vec::new();
    match Content::read(message) {
        Content::Text(text) => push(&mut content, Block::Text(text), scope)?,
        Content::Blocks(blocks) => {
            for (index, value) in blocks.into_iter().enumerate() {
                convert_item(value, &mut content, scope.block(index))?;
            }
        }
    }
    Ok(filled(content))
}

fn convert_item<'a>(value: &'a RawValue, content: &mut Vec<Block<'a>>, scope: Scope<'a>) -> Result<(), Error> {
    if !is_object(value) && !is_string(value) {
        // Bedrock accepts only JSON objects here.
        return push(content, Block::Text(Json::Text(Cow::Borrowed(value.get()))), scope);
    }
    match Item::read(value, scope)? {
        Item::Text(text) => push(content, Block::Text(text), scope),
        Item::Block(block, _) => {
            let converted = match bare_member(&block) {
                Some((member, value)) if member == "json" => Some(json_block(value, scope)),
                Some((member, value)) => convert_plain_member(&member, value, scope)?,
                None if block.text("type").as_deref() == Some("json") => block.get("json").map(|value| json_block(value, scope)),
                None => convert_plain_block(&block, scope)?,
            };
            match converted {
                Some(converted) if is_accepted(&converted) => push(content, converted, scope)?,
                // Any other object is the tool's data.
                _ => push(content, json_block(value, scope), scope)?,
            }
            content.extend(cache_control_marker(&block, scope).map(Block::CachePoint));
            Ok(())
        }
    }
}

/// The only member of a block without a `type`, as Bedrock writes blocks. An object with more members, or others, is a tool's data.
fn bare_member<'a>(block: &Object<'a>) -> Option<(String, &'a RawValue)> {
    let (member, value) = only_member(block)?;
    let is_right = if member == "text" { is_string(value) } else { is_object(value) };
    (is_right && is_tool_result_member(&member)).then_some((member, value))
}

fn only_member<'a>(block: &Object<'a>) -> Option<(String, &'a RawValue)> {
    let mut members = block.iter();
    let (name, value) = members.next()?;
    members.next().is_none().then(|| (name.to_owned(), value))
}

fn is_tool_result_member(name: &str) -> bool {
    matches!(name, "json" | "text" | "image" | "document" | "video" | "searchResult" | "cachePoint")
}

/// Bedrock accepts only objects as JSON; anything else is a text. Some models take JSON as text only.
fn json_block<'a>(value: &'a RawValue, scope: Scope<'a>) -> Block<'a> {
    if scope.model.facts.tool_result_json == Some(false) && !scope.is_sent_as_it_is() {
        return Block::Text(Json::Text(json::text(value).unwrap_or(Cow::Borrowed(value.get()))));
    }
    if !is_object(value) {
        return Block::Text(Json::Text(json::text(value).unwrap_or(Cow::Borrowed(value.get()))));
    }
    Block::Other(Cow::Borrowed("json"), carry(value, scope))
}

/// Whether `block` is converted as a block: tool results have such a member, or it moves behind the result, or it is refused by name.
fn is_accepted(block: &Block<'_>) -> bool {
    match block {
        Block::Text(_) | Block::Document(_) | Block::CachePoint(_) => true,
        Block::Other(member, _) => matches!(member.as_ref(), "json" | "image" | "video" | "searchResult" | "audio"),
        Block::Reasoning(_) | Block::ToolUse(_) | Block::ToolResult(_) | Block::Verbatim(_) => false,
    }
}

fn push<'a>(content: &mut Vec<Block<'a>>, block: Block<'a>, scope: Scope<'a>) -> Result<(), Error> {
    match block {
        Block::Text(text) if text.is_blank() => Ok(()),
        Block::Other(member, _) if member == "audio" => {
            Err(scope.refuse("Bedrock accepts no audio in a tool result, only text, JSON, images, documents, video and search results."))
        }
        _ => {
            content.push(block);
            Ok(())
        }
    }
}

/// Adds a text if there is no content.
pub(super) fn filled(mut content: Vec<Block<'_>>) -> Vec<Block<'_>> {
    if content.iter().all(Block::is_cache_point) {
        content.insert(0, Block::Text(NO_OUTPUT.into()));
    }
    content
}

/// A tool result in Bedrock's own shape. Unknown members of its content are sent unchanged.
pub(super) fn convert_wire_tool_result<'a>(mut members: Members<'a>, scope: Scope<'a>) -> Result<ToolResult<'a>, Error> {
    let id = members.take_text("toolUseId");
    let mut content = Vec::new();
    if let Some(Json::Raw(items)) = members.take("content") {
        for value in json::array(items).unwrap_or_default() {
            let unknown = Object::read(value)
                .filter(|block| block.get("type").is_none())
                .and_then(|block| only_member(&block));
            match unknown {
                Some((member, value)) if !is_tool_result_member(&member) => content.push(Block::Other(Cow::Owned(member), carry(value, scope))),
                _ => convert_item(value, &mut content, scope)?,
            }
        }
    }
    Ok(ToolResult {
        id,
        content: filled(content),
        members,
        tool: None,
        place: scope.place,
    })
}
