//! Options of one call.

use std::time::Duration;

use aws_credential_types::Credentials;

/// Options of one call. What is absent is the client's.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Credentials instead of the client's.
    pub credentials: Option<Credentials>,
    /// A Bedrock API key instead of the client's authentication.
    pub bearer_token: Option<String>,
    /// Further headers; they are signed.
    pub headers: Vec<(String, String)>,
    /// The limit for the answer, or for the first event of a stream, retries included.
    pub response_timeout: Option<Duration>,
    /// The limit for the time between two events of a stream.
    pub idle_timeout: Option<Duration>,
    /// How long a batch of a stream's events waits for further ones, when its reader is faster than the stream; one millisecond by default.
    pub coalescing: Option<Duration>,
}
