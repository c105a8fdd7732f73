//! The operations of Bedrock, with bodies that pass through the SDK.

mod converse;
mod converse_stream;
mod event_stream;
mod invoke_model;
mod passthrough;
mod prepare;
mod prewarm;
mod stream_timeouts;

pub use self::converse::Answer;
pub use self::event_stream::{EventSink, EventStream};
