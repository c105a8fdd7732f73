//! The conversions alone, for requests that AWS's JavaScript client sends. They run on the JavaScript thread. A failure is returned as
//! data; a panic, which would end the process, is thrown.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value")]

use napi::bindgen_prelude::{Either, Float64Array};
use napi_derive::napi;

use super::options::{JsStreamOptions, stream_format};
use super::outcome::JsFailure;
use super::request::JsRequest;
use crate::client::cache_memory::CacheWatch;
use crate::client::conversation::{Request, with_warnings};
use crate::client::event_batch::EventBatch;
use crate::client::failure::Failure;
use crate::client::learned::learn;
use crate::client::operations::EventSink as _;
use crate::convert::embeddings::{EmbeddingRequest, convert_embedding_response, convert_to_embedding_request};
use crate::convert::request::{ConvertedRequest, convert_to_count_tokens_body};
use crate::convert::response::{CacheUsage, ResponseMetadata, convert_converse_response};
use crate::convert::warnings::warnings_json;

/// A value, or a failure as data.
type Outcome<Value> = Either<JsFailure, Value>;

fn outcome<Value>(result: Result<Value, impl Into<Failure>>) -> Outcome<Value> {
    match result {
        Ok(value) => Either::B(value),
        Err(failure) => Either::A(failure.into().into()),
    }
}

/// A request of `Converse` or `ConverseStream`.
#[napi(js_name = "ConverseRequest")]
pub struct JsConverseRequest(Box<ConvertedRequest>);

#[napi]
impl JsConverseRequest {
    pub(super) fn new(converted: ConvertedRequest) -> Self {
        Self(Box::new(converted))
    }

    /// The JSON of the files that are to be fetched, each with its `url` and the `path` of its block; `undefined` if there are none. The body must not be sent
    /// while there are.
    #[napi(getter)]
    #[must_use]
    pub fn media_urls(&self) -> Option<String> {
        if self.0.media_urls.is_empty() {
            return None;
        }
        serde_json::to_string(&self.0.media_urls).ok()
    }

    /// Gives the body up. The garbage collector, which sees a small object, might wait for long.
    #[napi]
    pub fn release(&mut self) {
        self.0.body = Vec::new();
    }

    /// Converts messages and options. `keeps_urls`: the request is not sent, and files that are to be fetched may be missing.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn convert(request: Either<String, JsRequest<'_>>, keeps_urls: Option<bool>) -> Outcome<JsConverseRequest> {
        outcome(Request::from(request).convert_now().and_then(|converted| {
            if keeps_urls != Some(true) {
                converted.check_media_are_here()?;
            }
            Ok(Self::new(converted))
        }))
    }

    /// Repairs the history of a request. Returns the JSON of `{ messages, warnings }`.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn repair_history(request: Either<String, JsRequest<'_>>) -> Outcome<String> {
        outcome(Request::from(request).repair_history())
    }

    /// The model id or ARN.
    #[napi(getter)]
    #[must_use]
    pub fn model_id(&self) -> &str {
        &self.0.model_id
    }

    /// The JSON of the body.
    #[napi(getter)]
    #[must_use]
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.0.body).into_owned()
    }

    /// The JSON of the body of `CountTokens` for the same request.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn count_tokens_body(&self) -> Outcome<String> {
        outcome(convert_to_count_tokens_body(&self.0).map(|body| String::from_utf8_lossy(&body).into_owned()))
    }

    /// The JSON of what was changed in the request; `undefined` if nothing was.
    #[napi(getter)]
    #[must_use]
    pub fn warnings(&self) -> Option<String> {
        warnings_json(&self.0.warnings)
    }

    /// Learns from a refusal of this request. Returns whether the request, converted again, leaves out what was refused.
    #[napi]
    #[must_use]
    pub fn learn(&self, exception: String, message: String) -> bool {
        learn(&self.0, &exception, &message)
    }

    /// Whether the model streams the answer; if not, a stream is made of the whole of it.
    #[napi(getter)]
    #[must_use]
    pub fn streams(&self) -> bool {
        self.0.streams
    }

    /// Reports that a stream is made of the whole answer. Returns a failure where the caller asked for refusals.
    #[napi]
    pub fn report_whole_answer(&mut self) -> Option<JsFailure> {
        self.0.report_whole_answer().err().map(|error| Failure::from(error).into())
    }

    /// Converts an answer's body to the JSON of an `AIMessage`'s fields. `metadata` is the JSON of its `$metadata`.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn convert_answer(&self, body: String, metadata: String) -> Outcome<String> {
        let message = convert_converse_response(body.as_bytes(), &read_metadata(&metadata), &self.0.tool_names, &self.0.answer);
        outcome(message.map(|message| {
            let late = self.watch_cache().and_then(|watch| watch.take_usage(CacheUsage::of(body.as_bytes())?));
            let warnings: Vec<_> = self.0.warnings.iter().cloned().chain(late).collect();
            with_warnings(message, &warnings)
        }))
    }

    /// Begins the conversion of a streamed answer. `metadata` is the JSON of its `$metadata`; with `include_raw` the output has each
    /// event as it was received.
    #[napi]
    #[must_use]
    pub fn open_stream(&self, options: JsStreamOptions, metadata: String, include_raw: Option<bool>) -> JsStreamConverter {
        let tool_names = self.0.tool_names.clone();
        let batch = EventBatch::new(
            stream_format(&options.form),
            options.usage,
            read_metadata(&metadata),
            tool_names,
            self.watch_cache(),
        );
        let batch = batch.splitting(self.0.answer.inline_reasoning.clone());
        JsStreamConverter(batch.keeping_raw(include_raw.unwrap_or_default()))
    }

    fn watch_cache(&self) -> Option<CacheWatch> {
        let prefix = self.0.cached_prefix.clone()?;
        Some(CacheWatch::new(self.0.subject.model.clone(), prefix))
    }
}

/// Without members of a type that AWS's clients do not have.
fn read_metadata(json: &str) -> ResponseMetadata {
    serde_json::from_str(json).unwrap_or_default()
}

/// Converts the events of one stream, in their order.
#[napi(js_name = "StreamConverter")]
pub struct JsStreamConverter(EventBatch);

#[napi]
impl JsStreamConverter {
    /// Takes one event: the union member's name (`contentBlockDelta`) and its JSON. Returns a JSON array, or nothing.
    #[napi(catch_unwind)]
    pub fn push(&mut self, event_type: String, payload: String) -> Outcome<Option<String>> {
        let pushed = self.0.push(&event_type, payload.as_bytes());
        outcome(pushed.map(|()| self.0.take_output()))
    }

    /// Takes a whole answer, whose body this is, and ends the conversion. Returns a JSON array.
    #[napi(catch_unwind)]
    pub fn push_answer(&mut self, body: String) -> Outcome<Option<String>> {
        let pushed = self.0.push_answer(body.as_bytes());
        outcome(pushed.map(|()| self.0.take_output()))
    }

    /// Ends the conversion. Returns a JSON array, or nothing; a failure unless `messageStop` has come.
    #[napi(catch_unwind)]
    pub fn finish(&mut self) -> Outcome<Option<String>> {
        let finished = self.0.finish();
        outcome(finished.map(|()| self.0.take_output()))
    }

    /// Whether warnings may come with the stream: the request has cache points.
    #[napi(getter)]
    #[must_use]
    pub fn has_late_warnings(&self) -> bool {
        self.0.late_warning().is_some()
    }

    /// The JSON of warnings that the events so far brought, once; `undefined` if there are none.
    #[napi]
    #[must_use]
    pub fn take_late_warnings(&self) -> Option<String> {
        let warning = self.0.late_warning()?.take()?;
        warnings_json(&[warning])
    }

    /// Whether `messageStop` has come. Metadata may still follow.
    #[napi(getter)]
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    /// Whether nothing can follow.
    #[napi(getter)]
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

/// A request of `InvokeModel` to an embedding model.
#[napi(js_name = "EmbeddingRequest")]
pub struct JsEmbeddingRequest(EmbeddingRequest);

#[napi]
impl JsEmbeddingRequest {
    /// Converts texts, as JSON.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn convert(request: Either<String, JsRequest<'_>>) -> Outcome<JsEmbeddingRequest> {
        outcome(Request::from(request).json().and_then(convert_to_embedding_request).map(Self))
    }

    /// Repairs the history of a request. Returns the JSON of `{ messages, warnings }`.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn repair_history(request: Either<String, JsRequest<'_>>) -> Outcome<String> {
        outcome(Request::from(request).repair_history())
    }

    /// The model id or ARN.
    #[napi(getter)]
    #[must_use]
    pub fn model_id(&self) -> &str {
        &self.0.model_id
    }

    /// The JSON of the body.
    #[napi(getter)]
    #[must_use]
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.0.body).into_owned()
    }

    /// The numbers of an answer's vectors, one vector after the other.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn convert_answer(&self, body: &[u8]) -> Outcome<Float64Array> {
        outcome(convert_embedding_response(body, self.0.texts).map(Into::into))
    }
}
