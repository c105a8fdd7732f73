//! The operations of Bedrock, and JSON requests to other services, with bodies that pass through the SDK.

mod converse;
mod converse_stream;
mod count_tokens;
mod event_stream;
mod frames;
mod invoke_model;
mod passthrough;
mod prepare;
mod prewarm;
mod service_request;
mod stream_timeouts;

pub use self::converse::Answer;
pub use self::count_tokens::TokenCount;
pub use self::event_stream::{EventSink, EventStream};
pub use self::frames::Frames;
pub use self::service_request::{Service, ServiceRequest};
