//! The events of a stream. [`convert`](crate::convert) reads their payloads.

use std::time::{Duration, Instant};

use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::event_stream::Message;
use aws_smithy_types::str_bytes::StrBytes;
use bytes::Bytes;

use super::frames::Frames;
use super::stream_timeouts::StreamTimeouts;
use crate::client::failure::{self, Failure};
use crate::client::limits::with_time_limit;
use crate::convert::response::ResponseMetadata;

/// The limit for reading the rest of a body after its last event.
const MAX_DRAIN_TIME: Duration = Duration::from_secs(1);

/// Bytes of frames after which a batch ends, even if more have arrived: to process so many takes JavaScript some milliseconds.
const MAX_BATCH_LENGTH: usize = 16 * 1024;

/// Takes the events of a stream, in their order.
pub trait EventSink {
    /// One event: the union member's name (`contentBlockDelta`) and its JSON.
    ///
    /// # Errors
    /// Anything that makes the rest of the stream useless.
    fn push(&mut self, event_type: &str, payload: &[u8]) -> Result<(), Failure>;

    /// Whether the events so far have produced output.
    fn has_output(&self) -> bool;
}

/// An open stream of events. Dropping it ends the request.
pub struct EventStream {
    body: ByteStream,
    frames: Frames,
    timeouts: StreamTimeouts,
    /// See [`CallOptions::coalescing`](crate::client::CallOptions::coalescing).
    coalescing: Duration,
    metadata: ResponseMetadata,
    headers: Option<String>,
    /// When the last batch was returned.
    last_batch: Option<Instant>,
}

impl EventStream {
    pub(super) fn new(body: ByteStream, timeouts: StreamTimeouts, coalescing: Duration, metadata: ResponseMetadata, headers: Option<String>) -> Self {
        Self {
            body,
            frames: Frames::default(),
            timeouts,
            coalescing,
            metadata,
            headers,
            last_batch: None,
        }
    }

    /// Becomes `$metadata`.
    #[must_use]
    pub fn metadata(&self) -> &ResponseMetadata {
        &self.metadata
    }

    /// The JSON of the response's headers, once, if the caller wants them.
    pub(in crate::client) fn take_headers(&mut self) -> Option<String> {
        self.headers.take()
    }

    /// Passes events to `sink` until it has output and no further event has arrived; `false` at the end of the body.
    ///
    /// A caller that returns within `coalescing` reads a fast stream, and a batch costs it more than an event. Its next batch therefore waits so long
    /// for further events. The events of a stream at the speed of a model are further apart and do not wait.
    ///
    /// # Errors
    /// [`Failure::Timeout`], [`Failure::Service`] for an exception among the events, [`Failure::Stream`] for broken frames or a lost
    /// connection, and the failure of `sink`. The events before the failure have been passed on.
    pub async fn read_batch(&mut self, sink: &mut impl EventSink) -> Result<bool, Failure> {
        let is_fast = self.last_batch.is_some_and(|when| when.elapsed() < self.coalescing);
        let coalescing = tokio::time::sleep(if is_fast { self.coalescing } else { Duration::ZERO });
        tokio::pin!(coalescing);
        let mut length = 0;
        while !sink.has_output() || length < MAX_BATCH_LENGTH {
            let before = self.frames.unread();
            if self.take_frame(sink)? {
                length += before - self.frames.unread();
                self.timeouts.has_first_event |= sink.has_output();
                continue;
            }
            let received = if sink.has_output() {
                tokio::select! {
                    biased;
                    received = self.receive() => received,
                    () = &mut coalescing => break,
                }
            } else {
                self.receive().await
            };
            let Some(bytes) = received? else { return Ok(false) };
            self.frames.push(&bytes);
        }
        self.last_batch = Some(Instant::now());
        Ok(true)
    }

    /// Reads the rest of the body after the last event, usually nothing: a connection is reused only after its response was read to the end.
    pub(in crate::client) async fn drain(mut self) {
        let rest = async {
            let mut length = 0;
            while let Some(Ok(bytes)) = self.body.next().await {
                length += bytes.len();
                if length > MAX_BATCH_LENGTH {
                    break;
                }
            }
        };
        // A connection that is not at its end by then is closed.
        let _ = tokio::time::timeout(MAX_DRAIN_TIME, rest).await;
    }

    /// Waits for more bytes; `None` at the end.
    async fn receive(&mut self) -> Result<Option<Bytes>, Failure> {
        let body = &mut self.body;
        let next = async { body.next().await.transpose().map_err(|error| failure::from_body(&error)) };
        let bytes = with_time_limit(self.timeouts.limit(), self.timeouts.phase(), next).await?;
        if bytes.is_none() && self.frames.is_inside_frame() {
            return Err(Failure::Stream("The connection ended inside an event.".to_owned()));
        }
        Ok(bytes)
    }

    /// `false` when the next frame has not arrived completely.
    fn take_frame(&mut self, sink: &mut impl EventSink) -> Result<bool, Failure> {
        let Some(message) = self.frames.take().map_err(Failure::Stream)? else {
            return Ok(false);
        };
        take_message(&message, sink, &self.metadata)?;
        Ok(true)
    }
}

fn take_message(message: &Message, sink: &mut impl EventSink, metadata: &ResponseMetadata) -> Result<(), Failure> {
    let header = |name: &str| {
        let header = message.headers().iter().find(|header| header.name().as_str() == name)?;
        header.value().as_string().ok().map(StrBytes::as_str)
    };
    match header(":message-type") {
        Some("event") => sink.push(header(":event-type").unwrap_or_default(), message.payload()),
        Some("exception") => Err(failure::from_exception(
            header(":exception-type").unwrap_or_default(),
            message.payload(),
            metadata,
        )),
        Some("error") => Err(failure::from_error_message(
            header(":error-code").unwrap_or_default(),
            header(":error-message").unwrap_or_default(),
            metadata,
        )),
        other => Err(Failure::Stream(format!("An event has the unknown message type {other:?}."))),
    }
}
