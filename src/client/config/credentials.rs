//! Credential providers that the SDK's default chain does not include.

use std::future::Future;
use std::path::Path;

use aws_config::SdkConfig;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};

use super::options::ClientOptions;
use crate::client::failure::ProviderThrew;

/// A user's function that returns credentials. `Err` means that it threw; the thrown value stays in JavaScript.
pub trait CredentialsFunction: Send + Sync + 'static {
    /// Calls the function once.
    fn call(&self) -> impl Future<Output = Result<Credentials, ProviderThrew>> + Send;
}

/// Converts a [`CredentialsFunction`] to a provider. The SDK caches the credentials and calls the function again before they expire.
#[must_use]
pub fn credentials_provider(function: impl CredentialsFunction) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(FunctionProvider(function))
}

struct FunctionProvider<F>(F);

impl<F> std::fmt::Debug for FunctionProvider<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FunctionProvider")
    }
}

impl<F: CredentialsFunction> ProvideCredentials for FunctionProvider<F> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.0.call().await.map_err(CredentialsError::provider_error) })
    }
}

/// The shared AWS files, if an option names one of them; `None` means the default files.
pub(super) fn shared_files(options: &ClientOptions) -> Option<EnvConfigFiles> {
    if options.credentials_file.is_none() && options.config_file.is_none() {
        return None;
    }
    let mut files = EnvConfigFiles::builder();
    files = match &options.config_file {
        Some(file) => files.with_file(EnvConfigFileKind::Config, file),
        None => files.include_default_config_file(true),
    };
    files = match &options.credentials_file {
        Some(file) => files.with_file(EnvConfigFileKind::Credentials, file),
        None => files.include_default_credentials_file(true),
    };
    Some(files.build())
}

/// A named profile, then the default chain. The chain alone prefers the environment's access keys to the profile.
pub(super) fn profile_then_chain(
    environment: &ProviderConfig,
    profile: &str,
    options: &ClientOptions,
    shared: &SdkConfig,
) -> SharedCredentialsProvider {
    let mut provider = ProfileFileCredentialsProvider::builder().configure(environment).profile_name(profile);
    if let Some(files) = shared_files(options) {
        provider = provider.profile_files(files);
    }
    let profile = CredentialsProviderChain::first_try("Profile", provider.build());
    SharedCredentialsProvider::new(match shared.credentials_provider() {
        Some(chain) => profile.or_else("Chain", chain),
        None => profile,
    })
}

/// Assumes a role with the web identity token in a file.
pub(super) fn web_identity_provider(environment: &ProviderConfig, role_arn: &str, token_file: &Path) -> WebIdentityTokenCredentialsProvider {
    let configuration = StaticConfiguration {
        web_identity_token_file: token_file.to_owned(),
        role_arn: role_arn.to_owned(),
        session_name: "langchain-aws-native".to_owned(),
    };
    let provider = WebIdentityTokenCredentialsProvider::builder().configure(environment);
    provider.static_configuration(configuration).build()
}
