//! Options of one call.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::limits::TimeLimit;

/// Options of one call. An absent option takes the client's value.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Credentials instead of the client's.
    pub credentials: Option<Credentials>,
    /// A Bedrock API key instead of the client's authentication.
    pub bearer_token: Option<String>,
    /// Headers beside the client's. They are signed.
    pub headers: Vec<(String, String)>,
    /// Whether the answer comes with its response's headers.
    pub includes_headers: bool,
    /// Whether the answer comes with its body as it was received.
    pub includes_raw: bool,
    /// Attempts of a call that are made at, or kept for, other targets: the retries are those of the whole call. `None` if it has one target.
    pub attempts_elsewhere: Option<u32>,
    /// Whether another target is asked in place of a wait that the response asks for.
    pub hands_over: bool,
    /// Time limit for the response, or for the first event of a stream, including retries. Default: none.
    pub response_timeout: Option<Duration>,
    /// How much of that has passed before the call came here.
    pub waited: Duration,
    /// Time limit between two events of a stream. Default: none.
    pub idle_timeout: Option<Duration>,
    /// How long a batch of events waits for further events when the reader is faster than the stream. Default: one millisecond.
    pub coalescing: Option<Duration>,
}

impl CallOptions {
    /// The limit for the answer.
    pub(super) fn time_limit(&self) -> Option<TimeLimit> {
        self.response_timeout.map(|total| TimeLimit {
            remaining: total.saturating_sub(self.waited),
            total,
        })
    }

    /// Whether the call brings its own keys, so that the client's are not used.
    pub(super) fn has_own_keys(&self) -> bool {
        self.credentials.is_some() || self.bearer_token.is_some()
    }
}
