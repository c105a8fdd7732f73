//! Credentials of a user's function.

use std::future::Future;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

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
