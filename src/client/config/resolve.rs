//! Creates the SDK's client. Region, credentials, endpoint and retries that no option sets come from the AWS environment.

use std::sync::Arc;

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_bedrockruntime::config::retry::{RetryConfig, RetryMode, RetryPartition};
use aws_sdk_bedrockruntime::config::{Builder, IdentityCache, StalledStreamProtectionConfig, Token};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_types::retry::RetrySpec;
use aws_types::service_config::ServiceConfigKey;

use super::clock::{Clock, SigV4WithClock};
use super::environment::SnapshotEnvironment;
use super::key_cache::KeyCache;
use super::key_source::KeySource;
use super::options::{Auth, ClientOptions};
use super::retries::StatusClassifier;
use super::settings::{Settings, is_url};
use super::sources::region_of_instance;
use crate::client::failure::{Failure, MissingRegion};
use crate::client::headers::Headers;
use crate::client::retry_partitions::{RetryPartitions, Target, partitions_of};

/// The SDK's client, and what it signs with.
#[derive(Clone)]
pub(in crate::client) struct Resolved {
    pub(in crate::client) client: aws_sdk_bedrockruntime::Client,
    /// `None` without keys.
    pub(in crate::client) keys: Option<KeyCache>,
    /// Whether the time of signatures may be corrected. The AWS environment can say no.
    pub(in crate::client) corrects_time: bool,
    partitions: Arc<RetryPartitions>,
}

impl Resolved {
    /// The retry quota of requests to a model, or of another operation by its name.
    pub(in crate::client) fn retry_partition(&self, subject: &str) -> RetryPartition {
        self.partitions.of(subject)
    }
}

/// Reads the AWS environment and creates the client.
///
/// # Errors
/// [`Failure::Configuration`] if there is no region.
pub(in crate::client) async fn resolve(options: &Arc<ClientOptions>, clock: &Clock) -> Result<Resolved, Failure> {
    let http_client = options.http_client();
    let mut settings = Settings::load(options, &http_client).await?;
    if settings.shared.region().is_none() {
        let region = region_of_instance(&settings).await;
        settings = settings.with_region(region.map(Region::new));
    }
    let shared = settings.shared.clone();
    let Some(region) = shared.region() else {
        return Err(Failure::Configuration(MissingRegion.to_string()));
    };
    let retries = retry_config(options, &shared);
    let target = Target {
        region: region.to_string(),
        endpoint_url: endpoint_url(options, &shared)?,
        use_fips: shared.use_fips() == Some(true),
        use_dual_stack: shared.use_dual_stack() == Some(true),
        has_new_costs: retries.retry_spec().is_some_and(|spec| spec.is_at_least(RetrySpec::V2_1)),
    };
    let mut config = Builder::from(&shared)
        // It ends the stream of a model that sends nothing while it thinks. `CallOptions::idle_timeout` replaces it.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retries)
        .retry_classifier(StatusClassifier)
        // `Clock` replaces it.
        .disable_clock_skew_correction(true)
        .push_auth_scheme(SigV4WithClock::new(clock.clone()));
    if let Some(time_source) = &options.time_source {
        config = config.time_source(time_source.clone());
    }
    let mut keys = None;
    config = match &options.auth {
        Auth::BearerToken(token) => with_bearer_token(config, token),
        Auth::None => config
            .allow_no_auth()
            .identity_cache(IdentityCache::no_cache())
            .auth_scheme_preference([AuthSchemeId::from("noAuth")]),
        Auth::Chain | Auth::Credentials(_) | Auth::WebIdentity { .. } => {
            let source = Arc::new(KeySource::new(options, http_client, settings));
            let cache = keys.insert(KeyCache::new(Arc::clone(&source), clock.clone()));
            config
                .credentials_provider(source as Arc<dyn ProvideCredentials>)
                .identity_cache(cache.clone())
                // Otherwise the SDK prefers the API key of AWS_BEARER_TOKEN_BEDROCK to any credentials, even an empty one.
                .auth_scheme_preference([AuthSchemeId::from("sigv4")])
        }
    };
    config = config.interceptor(SnapshotEnvironment(options.environment.clone().into()));
    if !options.headers.is_empty() {
        config = config.interceptor(Headers(options.headers.clone()));
    }
    Ok(Resolved {
        client: aws_sdk_bedrockruntime::Client::from_conf(config.build()),
        keys,
        corrects_time: shared.disable_clock_skew_correction() != Some(true),
        partitions: partitions_of(target),
    })
}

#[derive(Debug, thiserror::Error)]
#[error(
    "The endpoint that the environment or the profile names (AWS_ENDPOINT_URL_BEDROCK_RUNTIME, endpoint_url) is no URL such as https://host:8443"
)]
struct BadEndpoint;

/// The URL in place of the region's endpoint, if there is one: as the SDK does, that of the service before that of all services.
///
/// # Errors
/// [`Failure::Configuration`] if it is no URL, which the SDK would panic on. The message does not show it: it may have a password.
fn endpoint_url(options: &ClientOptions, shared: &SdkConfig) -> Result<Option<String>, Failure> {
    let of_service = || {
        let key = ServiceConfigKey::builder()
            .service_id("Bedrock Runtime")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url");
        shared.service_config()?.load_config(key.build().ok()?)
    };
    let of_options = options.endpoint_url.clone();
    let configured = of_options.or_else(of_service).or_else(|| shared.endpoint_url().map(str::to_owned));
    match configured {
        Some(url) if !is_url(&url) => Err(Failure::Configuration(BadEndpoint.to_string())),
        configured => Ok(configured),
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
    // Nothing is fetched for it, and a cache would keep it for the lifetime of the client.
    config
        .bearer_token(Token::new(token, None))
        .identity_cache(IdentityCache::no_cache())
        .auth_scheme_preference([AuthSchemeId::from("httpBearerAuth")])
}
