//! A repaired history as LangChain messages.

use serde_json::value::RawValue;

use super::json::writer::{ObjectWriter, separate};
use super::json::{self, Object};
use super::request::{Piece, RepairedHistory, RepairedMessage};
use super::response::content_blocks::MessageContent;
use super::tool_names::ToolNames;
use super::warnings::warnings_json;

/// The JSON of a repaired history: `{ messages, warnings }`. A message is the index of one that stays as it is, or
/// `{ of?, type, content, tool_calls?, tool_call_id?, status?, bytes? }`; `bytes` has the paths of base64 that users get as bytes.
#[must_use]
pub fn repaired_history_json(history: &RepairedHistory) -> String {
    let mut messages = String::new();
    for piece in &history.pieces {
        separate(&mut messages);
        match piece {
            Piece::Kept(index) => messages.push_str(&index.to_string()),
            Piece::Changed { of, message } => write_message(*of, message, &mut messages),
        }
    }
    let mut out = String::with_capacity(messages.len() + 64);
    ObjectWriter::new(&mut out)
        .raw("messages", &format!("[{messages}]"))
        .raw("warnings", &warnings_json(&history.warnings).unwrap_or_else(|| "[]".to_owned()))
        .end();
    out
}

/// The JSON of the messages, in the form of [`repaired_history_json`], of which `body`, a request of `Converse`, was made; those of the system have the
/// type `system`. `None` for what is no such body.
#[must_use]
pub fn messages_of_body(body: &RawValue) -> Option<String> {
    let body = Object::read(body)?;
    let mut messages = Vec::new();
    if let Some(system) = body.get("system").and_then(json::array).filter(|blocks| !blocks.is_empty()) {
        messages.push(("system", RepairedMessage::Human(owned(&system))));
    }
    for message in json::array(body.get("messages")?)? {
        let message = Object::read(message)?;
        let blocks = json::array(message.get("content")?)?;
        if message.text("role").as_deref() == Some("assistant") {
            messages.push(("ai", RepairedMessage::Ai(owned(&blocks))));
            continue;
        }
        messages.extend(blocks.iter().filter_map(|block| Some(("tool", tool_message(&result_of(block)?)))));
        let said: Vec<&RawValue> = blocks.iter().copied().filter(|block| result_of(block).is_none()).collect();
        if !said.is_empty() {
            messages.push(("human", RepairedMessage::Human(owned(&said))));
        }
    }
    let mut out = String::from("[");
    for (kind, message) in &messages {
        separate(&mut out);
        write_message_of_type(kind, None, message, &mut out);
    }
    out.push(']');
    Some(out)
}

fn result_of(block: &RawValue) -> Option<Object<'_>> {
    Object::read(block)?.object("toolResult")
}

fn tool_message(result: &Object<'_>) -> RepairedMessage {
    RepairedMessage::Tool {
        id: result.text("toolUseId").unwrap_or_default().into_owned(),
        is_error: result.text("status").as_deref() == Some("error"),
        content: result
            .get("content")
            .and_then(json::array)
            .map(|blocks| owned(&blocks))
            .unwrap_or_default(),
    }
}

fn owned(blocks: &[&RawValue]) -> Vec<Box<RawValue>> {
    blocks.iter().map(|block| (*block).to_owned()).collect()
}

fn write_message(of: Option<usize>, message: &RepairedMessage, out: &mut String) {
    write_message_of_type("human", of, message, out);
}

/// `human`: the type of a message of the user's form.
fn write_message_of_type(human: &str, of: Option<usize>, message: &RepairedMessage, out: &mut String) {
    let mut object = ObjectWriter::new(out);
    if let Some(index) = of {
        object.raw("of", &index.to_string());
    }
    let names = ToolNames::default();
    let content = |blocks: &[Box<RawValue>]| {
        let mut content = MessageContent::new(&names);
        let is_in_place = has_point_behind_call(blocks);
        for block in blocks {
            if let Some(call) = call_without_id(block) {
                separate(&mut content.tool_calls);
                content.tool_calls.push_str(&call);
                continue;
            }
            content.push_block(block);
            if let Some(call) = call_of(block).filter(|_| is_in_place) {
                content.push_call_in_place(call);
            }
        }
        content
    };
    let content = match message {
        RepairedMessage::Human(blocks) => {
            object.text("type", human);
            content(blocks)
        }
        RepairedMessage::Ai(blocks) => {
            let content = content(blocks);
            object.text("type", "ai").raw("tool_calls", &format!("[{}]", content.tool_calls));
            content
        }
        RepairedMessage::Tool {
            id,
            is_error,
            content: blocks,
        } => {
            object.text("type", "tool").text("tool_call_id", id);
            object.text("status", if *is_error { "error" } else { "success" });
            content(blocks)
        }
    };
    object.raw("content", &content.json());
    if !content.bytes.is_empty() {
        object.raw("bytes", &format!("[{}]", content.bytes));
    }
    object.end();
}

/// Whether a cache point stands behind a call: then the content has the calls too, since `tool_calls` stand behind all of it.
fn has_point_behind_call(blocks: &[Box<RawValue>]) -> bool {
    let behind = blocks.iter().skip_while(|block| call_of(block).is_none());
    behind
        .filter_map(|block| Object::read(block))
        .any(|block| block.get("cachePoint").is_some())
}

/// A call without an id, as other providers make it: an answer of Bedrock with such a one would have an invalid call.
fn call_without_id(block: &RawValue) -> Option<String> {
    let call = Object::read(call_of(block)?)?;
    if call.text("toolUseId").is_some_and(|id| !id.is_empty()) || call.get("type").is_some() {
        return None;
    }
    let mut json = String::new();
    let mut object = ObjectWriter::new(&mut json);
    object.text("name", &call.text("name")?).raw("args", call.get("input")?.get());
    object.raw("type", "\"tool_call\"").end();
    Some(json)
}

fn call_of(block: &RawValue) -> Option<&RawValue> {
    Object::read(block)?.get("toolUse")
}
