//! The operations of Bedrock, and JSON requests to other services, with bodies that pass through the SDK.

mod answer;
mod converse;
mod converse_stream;
mod count_tokens;
mod event_stream;
mod frames;
mod invoke_model;
mod passthrough;
mod prepare;
mod prewarm;
mod s3_request;
mod service_request;
mod stream_timeouts;

pub use self::answer::Answer;
pub use self::count_tokens::TokenCount;
pub use self::event_stream::{EventSink, EventStream};
pub use self::frames::Frames;
pub(super) use self::s3_request::read_error;
pub use self::s3_request::{S3, S3Answer, S3Request, sha256_hex};
pub use self::service_request::{Method, Service, ServiceRequest};
