//! Where the keys of a client come from: the provider that the options choose.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::credentials::{environment_role_provider, web_identity_provider};
use super::loader::config_loader;
use super::options::{Auth, ClientOptions};

/// A provider that is made anew after a failure and after its keys were refused: the SDK's provider of a profile reads its files once.
pub(super) struct KeySource {
    options: Arc<ClientOptions>,
    http_client: SharedHttpClient,
    region: Option<Region>,
    /// `None`: to be made.
    provider: Mutex<Option<SharedCredentialsProvider>>,
}

impl KeySource {
    /// `shared`: what the AWS environment says with these options.
    pub(super) async fn new(options: &Arc<ClientOptions>, http_client: SharedHttpClient, shared: &SdkConfig) -> Self {
        Self {
            options: Arc::clone(options),
            http_client,
            region: shared.region().cloned(),
            provider: Mutex::new(provider(options, shared).await),
        }
    }

    /// Has the provider made anew for the next keys. A user's function needs that not.
    pub(super) fn forget(&self) {
        if !matches!(self.options.auth, Auth::Credentials(_)) {
            self.lock().take();
        }
    }

    async fn provide(&self) -> Result {
        let known = self.lock().clone();
        let provider = match known {
            Some(provider) => provider,
            None => self.make().await.ok_or_else(CredentialsError::not_loaded_no_source)?,
        };
        let keys: Result = provider.provide_credentials().await;
        if keys.is_err() {
            self.forget();
        }
        keys
    }

    async fn make(&self) -> Option<SharedCredentialsProvider> {
        // The region is known: asking for it again may be a request to the instance's metadata.
        let loader = config_loader(&self.options, &self.http_client).region(self.region.clone());
        let shared = Box::pin(loader.load()).await;
        let made = provider(&self.options, &shared).await;
        self.lock().clone_from(&made);
        made
    }

    fn lock(&self) -> MutexGuard<'_, Option<SharedCredentialsProvider>> {
        self.provider.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn provider(options: &ClientOptions, shared: &SdkConfig) -> Option<SharedCredentialsProvider> {
    let own = match (&options.auth, &options.profile) {
        (Auth::WebIdentity { role_arn, token_file }, _) => return web_identity_provider(role_arn, token_file, options, shared).await,
        (Auth::Chain, Some(profile)) => environment_role_provider(profile, options, shared).await,
        _ => None,
    };
    own.or_else(|| shared.credentials_provider())
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeySource")
    }
}

impl ProvideCredentials for KeySource {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}
