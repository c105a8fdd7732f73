//! A LangChain request from end to end: converted, sent, and its answer converted back.

use std::panic::resume_unwind;

use bytes::Bytes;

use super::converse_stream::{EventStream, TakeEvents};
use super::failure::Failure;
use super::{CallOptions, Client};
use crate::convert::message_inputs::{Attachment, ConvertedRequest, convert_to_converse_request};
use crate::convert::message_outputs::{ResponseMetadata, convert_converse_response};
use crate::convert::short_messages;
use crate::convert::stream_chunks::StreamChunks;
use crate::convert::stream_converter::StreamConverter;
use crate::convert::stream_events::StreamEvents;
use crate::error::Error;

/// What `langchain/request.ts` makes of a call.
pub struct Request {
    /// JSON.
    pub json: Bytes,
    /// The texts of messages that are in short; see [`short_messages`].
    pub texts: Option<Bytes>,
    /// What `{"$attachment": N}` in the JSON stands for.
    pub attachments: Vec<Attached>,
}

/// Something beside a request's JSON.
pub enum Attached {
    /// Bytes of the caller's.
    Bytes(Bytes),
    /// UTF-8.
    Text(Bytes),
}

/// A request of so many bytes is converted on a thread of its own: a large image takes long enough for streams to notice.
const LARGE: usize = 256 * 1024;

impl Request {
    async fn convert(self) -> Result<ConvertedRequest, Failure> {
        if self.size() < LARGE {
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
            .map(|(Attached::Bytes(bytes) | Attached::Text(bytes))| bytes.len());
        self.json.len() + self.texts.as_ref().map_or(0, Bytes::len) + attached.sum::<usize>()
    }

    fn convert_here(&self) -> Result<ConvertedRequest, Failure> {
        let attachments: Vec<Attachment<'_>> = self.attachments.iter().map(Attached::read).collect::<Result<_, _>>()?;
        let json = utf8(&self.json)?;
        Ok(match &self.texts {
            Some(texts) => convert_to_converse_request(&short_messages::write_out(json, utf8(texts)?)?, &attachments)?,
            None => convert_to_converse_request(json, &attachments)?,
        })
    }
}

impl Attached {
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

/// Asks once; the result is an `AIMessage`'s fields as JSON.
///
/// # Errors
/// Every [`Failure`] but those of a stream.
pub async fn invoke(client: &Client, request: Request, options: &CallOptions) -> Result<String, Failure> {
    let request = request.convert().await?;
    let answer = client.converse(&request.model_id, request.body, options).await?;
    Ok(convert_converse_response(&answer.body, &answer.metadata, &request.tool_names)?)
}

/// Which of LangChain's two kinds of stream is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamForm {
    /// `AIMessageChunk`s.
    Chunks,
    /// `ChatModelStreamEvent`s.
    Events,
}

/// A streamed answer on its way. Dropping it ends the request.
pub struct Conversation {
    /// `None` once there is nothing more to read.
    events: Option<EventStream>,
    metadata: ResponseMetadata,
    batch: Batch,
    /// Why the stream ended badly, until the caller has had what came before.
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

    /// All that is ready, as JSON values between commas, and at least one; `None` at the end.
    ///
    /// # Errors
    /// What broke the stream, after everything that came before has been handed out.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        if let Some(events) = &mut self.events {
            let ended = match events.read(&mut self.batch).await {
                Ok(true) => None,
                Ok(false) => Some(self.batch.finish()),
                // Whatever goes wrong after the whole message has come takes nothing from it.
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

/// Converted events that nobody has fetched yet.
struct Batch {
    converter: Box<dyn StreamConverter>,
    /// JSON values, comma separated.
    json: String,
}

impl Batch {
    /// To be called at the end of the body, which need not be the end of the message.
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

/// An event that cannot be read breaks the stream.
fn unreadable(error: &Error) -> Failure {
    Failure::Stream(error.to_string())
}

impl TakeEvents for Batch {
    fn take(&mut self, event_type: &str, payload: &[u8]) -> Result<(), Failure> {
        self.converter
            .event(event_type, payload, &mut self.json)
            .map_err(|error| unreadable(&error))
    }

    fn is_ready(&self) -> bool {
        !self.json.is_empty()
    }
}
