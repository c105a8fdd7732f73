//! A complete call: converts the request, sends it and converts the response.

use std::panic::resume_unwind;
use std::sync::Arc;

use bytes::Bytes;

use super::cache_memory::CacheWatch;
use super::call_options::CallOptions;
use super::event_batch::{EventBatch, LateWarning, StreamFormat};
use super::failure::{Failure, Resend};
use super::learned::{learn, refusals_of};
use super::media_fetch::FetchedFile;
use super::operations::{EventStream, TokenCount};
use super::sdk_client::Client;
use crate::convert::history::repaired_history_json;
use crate::convert::request::compact_messages::{CompactMessages, expand};
use crate::convert::request::{Attachment, ConvertedRequest, Fetched, convert_to_converse_request, convert_to_count_tokens_body, repair_history};
use crate::convert::response::{CacheUsage, ResponseMetadata, convert_converse_response};
use crate::convert::warnings::{Warning, warnings_json};
use crate::error::Error;

/// A request as `langchain/connection/native_request.ts` passes it.
pub struct Request {
    /// The request as JSON, in UTF-8.
    pub json: Bytes,
    /// The texts of messages in the compact form, in UTF-8. See [`compact_messages`](crate::convert::request::compact_messages).
    pub texts: Option<Bytes>,
    /// The messages before those of the JSON, if its messages are in the compact form.
    pub earlier: Vec<Arc<WrittenMessages>>,
    /// The data for the paths in the JSON's member `attachments`, in their order.
    pub attachments: Vec<OwnedAttachment>,
}

/// Messages in the compact form, in UTF-8, for all requests that begin with them. See [`compact_messages`](crate::convert::request::compact_messages).
pub struct WrittenMessages {
    /// The JSON of the array.
    pub json: Vec<u8>,
    /// The texts that are not in it.
    pub texts: Vec<u8>,
}

impl WrittenMessages {
    fn size(&self) -> usize {
        self.json.len() + self.texts.len()
    }

    /// Adds `messages` to `written`, which requests may be reading. So that many of them cost little to pass, those that are not twice as large as what
    /// follows are joined with it: each byte is copied a few times, and their number grows with the logarithm of the size.
    pub fn append(mut messages: Self, written: &mut Vec<Arc<Self>>) {
        while let Some(last) = written.pop_if(|last| last.size() < 2 * messages.size()) {
            messages = last.joined(&messages);
        }
        written.push(Arc::new(messages));
    }

    fn joined(&self, next: &Self) -> Self {
        let elements = self.json.strip_suffix(b"]").unwrap_or(&self.json);
        Self {
            json: [elements, b",", next.json.strip_prefix(b"[").unwrap_or(&next.json)].concat(),
            texts: [self.texts.as_slice(), &next.texts].concat(),
        }
    }

    fn read(&self) -> Result<CompactMessages<'_>, Error> {
        Ok(CompactMessages {
            json: utf8(&self.json)?,
            texts: utf8(&self.texts)?,
        })
    }
}

/// Data that is passed beside a request's JSON.
pub enum OwnedAttachment {
    /// Binary data, such as an image.
    Bytes(Bytes),
    /// A text in UTF-8.
    Text(Bytes),
    /// A file that stands for the URL. It has no path.
    Fetched(String, FetchedFile),
}

impl OwnedAttachment {
    fn size(&self) -> usize {
        match self {
            Self::Bytes(bytes) | Self::Text(bytes) | Self::Fetched(_, FetchedFile { bytes, .. }) => bytes.len(),
        }
    }
}

/// Requests of this size in bytes or more are converted on a blocking thread, because the worker thread also serves streams.
const MIN_BLOCKING_SIZE: usize = 256 * 1024;

impl Request {
    /// Converts for sending.
    async fn convert(self) -> Result<ConvertedRequest, Failure> {
        self.convert_elsewhere(false).await
    }

    /// Converts on a blocking thread, if that takes long. `keeps_urls`: files that are to be fetched may be missing.
    ///
    /// # Errors
    /// [`Failure::Convert`] for what cannot be sent.
    pub async fn convert_elsewhere(self, keeps_urls: bool) -> Result<ConvertedRequest, Failure> {
        let converted = self.convert_off_thread().await?;
        if !keeps_urls {
            converted.check_media_are_here()?;
        }
        Ok(converted)
    }

    async fn convert_off_thread(self) -> Result<ConvertedRequest, Failure> {
        if self.size() < MIN_BLOCKING_SIZE {
            return self.convert_now();
        }
        match tokio::task::spawn_blocking(move || self.convert_now()).await {
            Ok(converted) => converted,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(Failure::Aborted),
            },
        }
    }

    fn size(&self) -> usize {
        let attachment_sizes = self.attachments.iter().map(OwnedAttachment::size);
        let earlier_sizes = self.earlier.iter().map(|messages| messages.size());
        self.json.len() + self.texts.as_ref().map_or(0, Bytes::len) + attachment_sizes.chain(earlier_sizes).sum::<usize>()
    }

    /// The request as JSON.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if it is no UTF-8.
    pub fn json(&self) -> Result<&str, Error> {
        utf8(&self.json)
    }

    /// Converts on this thread.
    ///
    /// # Errors
    /// [`Failure::Convert`] for what cannot be sent.
    pub fn convert_now(&self) -> Result<ConvertedRequest, Failure> {
        self.read(|json, attachments| convert_to_converse_request(json, attachments, refusals_of))
    }

    /// Repairs the history of the request. Returns the JSON of [`repaired_history_json`].
    ///
    /// # Errors
    /// [`Failure::Convert`] for what cannot be repaired.
    pub fn repair_history(&self) -> Result<String, Failure> {
        self.read(|json, attachments| repair_history(json, attachments).map(|history| repaired_history_json(&history)))
    }

    fn read<T>(&self, convert: impl FnOnce(&str, &[Attachment<'_>]) -> Result<T, Error>) -> Result<T, Failure> {
        let attachments: Vec<Attachment<'_>> = self.attachments.iter().map(OwnedAttachment::read).collect::<Result<_, _>>()?;
        let json = self.json()?;
        Ok(match &self.texts {
            Some(texts) => {
                let earlier: Vec<_> = self.earlier.iter().map(|messages| messages.read()).collect::<Result<_, _>>()?;
                convert(&expand(json, utf8(texts)?, &earlier)?, &attachments)?
            }
            None => convert(json, &attachments)?,
        })
    }
}

impl OwnedAttachment {
    fn read(&self) -> Result<Attachment<'_>, Error> {
        Ok(match self {
            Self::Bytes(bytes) => Attachment::Bytes(bytes),
            Self::Text(text) => Attachment::Text(utf8(text)?),
            Self::Fetched(url, FetchedFile { bytes, content_type }) => Attachment::Fetched(Fetched {
                url,
                bytes,
                content_type: content_type.as_deref(),
            }),
        })
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|error| Error::InvalidInput(format!("request: {error}")))
}

/// Calls `Converse` and returns the fields of an `AIMessage` as JSON.
///
/// # Errors
/// Any [`Failure`] except those of a stream.
pub async fn invoke(client: &Client, request: Request, options: &CallOptions) -> Result<String, Failure> {
    let mut request = request.convert().await?;
    let watch = watch_cache(&mut request);
    let body = std::mem::take(&mut request.body);
    let sent = client.converse(&request.model_id, body, options).await;
    let response = sent.map_err(|failure| learned(failure, &request))?;
    // An invalid byte of UTF-8 becomes U+FFFD: the answer is charged, and must not be lost.
    let body = String::from_utf8_lossy(&response.body);
    let mut message = convert_converse_response(body.as_bytes(), &response.metadata, &request.tool_names, &request.answer)?;
    let late = watch.and_then(|watch| watch.take_usage(CacheUsage::of(body.as_bytes())?));
    request.warnings.extend(late);
    if let Some(headers) = &response.headers {
        add_member(&mut message, "responseHeaders", headers);
    }
    if options.includes_raw {
        add_member(&mut message, "raw", &body);
    }
    Ok(with_warnings(message, &request.warnings))
}

/// Asks `CountTokens` how many input tokens `Converse` would have.
///
/// # Errors
/// Any [`Failure`] except those of a stream.
pub async fn count_tokens(client: &Client, request: Request, options: &CallOptions) -> Result<TokenCount, Failure> {
    let request = request.convert().await?;
    let body = convert_to_count_tokens_body(&request)?;
    client.count_tokens(&request.model_id, body, options).await
}

fn watch_cache(request: &mut ConvertedRequest) -> Option<CacheWatch> {
    let prefix = request.cached_prefix.take()?;
    Some(CacheWatch::new(request.subject.model.clone(), prefix))
}

/// Learns from a refusal. A failure that taught something new says so: the same request, converted again, leaves out what was refused.
fn learned(mut failure: Failure, request: &ConvertedRequest) -> Failure {
    if let Failure::Service(exception) = &mut failure
        && learn(request, &exception.name, &exception.message)
    {
        exception.resend = Some(Resend::Learned);
    }
    failure
}

/// The fields of a message with a member `requestWarnings`, where there are warnings.
#[must_use]
pub fn with_warnings(mut message: String, warnings: &[Warning]) -> String {
    if let Some(warnings) = warnings_json(warnings) {
        add_member(&mut message, "requestWarnings", &warnings);
    }
    message
}

/// Adds a member to the JSON of an object that has members.
fn add_member(object: &mut String, name: &str, json: &str) {
    if object.ends_with('}') {
        object.pop();
        object.extend([",\"", name, "\":", json, "}"]);
    }
}

/// A streamed response. Dropping it cancels the request.
pub struct Conversation {
    /// `None` after the end of the stream.
    events: Option<EventStream>,
    metadata: ResponseMetadata,
    warnings: Option<String>,
    headers: Option<String>,
    batch: EventBatch,
    /// Why the stream failed. It is returned after the events that arrived before the failure.
    failure: Option<Failure>,
}

impl Conversation {
    /// Sends the request and waits for the head of the response.
    ///
    /// # Errors
    /// Any [`Failure`] except [`Failure::Stream`].
    pub async fn open(client: &Client, request: Request, format: StreamFormat, usage: bool, options: &CallOptions) -> Result<Self, Failure> {
        let mut request = request.convert().await?;
        let watch = watch_cache(&mut request);
        if !request.streams {
            return Self::open_whole(client, request, watch, format, usage, options).await;
        }
        let body = std::mem::take(&mut request.body);
        let opened = client.converse_stream(&request.model_id, body, options).await;
        let mut events = opened.map_err(|failure| learned(failure, &request))?;
        let metadata = events.metadata().clone();
        let batch = EventBatch::new(format, usage, metadata.clone(), request.tool_names, watch)
            .splitting(request.answer.inline_reasoning)
            .keeping_raw(options.includes_raw);
        let warnings = warnings_json(&request.warnings);
        let headers = events.take_headers();
        Ok(Self {
            events: Some(events),
            metadata,
            warnings,
            headers,
            batch,
            failure: None,
        })
    }

    /// Asks for the whole answer, of a model that streams none while it has tools. It is the stream's only batch.
    async fn open_whole(
        client: &Client,
        mut request: ConvertedRequest,
        watch: Option<CacheWatch>,
        format: StreamFormat,
        usage: bool,
        options: &CallOptions,
    ) -> Result<Self, Failure> {
        request.report_whole_answer()?;
        let body = std::mem::take(&mut request.body);
        let sent = client.converse(&request.model_id, body, options).await;
        let answer = sent.map_err(|failure| learned(failure, &request))?;
        let metadata = answer.metadata;
        let mut batch = EventBatch::new(format, usage, metadata.clone(), request.tool_names, watch)
            .splitting(request.answer.inline_reasoning)
            .keeping_raw(options.includes_raw);
        batch.push_answer(&answer.body)?;
        Ok(Self {
            events: None,
            metadata,
            warnings: warnings_json(&request.warnings),
            headers: answer.headers,
            batch,
            failure: None,
        })
    }

    /// Waits for at least one converted event and returns all that have arrived, as a JSON array. `None` at the end.
    ///
    /// # Errors
    /// The failure that ended the stream, after all events before it have been returned.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        if let Some(mut events) = self.events.take() {
            let outcome = match events.read_batch(&mut self.batch).await {
                // Nothing follows. The end of the body is not waited for: a server may keep the connection open.
                Ok(true) if self.batch.is_finished() => {
                    tokio::spawn(events.drain());
                    self.batch.finish()
                }
                Ok(true) => {
                    self.events = Some(events);
                    Ok(())
                }
                Ok(false) => self.batch.finish(),
                // The message is already complete: only metadata may be missing.
                Err(Failure::Stream(_) | Failure::Timeout { .. }) if self.batch.is_complete() => self.batch.finish(),
                Err(failure) => Err(failure),
            };
            self.failure = outcome.err();
        }
        match self.batch.take_output() {
            Some(json) => Ok(Some(json)),
            None => self.failure.take().map_or(Ok(None), Err),
        }
    }

    /// The JSON of what was changed in the request; `None` if nothing was.
    #[must_use]
    pub fn warnings(&self) -> Option<String> {
        self.warnings.clone()
    }

    /// The warning that the end of the stream may bring, where its request has cache points.
    #[must_use]
    pub fn late_warning(&self) -> Option<Arc<LateWarning>> {
        self.batch.late_warning()
    }

    /// The JSON of the response's headers, if the caller wants them.
    #[must_use]
    pub fn headers(&self) -> Option<String> {
        self.headers.clone()
    }

    /// The JSON of `$metadata`.
    #[must_use]
    pub fn metadata(&self) -> String {
        self.metadata.json()
    }
}
