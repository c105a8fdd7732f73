//! Citations of documents, which some models do not give.

use std::borrow::Cow;

use crate::convert::request::blob::Blob;
use crate::convert::request::block::{Block, Document};
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::convert::request::values::{Json, Members};
use crate::error::Error;

/// # Errors
/// A change, where the caller asked for refusals.
pub(in crate::convert::request) fn fit_citations<'a>(turns: &mut [Turn<'a>], scope: Scope<'a>) -> Result<(), Error> {
    if scope.is_sent_as_it_is() || scope.model.facts.citations != Some(false) {
        return Ok(());
    }
    for turn in turns {
        let scope = scope.message(turn.first_message);
        for block in &mut turn.content {
            leave_out(block, scope)?;
        }
    }
    Ok(())
}

fn leave_out<'a>(block: &mut Block<'a>, scope: Scope<'a>) -> Result<(), Error> {
    match block {
        Block::Document(document) => leave_out_of_document(document, scope),
        Block::ToolResult(result) => result.content.iter_mut().try_for_each(|inner| leave_out(inner, scope)),
        _ => Ok(()),
    }
}

fn leave_out_of_document<'a>(document: &mut Document<'a>, scope: Scope<'a>) -> Result<(), Error> {
    let Some(citations) = document.members.take("citations") else {
        return Ok(());
    };
    write_text_as_bytes(&mut document.members);
    let is_enabled = citations
        .members()
        .is_some_and(|citations| matches!(citations.get("enabled"), Some(Json::Raw(enabled)) if enabled.get() == "true"));
    if !is_enabled {
        return Ok(());
    }
    let what = "`citations` was left out of the documents, since the model gives none.";
    scope.change_once("citations_left_out", what)
}

/// Bedrock takes a document's source as text, or as a list of texts, only with citations.
fn write_text_as_bytes(members: &mut Members<'_>) {
    let Some(Json::Object(source)) = members.get_mut("source") else { return };
    let text = match (source.get("text").and_then(Json::text), source.get("content")) {
        (Some(text), _) => text.into_owned(),
        (None, Some(Json::List(texts))) => texts.iter().filter_map(text_of).collect::<Vec<_>>().join("\n\n"),
        _ => return,
    };
    *source = Members::default();
    source.push("bytes", Json::Blob(Blob::bytes(Cow::Owned(text.into_bytes()))));
}

fn text_of(block: &Json<'_>) -> Option<String> {
    match block {
        Json::Object(members) => members.get("text").and_then(Json::text).map(Cow::into_owned),
        block => block.members()?.get("text")?.text().map(Cow::into_owned),
    }
}
