//! From options to an SDK client. What no option says, the AWS environment does: region, credentials, endpoint, retries.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_bedrockruntime::config::retry::{RetryConfig, RetryMode};
use aws_sdk_bedrockruntime::config::{Builder, IdentityCache, StalledStreamProtectionConfig, Token};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::failure::{Failure, MissingRegion, ProviderThrew};
use super::network::{self, NetworkOptions};
use super::passthrough::Headers;

/// How long credentials may take to come. The call that waits for them has its own limits, and a person may be at the other end of a function
/// (a one-time password, a login); the SDK alone would give up after some seconds.
const LONGEST_LOAD: Duration = Duration::from_hours(1);

/// What a caller can say about the connection. `None` leaves a thing to the AWS environment.
#[derive(Default)]
pub struct ClientOptions {
    /// An AWS region, such as `eu-west-1`.
    pub region: Option<String>,
    /// A whole URL (`https://host:port/base`) instead of the region's own endpoint.
    pub endpoint_url: Option<String>,
    /// Whether to use the region's FIPS endpoint.
    pub use_fips: Option<bool>,
    /// Whether to use the region's dual-stack endpoint.
    pub use_dual_stack: Option<bool>,
    /// How requests are authenticated.
    pub auth: Auth,
    /// The profile of the shared configuration files.
    pub profile: Option<String>,
    /// The shared credentials file, instead of the usual one.
    pub credentials_file: Option<PathBuf>,
    /// The shared configuration file, instead of the usual one.
    pub config_file: Option<PathBuf>,
    /// Headers for every request; they are signed.
    pub headers: Vec<(String, String)>,
    /// How often a request is tried in all; the SDK's standard is 3.
    pub max_attempts: Option<u32>,
    /// Whether retries adapt to throttling, by holding back first attempts too.
    pub adaptive_retries: Option<bool>,
    /// A name for the user agent.
    pub app_name: Option<String>,
    /// How to reach the network.
    pub network: NetworkOptions,
    /// What sends requests, instead of the network: for tests.
    pub http_client: Option<SharedHttpClient>,
}

/// How requests are authenticated.
#[derive(Default)]
pub enum Auth {
    /// The AWS chain: environment, profile, SSO, process, web identity, container, instance.
    #[default]
    Chain,
    /// Credentials, asked for again before they expire.
    Credentials(SharedCredentialsProvider),
    /// A role, by the token in a file.
    WebIdentity {
        /// The role's ARN.
        role_arn: String,
        /// The file that holds the token.
        token_file: PathBuf,
    },
    /// A Bedrock API key.
    BearerToken(String),
    /// Not at all: a gateway does it.
    None,
}

/// A user's function as the SDK sees it: each call gives credentials, or `Err` when the function threw (what it threw is kept where it was thrown).
pub trait CredentialsFunction: Send + Sync + 'static {
    /// Calls the function once.
    fn call(&self) -> impl Future<Output = Result<Credentials, ProviderThrew>> + Send;
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
        future::ProvideCredentials::new(async { self.0.call().await.map_err(CredentialsError::provider_error) })
    }
}

/// Reads the AWS environment and makes the client.
///
/// # Errors
/// [`Failure::Configuration`] when no region is to be found.
pub(super) async fn resolve(options: &ClientOptions) -> Result<aws_sdk_bedrockruntime::Client, Failure> {
    let http_client = options
        .http_client
        .clone()
        .unwrap_or_else(|| network::http_client(options.network.clone()));
    let shared = loader(options, &http_client).load().await;
    if shared.region().is_none() {
        return Err(Failure::Configuration(MissingRegion.to_string()));
    }
    let environment = ProviderConfig::default()
        .with_http_client(http_client)
        .with_region(shared.region().cloned());
    let mut config = Builder::from(&shared)
        // The SDK would end a stream that brings no byte for a while; a model that thinks does just that, and the idle timeout is ours.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .identity_cache(IdentityCache::lazy().load_timeout(LONGEST_LOAD).build())
        .retry_config(retries(options, &shared));
    config = match (&options.auth, &options.profile) {
        (Auth::BearerToken(token), _) => bearing(config, token),
        (Auth::None, _) => config.allow_no_auth().auth_scheme_preference([AuthSchemeId::from("noAuth")]),
        (Auth::WebIdentity { role_arn, token_file }, _) => config.credentials_provider(web_identity(&environment, role_arn, token_file)),
        (Auth::Chain, Some(profile)) => config.credentials_provider(profile_first(&environment, profile, options, &shared)),
        (Auth::Chain | Auth::Credentials(_), _) => config,
    };
    if !options.headers.is_empty() {
        config = config.interceptor(Headers(options.headers.clone()));
    }
    Ok(aws_sdk_bedrockruntime::Client::from_conf(config.build()))
}

/// Makes a configuration sign with credentials, whatever the client's own way is.
pub(super) fn signing(config: Builder, credentials: Credentials) -> Builder {
    // A cache would keep the credentials of every tenant for as long as the client lives.
    config
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::no_cache())
        .auth_scheme_preference([AuthSchemeId::from("sigv4")])
}

/// Makes a configuration send a Bedrock API key instead of signatures.
pub(super) fn bearing(config: Builder, token: &str) -> Builder {
    config
        .bearer_token(Token::new(token, None))
        .auth_scheme_preference([AuthSchemeId::from("httpBearerAuth")])
}

fn loader(options: &ClientOptions, http_client: &SharedHttpClient) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client.clone());
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
    if let Some(files) = files(options) {
        loader = loader.profile_files(files);
    }
    match &options.auth {
        Auth::Credentials(credentials) => loader.credentials_provider(credentials.clone()),
        _ => loader,
    }
}

/// The shared files, if they are not the usual ones.
fn files(options: &ClientOptions) -> Option<EnvConfigFiles> {
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

/// A profile that was asked for beats the environment's keys, which the chain would take first.
fn profile_first(environment: &ProviderConfig, profile: &str, options: &ClientOptions, shared: &SdkConfig) -> SharedCredentialsProvider {
    let mut provider = ProfileFileCredentialsProvider::builder().configure(environment).profile_name(profile);
    if let Some(files) = files(options) {
        provider = provider.profile_files(files);
    }
    let first = CredentialsProviderChain::first_try("Profile", provider.build());
    SharedCredentialsProvider::new(match shared.credentials_provider() {
        Some(chain) => first.or_else("Chain", chain),
        None => first,
    })
}

fn web_identity(environment: &ProviderConfig, role_arn: &str, token_file: &Path) -> WebIdentityTokenCredentialsProvider {
    let configuration = StaticConfiguration {
        web_identity_token_file: token_file.to_owned(),
        role_arn: role_arn.to_owned(),
        session_name: "langchain-aws-native".to_owned(),
    };
    let provider = WebIdentityTokenCredentialsProvider::builder().configure(environment);
    provider.static_configuration(configuration).build()
}

/// What the options say, over what the environment says (`AWS_MAX_ATTEMPTS`, `AWS_RETRY_MODE`, the profile), over the SDK's standard.
fn retries(options: &ClientOptions, shared: &SdkConfig) -> RetryConfig {
    let mut retries = shared.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    if let Some(is_adaptive) = options.adaptive_retries {
        retries = retries.with_retry_mode(if is_adaptive { RetryMode::Adaptive } else { RetryMode::Standard });
    }
    if let Some(max_attempts) = options.max_attempts {
        retries = retries.with_max_attempts(max_attempts);
    }
    retries
}
