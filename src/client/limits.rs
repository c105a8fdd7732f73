//! Cancellation and time limits.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::failure::{Failure, Phase};

/// Runs `work` until it completes or `cancelled` is cancelled.
///
/// # Errors
/// [`Failure::Aborted`] after cancellation, otherwise the failure of `work`.
pub async fn until_cancelled<T>(cancelled: &CancellationToken, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = cancelled.cancelled() => Err(Failure::Aborted),
        outcome = work => outcome,
    }
}

/// A time limit that may have started earlier.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeLimit {
    pub(super) remaining: Duration,
    /// The complete limit, for the error message.
    pub(super) total: Duration,
}

impl From<Duration> for TimeLimit {
    fn from(total: Duration) -> Self {
        Self { remaining: total, total }
    }
}

/// Runs `work` for at most `limit` (`None`: no limit). The error message names `phase`.
pub(super) async fn with_time_limit<T>(limit: Option<TimeLimit>, phase: Phase, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let Some(TimeLimit { remaining, total }) = limit else {
        return work.await;
    };
    let timed_out = Err(Failure::Timeout { after: total, phase });
    tokio::time::timeout(remaining, work).await.unwrap_or(timed_out)
}
