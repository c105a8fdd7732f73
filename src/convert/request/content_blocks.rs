//! Content blocks of every kind and dialect: the plain ones ([`plain_blocks`](super::plain_blocks)), tool uses, tool results and reasoning.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::{Block, Reasoning, ToolResult, ToolUse};
use super::content::push_marked;
use super::data::carry;
use super::media_blocks::{convert_media_block, kind_of_mime_type};
use super::plain_blocks::{TEXT_TYPES, convert_plain_block, convert_plain_member, namesake};
use super::scope::Scope;
use super::shapes::{content_block_shape, walk};
use super::tool_results::{convert_tool_result_content, convert_wire_tool_result};
use super::values::{Json, Members};
use crate::convert::json::{Object, is_object, is_string};
use crate::convert::media_formats::Kind;
use crate::error::Error;

/// Converts a block and adds what it becomes to `content`; `false` when its kind is not known.
///
/// A block is what its `type` says. If it also has union members of Converse's that its type does not account for
/// (`{text, cachePoint}`, `{type: "text", text, image}`), each of them becomes a block of its own: nothing is lost.
pub(super) fn push_content_block<'a>(content: &mut Vec<Block<'a>>, block: &Object<'a>, scope: Scope<'a>) -> Result<bool, Error> {
    let Some(converted) = convert_content_block(block, scope)? else {
        return Ok(false);
    };
    push_marked(content, converted, block, scope);
    push_further_members(content, block, scope)?;
    Ok(true)
}

/// Converts a block by its `type`, or, if it has none, by its first union member; `None` when its kind is not known.
pub(super) fn convert_content_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let Some(kind) = block.text("type") else {
        return match wire_members(block).next() {
            Some((member, value)) => convert_wire_member(member, value, scope),
            None => Ok(None),
        };
    };
    if let Some((member, value)) = own_member(&kind, block)
        && let Some(converted) = convert_wire_member(member, value, scope)?
    {
        return Ok(Some(converted));
    }
    let converted = match kind.as_ref() {
        "tool_result" => Some(convert_tool_result(block, scope)?),
        "guard_content" | "guardContent" => convert_guarded_text(block),
        // Of a tool these are data.
        "document_url" => Some(convert_media_block(Kind::Document, block, scope)?),
        "media" | "inlineData" | "fileData" => Some(convert_media_block(kind_of_mime_type(block), block, scope)?),
        _ => convert_plain_block(block, scope)?,
    };
    Ok(converted.or_else(|| convert_unknown_block(&kind, block, scope)))
}

/// Adds the union members of `block` that its `type` does not account for.
pub(super) fn push_further_members<'a>(content: &mut Vec<Block<'a>>, block: &Object<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let kind = block.text("type");
    let accounted = match kind.as_deref() {
        None => wire_members(block).next().map(|(member, _)| member),
        Some(kind) => own_member(kind, block).map(|(member, _)| member),
    };
    let is_part = |member: &str| accounted.is_none() && kind.as_deref().is_some_and(|kind| is_part_of_dialect(member, kind));
    for (member, value) in wire_members(block).filter(|(member, _)| Some(*member) != accounted && !is_part(member)) {
        content.extend(convert_wire_member(member, value, scope)?.filter(|block| !is_blank_text(block)));
    }
    Ok(())
}

/// The member of Bedrock's own shape that `kind` stands for: `{type: "tool_use", toolUse: {…}}`, or a standard block that carries what Bedrock sent
/// because it cannot hold all of it: `{type: "reasoning", reasoning, reasoningContent: {…}}`.
fn own_member<'b, 'a>(kind: &str, block: &'b Object<'a>) -> Option<(&'b str, &'a RawValue)> {
    let carried = match kind {
        "reasoning" => "reasoningContent",
        "tool_call" | "function_call" | "functionCall" | "server_tool_call" | "server_tool_use" => "toolUse",
        _ => "",
    };
    let named = namesake(kind, block).filter(|(_, value)| is_object(value));
    named.or_else(|| wire_members(block).find(|(member, value)| *member == carried && is_object(value)))
}

fn is_blank_text(block: &Block<'_>) -> bool {
    matches!(block, Block::Text(text) if text.is_blank())
}

/// The members of Converse's union that `block` has.
fn wire_members<'b, 'a>(block: &'b Object<'a>) -> impl Iterator<Item = (&'b str, &'a RawValue)> {
    block
        .iter()
        .filter(|(name, value)| content_block_shape(name).is_some() && (is_object(value) || (*name == "text" && is_string(value))))
}

/// Whether a block of another dialect, of the type `kind`, is made of `member`.
fn is_part_of_dialect(member: &str, kind: &str) -> bool {
    match member {
        "text" => TEXT_TYPES.contains(&kind) || matches!(kind, "text-plain" | "file" | "document" | "guard_content" | "guardContent"),
        "citationsContent" => TEXT_TYPES.contains(&kind),
        _ => false,
    }
}

/// `{type: "guard_content", text}`, as langchain-aws for Python writes it and as it keeps it: `{type: "guard_content", guard_content: {text}}`.
fn convert_guarded_text<'a>(block: &Object<'a>) -> Option<Block<'a>> {
    let inner = block.object("guard_content");
    let guarded = inner.as_ref().unwrap_or(block);
    let nested = guarded.object("text");
    let described = nested.as_ref().unwrap_or(guarded);
    let mut text = Members::default();
    text.push("text", Json::Raw(described.get("text").filter(|text| is_string(text))?));
    text.push_some("qualifiers", described.get("qualifiers").map(Json::Raw));
    Some(Block::Other(Cow::Borrowed("guardContent"), Json::one("text", Json::Object(text))))
}

/// A block of a kind that the API did not have when this was written, in the form in which answers have it: `{type: "new_thing", newThing: …}`. Members
/// in snake case are of other dialects, which name types so.
fn convert_unknown_block<'a>(kind: &str, block: &Object<'a>, scope: Scope<'a>) -> Option<Block<'a>> {
    let (member, value) = namesake(kind, block).filter(|(_, value)| !(is_string(value) && SPOKEN_TYPES.contains(&kind)))?;
    if member.contains('_') {
        return None;
    }
    // Text that is none counts as empty.
    if value.get() == "null" && SPOKEN_TYPES.contains(&kind) {
        return Some(Block::Text("".into()));
    }
    Some(Block::Other(Cow::Owned(member.to_owned()), carry(value, scope)))
}

/// Types of other dialects whose text is in the member of the same name.
const SPOKEN_TYPES: [&str; 4] = ["text", "reasoning", "thinking", "refusal"];

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
            is_unreadable: false,
            place: scope.place,
        }),
        "toolResult" => Block::ToolResult(convert_wire_tool_result(members, scope)?),
        _ => convert_wire_reasoning(members),
    }))
}

/// `reasoningContent`: `{reasoningText: {text, signature?}}` or `{redactedContent}`. Stored messages also have the text one level higher.
fn convert_wire_reasoning(mut members: Members<'_>) -> Block<'_> {
    if members.get("reasoningText").is_none() && members.get("text").is_some() {
        return Block::Reasoning(convert_reasoning_text(members));
    }
    match members.0.pop() {
        Some((name, Json::Object(text))) if members.0.is_empty() && name == "reasoningText" => Block::Reasoning(convert_reasoning_text(text)),
        Some((name, Json::Blob(blob))) if members.0.is_empty() && name == "redactedContent" => Block::Reasoning(Reasoning::Redacted(blob)),
        last => {
            members.0.extend(last);
            Block::Other(Cow::Borrowed("reasoningContent"), Json::Object(members))
        }
    }
}

fn convert_reasoning_text(mut text: Members<'_>) -> Reasoning<'_> {
    Reasoning::Text {
        text: text.take("text").unwrap_or_else(|| "".into()),
        // Models that sign nothing refuse an empty signature.
        signature: text.take("signature").filter(|signature| !signature.is_empty_text()),
        members: text,
    }
}

/// Anthropic's `tool_result`: `{tool_use_id, content, is_error?}`.
fn convert_tool_result<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let mut members = Members::default();
    if block.get("is_error").is_some_and(|is_error| is_error.get() == "true") {
        members.push("status", "error".into());
    }
    Ok(Block::ToolResult(ToolResult {
        id: block.id_text("tool_use_id").unwrap_or_default(),
        content: convert_tool_result_content(block, scope)?,
        members,
        tool: None,
        place: scope.place,
    }))
}
