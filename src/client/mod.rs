//! The SDK client around our own bytes: configuration, the two calls, and what can go wrong on the way.
//!
//! The SDK does credentials, region, endpoints, signing, retries, connections and modelled errors. Bodies are not its business here: they pass
//! through ([`passthrough`]), as the JSON that [`convert`](crate::convert) made and will read.

pub mod config;
pub mod conversation;
pub mod converse;
pub mod converse_stream;
pub mod failure;
mod passthrough;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use config::ClientOptions;
use failure::Failure;

/// A connection to Bedrock with one configuration. Cheap to clone; clones share connections, credentials and the retry quota.
#[derive(Clone)]
pub struct Client {
    options: Arc<ClientOptions>,
    sdk: Arc<OnceCell<aws_sdk_bedrockruntime::Client>>,
}

impl Client {
    /// Does no I/O: the configuration is resolved by the first call, so that a model can be built without a network.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        Self {
            options: Arc::new(options),
            sdk: Arc::new(OnceCell::new()),
        }
    }

    async fn sdk(&self) -> Result<&aws_sdk_bedrockruntime::Client, Failure> {
        self.sdk.get_or_try_init(|| Box::pin(config::resolve(&self.options))).await
    }
}

/// Waits for `work`, but no longer than the caller wants to.
///
/// # Errors
/// [`Failure::Aborted`] as soon as `cancelled` is; otherwise what `work` fails with.
pub async fn until_cancelled<T>(cancelled: &CancellationToken, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = cancelled.cancelled() => Err(Failure::Aborted),
        outcome = work => outcome,
    }
}

/// Waits for `work` for at most `idle` (`None` waits for ever). `phase` says what was waited for.
async fn within<T>(idle: Option<Duration>, phase: &'static str, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let Some(idle) = idle else { return work.await };
    tokio::time::timeout(idle, work)
        .await
        .unwrap_or(Err(Failure::IdleTimeout { idle, phase }))
}
