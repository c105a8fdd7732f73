//! Waits that can be cancelled or that have a time limit.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::failure::Failure;

/// Waits for `work` until `cancelled` is cancelled.
///
/// # Errors
/// [`Failure::Aborted`] when it was cancelled; otherwise the failure of `work`.
pub async fn until_cancelled<T>(cancelled: &CancellationToken, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = cancelled.cancelled() => Err(Failure::Aborted),
        outcome = work => outcome,
    }
}

/// A time limit of which a part may have passed already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// The rest.
    pub(super) left: Duration,
    /// The whole limit, for the error message.
    pub(super) whole: Duration,
}

impl From<Duration> for Limit {
    fn from(whole: Duration) -> Self {
        Self { left: whole, whole }
    }
}

/// Waits for `work`, at most for `limit` (`None`: without a limit). `phase` names what was waited for, for the error message.
pub(super) async fn within<T>(limit: Option<Limit>, phase: &'static str, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let Some(Limit { left, whole }) = limit else {
        return work.await;
    };
    let timed_out = Err(Failure::Timeout { after: whole, phase });
    tokio::time::timeout(left, work).await.unwrap_or(timed_out)
}
