//! The events of a `ConverseStream` as LangChain core's `ChatModelStreamEvent`s.
//!
//! A block starts, grows by deltas and finishes, complete, at `contentBlockStop`. Arguments are sent as `tool-call-delta`, which appends; a snapshot in
//! `block-delta` would repeat all arguments with every event. A block that is not sent in pieces starts and finishes at once.

use serde_json::value::RawValue;

use super::converter::{Event, PADDING, StreamConverter, incomplete};
use super::open_blocks::{OpenBlock, OpenBlocks, Part, each_part};
use crate::convert::json::writer::{ObjectWriter, quoted, separate};
use crate::convert::json::{Object, is_object};
use crate::convert::response::content_blocks::{is_server_side, tool_name};
use crate::convert::response::standard_blocks::standard_block;
use crate::convert::response::usage::write_usage_metadata;
use crate::convert::response::{MODEL_PROVIDER, ResponseMetadata};
use crate::convert::tool_names::ToolNames;
use crate::error::Error;

/// How far a stream is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Answering,
    /// After `messageStop`.
    Complete,
    /// After `messageStop` and `metadata`.
    Finished,
}

/// The state between the events of one stream.
pub struct StreamEvents {
    metadata: ResponseMetadata,
    stream_usage: bool,
    tool_names: ToolNames,
    is_started: bool,
    blocks: OpenBlocks,
    progress: Progress,
    /// LangChain's name for Bedrock's stop reason, if it has one.
    finish_reason: Option<&'static str>,
    usage: Option<String>,
    /// The model's own fields, of `messageStop`.
    additional: Option<Box<RawValue>>,
    /// The members of `responseMetadata` so far, each with a comma before it.
    response_metadata: String,
}

impl StreamEvents {
    /// Starts a stream. `stream_usage` says whether events carry usage.
    #[must_use]
    pub fn new(metadata: ResponseMetadata, stream_usage: bool, tool_names: ToolNames) -> Self {
        Self {
            metadata,
            stream_usage,
            tool_names,
            is_started: false,
            blocks: OpenBlocks::new(),
            progress: Progress::Answering,
            finish_reason: None,
            usage: None,
            additional: None,
            response_metadata: String::new(),
        }
    }

    fn start_message(&mut self, out: &mut String) {
        if std::mem::replace(&mut self.is_started, true) {
            return;
        }
        let mut event = ObjectWriter::next(out);
        event.raw("event", "\"message-start\"");
        if let Some(request_id) = &self.metadata.request_id {
            event.text("id", request_id);
        }
        event.end();
    }

    fn start_block(&mut self, index: u32, start: &Object<'_>, out: &mut String) {
        let Some(tool_use) = start.get("toolUse").filter(|start| is_object(start)) else {
            return self.take_parts(index, start, out);
        };
        let members = Object::read(tool_use).unwrap_or_default();
        let kind = if is_server_side(&members) {
            "server_tool_call_chunk"
        } else {
            "tool_call_chunk"
        };
        let name = tool_name(&members, &self.tool_names);
        let block = self.blocks.entry(index).or_default();
        block.tool_use = Some(tool_use.to_owned());
        block.is_started = true;
        write_tool_start(index, kind, members.literal("toolUseId"), name.as_deref(), out);
    }

    fn take_parts(&mut self, index: u32, delta: &Object<'_>, out: &mut String) {
        let block = self.blocks.entry(index).or_default();
        each_part(delta, |part| take_part(block, index, &part, out));
    }

    fn finish_block(&mut self, index: u32, block: OpenBlock, out: &mut String) {
        if let Some(signature) = &block.signature {
            let fields = format!("{{\"type\":\"reasoning\",\"signature\":{}}}", signature.literal());
            write_delta(index, "block-delta", "fields", &fields, out);
        }
        let mut is_started = block.is_started;
        let mut is_finished = false;
        for (member, value) in block.assemble() {
            if is_finished {
                // An index is one block, so that a block of another kind with the same index is sent as a provider event.
                let mut payload = String::new();
                ObjectWriter::new(&mut payload).raw(&member, value.get()).end();
                write_provider_event("contentBlock", &payload, out);
                continue;
            }
            let (kind, content) = standard_block(&member, &value, &self.tool_names);
            if !std::mem::replace(&mut is_started, true) {
                write_block("content-block-start", index, &format!("{{\"type\":\"{kind}\"}}"), out);
            }
            write_block("content-block-finish", index, &content, out);
            is_finished = true;
        }
    }

    fn finish_all_blocks(&mut self, out: &mut String) {
        for (index, block) in std::mem::take(&mut self.blocks) {
            self.finish_block(index, block, out);
        }
    }

    fn stop_message(&mut self, stop: &Object<'_>, out: &mut String) {
        self.finish_all_blocks(out);
        self.progress = Progress::Complete;
        self.finish_reason = stop.text("stopReason").and_then(|reason| finish_reason(&reason));
        self.additional = stop.get("additionalModelResponseFields").map(ToOwned::to_owned);
        self.keep_metadata(stop);
    }

    fn take_metadata(&mut self, metadata: &Object<'_>, out: &mut String) {
        if self.progress == Progress::Complete {
            self.progress = Progress::Finished;
        }
        self.keep_metadata(metadata);
        let Some(usage) = metadata.object("usage").filter(|_| self.stream_usage) else {
            return;
        };
        let mut json = String::new();
        let additional = self.additional.as_deref().and_then(Object::read);
        write_usage_metadata(&usage, additional.as_ref(), &mut json);
        ObjectWriter::next(out).raw("event", "\"usage\"").raw("usage", &json).end();
        self.usage = Some(json);
    }

    fn keep_metadata(&mut self, members: &Object<'_>) {
        for (name, value) in members.iter().filter(|(name, value)| value.get() != "null" && !PADDING.contains(name)) {
            self.response_metadata.extend([",", &quoted(name), ":", value.get()]);
        }
    }

    fn finish_message(&self, out: &mut String) {
        let mut event = ObjectWriter::next(out);
        event.raw("event", "\"message-finish\"");
        if let Some(reason) = self.finish_reason {
            event.text("reason", reason);
        }
        event.optional("usage", self.usage.as_deref());
        let mut metadata = ObjectWriter::new(event.member("responseMetadata"));
        let value = metadata.member("$metadata");
        self.metadata.write(value);
        value.push_str(&self.response_metadata);
        metadata.text("model_provider", MODEL_PROVIDER).end();
        event.end();
    }
}

fn take_part(block: &mut OpenBlock, index: u32, part: &Part<'_>, out: &mut String) {
    let mut start = |content: &str| {
        if !std::mem::replace(&mut block.is_started, true) {
            write_block("content-block-start", index, content, out);
        }
    };
    match part {
        Part::Text(text) => {
            start("{\"type\":\"text\",\"text\":\"\"}");
            write_delta(index, "text-delta", "text", text, out);
            block.text.get_or_insert_default().push(text);
        }
        Part::Reasoning(text) => {
            start("{\"type\":\"reasoning\",\"reasoning\":\"\"}");
            write_delta(index, "reasoning-delta", "reasoning", text, out);
            block.reasoning.get_or_insert_default().push(text);
        }
        Part::Signature(signature) => {
            start("{\"type\":\"reasoning\",\"reasoning\":\"\"}");
            block.signature.get_or_insert_default().push(signature);
        }
        Part::ToolInput(input) => {
            if !std::mem::replace(&mut block.is_started, true) {
                write_tool_start(index, "tool_call_chunk", None, None, out);
            }
            write_delta(index, "tool-call-delta", "args", input, out);
            block.input.get_or_insert_default().push(input);
        }
        Part::Buffered(member, value) => block.buffer(member, value),
    }
}

fn write_tool_start(index: u32, kind: &str, id: Option<&str>, name: Option<&str>, out: &mut String) {
    let mut content = String::new();
    let mut block = ObjectWriter::new(&mut content);
    block
        .text("type", kind)
        .optional("id", id)
        .optional("name", name)
        .raw("args", "\"\"")
        .raw("index", &index.to_string())
        .end();
    write_block("content-block-start", index, &content, out);
}

fn write_block(event: &str, index: u32, content: &str, out: &mut String) {
    let index = index.to_string();
    let parts = ["{\"event\":\"", event, "\",\"index\":", &index, ",\"content\":", content, "}"];
    separate(out);
    out.extend(parts);
}

fn write_delta(index: u32, kind: &str, member: &str, json: &str, out: &mut String) {
    let index = index.to_string();
    let head = [
        "{\"event\":\"content-block-delta\",\"index\":",
        &index,
        ",\"delta\":{\"type\":\"",
        kind,
        "\",\"",
    ];
    separate(out);
    out.extend(head.into_iter().chain([member, "\":", json, "}}"]));
}

/// Writes an event that core's protocol does not have, in the form of `@langchain/aws`.
fn write_provider_event(event_type: &str, payload: &str, out: &mut String) {
    let mut event = ObjectWriter::next(out);
    event
        .raw("event", "\"provider\"")
        .text("provider", MODEL_PROVIDER)
        .raw("name", "\"stream_event\"");
    ObjectWriter::new(event.member("payload")).raw(event_type, payload).end();
    event.end();
}

/// Core has no reason for an answer that failed in the model, nor for new reasons of Bedrock's; `stop` would report them as a success.
fn finish_reason(stop_reason: &str) -> Option<&'static str> {
    match stop_reason {
        "end_turn" | "stop_sequence" => Some("stop"),
        "tool_use" => Some("tool_use"),
        "max_tokens" | "model_context_window_exceeded" => Some("length"),
        "guardrail_intervened" | "content_filtered" => Some("content_filter"),
        _ => None,
    }
}

impl StreamConverter for StreamEvents {
    fn event(&mut self, event_type: &str, payload: &[u8], out: &mut String) -> Result<(), Error> {
        let event = Event::read(event_type, payload)?;
        self.start_message(out);
        match event {
            Event::BlockDelta(index, delta) => self.take_parts(index, &delta, out),
            Event::BlockStart(index, start) => self.start_block(index, &start, out),
            Event::BlockStop(index) => {
                if let Some(block) = self.blocks.remove(&index) {
                    self.finish_block(index, block, out);
                }
            }
            Event::MessageStart(_) => {}
            Event::MessageStop(stop) => self.stop_message(&stop, out),
            Event::Metadata(metadata) => self.take_metadata(&metadata, out),
            Event::Unknown(payload) => write_provider_event(event_type, &payload, out),
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut String) -> Result<(), Error> {
        if !self.is_complete() {
            return Err(incomplete());
        }
        self.finish_all_blocks(out);
        self.finish_message(out);
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.progress != Progress::Answering
    }

    fn is_finished(&self) -> bool {
        self.progress == Progress::Finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_good_end_is_a_stop() {
        for (stop_reason, expected) in [
            ("end_turn", Some("stop")),
            ("stop_sequence", Some("stop")),
            ("tool_use", Some("tool_use")),
            ("max_tokens", Some("length")),
            ("model_context_window_exceeded", Some("length")),
            ("guardrail_intervened", Some("content_filter")),
            ("content_filtered", Some("content_filter")),
            ("malformed_model_output", None),
            ("malformed_tool_use", None),
            ("something_new", None),
        ] {
            assert_eq!(finish_reason(stop_reason), expected, "{stop_reason}");
        }
    }
}
