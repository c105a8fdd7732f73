//! Content blocks of every dialect: LangChain's standard blocks (v0 and v1), Bedrock's own shape, OpenAI's and Anthropic's.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::media_blocks::convert_media_block;
use super::scope::Scope;
use super::tool::{convert_tool_result_content, convert_wire_tool_result};
use crate::convert::block_types::is_block_type_of;
use crate::convert::blocks::{
    Block, CITATIONS_CONFIG, Document, Json, Members, Reasoning, Shape, ToolResult, ToolUse, carry, content_block_shape, walk,
};
use crate::convert::cache_points::convert_cache_control;
use crate::convert::json::{self, Object, is_object, is_string};
use crate::convert::media::Kind;
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
    /// A block. What a `non_standard` block wraps stands in its stead, and once more as it was wrapped.
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

/// Converts the content of a message, its blocks by `convert`. Blank text is left out.
pub(super) fn convert_content<'a>(
    message: &Object<'a>,
    scope: Scope<'a>,
    convert: impl Fn(&Object<'a>, Scope<'a>) -> Result<Block<'a>, Error>,
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
            Item::Block(block, _) => push_marked(&mut content, convert(&block, scope)?, &block, scope),
        }
    }
    Ok(content)
}

pub(super) fn is_type(block: &Object<'_>, name: &str) -> bool {
    block.text("type").as_deref() == Some(name)
}

/// The refusal of a block that is no content block that we know, in the words of `@langchain/aws`.
pub(super) fn refuse_block(block: &Object<'_>, scope: Scope<'_>) -> Error {
    scope.refuse(format_args!(
        "Unsupported content block type: {}",
        block.text("type").as_deref().unwrap_or("undefined")
    ))
}

/// Adds `block`, and after it the cache point that an Anthropic `cache_control` marker on it asks for. Blank text, which Bedrock refuses, is left
/// out, and its marker with it.
pub(super) fn push_marked<'a>(content: &mut Vec<Block<'a>>, block: Block<'a>, source: &Object<'a>, scope: Scope<'a>) {
    if matches!(&block, Block::Text(text) if text.is_blank()) {
        return;
    }
    content.push(block);
    content.extend(cache_control_marker(source, scope).map(Block::CachePoint));
}

/// The cache point that a `cache_control` marker on `block` asks for.
pub(super) fn cache_control_marker<'a>(block: &Object<'a>, scope: Scope<'a>) -> Option<Json<'a>> {
    block.object("cache_control").map(|control| convert_cache_control(&control, scope.model))
}

/// Converts a block that anybody may say; `None` when its kind is not known.
pub(super) fn convert_content_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    match convert_typed_block(block, scope)? {
        Some(converted) => Ok(Some(converted)),
        None => convert_bare_block(block, scope),
    }
}

/// Converts a block by its `type`; `None` when that is absent or not known.
pub(super) fn convert_typed_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let Some(kind) = block.text("type") else { return Ok(None) };
    if let Some(converted) = convert_wire_typed_block(&kind, block, scope)? {
        return Ok(Some(converted));
    }
    let converted = match kind.as_ref() {
        "text" => convert_text_block(block, scope)?,
        "image" | "image_url" => Some(convert_media_block(Kind::Image, block, scope)?),
        "audio" | "input_audio" => Some(convert_media_block(Kind::Audio, block, scope)?),
        "video" => Some(convert_media_block(Kind::Video, block, scope)?),
        "file" | "document" | "text-plain" => Some(convert_media_block(Kind::Document, block, scope)?),
        "search_result" => Some(convert_search_result(block, scope)?),
        "tool_result" => Some(convert_tool_result(block, scope)?),
        _ => None,
    };
    Ok(converted)
}

/// A block in Bedrock's own shape whose `type` is its member's name in snake case: `{type: "guard_content", guardContent: {…}}`.
fn convert_wire_typed_block<'a>(kind: &str, block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    match namesake(kind, block) {
        Some((member, value)) if is_object(value) => convert_wire_member(member.to_owned(), value, scope),
        _ => Ok(None),
    }
}

/// A block in Bedrock's own shape without a `type` that says so: `{"image": {…}}`. What no version of the API that we know has is sent verbatim,
/// if it comes as the output side writes unknown blocks: `{type: "new_thing", newThing: …}`.
fn convert_bare_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let known = block
        .iter()
        .find(|(name, value)| content_block_shape(name).is_some() && (is_object(value) || (*name == "text" && is_string(value))));
    if let Some((name, value)) = known {
        return convert_wire_member(name.to_owned(), value, scope);
    }
    let kind = block.text("type");
    let unknown = kind.and_then(|kind| namesake(&kind, block).filter(|(_, value)| !(is_string(value) && SPOKEN.contains(&kind.as_ref()))));
    Ok(unknown.map(|(member, value)| Block::Other(Cow::Owned(member.to_owned()), carry(value, scope))))
}

/// Kinds of blocks of other dialects whose text goes by the block's own name.
const SPOKEN: [&str; 4] = ["text", "reasoning", "thinking", "refusal"];

/// The member that `kind` is the type of.
pub(super) fn namesake<'b, 'a>(kind: &str, block: &'b Object<'a>) -> Option<(&'b str, &'a RawValue)> {
    block.iter().find(|(member, _)| *member != "type" && is_block_type_of(kind, member))
}

/// Converts a union member of the API's `ContentBlock`; `None` when it has no such member.
pub(super) fn convert_wire_member<'a>(member: String, value: &'a RawValue, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    match content_block_shape(&member) {
        Some(_) if member == "text" && is_string(value) => Ok(Some(Block::Text(Json::Raw(value)))),
        Some(shape) => convert_wire_block(member, shape, value, scope).map(Some),
        None => Ok(None),
    }
}

fn convert_wire_block<'a>(member: String, shape: &'static Shape, value: &'a RawValue, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let mut members = match walk(shape, value, scope)? {
        Json::Object(members) => members,
        other => return Ok(Block::Other(Cow::Owned(member), other)),
    };
    Ok(match member.as_str() {
        "cachePoint" => Block::CachePoint(Json::Object(members)),
        "document" => Block::Document(Document {
            name: members.take_text("name"),
            members,
        }),
        "toolUse" => Block::ToolUse(ToolUse {
            id: members.take_text("toolUseId"),
            name: members.take_text("name"),
            input: members.take("input").unwrap_or_else(Json::empty),
            members,
        }),
        "toolResult" => Block::ToolResult(convert_wire_tool_result(members, scope)?),
        "reasoningContent" => convert_wire_reasoning(members),
        _ => Block::Other(Cow::Owned(member), Json::Object(members)),
    })
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

/// Text, with its citations if it has any; `None` when there is no text in it.
///
/// A text of Bedrock's own that was streamed carries the citations as they came; annotations hold less.
fn convert_text_block<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Option<Block<'a>>, Error> {
    let Some(text) = block.get("text").filter(|text| is_string(text)) else {
        return Ok(None);
    };
    let cited = block.get("citationsContent").filter(|cited| is_object(cited));
    let cited = cited.map(|cited| convert_wire_member("citationsContent".to_owned(), cited, scope));
    Ok(match cited.transpose()?.flatten() {
        Some(Block::Other(member, Json::Object(cited))) => Some(Block::Other(member, Json::Object(cite(Json::Raw(text), cited)))),
        _ => Some(convert_annotated_text(block, text, scope)),
    })
}

/// The members of `citationsContent` for citations that came apart from their text.
pub(super) fn cite<'a>(text: Json<'a>, mut citations: Members<'a>) -> Members<'a> {
    if citations.get("content").is_none() && !text.is_blank() {
        let content = Json::List(vec![Json::one("text", text)]);
        citations.0.insert(0, (Cow::Borrowed("content"), content));
    }
    citations
}

fn convert_annotated_text<'a>(block: &Object<'a>, text: &'a RawValue, scope: Scope<'a>) -> Block<'a> {
    let annotations = block.get("annotations").and_then(json::array).unwrap_or_default();
    let citations: Vec<_> = annotations
        .into_iter()
        .filter_map(Object::read)
        .filter(|annotation| is_type(annotation, "citation"))
        .map(|annotation| convert_citation(&annotation, scope))
        .collect();
    if citations.is_empty() {
        return Block::Text(Json::Raw(text));
    }
    let mut members = Members::default();
    members.push("citations", Json::List(citations));
    Block::Other(Cow::Borrowed("citationsContent"), Json::Object(cite(Json::Raw(text), members)))
}

/// A standard citation. LangChain's own translator writes the document's index into `source` and forgets whether it was characters, pages or
/// chunks that were counted; without an index or a URL there is no location to speak of.
fn convert_citation<'a>(annotation: &Object<'a>, scope: Scope<'a>) -> Json<'a> {
    let carried = |name: &str| annotation.get(name).map(|value| carry(value, scope));
    let source = annotation.get("source").filter(|source| is_string(source));
    let index = source.and_then(json::text).and_then(|source| source.parse::<u32>().ok());
    let location = if let Some(index) = index {
        let mut range = Members::default();
        range.push("documentIndex", Json::Number(index));
        range.push_some("start", carried("startIndex"));
        range.push_some("end", carried("endIndex"));
        Some(Json::one("documentChunk", Json::Object(range)))
    } else {
        carried("url").map(|url| Json::one("web", Json::one("url", url)))
    };
    let cited_text = carried("citedText").filter(|text| !text.is_blank());
    let mut citation = Members::default();
    citation.push_some("title", carried("title"));
    citation.push_some("source", source.filter(|_| index.is_none()).map(Json::Raw));
    citation.push_some("sourceContent", cited_text.map(|text| Json::List(vec![Json::one("text", text)])));
    citation.push_some("location", location);
    Json::Object(citation)
}

/// Anthropic's `search_result`: `{source, title, content: [{type: "text", text}], citations?}`.
fn convert_search_result<'a>(block: &Object<'a>, scope: Scope<'a>) -> Result<Block<'a>, Error> {
    let mut members = Members::default();
    members.push_some("source", block.get("source").map(|source| carry(source, scope)));
    members.push_some("title", block.get("title").map(|title| carry(title, scope)));
    members.push("content", convert_texts(block.get("content")));
    if let Some(citations) = block.get("citations") {
        members.push("citations", walk(&CITATIONS_CONFIG, citations, scope)?);
    }
    Ok(Block::Other(Cow::Borrowed("searchResult"), Json::Object(members)))
}

/// A list of texts, from a string or a list of text blocks; what is no text is left out.
pub(super) fn convert_texts(content: Option<&RawValue>) -> Json<'_> {
    let items = content
        .map(|content| json::array(content).unwrap_or_else(|| vec![content]))
        .unwrap_or_default();
    let texts = items.into_iter().filter_map(|item| {
        let text = if is_string(item) { Some(item) } else { Object::read(item)?.get("text") };
        text.filter(|text| is_string(text)).map(|text| Json::one("text", Json::Raw(text)))
    });
    Json::List(texts.collect())
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
