//! Image, audio, video and document blocks of LangChain, OpenAI and Anthropic.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::{Block, Document};
use super::data::carry;
use super::media::{Media, check_format, media_members};
use super::scope::Scope;
use super::shapes::{CITATIONS_CONFIG, walk};
use super::texts::convert_texts;
use super::values::{Json, Members};
use crate::convert::json::Object;
use crate::convert::media_formats::Kind;
use crate::error::Error;

/// Converts a media block:
///
/// * LangChain v1: `{type, mimeType?, data | url | fileId, metadata?}`, `text-plain` with `text`; in Python `{type, mime_type?, base64 | url | file_id}`
/// * LangChain v0: `{type, source_type, mime_type?, data | url | id | text, metadata?}`
/// * OpenAI: `{image_url: url | {url}}`, `{input_audio: {data, format}}`, `{file: {filename, file_data | file_id}}`; in the Responses API
///   `{type: "input_image", image_url}`, `{type: "input_file", filename, file_data | file_url | file_id}`
/// * Mistral: `{type: "document_url", document_url, document_name?}`
/// * Google: `{type: "media", mimeType, data | fileUri}`, `{inlineData: {mimeType, data}}`, `{fileData: {mimeType, fileUri}}`
/// * Anthropic: `{source: {type, media_type?, data | url | file_id | content}, title?, context?, citations?}`
pub(super) fn convert_media_block<'a>(kind: Kind, block: &Object<'a>, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let inner = ["source", "file", "input_audio", "image_url", "inlineData", "fileData"]
        .into_iter()
        .find_map(|name| block.object(name));
    let described = inner.as_ref().unwrap_or(block);
    let media = match block.get("image_url") {
        Some(image_url) if described.get("url").is_none() => Media::read(kind, image_url, scope)?,
        _ => read_media(kind, described, scope)?,
    };
    let declared = ["mime_type", "mimeType", "media_type", "format"]
        .into_iter()
        .find_map(|name| described.text(name).or_else(|| block.text(name)));
    let name = file_name(block, described).or_else(|| media.name().map(Cow::Owned));
    let (format, source) = media.settle(declared.as_deref(), name.as_deref(), scope)?;
    if kind != Kind::Document {
        return Ok(Block::Other(Cow::Borrowed(kind.member()), Json::Object(media_members(format, source))));
    }
    let mut members = Members::default();
    members.push("source", source);
    members.push_some("format", format.map(Json::from));
    push_document_options(&mut members, block, scope)?;
    Ok(Block::Document(Document {
        name: name.unwrap_or_default(),
        members,
    }))
}

/// A medium in Converse's own shape: a format that the bytes contradict is corrected, and `source: {url}`, which Converse does not have, is taken as other
/// dialects' URLs are. Returns the name of a document that is given by a URL.
pub(super) fn settle_wire_medium<'a>(kind: Kind, members: &mut Members<'a>, value: &'a RawValue, scope: Scope<'a>) -> Result<Option<String>, Error> {
    let stated = members.get("format").and_then(Json::text).map(Cow::into_owned);
    let Some(Json::Object(source)) = members.get("source") else {
        return Ok(None);
    };
    if let Some(Json::Blob(blob)) = source.get("bytes") {
        let known = stated
            .as_deref()
            .and_then(|format| kind.format(format))
            .filter(|known| Some(*known) == stated.as_deref());
        if let Some(known) = known
            && let Some(format) = check_format(kind, Some(known), blob, scope)?
            && format != known
        {
            members.set("format", format.into());
        }
        return Ok(None);
    }
    let url = Object::read(value)
        .and_then(|medium| medium.object("source"))
        .filter(|source| source.iter().filter(|(_, value)| value.get() != "null").count() == 1)
        .and_then(|source| source.get("url"));
    let Some(url) = url.filter(|_| scope.fetches_media || !scope.is_sent_as_it_is()) else {
        return Ok(None);
    };
    let media = Media::read(kind, url, scope)?;
    let name = media.name();
    let (format, source) = media.settle(stated.as_deref(), None, scope)?;
    members.set("source", source);
    if let Some(format) = format {
        members.set("format", format.into());
    }
    Ok(name)
}

/// What Google's types do not say.
pub(super) fn kind_of_mime_type(block: &Object<'_>) -> Kind {
    let inner = ["inlineData", "fileData"].into_iter().find_map(|name| block.object(name));
    let mime_type = inner.as_ref().unwrap_or(block).text("mimeType").unwrap_or_default();
    match mime_type.split_once('/') {
        Some(("image", _)) => Kind::Image,
        Some(("audio", _)) => Kind::Audio,
        Some(("video", _)) => Kind::Video,
        _ => Kind::Document,
    }
}

/// Finds the data in `block`, whose member has another name in each dialect.
fn read_media<'a>(kind: Kind, block: &Object<'a>, scope: Scope<'a>) -> Result<Media<'a>, Error> {
    let source_type = block.text("source_type").or_else(|| block.text("type"));
    let text = block
        .text("text")
        .or_else(|| block.text("data").filter(|_| source_type.as_deref() == Some("text")));
    if let Some(text) = text.filter(|_| kind == Kind::Document) {
        return Ok(Media::from_text(&text));
    }
    if let Some(content) = block.get("content").filter(|_| kind == Kind::Document) {
        return Ok(Media::from_content(convert_texts(Some(content), scope)?));
    }
    let names = ["data", "base64", "url", "file_data", "file_url", "fileUri", "document_url"];
    if let Some(data) = names.into_iter().find_map(|name| block.get(name)) {
        return Media::read(kind, data, scope);
    }
    let id = ["fileId", "file_id"].into_iter().find_map(|name| block.text(name));
    match id.or_else(|| block.text("id").filter(|_| source_type.as_deref() == Some("id"))) {
        Some(id) => Media::from_id(kind, id, scope),
        None => Err(scope.refuse(format_args!(
            "{} block must include one of: 'data' (base64 string or Uint8Array), 'url' (base64 data URL), or 'fileId' (S3 URI).",
            kind.block_type()
        ))),
    }
}

/// The name of a document; its extension may give the format.
fn file_name<'a>(block: &Object<'a>, described: &Object<'a>) -> Option<Cow<'a, str>> {
    let metadata = block.object("metadata").unwrap_or_default();
    ["name", "filename", "title"]
        .into_iter()
        .find_map(|name| metadata.text(name))
        .or_else(|| described.text("filename"))
        .or_else(|| {
            ["title", "filename", "name", "document_name"]
                .into_iter()
                .find_map(|name| block.text(name))
        })
}

/// `context` and `citations`, which are members of the block (Anthropic) or of its metadata (LangChain).
fn push_document_options<'a>(members: &mut Members<'a>, block: &Object<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let metadata = block.object("metadata").unwrap_or_default();
    let option = |name: &str| -> Option<&'a RawValue> { block.get(name).or_else(|| metadata.get(name)) };
    members.push_some("context", option("context").map(|value| carry(value, scope)));
    if let Some(citations) = option("citations") {
        members.push("citations", walk(&CITATIONS_CONFIG, citations, scope)?);
    }
    Ok(())
}
