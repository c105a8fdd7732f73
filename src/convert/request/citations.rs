//! Citations: LangChain's annotations of a text as Converse's `citationsContent`.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::Block;
use super::content::is_type;
use super::data::carry;
use super::scope::Scope;
use super::values::{Json, Members};
use crate::convert::json::{self, Object, is_string};

/// The members of `citationsContent` for a text and citations that are separate in the message.
pub(super) fn cite<'a>(text: Json<'a>, mut citations: Members<'a>) -> Members<'a> {
    if citations.get("content").is_none() && !text.is_blank() {
        let content = Json::List(vec![Json::one("text", text)]);
        citations.0.insert(0, (Cow::Borrowed("content"), content));
    }
    citations
}

/// A text block, with a standard citation for each of its annotations.
pub(super) fn convert_annotated_text<'a>(block: &Object<'a>, text: &'a RawValue, scope: Scope<'a>) -> Block<'a> {
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

/// A standard citation. LangChain's own translator writes the document's index into `source` and does not keep whether characters, pages or chunks were
/// counted. Without an index or a URL there is no location.
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
