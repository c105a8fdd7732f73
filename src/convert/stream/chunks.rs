//! The events of a `ConverseStream` as LangChain's `AIMessageChunk`s.
//!
//! LangChain core joins chunks with `concat`, and its rules decide the shapes here:
//! * A text is a plain string as long as the message has one text block and nothing else. After that it is a block with an `index`: core joins
//!   array items with equal `index` and `type`, and appends a plain string to an array as a block of its own.
//! * Only text, reasoning and the arguments of client tools are sent in pieces. Any other block is sent as one item when it is complete: core would
//!   add numbers, concatenate base64 and throw on members that change their type.
//! * Core adds numbers and concatenates strings that occur twice in `response_metadata`, except `model_provider`. So nothing else is sent twice.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::converter::{Event, PADDING, StreamConverter, incomplete};
use super::open_blocks::{OpenBlock, OpenBlocks, Part, each_part};
use crate::convert::json::writer::{JoinedString, ObjectWriter, quoted, separate};
use crate::convert::json::{Object, is_object};
use crate::convert::response::content_blocks::{MessageContent, is_server_side, tool_name};
use crate::convert::response::usage::write_usage_metadata;
use crate::convert::response::{MODEL_PROVIDER, ResponseMetadata};
use crate::convert::tool_names::ToolNames;
use crate::error::Error;

const EMPTY: &str = "\"\"";

/// The state between the events of one stream.
pub struct StreamChunks {
    metadata: ResponseMetadata,
    stream_usage: bool,
    tool_names: ToolNames,
    /// `,"id":"…"`, the same for every message.
    id: String,
    content: Content,
    blocks: OpenBlocks,
    has_stopped_block: bool,
    /// The members of `messageStop`, and whether the closing chunk has been sent, which has them too.
    stop: Option<Box<RawValue>>,
    has_closed: bool,
}

/// The content that core has made of the chunks so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Empty,
    /// A string: the text of this block.
    Text(u32),
    Blocks,
}

/// One chunk. All members are JSON.
#[derive(Clone, Copy)]
struct Chunk<'c> {
    text: &'c str,
    content: &'c str,
    /// Further members of the message, each with a comma before it.
    members: &'c str,
    /// Empty for text, reasoning and arguments: if such a chunk named the provider, core would translate it alone for `outputVersion: "v1"` and drop
    /// the index of its text.
    response_metadata: &'c str,
    /// Paths in the message, comma separated.
    bytes: &'c str,
    is_token: bool,
}

impl Default for Chunk<'_> {
    fn default() -> Self {
        Self {
            text: EMPTY,
            content: EMPTY,
            members: "",
            response_metadata: "",
            bytes: "",
            is_token: false,
        }
    }
}

impl StreamChunks {
    /// Starts a stream. `stream_usage` says whether chunks carry `usage_metadata`.
    #[must_use]
    pub fn new(metadata: ResponseMetadata, stream_usage: bool, tool_names: ToolNames) -> Self {
        let id = metadata.request_id.as_ref().map(|request_id| format!(",\"id\":{}", quoted(request_id)));
        Self {
            metadata,
            stream_usage,
            tool_names,
            id: id.unwrap_or_default(),
            content: Content::Empty,
            blocks: OpenBlocks::new(),
            has_stopped_block: false,
            stop: None,
            has_closed: false,
        }
    }

    fn write(&self, chunk: &Chunk<'_>, out: &mut String) {
        separate(out);
        let message = ["{\"text\":", chunk.text, ",\"message\":{\"content\":", chunk.content, chunk.members];
        out.extend(message);
        if !chunk.response_metadata.is_empty() {
            out.extend([",\"response_metadata\":", chunk.response_metadata]);
        }
        out.extend([&self.id, "}"]);
        if chunk.is_token {
            out.push_str(",\"token\":true");
        }
        if !chunk.bytes.is_empty() {
            out.extend([",\"bytes\":[", chunk.bytes, "]"]);
        }
        out.push('}');
    }

    /// Writes `chunk` with a `response_metadata` of the members that `fill` writes, and the provider.
    fn write_with_metadata(&self, chunk: &Chunk<'_>, out: &mut String, fill: impl FnOnce(&mut ObjectWriter<'_>)) {
        let mut json = String::new();
        let mut object = ObjectWriter::new(&mut json);
        fill(&mut object);
        object.text("model_provider", MODEL_PROVIDER).end();
        self.write(
            &Chunk {
                response_metadata: &json,
                ..*chunk
            },
            out,
        );
    }

    /// Writes a chunk whose `response_metadata` has the event unchanged, without its padding.
    fn write_event(&self, event_type: &str, event: &Object<'_>, out: &mut String) {
        self.write_with_metadata(&Chunk::default(), out, |metadata| {
            ObjectWriter::new(metadata.member(event_type)).members(event, &PADDING).end();
        });
    }

    fn start_block(&mut self, index: u32, start: &Object<'_>, out: &mut String) {
        match start.get("toolUse").filter(|start| is_object(start)) {
            Some(tool_use) => self.start_tool_use(index, tool_use, out),
            None => self.take_parts(index, start, out),
        }
    }

    fn start_tool_use(&mut self, index: u32, start: &RawValue, out: &mut String) {
        let members = Object::read(start).unwrap_or_default();
        if is_server_side(&members) {
            self.blocks.entry(index).or_default().tool_use = Some(start.to_owned());
            return;
        }
        let name = tool_name(&members, &self.tool_names);
        let mut call = String::new();
        ObjectWriter::new(&mut call)
            .optional("name", name.as_deref())
            .optional("id", members.literal("toolUseId"))
            .raw("index", &index.to_string())
            .raw("type", "\"tool_call_chunk\"")
            .end();
        self.write_tool_call_chunk(&call, out);
    }

    fn write_tool_call_chunk(&self, call: &str, out: &mut String) {
        let chunk = Chunk {
            members: &format!(",\"tool_call_chunks\":[{call}]"),
            is_token: true,
            ..Chunk::default()
        };
        self.write(&chunk, out);
    }

    fn take_parts(&mut self, index: u32, delta: &Object<'_>, out: &mut String) {
        each_part(delta, |part| match part {
            Part::Text(text) => self.take_text(index, text, out),
            Part::Reasoning(text) => self.take_reasoning(index, text, None, out),
            Part::Signature(signature) => self.take_reasoning(index, EMPTY, Some(signature), out),
            Part::ToolInput(input) => self.take_tool_input(index, &input, out),
            Part::Buffered(member, value) => self.blocks.entry(index).or_default().buffer(member, value),
        });
    }

    fn take_text(&mut self, index: u32, text: &str, out: &mut String) {
        let mut content = Cow::Borrowed(text);
        if text != EMPTY {
            if matches!(self.content, Content::Empty) || self.content == Content::Text(index) {
                self.content = Content::Text(index);
            } else {
                self.content = Content::Blocks;
                content = Cow::Owned(format!("[{{\"type\":\"text\",\"text\":{text},\"index\":{index}}}]"));
            }
        }
        let chunk = Chunk {
            text,
            content: &content,
            is_token: true,
            ..Chunk::default()
        };
        self.write(&chunk, out);
    }

    fn take_reasoning(&mut self, index: u32, text: &str, signature: Option<&str>, out: &mut String) {
        self.content = Content::Blocks;
        let mut content = String::from("[");
        let mut block = ObjectWriter::new(&mut content);
        block
            .raw("type", "\"reasoning\"")
            .raw("reasoning", text)
            .optional("signature", signature)
            .raw("index", &index.to_string())
            .end();
        content.push(']');
        let chunk = Chunk {
            content: &content,
            is_token: true,
            ..Chunk::default()
        };
        self.write(&chunk, out);
    }

    fn take_tool_input(&mut self, index: u32, input: &str, out: &mut String) {
        let block = self.blocks.entry(index).or_default();
        block.input.get_or_insert_default().push(input);
        if block.tool_use.is_none() {
            self.write_arguments(index, input, out);
        }
    }

    fn write_arguments(&self, index: u32, input: &str, out: &mut String) {
        let call = format!("{{\"args\":{input},\"index\":{index},\"type\":\"tool_call_chunk\"}}");
        self.write_tool_call_chunk(&call, out);
    }

    /// Sends the buffered parts of a block. Cited text has been sent already, so that its citations follow in a block without content.
    fn send_buffered(&mut self, index: u32, mut block: OpenBlock, out: &mut String) {
        if block.tool_use.is_none()
            && let Some(mark) = block.input.take().and_then(|input| cut_mark(&input))
        {
            self.write_arguments(index, &quoted(mark), out);
        }
        let mut content = MessageContent::new(&self.tool_names);
        for (member, value) in block.assemble() {
            content.push(&member, &value);
        }
        if !content.is_empty() {
            let json = content.json();
            let bytes = std::mem::take(&mut content.bytes);
            self.content = Content::Blocks;
            let chunk = Chunk {
                content: &json,
                bytes: &bytes,
                is_token: true,
                ..Chunk::default()
            };
            self.write_with_metadata(&chunk, out, |_| ());
        }
    }

    fn stop_block(&mut self, index: u32, out: &mut String) {
        if let Some(block) = self.blocks.remove(&index) {
            self.send_buffered(index, block, out);
        }
        let is_first = !std::mem::replace(&mut self.has_stopped_block, true);
        self.write_with_metadata(&Chunk::default(), out, |metadata| {
            if is_first {
                metadata.raw("contentBlockStop", &format!("{{\"contentBlockIndex\":{index}}}"));
            }
        });
    }

    fn stop_all_blocks(&mut self, out: &mut String) {
        for (index, block) in std::mem::take(&mut self.blocks) {
            self.send_buffered(index, block, out);
        }
    }

    fn stop_message(&mut self, stop: &Object<'_>, out: &mut String) {
        self.stop_all_blocks(out);
        self.write_event("messageStop", stop, out);
        let mut members = String::new();
        ObjectWriter::new(&mut members).members(stop, &PADDING).end();
        self.stop = RawValue::from_string(members).ok();
    }

    /// Writes the last chunk: usage, and all members that the `response_metadata` of `invoke` has.
    fn close(&mut self, event: &Object<'_>, out: &mut String) {
        self.has_closed = true;
        let stop = self.stop.as_deref().and_then(Object::read).unwrap_or_default();
        let mut members = String::new();
        if let Some(usage) = event.object("usage").filter(|_| self.stream_usage) {
            members.push_str(",\"usage_metadata\":");
            write_usage_metadata(&usage, stop.object("additionalModelResponseFields").as_ref(), &mut members);
        }
        self.write_with_metadata(
            &Chunk {
                members: &members,
                ..Chunk::default()
            },
            out,
            |metadata| {
                if event.iter().next().is_some() {
                    ObjectWriter::new(metadata.member("metadata")).members(event, &PADDING).end();
                }
                self.metadata.write(metadata.member("$metadata"));
                metadata.members(&stop, &[]).members(event, &PADDING);
            },
        );
    }

    /// Keeps an unknown event in a list: core appends such items without reading them.
    fn keep_unknown(&self, event_type: &str, payload: &str, out: &mut String) {
        self.write_with_metadata(&Chunk::default(), out, |metadata| {
            let list = metadata.member("unknownEvents");
            list.push('[');
            ObjectWriter::new(list).text("event", event_type).raw("payload", payload).end();
            list.push(']');
        });
    }
}

/// A suffix for arguments that are incomplete, as they are when the model reaches its token limit. Core completes partial JSON, so that an agent would
/// run the call with half a path or half a command. With the suffix they cannot be completed to JSON.
fn cut_mark(arguments: &JoinedString) -> Option<&'static str> {
    let text: String = serde_json::from_str(&arguments.literal()).ok()?;
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    match (in_string, is_escaped) {
        (true, true) => Some("\\\"…"),
        (true, false) => Some("\"…"),
        (false, _) => (depth > 0).then_some("…"),
    }
}

impl StreamConverter for StreamChunks {
    fn event(&mut self, event_type: &str, payload: &[u8], out: &mut String) -> Result<(), Error> {
        match Event::read(event_type, payload)? {
            Event::BlockDelta(index, delta) => self.take_parts(index, &delta, out),
            Event::BlockStart(index, start) => self.start_block(index, &start, out),
            Event::BlockStop(index) => self.stop_block(index, out),
            Event::MessageStart(start) => self.write_event("messageStart", &start, out),
            Event::MessageStop(stop) => self.stop_message(&stop, out),
            Event::Metadata(metadata) => self.close(&metadata, out),
            Event::Unknown(payload) => self.keep_unknown(event_type, &payload, out),
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut String) -> Result<(), Error> {
        if !self.is_complete() {
            return Err(incomplete());
        }
        self.stop_all_blocks(out);
        if !self.has_closed {
            self.close(&Object::default(), out);
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    fn is_finished(&self) -> bool {
        self.is_complete() && self.has_closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_marked_where_they_end_in_the_middle() {
        let mark = |text: &str| {
            let mut arguments = JoinedString::default();
            arguments.push(&quoted(text));
            cut_mark(&arguments)
        };
        for whole in ["", "{}", r#"{"a":"}"}"#, "12", "{\"a\":\"line\nbreak\"}", "not json"] {
            assert_eq!(mark(whole), None, "{whole}");
        }
        for cut in ["{", r#"{"a":"#, r#"{"a":[1]"#, r#"{"a":"x""#] {
            assert_eq!(mark(cut), Some("…"), "{cut}");
        }
        assert_eq!(mark(r#"{"path":"/tm"#), Some("\"…"));
        assert_eq!(mark(r#"{"path":"C:\"#), Some("\\\"…"));
    }
}
