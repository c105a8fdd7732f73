//! Content blocks of every kind and dialect: the plain ones ([`plain_blocks`](super::plain_blocks)), tool uses, tool results and reasoning.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::{Block, Reasoning, ToolResult, ToolUse};
use super::content::is_type;
use super::data::carry;
use super::plain_blocks::{convert_plain_block, convert_plain_member, namesake};
use super::scope::Scope;
use super::shapes::{content_block_shape, walk};
use super::tool_results::{convert_tool_result_content, convert_wire_tool_result};
use super::values::{Json, Members};
use crate::convert::json::{Object, is_object, is_string};
use crate::error::Error;

/// Converts a block that anybody may say; `None` when its kind is not known.
pub(super) fn convert_content_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    match convert_typed_block(block, scope)? {
        Some(converted) => Ok(Some(converted)),
        None => convert_bare_block(block, scope),
    }
}

/// Converts a block by its `type`; `None` when that is absent or not known.
fn convert_typed_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let Some(kind) = block.text("type") else { return Ok(None) };
    // Bedrock's own shape with a `type`: `{type: "tool_use", toolUse: {…}}`.
    if let Some((member, value)) = namesake(&kind, block).filter(|(_, value)| is_object(value))
        && let Some(converted) = convert_wire_member(member, value, scope)?
    {
        return Ok(Some(converted));
    }
    if is_type(block, "tool_result") {
        return convert_tool_result(block, scope).map(Some);
    }
    convert_plain_block(block, scope)
}

/// A block in Bedrock's own shape without a `type` that says so: `{"image": {…}}`. What no version of the API that we know has is sent verbatim,
/// if it comes as the output side writes unknown blocks: `{type: "new_thing", newThing: …}`.
fn convert_bare_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let known = block
        .iter()
        .find(|(name, value)| content_block_shape(name).is_some() && (is_object(value) || (*name == "text" && is_string(value))));
    if let Some((name, value)) = known {
        return convert_wire_member(name, value, scope);
    }
    let kind = block.text("type");
    let unknown = kind.and_then(|kind| namesake(&kind, block).filter(|(_, value)| !(is_string(value) && SPOKEN.contains(&kind.as_ref()))));
    Ok(unknown.map(|(member, value)| Block::Other(Cow::Owned(member.to_owned()), carry(value, scope))))
}

/// Kinds of blocks of other dialects whose text goes by the block's own name.
const SPOKEN: [&str; 4] = ["text", "reasoning", "thinking", "refusal"];

/// Converts a union member of the API's `ContentBlock`; `None` when it has no such member.
fn convert_wire_member<'a>(member: &str, value: &'a RawValue, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    if !matches!(member, "toolUse" | "toolResult" | "reasoningContent") {
        return convert_plain_member(member, value, scope);
    }
    let Some(shape) = content_block_shape(member) else { return Ok(None) };
    let mut members = match walk(shape, value, scope)? {
        Json::Object(members) => members,
        other => return Ok(Some(Block::Other(Cow::Owned(member.to_owned()), other))),
    };
    Ok(Some(match member {
        "toolUse" => Block::ToolUse(ToolUse {
            id: members.take_text("toolUseId"),
            name: members.take_text("name"),
            input: members.take("input").unwrap_or_else(Json::empty),
            members,
        }),
        "toolResult" => Block::ToolResult(convert_wire_tool_result(members, scope)?),
        _ => convert_wire_reasoning(members),
    }))
}

fn convert_wire_reasoning(mut members: Members<'_>) -> Block<'_> {
    match members.0.pop() {
        Some((name, Json::Object(mut text))) if members.0.is_empty() && name == "reasoningText" => Block::Reasoning(Reasoning::Text {
            text: text.take("text").unwrap_or_else(|| "".into()),
            signature: text.take("signature"),
            members: text,
        }),
        Some((name, Json::Blob(blob))) if members.0.is_empty() && name == "redactedContent" => Block::Reasoning(Reasoning::Redacted(blob)),
        last => {
            members.0.extend(last);
            Block::Other(Cow::Borrowed("reasoningContent"), Json::Object(members))
        }
    }
}

/// Anthropic's `tool_result`: `{tool_use_id, content, is_error?}`.
fn convert_tool_result<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let mut members = Members::default();
    if block.get("is_error").is_some_and(|is_error| is_error.get() == "true") {
        members.push("status", "error".into());
    }
    Ok(Block::ToolResult(ToolResult {
        id: block.text("tool_use_id").unwrap_or_default(),
        content: convert_tool_result_content(block, scope)?,
        members,
    }))
}
