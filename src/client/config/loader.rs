//! The SDK's loader of the AWS environment.

use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::credentials::shared_files;
use super::environment::without_static_keys;
use super::options::{Auth, ClientOptions};

/// Reads the variables and files of the options, and nothing of the process.
pub(super) fn config_loader(options: &ClientOptions, http_client: &SharedHttpClient) -> ConfigLoader {
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
    if let Some(sleep) = &options.sleep {
        loader = loader.sleep_impl(sleep.clone());
    }
    if let Some(files) = shared_files(options) {
        loader = loader.profile_files(files);
    }
    match &options.auth {
        Auth::Credentials(credentials) => loader.credentials_provider(credentials.clone()),
        _ => loader,
    }
}
