//! Content blocks without tools and reasoning, of every dialect: LangChain's standard blocks (v0 and v1), Bedrock's own shape, OpenAI's and
//! Anthropic's.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::{Block, Document};
use super::citations::{cite, convert_annotated_text};
use super::data::carry;
use super::media_blocks::{convert_media_block, settle_wire_medium};
use super::scope::Scope;
use super::shapes::{CITATIONS_CONFIG, content_block_shape, walk};
use super::texts::convert_texts;
use super::values::{Json, Members};
use crate::convert::block_types::is_block_type_of;
use crate::convert::json::{Object, is_object, is_string};
use crate::convert::media_formats::Kind;
use crate::error::Error;

/// Converts a block by its `type`; `None` when that is absent or none of these kinds.
pub(super) fn convert_plain_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let Some(kind) = block.text("type") else { return Ok(None) };
    if let Some(converted) = convert_wire_typed_block(&kind, block, scope)? {
        return Ok(Some(converted));
    }
    let converted = match kind.as_ref() {
        kind if TEXT_TYPES.contains(&kind) => convert_text_block(block, scope)?,
        "image" | "image_url" | "input_image" => Some(convert_media_block(Kind::Image, block, scope)?),
        "audio" | "input_audio" => Some(convert_media_block(Kind::Audio, block, scope)?),
        "video" => Some(convert_media_block(Kind::Video, block, scope)?),
        "file" | "document" | "text-plain" | "input_file" => Some(convert_media_block(Kind::Document, block, scope)?),
        "search_result" => Some(convert_search_result(block, scope)?),
        _ => None,
    };
    Ok(converted)
}

/// A block in Bedrock's own shape whose `type` is its member's name in snake case: `{type: "guard_content", guardContent: {…}}`.
fn convert_wire_typed_block<'a>(kind: &str, block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    match namesake(kind, block) {
        Some((member, value)) if is_object(value) => convert_plain_member(member, value, scope),
        _ => Ok(None),
    }
}

/// Converts a union member of the API's `ContentBlock` that is no tool use, tool result or reasoning; `None` for those, and for what the union
/// does not have.
pub(super) fn convert_plain_member<'a>(member: &str, value: &'a RawValue, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    if matches!(member, "toolUse" | "toolResult" | "reasoningContent") {
        return Ok(None);
    }
    let Some(shape) = content_block_shape(member) else { return Ok(None) };
    if member == "text" && is_string(value) {
        return Ok(Some(Block::Text(Json::Raw(value))));
    }
    let mut members = match walk(shape, value, scope)? {
        Json::Object(members) => members,
        other => return Ok(Some(Block::Other(Cow::Owned(member.to_owned()), other))),
    };
    let kind = [Kind::Image, Kind::Document, Kind::Video, Kind::Audio]
        .into_iter()
        .find(|kind| kind.member() == member);
    let name_of_url = match kind {
        Some(kind) => settle_wire_medium(kind, &mut members, value, scope)?,
        None => None,
    };
    Ok(Some(match member {
        "cachePoint" => Block::CachePoint(Json::Object(members)),
        "document" => {
            let name = members.take_text("name");
            Block::Document(Document {
                name: name_of_url.filter(|_| name.is_empty()).map_or(name, Cow::Owned),
                members,
            })
        }
        _ => Block::Other(Cow::Owned(member.to_owned()), Json::Object(members)),
    }))
}

/// The types of texts: LangChain's, those of OpenAI's Responses API, and that of a streamed piece of Anthropic's.
pub(super) const TEXT_TYPES: [&str; 4] = ["text", "input_text", "output_text", "text_delta"];

/// Text, with its citations if it has any; `None` when there is no text in it.
///
/// A streamed text of Bedrock has its citations unchanged in `citationsContent`; annotations hold less.
fn convert_text_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let Some(text) = block.get("text").filter(|text| is_string(text)) else {
        return Ok(None);
    };
    let cited = block.get("citationsContent").filter(|cited| is_object(cited));
    let cited = cited.map(|cited| convert_plain_member("citationsContent", cited, scope));
    Ok(match cited.transpose()?.flatten() {
        Some(Block::Other(member, Json::Object(cited))) => Some(Block::Other(member, Json::Object(cite(Json::Raw(text), cited)))),
        _ => Some(convert_annotated_text(block, text, scope)),
    })
}

/// Anthropic's `search_result`: `{source, title, content: [{type: "text", text}], citations?}`.
fn convert_search_result<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let mut members = Members::default();
    members.push_some("source", block.get("source").map(|source| carry(source, scope)));
    members.push_some("title", block.get("title").map(|title| carry(title, scope)));
    members.push("content", convert_texts(block.get("content"), scope)?);
    if let Some(citations) = block.get("citations") {
        members.push("citations", walk(&CITATIONS_CONFIG, citations, scope)?);
    }
    Ok(Block::Other(Cow::Borrowed("searchResult"), Json::Object(members)))
}

/// The member that `kind` is the type of: its name in snake case, or a union member's own name.
pub(super) fn namesake<'b, 'a>(kind: &str, block: &'b Object<'a>) -> Option<(&'b str, &'a RawValue)> {
    block
        .iter()
        .find(|(member, _)| *member != "type" && (is_block_type_of(kind, member) || (*member == kind && content_block_shape(member).is_some())))
}
