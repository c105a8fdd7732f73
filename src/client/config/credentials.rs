//! Credential providers that the SDK's default chain does not include.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;

use aws_config::profile::ProfileSet;
use aws_config::sts::{AssumeRoleProvider, AssumeRoleProviderBuilder};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::origin::Origin;
use aws_types::os_shim_internal::{Env, Fs};

use super::environment::without_static_keys;
use super::options::ClientOptions;
use crate::client::failure::ProviderThrew;

/// The session name of a role that is assumed, if nothing sets one.
const SESSION_NAME: &str = "langchain-aws-native";

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

/// The provider of a profile whose role is assumed with the environment's keys (`credential_source = Environment`), also by way of `source_profile`.
/// `None` for every other profile, which the SDK's chain serves: that chain would take the environment's keys themselves.
pub(super) async fn environment_role_provider(profile: &str, options: &ClientOptions, shared: &SdkConfig) -> Option<SharedCredentialsProvider> {
    let keys = environment_keys(&options.environment)?;
    let environment = Env::from(options.environment.clone());
    let files = shared_files(options).unwrap_or_default();
    let profiles = aws_config::profile::load(&Fs::real(), &environment, &files, None).await.ok()?;
    let roles = environment_roles(&profiles, profile)?;
    let mut of_sts = shared.clone().into_builder();
    // An endpoint of Bedrock is not that of STS, which may have a variable of its own.
    of_sts.set_endpoint_url(None);
    of_sts.insert_origin("endpoint_url", Origin::unknown());
    let of_sts = of_sts.build();
    let mut provider = SharedCredentialsProvider::new(keys);
    for role in roles.into_iter().rev() {
        provider = SharedCredentialsProvider::new(role.configure(&of_sts).build_from_provider(provider).await);
    }
    Some(provider)
}

fn environment_keys(environment: &HashMap<String, String>) -> Option<Credentials> {
    let value = |name: &str| environment.get(name).cloned();
    let (id, secret) = value("AWS_ACCESS_KEY_ID").zip(value("AWS_SECRET_ACCESS_KEY"))?;
    Some(Credentials::new(id, secret, value("AWS_SESSION_TOKEN"), None, "environment"))
}

/// The roles from `profile` to the one that the environment's keys may assume.
fn environment_roles(profiles: &ProfileSet, profile: &str) -> Option<Vec<AssumeRoleProviderBuilder>> {
    let mut roles = Vec::new();
    let mut visited = vec![profile];
    while let Some(name) = visited.last() {
        let profile = profiles.get_profile(name)?;
        let mut role = AssumeRoleProvider::builder(profile.get("role_arn")?).session_name(profile.get("role_session_name").unwrap_or(SESSION_NAME));
        if let Some(id) = profile.get("external_id") {
            role = role.external_id(id);
        }
        roles.push(role);
        if profile.get("credential_source") == Some("Environment") {
            return Some(roles);
        }
        let source = profile.get("source_profile")?;
        if visited.contains(&source) {
            return None;
        }
        visited.push(source);
    }
    None
}

/// Assumes a role with the web identity token in a file: the SDK's chain with an environment that has nothing else.
pub(super) async fn web_identity_provider(
    role_arn: &str,
    token_file: &Path,
    options: &ClientOptions,
    shared: &SdkConfig,
) -> Option<SharedCredentialsProvider> {
    let mut environment = without_static_keys(&options.environment);
    environment.remove("AWS_PROFILE");
    environment.insert("AWS_ROLE_ARN".to_owned(), role_arn.to_owned());
    environment.insert("AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(), token_file.to_string_lossy().into_owned());
    environment
        .entry("AWS_ROLE_SESSION_NAME".to_owned())
        .or_insert_with(|| SESSION_NAME.to_owned());
    let no_profiles = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "").build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .env(environment.into())
        .profile_files(no_profiles)
        .region(shared.region().cloned());
    if let Some(http_client) = shared.http_client() {
        loader = loader.http_client(http_client);
    }
    loader.load().await.credentials_provider()
}
