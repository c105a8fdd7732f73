//! The time limits of a stream.

use std::time::{Duration, Instant};

use crate::client::CallOptions;
use crate::client::limits::Limit;

/// The phase until the first event, as error messages name it.
pub(super) const INITIAL: &str = "initial response";

/// How long a stream may send nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamTimeouts {
    /// For the first event: the start of the call, and the limit.
    first: Option<(Instant, Duration)>,
    /// Between two events.
    idle: Option<Duration>,
    /// Whether the first event has come.
    pub(super) has_begun: bool,
}

impl StreamTimeouts {
    pub(super) fn new(options: &CallOptions) -> Self {
        Self {
            first: options.response_timeout.map(|whole| (Instant::now(), whole)),
            idle: options.idle_timeout,
            has_begun: false,
        }
    }

    /// The limit for the next event.
    pub(super) fn limit(&self) -> Option<Limit> {
        if self.has_begun {
            return self.idle.map(Limit::from);
        }
        self.first.map(|(since, whole)| Limit {
            left: whole.saturating_sub(since.elapsed()),
            whole,
        })
    }

    /// What is waited for, as error messages name it.
    pub(super) fn phase(&self) -> &'static str {
        if self.has_begun { "next chunk" } else { INITIAL }
    }
}
