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

    pub(super) async fn sdk(&self) -> Result<aws_sdk_bedrockruntime::Client, Failure> {
        let sdk = self.lock().clone();
        let sdk = sdk.ok_or_else(|| Failure::Configuration("The model was closed: close() ends its connection for good.".to_owned()))?;
        sdk.get_or_try_init(|| Box::pin(resolve(&self.options))).await.cloned()
    }

    /// Closes connections as [`close`](Self::close) does, but a later call resolves the configuration again and opens new ones.
    pub fn disconnect(&self) {
        if let Some(sdk) = self.lock().as_mut() {
            *sdk = Sdk::default();
        }
    }

    /// Disconnects after a failure of credentials: the SDK's provider of a profile gives its reason once and can do nothing afterwards, though the file
    /// may have been repaired.
    pub(super) fn recover_from(&self, failure: Failure) -> Failure {
        if matches!(failure, Failure::Credentials(_)) {
            self.disconnect();
        }
        failure
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sdk>> {
        self.sdk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
