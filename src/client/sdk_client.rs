//! The client: its options, and the SDK's client that the first call creates from them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use tokio::sync::OnceCell;

use super::config::{ClientOptions, Clock, Dates, Resolved, UsedKeys, resolve};
use super::failure::{Failure, Resend};
use super::network::WebConnections;

/// A Bedrock client with one configuration. Cheap to clone: clones share connections, credentials and the retry quota.
#[derive(Clone)]
pub struct Client {
    pub(super) options: Arc<ClientOptions>,
    clock: Clock,
    /// `None` after `close`.
    sdk: Arc<Mutex<Option<Sdk>>>,
    pub(super) web: Arc<WebConnections>,
}

/// The SDK's client, created by the first call.
type Sdk = Arc<OnceCell<Resolved>>;

/// What is known of a request that may have been refused for its signature.
#[derive(Debug, Default)]
pub(super) struct Signed {
    pub(super) keys: UsedKeys,
    /// Of a request that was refused.
    pub(super) dates: Option<Dates>,
    /// Whether the keys are the call's own, not the client's.
    pub(super) has_own_keys: bool,
}

/// Exceptions that say that keys have expired, were withdrawn or replaced, with the names that other services and gateways have for them.
const KEYS_REFUSED: [&str; 6] = [
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
];

/// Exceptions that may say that a signature has the wrong time: the list of AWS's client for JavaScript.
const TIME_REFUSED: [&str; 6] = [
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "RequestTimeTooSkewed",
    "RequestExpired",
    "RequestInTheFuture",
    "AuthFailure",
];

impl Client {
    /// Does no I/O: the first call resolves the configuration.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        let machine = options.time_source.clone().unwrap_or_default();
        Self {
            options: Arc::new(options),
            clock: Clock::new(machine),
            sdk: Arc::new(Mutex::new(Some(Sdk::default()))),
            web: Arc::default(),
        }
    }

    /// Closes idle connections at once and the others when their calls end. Later calls fail with [`Failure::Configuration`].
    pub fn close(&self) {
        self.lock().take();
    }

    pub(super) async fn sdk(&self) -> Result<Resolved, Failure> {
        let sdk = self.lock().clone();
        let sdk = sdk.ok_or_else(|| Failure::Configuration("The model was closed: close() ends its connection for good.".to_owned()))?;
        let resolved = sdk.get_or_try_init(|| Box::pin(resolve(&self.options, &self.clock))).await?;
        Ok(resolved.clone())
    }

    /// The names of the headers of every request to Bedrock.
    pub(super) fn header_names(&self) -> Vec<String> {
        self.options.headers.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The region of requests, once the configuration was read.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        let sdk = self.lock().clone()?;
        sdk.get()?.client.config().region().map(ToString::to_string)
    }

    /// How often a call is attempted at most, once the configuration was read.
    #[must_use]
    pub fn max_attempts(&self) -> Option<u32> {
        let sdk = self.lock().clone()?;
        sdk.get()?.client.config().retry_config().map(RetryConfig::max_attempts)
    }

    /// Closes connections as [`close`](Self::close) does, but a later call resolves the configuration again and opens new ones.
    pub fn disconnect(&self) {
        if let Some(sdk) = self.lock().as_mut() {
            *sdk = Sdk::default();
        }
    }

    /// Does what makes the same request, sent again, succeed, if it was refused for its signature: corrects the time, or has the source of the keys asked
    /// again. The failure says then that the request may be sent again. `used`: the client that sent it.
    pub(super) fn recover_from(&self, mut failure: Failure, used: &Resolved, signed: &Signed) -> Failure {
        let Failure::Service(exception) = &mut failure else {
            return failure;
        };
        let name = exception.name.as_str();
        let dates = signed.dates.filter(|_| used.corrects_time && TIME_REFUSED.contains(&name));
        if dates.is_some_and(|dates| self.clock.correct(dates)) {
            exception.resend = Some(Resend::NewTime);
        } else if !signed.has_own_keys && self.options.renews_keys() && KEYS_REFUSED.contains(&name) {
            exception.resend = Some(Resend::NewKeys);
            if let Some(keys) = &used.keys {
                keys.refuse(&signed.keys);
            }
        }
        failure
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sdk>> {
        self.sdk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
