//! `ConverseStream`: one request, a stream of events. The frames are read here; what their payloads mean is
//! [`convert`](crate::convert)'s business.

use std::time::{Duration, Instant};

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::event_stream::Message;
use aws_smithy_types::str_bytes::StrBytes;
use bytes::{Buf, Bytes, BytesMut};

use super::failure::{self, Failure};
use super::passthrough::{Passthrough, Take};
use super::{CallOptions, Client, Limit, prepare, within};
use crate::convert::message_outputs::ResponseMetadata;

/// AWS's own limit for an event of an event stream, so a longer one is no event but a broken length.
const LONGEST_FRAME: u32 = 16 * 1024 * 1024;

/// The length of a frame's prelude: two lengths and a checksum.
const PRELUDE: usize = 12;

/// After so many bytes of events the caller gets its turn, also when more are here: what it does with them takes it some milliseconds.
const BATCH: usize = 32 * 1024;

/// How long the events of a fast stream gather, unless the caller says otherwise.
const GATHERING: Duration = Duration::from_millis(1);

impl Client {
    /// Sends `body`, the JSON of a `ConverseStreamRequest`, to `model_id` and waits for the head of the answer.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but a broken stream.
    pub async fn converse_stream(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<EventStream, Failure> {
        let patience = Patience::new(options);
        within(patience.limit(), INITIAL, self.open(model_id, body, options, patience)).await
    }

    async fn open(&self, model_id: &str, body: Vec<u8>, options: &CallOptions, patience: Patience) -> Result<EventStream, Failure> {
        let passthrough = Passthrough::new(body.into(), Take::Unread);
        let operation = prepare(self.sdk().await?.converse_stream().model_id(model_id).customize(), &passthrough, options);
        // The SDK's future is some 20 KB; on the heap it is moved by its pointer.
        let sent = Box::pin(operation.send()).await;
        let mut exchange = passthrough.exchange();
        let metadata = exchange.metadata();
        sent.map_err(|error| failure::from_sdk(&error, &metadata))?;
        if let Some(content_type) = exchange
            .content_type
            .take()
            .filter(|it| !it.starts_with("application/vnd.amazon.eventstream"))
        {
            return Err(Failure::NoEventStream { content_type, metadata });
        }
        let body = exchange.unread.take().ok_or(Failure::NoBody)?;
        let gathering = options.gathering.unwrap_or(GATHERING);
        Ok(EventStream::new(ByteStream::new(body), patience, gathering, metadata))
    }
}

const INITIAL: &str = "initial response";

/// How long a stream may keep its reader waiting.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Until the first event: since when, and how long.
    first: Option<(Instant, Duration)>,
    idle: Option<Duration>,
    has_begun: bool,
}

impl Patience {
    fn new(options: &CallOptions) -> Self {
        Self {
            first: options.response_timeout.map(|whole| (Instant::now(), whole)),
            idle: options.idle_timeout,
            has_begun: false,
        }
    }

    fn limit(&self) -> Option<Limit> {
        if self.has_begun {
            return self.idle.map(Limit::from);
        }
        self.first.map(|(since, whole)| Limit {
            left: whole.saturating_sub(since.elapsed()),
            whole,
        })
    }

    fn phase(&self) -> &'static str {
        if self.has_begun { "next chunk" } else { INITIAL }
    }
}

/// Something that takes the events of a stream, in their order.
pub trait TakeEvents {
    /// One event: the union member's name (`contentBlockDelta`) and its JSON.
    ///
    /// # Errors
    /// Anything that makes the rest of the stream useless.
    fn take(&mut self, event_type: &str, payload: &[u8]) -> Result<(), Failure>;

    /// Whether something has come of the events so far that the caller can have.
    fn is_ready(&self) -> bool;
}

/// An open stream of events. Dropping it ends the request.
pub struct EventStream {
    body: ByteStream,
    unread: BytesMut,
    frames: MessageFrameDecoder,
    /// Whether the next byte is the first of a frame: the decoder takes a frame's prelude before the rest of it has come.
    is_between_frames: bool,
    patience: Patience,
    gathering: Duration,
    metadata: ResponseMetadata,
    /// When the last events were handed out.
    handed_out: Option<Instant>,
}

impl EventStream {
    fn new(body: ByteStream, patience: Patience, gathering: Duration, metadata: ResponseMetadata) -> Self {
        Self {
            body,
            unread: BytesMut::new(),
            frames: MessageFrameDecoder::new(),
            is_between_frames: true,
            patience,
            gathering,
            metadata,
            handed_out: None,
        }
    }

    /// What becomes `$metadata`.
    #[must_use]
    pub fn metadata(&self) -> &ResponseMetadata {
        &self.metadata
    }

    /// Hands events to `taker` until it is ready and no more of them are here; `false` at the end of the body.
    ///
    /// A caller that comes back at once has a fast stream, and fetching an event costs it more than the event itself. So it waits for events
    /// to gather. A stream at the pace of a model is never held up.
    ///
    /// # Errors
    /// [`Failure::Timeout`], [`Failure::Service`] for an exception among the events, [`Failure::Stream`] for broken frames or a lost
    /// connection, and what `taker` fails with. The events before the failure have been taken.
    pub async fn read(&mut self, taker: &mut impl TakeEvents) -> Result<bool, Failure> {
        let is_fast = self.handed_out.is_some_and(|when| when.elapsed() < self.gathering);
        let gathering = tokio::time::sleep(if is_fast { self.gathering } else { Duration::ZERO });
        tokio::pin!(gathering);
        let mut length = 0;
        while !taker.is_ready() || length < BATCH {
            let here = self.unread.len();
            if self.take_frame(taker)? {
                length += here - self.unread.len();
                self.patience.has_begun |= taker.is_ready();
                continue;
            }
            let received = if taker.is_ready() {
                tokio::select! {
                    biased;
                    received = self.receive() => received,
                    () = &mut gathering => break,
                }
            } else {
                self.receive().await
            };
            let Some(bytes) = received? else { return Ok(false) };
            self.unread.extend_from_slice(&bytes);
        }
        self.handed_out = Some(Instant::now());
        Ok(true)
    }

    /// Waits for more bytes; `None` at the end.
    async fn receive(&mut self) -> Result<Option<Bytes>, Failure> {
        let body = &mut self.body;
        let next = async { body.next().await.transpose().map_err(|error| failure::from_body(&error)) };
        let bytes = within(self.patience.limit(), self.patience.phase(), next).await?;
        if bytes.is_none() && self.unread.has_remaining() {
            return Err(Failure::Stream("The connection ended inside an event.".to_owned()));
        }
        Ok(bytes)
    }

    /// `false` when the rest of the next frame has not come yet.
    fn take_frame(&mut self, taker: &mut impl TakeEvents) -> Result<bool, Failure> {
        self.check_length()?;
        match self.frames.decode_frame(&mut self.unread) {
            Ok(DecodedFrame::Complete(message)) => {
                self.is_between_frames = true;
                take_message(&message, taker, &self.metadata)?;
                Ok(true)
            }
            Ok(DecodedFrame::Incomplete) => Ok(false),
            Err(error) => Err(Failure::Stream(format!("An event is corrupt: {error}."))),
        }
    }

    /// Nobody should wait for the rest of a frame that cannot be one.
    fn check_length(&mut self) -> Result<(), Failure> {
        let Some(length) = self.unread.first_chunk::<4>().filter(|_| self.is_between_frames) else {
            return Ok(());
        };
        if u32::from_be_bytes(*length) > LONGEST_FRAME {
            return Err(Failure::Stream(format!("An event claims to be longer than {LONGEST_FRAME} bytes.")));
        }
        self.is_between_frames = self.unread.len() < PRELUDE;
        Ok(())
    }
}

fn take_message(message: &Message, taker: &mut impl TakeEvents, metadata: &ResponseMetadata) -> Result<(), Failure> {
    let header = |name: &str| {
        let header = message.headers().iter().find(|header| header.name().as_str() == name)?;
        header.value().as_string().ok().map(StrBytes::as_str)
    };
    match header(":message-type") {
        Some("event") => taker.take(header(":event-type").unwrap_or_default(), message.payload()),
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
