//! The client: its options, and the SDK's client that the first call creates from them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use super::config::{ClientOptions, resolve};
use super::failure::Failure;

/// A Bedrock client with one configuration. Cheap to clone: clones share connections, credentials and the retry quota.
#[derive(Clone)]
pub struct Client {
    options: Arc<ClientOptions>,
    /// `None` after `close`.
    sdk: Arc<Mutex<Option<Sdk>>>,
}

/// The SDK's client for one request.
pub(super) struct SdkClient {
    pub(super) client: aws_sdk_bedrockruntime::Client,
    sdk: Sdk,
}

/// Exceptions that say that keys have expired, were withdrawn or replaced.
const KEYS_REFUSED: [&str; 3] = ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"];

/// The SDK's client, created by the first call.
type Sdk = Arc<OnceCell<aws_sdk_bedrockruntime::Client>>;

impl Client {
    /// Does no I/O: the first call resolves the configuration.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        Self {
            options: Arc::new(options),
            sdk: Arc::new(Mutex::new(Some(Sdk::default()))),
        }
    }

    /// Closes idle connections at once and the others when their calls end. Later calls fail with [`Failure::Configuration`].
    pub fn close(&self) {
        self.lock().take();
    }

    pub(super) async fn sdk(&self) -> Result<SdkClient, Failure> {
        let sdk = self.lock().clone();
        let sdk = sdk.ok_or_else(|| Failure::Configuration("The model was closed: close() ends its connection for good.".to_owned()))?;
        let client = sdk.get_or_try_init(|| Box::pin(resolve(&self.options))).await?.clone();
        Ok(SdkClient { client, sdk })
    }

    /// The region of requests, once the configuration was read.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        let sdk = self.lock().clone()?;
        sdk.get()?.config().region().map(ToString::to_string)
    }

    /// Closes connections as [`close`](Self::close) does, but a later call resolves the configuration again and opens new ones.
    pub fn disconnect(&self) {
        if let Some(sdk) = self.lock().as_mut() {
            *sdk = Sdk::default();
        }
    }

    /// Asks the source of credentials again for the next request, if `used` failed for its credentials: the SDK's provider of a profile reads its files
    /// once, and keeps keys that were refused. A refusal says then that the request may be sent again. `has_own_keys`: the call's, not the client's.
    pub(super) fn recover_from(&self, mut failure: Failure, used: &SdkClient, has_own_keys: bool) -> Failure {
        match &mut failure {
            Failure::Credentials(_) => self.replace(used),
            Failure::Service(exception) if !has_own_keys && self.options.renews_keys() && KEYS_REFUSED.contains(&exception.name.as_str()) => {
                exception.has_new_keys = true;
                self.replace(used);
            }
            _ => {}
        }
        failure
    }

    /// Disconnects, unless another call has done so since `used` was taken: many calls ask for new keys once.
    fn replace(&self, used: &SdkClient) {
        if let Some(sdk) = self.lock().as_mut().filter(|sdk| Arc::ptr_eq(sdk, &used.sdk)) {
            *sdk = Sdk::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sdk>> {
        self.sdk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
