//! Where the keys of a client come from: the provider that the options choose.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_config::Region;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::options::{Auth, ClientOptions};
use super::settings::Settings;
use super::sources::{Selection, Sources};

/// The keys that a client with these options would sign with, found anew.
///
/// # Errors
/// Why there are none: also settings that a client would refuse.
pub async fn find_credentials(options: ClientOptions) -> Result {
    let options = Arc::new(options);
    let http_client = options.http_client();
    let settings = Settings::load(&options, &http_client).await;
    let settings = settings.map_err(CredentialsError::invalid_configuration)?;
    provider(&options, settings).provide_credentials().await
}

/// A provider that is made anew after a failure and after its keys were refused: it reads the shared files once.
pub(super) struct KeySource {
    options: Arc<ClientOptions>,
    http_client: SharedHttpClient,
    region: Option<Region>,
    /// `None`: to be made.
    provider: Mutex<Option<SharedCredentialsProvider>>,
}

impl KeySource {
    /// `settings`: what the AWS environment says with these options.
    pub(super) fn new(options: &Arc<ClientOptions>, http_client: SharedHttpClient, settings: Settings) -> Self {
        Self {
            options: Arc::clone(options),
            http_client,
            region: settings.shared.region().cloned(),
            provider: Mutex::new(Some(provider(options, settings))),
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
            None => self.make().await?,
        };
        let keys: Result = provider.provide_credentials().await;
        if keys.is_err() {
            self.forget();
        }
        keys
    }

    async fn make(&self) -> std::result::Result<SharedCredentialsProvider, CredentialsError> {
        let settings = Settings::load(&self.options, &self.http_client).await;
        let settings = settings.map_err(CredentialsError::invalid_configuration)?;
        // The region is known: asking for it again may be a request to the instance's metadata.
        let made = provider(&self.options, settings.with_region(self.region.clone()));
        self.lock().replace(made.clone());
        Ok(made)
    }

    fn lock(&self) -> MutexGuard<'_, Option<SharedCredentialsProvider>> {
        self.provider.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn provider(options: &ClientOptions, settings: Settings) -> SharedCredentialsProvider {
    let selection = match &options.auth {
        Auth::Credentials(provider) => return provider.clone(),
        Auth::WebIdentity { role_arn, token_file } => Selection::WebIdentity {
            role_arn: role_arn.clone(),
            token_file: token_file.clone(),
        },
        Auth::Chain | Auth::BearerToken(_) | Auth::None => Selection::Chain {
            has_chosen_profile: options.profile.is_some(),
        },
    };
    SharedCredentialsProvider::new(Sources::new(settings, selection))
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
