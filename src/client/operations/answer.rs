//! What a request to an operation gives.

use bytes::Bytes;

use crate::convert::response::ResponseMetadata;

/// An answer: the response body, not parsed, and what is known of the HTTP exchange.
pub struct Answer {
    /// As it was received: of `Converse` the JSON of a `ConverseResponse`.
    pub body: Bytes,
    /// Becomes `$metadata`.
    pub metadata: ResponseMetadata,
    /// Of `InvokeModel`: how many tokens the request had, where the answer's headers tell.
    pub input_tokens: Option<u32>,
    /// The JSON of the response's headers, if the caller wants them.
    pub headers: Option<String>,
}
