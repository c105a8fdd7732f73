//! Converse's content blocks as the standard blocks of LangChain v1: what the events of a chat model stream carry.
//!
//! A block without a standard form becomes a `non_standard` block around the block that `AIMessage.content` would have. Core's own translator for
//! Bedrock does the same, so that a streamed message equals the `contentBlocks` of an invoked one.

use serde_json::value::RawValue;

use super::content_blocks::{MessageContent, ToolUse, reasoning_block};
use crate::convert::json::writer::{JoinedString, ObjectWriter, separate};
use crate::convert::json::{self, Object, is_object, is_string};
use crate::convert::media_formats::Kind;
use crate::convert::tool_names::ToolNames;

/// A standard block: its type and the block as JSON.
pub(crate) type StandardBlock = (&'static str, String);

/// The block `{member: value}`.
pub(crate) fn standard_block(member: &str, value: &RawValue, tool_names: &ToolNames) -> StandardBlock {
    let block = match member {
        "text" if is_string(value) => Some(block("text", |block| block.raw("text", value.get()))),
        "toolUse" if is_object(value) => Some(tool_call(value, tool_names)),
        "reasoningContent" => reasoning_block(value).map(|block| ("reasoning", block)),
        "citationsContent" => Object::read(value).map(|content| cited_text(&content, value)),
        "image" => Object::read(value).and_then(|media| image(&media)),
        _ => None,
    };
    block.unwrap_or_else(|| {
        let mut content = MessageContent::new(tool_names);
        content.push(member, value);
        let json = content.json();
        let only_block = json.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value.get());
        self::block("non_standard", |block| block.raw("value", only_block))
    })
}

fn block(kind: &'static str, fill: impl for<'w, 'o> FnOnce(&'w mut ObjectWriter<'o>) -> &'w mut ObjectWriter<'o>) -> StandardBlock {
    let mut out = String::new();
    let mut object = ObjectWriter::new(&mut out);
    object.text("type", kind);
    fill(&mut object);
    object.end();
    (kind, out)
}

fn tool_call(value: &RawValue, tool_names: &ToolNames) -> StandardBlock {
    let tool_use = ToolUse::read(value, tool_names);
    let name = tool_use.name.as_deref();
    match (&tool_use.args, tool_use.id, name) {
        (Ok(args), ..) if tool_use.is_server_side => {
            // The standard block cannot hold all of it (`serverName`), so it also has Bedrock's own block, to be sent back.
            block("server_tool_call", |block| {
                block
                    .optional("id", tool_use.id)
                    .optional("name", name)
                    .raw("args", args)
                    .raw("toolUse", value.get())
            })
        }
        (Ok(args), Some(id), Some(name)) => block("tool_call", |block| block.raw("id", id).raw("name", name).raw("args", args)),
        (args, id, _) => block("invalid_tool_call", |block| {
            block.optional("id", id).optional("name", name);
            match args {
                Ok(args) => block.text("args", args),
                Err(args) => block.raw("args", args),
            };
            block.text("error", "Failed to parse tool call arguments as JSON")
        }),
    }
}

/// A text with its citations as annotations. They cannot hold all of a citation, so the block also has Bedrock's own, to be sent back.
fn cited_text(content: &Object<'_>, value: &RawValue) -> StandardBlock {
    let citations = content.get("citations").and_then(json::array).unwrap_or_default();
    block("text", |block| {
        block.raw("text", &joined_texts(content.get("content")));
        let annotations = block.member("annotations");
        annotations.push('[');
        for citation in citations.into_iter().filter_map(Object::read) {
            separate(annotations);
            write_annotation(&citation, annotations);
        }
        annotations.push(']');
        block.raw("citationsContent", value.get())
    })
}

fn write_annotation(citation: &Object<'_>, out: &mut String) {
    let locations = citation.object("location").unwrap_or_default();
    let location = ["documentChar", "documentPage", "documentChunk", "searchResultLocation", "web"]
        .iter()
        .find_map(|kind| locations.object(kind));
    let location = location.unwrap_or_default();
    let number = |name| location.get(name).map(RawValue::get).filter(|value| value.parse::<f64>().is_ok());
    let mut annotation = ObjectWriter::new(out);
    annotation
        .raw("type", "\"citation\"")
        .raw("citedText", &joined_texts(citation.get("sourceContent")));
    annotation
        .optional("title", citation.literal("title"))
        .optional("url", location.literal("url"));
    if let Some(index) = number("documentIndex").or_else(|| number("searchResultIndex")) {
        annotation.text("source", index);
    }
    annotation
        .optional("startIndex", number("start"))
        .optional("endIndex", number("end"))
        .end();
}

/// The concatenated texts of a list of `{text}`.
fn joined_texts(list: Option<&RawValue>) -> String {
    let mut joined = JoinedString::default();
    for item in list.and_then(json::array).unwrap_or_default() {
        if let Some(text) = Object::read(item).and_then(|item| item.literal("text")) {
            joined.push(text);
        }
    }
    joined.literal()
}

/// An image; `None` if it has more than the standard block can hold (an `error`, the owner of a bucket), or could not be sent back from it.
fn image(image: &Object<'_>) -> Option<StandardBlock> {
    let format = image.text("format").filter(|format| Kind::Image.format(format) == Some(format))?;
    let source = image.object("source").filter(|_| image.iter().count() == 2)?;
    let location = source.object("s3Location").filter(|location| location.iter().count() == 1);
    let uri = location.and_then(|location| location.literal("uri"));
    let (name, value) = match source.literal("bytes").filter(|bytes| *bytes != "\"\"") {
        _ if source.iter().count() != 1 => return None,
        Some(bytes) => ("data", bytes),
        None => ("fileId", uri?),
    };
    Some(block("image", |block| {
        block.text("mimeType", &format!("image/{format}")).raw(name, value)
    }))
}
