//! The options of a client, as JavaScript hands them over: once per client.

use std::collections::HashMap;
use std::sync::Arc;

use napi_derive::napi;

use super::credentials::{Function, JsCredentialsFunction};
use crate::client::config::{ClientOptions, credentials_provider};

/// See [`ClientOptions`] for what each means.
#[napi(object, object_to_js = false)]
pub struct JsClientOptions {
    /// An AWS region.
    pub region: Option<String>,
    /// A whole URL.
    pub endpoint_url: Option<String>,
    /// Called whenever credentials are needed; `null` says that the user's function threw.
    #[napi(ts_type = "() => Promise<JsCredentials | null>")]
    pub credentials: Option<JsCredentialsFunction>,
    /// A Bedrock API key.
    pub bearer_token: Option<String>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// Headers for every request.
    pub headers: Option<HashMap<String, String>>,
    /// How often a request is tried in all.
    pub max_attempts: Option<u32>,
}

impl From<JsClientOptions> for ClientOptions {
    fn from(options: JsClientOptions) -> Self {
        Self {
            region: options.region,
            endpoint_url: options.endpoint_url,
            credentials: options.credentials.map(|function| credentials_provider(Function(Arc::new(function)))),
            bearer_token: options.bearer_token,
            profile: options.profile,
            headers: options.headers.unwrap_or_default().into_iter().collect(),
            max_attempts: options.max_attempts,
            http_client: None,
        }
    }
}
