//! A whole call: the request is converted and sent, the answer converted back.

use std::panic::resume_unwind;

use bytes::Bytes;

use super::call_options::CallOptions;
use super::failure::Failure;
use super::operations::{EventSink, EventStream};
use super::sdk_client::Client;
use crate::convert::request::{Attachment, ConvertedRequest, compact_messages, convert_to_converse_request};
use crate::convert::response::{ResponseMetadata, convert_converse_response};
use crate::convert::stream::{StreamChunks, StreamConverter, StreamEvents};
use crate::error::Error;

/// A request as `langchain/connection/native_request.ts` passes it.
pub struct Request {
    /// JSON.
    pub json: Bytes,
    /// The texts of messages in the compact form; see [`compact_messages`].
    pub texts: Option<Bytes>,
    /// What `{"$attachment": N}` in the JSON stands for.
    pub attachments: Vec<OwnedAttachment>,
}

/// Data beside a request's JSON.
pub enum OwnedAttachment {
    /// Bytes of the caller's.
    Bytes(Bytes),
    /// UTF-8.
    Text(Bytes),
}

/// Bytes. From this size on a request is converted on a blocking thread, since the worker thread also serves streams.
const BLOCKING_SIZE: usize = 256 * 1024;

impl Request {
    async fn convert(self) -> Result<ConvertedRequest, Failure> {
        if self.size() < BLOCKING_SIZE {
            return self.convert_here();
        }
        match tokio::task::spawn_blocking(move || self.convert_here()).await {
            Ok(converted) => converted,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(Failure::Aborted),
            },
        }
    }

    fn size(&self) -> usize {
        let attached = self
            .attachments
            .iter()
            .map(|(OwnedAttachment::Bytes(bytes) | OwnedAttachment::Text(bytes))| bytes.len());
        self.json.len() + self.texts.as_ref().map_or(0, Bytes::len) + attached.sum::<usize>()
    }

    fn convert_here(&self) -> Result<ConvertedRequest, Failure> {
        let attachments: Vec<Attachment<'_>> = self.attachments.iter().map(OwnedAttachment::read).collect::<Result<_, _>>()?;
        let json = utf8(&self.json)?;
        Ok(match &self.texts {
            Some(texts) => convert_to_converse_request(&compact_messages::expand(json, utf8(texts)?)?, &attachments)?,
            None => convert_to_converse_request(json, &attachments)?,
        })
    }
}

impl OwnedAttachment {
    fn read(&self) -> Result<Attachment<'_>, Error> {
        Ok(match self {
            Self::Bytes(bytes) => Attachment::Bytes(bytes),
            Self::Text(text) => Attachment::Text(utf8(text)?),
        })
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|error| Error::InvalidInput(format!("request: {error}")))
}

/// Calls `Converse`; the result is the JSON of an `AIMessage`'s fields.
///
/// # Errors
/// Every [`Failure`] but those of a stream.
pub async fn invoke(client: &Client, request: Request, options: &CallOptions) -> Result<String, Failure> {
    let request = request.convert().await?;
    let answer = client.converse(&request.model_id, request.body, options).await?;
    Ok(convert_converse_response(&answer.body, &answer.metadata, &request.tool_names)?)
}

/// LangChain's two kinds of stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamForm {
    /// `AIMessageChunk`s.
    Chunks,
    /// `ChatModelStreamEvent`s.
    Events,
}

/// A streamed answer. Dropping it ends the request.
pub struct Conversation {
    /// `None` after the end.
    events: Option<EventStream>,
    metadata: ResponseMetadata,
    batch: Batch,
    /// Why the stream broke, kept until the caller has read the events before.
    failure: Option<Failure>,
}

impl Conversation {
    /// Sends the request and waits until Bedrock accepts it.
    ///
    /// # Errors
    /// Every [`Failure`] but those of a broken stream.
    pub async fn open(client: &Client, request: Request, form: StreamForm, usage: bool, options: &CallOptions) -> Result<Self, Failure> {
        let request = request.convert().await?;
        let events = client.converse_stream(&request.model_id, request.body, options).await?;
        let metadata = events.metadata().clone();
        let converter: Box<dyn StreamConverter> = match form {
            StreamForm::Chunks => Box::new(StreamChunks::new(metadata.clone(), usage, request.tool_names)),
            StreamForm::Events => Box::new(StreamEvents::new(metadata.clone(), usage, request.tool_names)),
        };
        let batch = Batch {
            converter,
            json: String::new(),
        };
        Ok(Self {
            events: Some(events),
            metadata,
            batch,
            failure: None,
        })
    }

    /// All events that have arrived, at least one, as JSON values separated by commas; `None` at the end.
    ///
    /// # Errors
    /// Why the stream broke, after all events before that have been returned.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        if let Some(events) = &mut self.events {
            let ended = match events.read(&mut self.batch).await {
                Ok(true) => None,
                Ok(false) => Some(self.batch.finish()),
                // The message is complete, so that a later failure does not matter.
                Err(Failure::Stream(_)) if self.batch.converter.is_complete() => Some(self.batch.finish()),
                Err(failure) => Some(Err(failure)),
            };
            if let Some(outcome) = ended {
                self.events = None;
                self.failure = outcome.err();
            }
        }
        match self.batch.take() {
            Some(json) => Ok(Some(json)),
            None => self.failure.take().map_or(Ok(None), Err),
        }
    }

    /// The JSON of the `$metadata`.
    #[must_use]
    pub fn metadata(&self) -> String {
        serde_json::to_string(&self.metadata).unwrap_or_default()
    }
}

/// Converted events that have not been read yet.
struct Batch {
    converter: Box<dyn StreamConverter>,
    /// JSON values, comma separated.
    json: String,
}

impl Batch {
    /// Called at the end of the body, which may come before the end of the message.
    fn finish(&mut self) -> Result<(), Failure> {
        if !self.converter.is_complete() {
            return Err(Failure::Stream("The stream ended without messageStop.".to_owned()));
        }
        self.converter.finish(&mut self.json).map_err(|error| unreadable(&error))
    }

    fn take(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.json)).filter(|json| !json.is_empty())
    }
}

fn unreadable(error: &Error) -> Failure {
    Failure::Stream(error.to_string())
}

impl EventSink for Batch {
    fn take(&mut self, event_type: &str, payload: &[u8]) -> Result<(), Failure> {
        self.converter
            .event(event_type, payload, &mut self.json)
            .map_err(|error| unreadable(&error))
    }

    fn is_ready(&self) -> bool {
        !self.json.is_empty()
    }
}
