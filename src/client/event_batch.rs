//! The events of a stream, converted and collected until the caller takes them.

use std::sync::{Arc, Mutex, PoisonError};

use super::cache_memory::CacheWatch;
use super::failure::Failure;
use super::operations::EventSink;
use crate::convert::inline_reasoning::InlineReasoning;
use crate::convert::json::writer::{quoted, separate};
use crate::convert::response::{CacheUsage, ResponseMetadata};
use crate::convert::stream::{StreamChunks, StreamConverter, StreamEvents, as_json, events_of_answer};
use crate::convert::tool_names::ToolNames;
use crate::convert::warnings::Warning;
use crate::error::Error;

/// The output format of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamFormat {
    /// `AIMessageChunk`s.
    Chunks,
    /// `ChatModelStreamEvent`s.
    Events,
}

/// The warning that the event `metadata` may bring. It is there before that event's output is.
#[derive(Debug, Default)]
pub struct LateWarning(Mutex<Option<Warning>>);

impl LateWarning {
    /// The warning, once.
    pub fn take(&self) -> Option<Warning> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, warning: Option<Warning>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = warning;
    }
}

/// Converts events and buffers the output until the caller takes it.
pub struct EventBatch {
    converter: Box<dyn StreamConverter>,
    /// A JSON array without its closing bracket.
    json: String,
    inline_reasoning: Option<InlineReasoning>,
    /// Whether what was received is part of the output.
    keeps_raw: bool,
    /// Until the usage has come.
    watch: Option<CacheWatch>,
    late_warning: Option<Arc<LateWarning>>,
}

impl EventBatch {
    /// For a stream from its start. `usage`: whether its output has token counts. `tool_names` are those of the request,
    /// and `watch` is there if it has cache points.
    #[must_use]
    pub fn new(format: StreamFormat, usage: bool, metadata: ResponseMetadata, tool_names: ToolNames, watch: Option<CacheWatch>) -> Self {
        let converter: Box<dyn StreamConverter> = match format {
            StreamFormat::Chunks => Box::new(StreamChunks::new(metadata, usage, tool_names)),
            StreamFormat::Events => Box::new(StreamEvents::new(metadata, usage, tool_names)),
        };
        Self {
            converter,
            json: "[".to_owned(),
            inline_reasoning: None,
            keeps_raw: false,
            late_warning: watch.is_some().then(Arc::default),
            watch,
        }
    }

    /// The same batch, which splits reasoning between such tags off its texts.
    #[must_use]
    pub fn splitting(mut self, tag: Option<String>) -> Self {
        self.inline_reasoning = tag.map(InlineReasoning::new);
        self
    }

    /// The same batch, whose output also has each event as it was received: `{"raw":{"contentBlockDelta":{…}}}`, before what it becomes.
    #[must_use]
    pub fn keeping_raw(mut self, keeps_raw: bool) -> Self {
        self.keeps_raw = keeps_raw;
        self
    }

    fn push_raw(&mut self, json: &str) {
        separate(&mut self.json);
        self.json.extend(["{\"raw\":", json, "}"]);
    }

    /// Ends the conversion. The response body may end before the message is complete.
    ///
    /// # Errors
    /// [`Failure::Stream`] if it does.
    pub fn finish(&mut self) -> Result<(), Failure> {
        if !self.is_complete() {
            return Err(Failure::Stream("The stream ended without messageStop.".to_owned()));
        }
        self.converter.finish(&mut self.json).map_err(|error| stream_failure(&error))
    }

    /// Takes a whole answer as the events in which Bedrock would have streamed it.
    ///
    /// # Errors
    /// [`Failure::Convert`] if it is none.
    pub fn push_answer(&mut self, body: &[u8]) -> Result<(), Failure> {
        let body = String::from_utf8_lossy(body);
        let events = events_of_answer(body.as_bytes())?;
        if std::mem::take(&mut self.keeps_raw) {
            self.push_raw(&body);
        }
        for (event_type, payload) in events {
            self.push(event_type, payload.as_bytes())?;
        }
        self.finish()
    }

    /// A JSON array; `None` if it has no elements.
    pub fn take_output(&mut self) -> Option<String> {
        self.has_output().then(|| {
            let mut json = std::mem::replace(&mut self.json, "[".to_owned());
            json.push(']');
            json
        })
    }

    /// `None` if the request has no cache points.
    #[must_use]
    pub fn late_warning(&self) -> Option<Arc<LateWarning>> {
        self.late_warning.clone()
    }

    fn watch_cache(&mut self, metadata: &[u8]) {
        if let (Some(watch), Some(late)) = (self.watch.take(), &self.late_warning) {
            late.put(CacheUsage::of(metadata).and_then(|usage| watch.take_usage(usage)));
        }
    }

    fn convert(&mut self, event_type: &str, payload: &str) -> Result<(), Failure> {
        let converted = self.converter.event(event_type, payload.as_bytes(), &mut self.json);
        converted.map_err(|error| stream_failure(&error))
    }

    /// Whether `messageStop` has come. Metadata may still follow.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.converter.is_complete()
    }

    /// Whether `messageStop` and `metadata` have come, after which nothing follows.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.converter.is_finished()
    }
}

fn stream_failure(error: &Error) -> Failure {
    Failure::Stream(error.to_string())
}

impl EventSink for EventBatch {
    /// An invalid byte of UTF-8 becomes U+FFFD: it must not end the stream.
    fn push(&mut self, event_type: &str, payload: &[u8]) -> Result<(), Failure> {
        let payload = String::from_utf8_lossy(payload);
        if self.keeps_raw {
            self.push_raw(&format!("{{{}:{}}}", quoted(event_type), as_json(payload.as_bytes())));
        }
        if event_type == "metadata" {
            self.watch_cache(payload.as_bytes());
        }
        let Some(inline) = &mut self.inline_reasoning else {
            return self.convert(event_type, &payload);
        };
        for (event_type, payload) in inline.split(event_type, &payload) {
            self.convert(&event_type, &payload)?;
        }
        Ok(())
    }

    fn has_output(&self) -> bool {
        self.json.len() > 1
    }
}
