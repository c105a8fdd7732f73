//! The time limits of a stream.

use std::time::{Duration, Instant};

use crate::client::CallOptions;
use crate::client::failure::Phase;
use crate::client::limits::TimeLimit;

/// The phase until the first event, as error messages name it.
pub(super) const INITIAL_PHASE: Phase = Phase::of_converse("initial response");

/// How long a stream may send nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamTimeouts {
    /// For the first event: the limit, and since when it counts.
    first: Option<(Instant, TimeLimit)>,
    /// Between two events.
    idle: Option<Duration>,
    /// Whether the first event has come.
    pub(super) has_first_event: bool,
}

impl StreamTimeouts {
    pub(super) fn new(options: &CallOptions) -> Self {
        Self {
            first: options.time_limit().map(|limit| (Instant::now(), limit)),
            idle: options.idle_timeout,
            has_first_event: false,
        }
    }

    /// The limit for the next event.
    pub(super) fn limit(&self) -> Option<TimeLimit> {
        if self.has_first_event {
            return self.idle.map(TimeLimit::from);
        }
        self.first.map(|(since, TimeLimit { remaining, total })| TimeLimit {
            remaining: remaining.saturating_sub(since.elapsed()),
            total,
        })
    }

    /// What is waited for, as error messages name it.
    pub(super) fn phase(&self) -> Phase {
        if self.has_first_event {
            Phase::of_converse("next chunk")
        } else {
            INITIAL_PHASE
        }
    }
}
