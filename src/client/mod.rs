//! The SDK client around our own bytes: configuration, the two calls, and what can go wrong on the way.
//!
//! The SDK does credentials, region, endpoints, signing, retries, connections and modelled errors. Bodies are not its business here: they pass
//! through ([`passthrough`]), as the JSON that [`convert`](crate::convert) made and will read.

pub mod config;
pub mod conversation;
pub mod converse;
pub mod converse_stream;
pub mod failure;
pub mod network;
mod passthrough;
mod prewarm;
pub mod read_ahead;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_bedrockruntime::client::customize::CustomizableOperation;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use config::ClientOptions;
use failure::Failure;
use passthrough::{Headers, Passthrough};

/// What one call can say.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// Credentials instead of the client's.
    pub credentials: Option<Credentials>,
    /// A Bedrock API key instead of the client's authentication.
    pub bearer_token: Option<String>,
    /// Further headers; they are signed.
    pub headers: Vec<(String, String)>,
    /// How long to wait for the answer, or for the first event of a stream. Retries count.
    pub response_timeout: Option<Duration>,
    /// How long a stream may be silent between its events.
    pub idle_timeout: Option<Duration>,
    /// For how long the events of a fast stream gather before they are handed out together; a millisecond unless said.
    pub gathering: Option<Duration>,
}

/// A connection to Bedrock with one configuration. Cheap to clone; clones share connections, credentials and the retry quota.
#[derive(Clone)]
pub struct Client {
    options: Arc<ClientOptions>,
    /// `None` once it is closed.
    sdk: Arc<Mutex<Option<Sdk>>>,
}

/// The SDK's client, made by the first call.
type Sdk = Arc<OnceCell<aws_sdk_bedrockruntime::Client>>;

impl Client {
    /// Does no I/O: the configuration is resolved by the first call, so that a model can be built without a network.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        Self {
            options: Arc::new(options),
            sdk: Arc::new(Mutex::new(Some(Sdk::default()))),
        }
    }

    /// Closes the connections, those in use when they are done. Later calls fail.
    pub fn close(&self) {
        self.lock().take();
    }

    async fn sdk(&self) -> Result<aws_sdk_bedrockruntime::Client, Failure> {
        let sdk = self.lock().clone();
        let sdk = sdk.ok_or_else(|| Failure::Configuration("The model was closed: close() ends its connection for good.".to_owned()))?;
        sdk.get_or_try_init(|| Box::pin(config::resolve(&self.options))).await.cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sdk>> {
        self.sdk.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A wait that is limited.
#[derive(Debug, Clone, Copy)]
struct Limit {
    /// How much is left of it.
    left: Duration,
    /// How long it was at first, for the error.
    whole: Duration,
}

impl From<Duration> for Limit {
    fn from(whole: Duration) -> Self {
        Self { left: whole, whole }
    }
}

/// Waits for `work`, but no longer than `limit` (`None` waits for ever). `phase` says what was waited for.
async fn within<T>(limit: Option<Limit>, phase: &'static str, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let Some(Limit { left, whole }) = limit else {
        return work.await;
    };
    let timed_out = Err(Failure::Timeout { after: whole, phase });
    tokio::time::timeout(left, work).await.unwrap_or(timed_out)
}

/// One call, made ours: its bytes pass through, and it has its own headers and authentication where it says so.
fn prepare<T, E, B>(operation: CustomizableOperation<T, E, B>, passthrough: &Passthrough, options: &CallOptions) -> CustomizableOperation<T, E, B> {
    let mut operation = operation.interceptor(passthrough.clone());
    if !options.headers.is_empty() {
        operation = operation.interceptor(Headers(options.headers.clone()));
    }
    let own = aws_sdk_bedrockruntime::config::Builder::new();
    match (&options.bearer_token, &options.credentials) {
        (Some(token), _) => operation.config_override(config::bearing(own, token)),
        (None, Some(credentials)) => operation.config_override(config::signing(own, credentials.clone())),
        (None, None) => operation,
    }
}
