//! What both kinds of stream share: the events of `ConverseStream`, and the interface of a converter.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::convert::json::Object;
use crate::convert::json::writer::quoted;
use crate::error::Error;

/// Converts the events of one stream, in their order. Output is appended to `out` as comma-separated JSON values.
pub trait StreamConverter: Send {
    /// Takes one event: the value of its header `:event-type` (`contentBlockDelta`) and its payload.
    ///
    /// # Errors
    /// [`Error::InvalidOutput`] when the payload of a known event is not JSON. Unknown events are kept, whatever their payload.
    fn event(&mut self, event_type: &str, payload: &[u8], out: &mut String) -> Result<(), Error>;

    /// Called at the end of the body.
    ///
    /// # Errors
    /// [`Error::InvalidOutput`] when `messageStop` has not come: the answer is incomplete.
    fn finish(&mut self, out: &mut String) -> Result<(), Error>;

    /// Whether `messageStop` has come. Metadata may still follow.
    fn is_complete(&self) -> bool;

    /// Whether `messageStop` and `metadata` have come, after which nothing follows.
    fn is_finished(&self) -> bool;
}

/// The padding of an event, by which Bedrock hides the length of its text.
pub(crate) const PADDING: [&str; 1] = ["p"];

/// An event of a stream, its content blocks not parsed.
pub(crate) enum Event<'a> {
    MessageStart(Object<'a>),
    BlockStart(u32, Object<'a>),
    BlockDelta(u32, Object<'a>),
    BlockStop(u32),
    MessageStop(Object<'a>),
    Metadata(Object<'a>),
    /// An event, or a shape of one, that the API did not have when this was written, as JSON.
    Unknown(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockEvent<'a> {
    #[serde(borrow)]
    start: Option<Object<'a>>,
    #[serde(borrow)]
    delta: Option<Object<'a>>,
    content_block_index: Option<u32>,
}

impl<'a> Event<'a> {
    pub(crate) fn read(event_type: &str, payload: &'a [u8]) -> Result<Self, Error> {
        let event = match event_type {
            "contentBlockDelta" => block(payload, |index, event| Event::BlockDelta(index, event.delta.unwrap_or_default())),
            "contentBlockStart" => block(payload, |index, event| Event::BlockStart(index, event.start.unwrap_or_default())),
            "contentBlockStop" => block(payload, |index, _| Event::BlockStop(index)),
            "messageStart" => serde_json::from_slice(payload).map(Event::MessageStart),
            "messageStop" => serde_json::from_slice(payload).map(Event::MessageStop),
            "metadata" => serde_json::from_slice(payload).map(Event::Metadata),
            _ => return Ok(Event::Unknown(as_json(payload))),
        };
        event.or_else(|_| match serde_json::from_slice::<&RawValue>(payload) {
            Ok(value) => Ok(Event::Unknown(value.get().to_owned())),
            Err(error) => Err(Error::InvalidOutput(format!(
                "Bedrock sent a {event_type} event that is not JSON: {error}."
            ))),
        })
    }
}

fn block<'a>(payload: &'a [u8], event: impl FnOnce(u32, BlockEvent<'a>) -> Event<'a>) -> serde_json::Result<Event<'a>> {
    let read: BlockEvent<'a> = serde_json::from_slice(payload)?;
    Ok(event(read.content_block_index.unwrap_or(0), read))
}

/// The payload as JSON: unchanged if it is JSON, else as a string.
pub(crate) fn as_json(payload: &[u8]) -> String {
    if let Ok(value) = serde_json::from_slice::<&RawValue>(payload) {
        return value.get().to_owned();
    }
    quoted(&String::from_utf8_lossy(payload))
}

/// The failure of a stream that ends without `messageStop`.
pub(crate) fn incomplete() -> Error {
    Error::InvalidOutput("The stream from Bedrock ended before the message was complete: no messageStop event came.".to_owned())
}
