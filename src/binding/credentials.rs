//! A JavaScript function as a source of credentials.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use napi::bindgen_prelude::Promise;
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;

use crate::client::config::CredentialsFunction;
use crate::client::failure::ProviderThrew;

/// Credentials as the JavaScript SDK shapes them.
#[napi(object, object_to_js = false)]
pub struct JsCredentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
    /// Expiry in milliseconds since 1970.
    pub expiration: Option<f64>,
}

/// Weak, so that a model does not keep the process alive. `null` means that the user's function threw.
pub(super) type JsCredentialsFunction = ThreadsafeFunction<(), Promise<Option<JsCredentials>>, (), napi::Status, false, true>;

pub(super) struct Function(pub(super) Arc<JsCredentialsFunction>);

impl CredentialsFunction for Function {
    async fn call(&self) -> Result<Credentials, ProviderThrew> {
        let promise = self.0.call_async_catch(()).await.map_err(|_| ProviderThrew)?;
        promise.await.ok().flatten().map(Credentials::from).ok_or(ProviderThrew)
    }
}

impl From<JsCredentials> for Credentials {
    fn from(credentials: JsCredentials) -> Self {
        let expiration = credentials
            .expiration
            .and_then(|milliseconds| Duration::try_from_secs_f64(milliseconds / 1000.0).ok());
        Self::new(
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.session_token,
            expiration.and_then(|since_1970| UNIX_EPOCH.checked_add(since_1970)),
            "credentials",
        )
    }
}
