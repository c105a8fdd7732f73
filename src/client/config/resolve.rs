//! Creates the SDK's client. Region, credentials, endpoint and retries that no option sets come from the AWS environment.

use std::time::Duration;

use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_bedrockruntime::config::retry::{RetryConfig, RetryMode};
use aws_sdk_bedrockruntime::config::{Builder, IdentityCache, StalledStreamProtectionConfig, Token};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::credentials::{environment_role_provider, shared_files, web_identity_provider};
use super::environment::{SnapshotEnvironment, without_static_keys};
use super::options::{Auth, ClientOptions};
use super::retries::StatusClassifier;
use crate::client::failure::{Failure, MissingRegion};
use crate::client::headers::Headers;
use crate::client::network;

/// The time limit for fetching credentials. It is long because a provider may ask the user for a one-time password; a call has its own, shorter limits.
/// The SDK's default is five seconds.
const CREDENTIALS_LOAD_TIMEOUT: Duration = Duration::from_hours(1);

/// Reads the AWS environment and creates the client.
///
/// # Errors
/// [`Failure::Configuration`] if there is no region.
pub(in crate::client) async fn resolve(options: &ClientOptions) -> Result<aws_sdk_bedrockruntime::Client, Failure> {
    let http_client = options
        .http_client
        .clone()
        .unwrap_or_else(|| network::http_client(options.network.clone()));
    let shared = config_loader(options, &http_client).load().await;
    if shared.region().is_none() {
        return Err(Failure::Configuration(MissingRegion.to_string()));
    }
    let mut config = Builder::from(&shared)
        // It ends the stream of a model that sends nothing while it thinks. `CallOptions::idle_timeout` replaces it.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_LOAD_TIMEOUT).build())
        .retry_config(retry_config(options, &shared))
        .retry_classifier(StatusClassifier);
    config = match (&options.auth, &options.profile) {
        (Auth::BearerToken(token), _) => with_bearer_token(config, token),
        (Auth::None, _) => config.allow_no_auth().auth_scheme_preference([AuthSchemeId::from("noAuth")]),
        (Auth::WebIdentity { role_arn, token_file }, _) => {
            let provider = web_identity_provider(role_arn, token_file, options, &shared).await;
            with_provider(config, provider)
        }
        (Auth::Chain, Some(profile)) => with_provider(config, environment_role_provider(profile, options, &shared).await),
        (Auth::Chain | Auth::Credentials(_), _) => config,
    };
    config = config.interceptor(SnapshotEnvironment(options.environment.clone().into()));
    if matches!(options.auth, Auth::Chain | Auth::Credentials(_) | Auth::WebIdentity { .. }) {
        // Otherwise the SDK prefers the API key of AWS_BEARER_TOKEN_BEDROCK to any credentials, even an empty one.
        config = config.auth_scheme_preference([AuthSchemeId::from("sigv4")]);
    }
    if !options.headers.is_empty() {
        config = config.interceptor(Headers(options.headers.clone()));
    }
    Ok(aws_sdk_bedrockruntime::Client::from_conf(config.build()))
}

fn with_provider(config: Builder, provider: Option<SharedCredentialsProvider>) -> Builder {
    match provider {
        Some(provider) => config.credentials_provider(provider),
        None => config,
    }
}

fn config_loader(options: &ClientOptions, http_client: &SharedHttpClient) -> ConfigLoader {
    // The SDK's chain prefers the environment's keys to the profile.
    let environment = match (&options.auth, &options.profile) {
        (Auth::Chain, Some(_)) => without_static_keys(&options.environment),
        _ => options.environment.clone(),
    };
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        .env(environment.into());
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint_url) = &options.endpoint_url {
        loader = loader.endpoint_url(endpoint_url);
    }
    if let Some(use_fips) = options.use_fips {
        loader = loader.use_fips(use_fips);
    }
    if let Some(use_dual_stack) = options.use_dual_stack {
        loader = loader.use_dual_stack(use_dual_stack);
    }
    if let Some(name) = options.app_name.as_ref().and_then(|name| AppName::new(name.clone()).ok()) {
        loader = loader.app_name(name);
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(files) = shared_files(options) {
        loader = loader.profile_files(files);
    }
    match &options.auth {
        Auth::Credentials(credentials) => loader.credentials_provider(credentials.clone()),
        _ => loader,
    }
}

/// The retry settings: options, else the environment (`AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE`, the profile), else the SDK's defaults.
fn retry_config(options: &ClientOptions, shared: &SdkConfig) -> RetryConfig {
    let mut config = shared.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    if let Some(is_adaptive) = options.adaptive_retries {
        config = config.with_retry_mode(if is_adaptive { RetryMode::Adaptive } else { RetryMode::Standard });
    }
    if let Some(max_attempts) = options.max_attempts {
        config = config.with_max_attempts(max_attempts);
    }
    config
}

/// Signs requests with `credentials`, whatever the authentication of the client is.
pub(in crate::client) fn with_credentials(config: Builder, credentials: Credentials) -> Builder {
    // A cache would keep the credentials of each call for the lifetime of the client.
    config
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::no_cache())
        .auth_scheme_preference([AuthSchemeId::from("sigv4")])
}

/// Sends a Bedrock API key in place of a signature.
pub(in crate::client) fn with_bearer_token(config: Builder, token: &str) -> Builder {
    config
        .bearer_token(Token::new(token, None))
        .auth_scheme_preference([AuthSchemeId::from("httpBearerAuth")])
}
