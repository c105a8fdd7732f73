//! From options to an SDK client. What no option says, the AWS environment does: region, credentials, endpoint, retries.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::{StalledStreamProtectionConfig, Token};
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::failure::{Failure, MissingRegion, ProviderThrew};
use super::passthrough::DefaultHeaders;

/// What a caller can say about the connection. `None` leaves a thing to the AWS environment.
#[derive(Default)]
pub struct ClientOptions {
    /// An AWS region, such as `eu-west-1`.
    pub region: Option<String>,
    /// A whole URL (`https://host:port/base`) instead of the region's own endpoint.
    pub endpoint_url: Option<String>,
    /// Credentials, asked for again before they expire. The default is the AWS chain: environment, profile, SSO, process, web identity, ECS, IMDS.
    pub credentials: Option<SharedCredentialsProvider>,
    /// A Bedrock API key. It is used instead of credentials.
    pub bearer_token: Option<String>,
    /// The profile of the shared configuration files.
    pub profile: Option<String>,
    /// Headers for every request; they are signed.
    pub headers: Vec<(String, String)>,
    /// How often a request is tried in all; the SDK's standard is 3.
    pub max_attempts: Option<u32>,
    /// What sends requests, instead of the network: for tests.
    pub http_client: Option<SharedHttpClient>,
}

/// A user's function as the SDK sees it: each call gives credentials, or `Err` when the function threw (what it threw is kept where it was thrown).
pub trait CredentialsFunction: Send + Sync + 'static {
    /// Calls the function once.
    fn call(&self) -> impl Future<Output = Result<aws_credential_types::Credentials, ProviderThrew>> + Send;
}

/// Makes a [`CredentialsFunction`] a provider: the SDK caches what it returns and calls it again before that expires.
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
        future::ProvideCredentials::new(async {
            self.0
                .call()
                .await
                .map_err(aws_credential_types::provider::error::CredentialsError::provider_error)
        })
    }
}

/// Reads the AWS environment and makes the client.
///
/// # Errors
/// [`Failure::Configuration`] when no region is to be found.
pub(super) async fn resolve(options: &ClientOptions) -> Result<aws_sdk_bedrockruntime::Client, Failure> {
    let shared = shared_config(options).await;
    if shared.region().is_none() {
        return Err(Failure::Configuration(MissingRegion.to_string()));
    }
    let mut config = aws_sdk_bedrockruntime::config::Builder::from(&shared)
        // The SDK would end a stream that brings no byte for a while; a model that thinks does just that, and the idle timeout is ours.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(token) = &options.bearer_token {
        config = config
            .bearer_token(Token::new(token, None))
            .auth_scheme_preference([AuthSchemeId::from("httpBearerAuth")]);
    }
    if !options.headers.is_empty() {
        config = config.interceptor(DefaultHeaders(options.headers.clone()));
    }
    Ok(aws_sdk_bedrockruntime::Client::from_conf(config.build()))
}

async fn shared_config(options: &ClientOptions) -> aws_config::SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(options.http_client.clone().unwrap_or_else(network));
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint_url) = &options.endpoint_url {
        loader = loader.endpoint_url(endpoint_url);
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(credentials) = &options.credentials {
        loader = loader.credentials_provider(credentials.clone());
    }
    if let Some(max_attempts) = options.max_attempts {
        loader = loader.retry_config(RetryConfig::standard().with_max_attempts(max_attempts));
    }
    loader.load().await
}

/// HTTP/2 where the other side offers it, HTTP/1.1 otherwise; connections are kept and shared by the calls of one client.
fn network() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .pool_idle_timeout(Duration::from_mins(1))
        .build_https()
}
