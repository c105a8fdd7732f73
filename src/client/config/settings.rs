//! The settings of the AWS environment: variables of the snapshot, and the shared files. `aws-config` reads the files.
//!
//! Its loader of everything is not used: that also builds its own chain of credentials, whose clients read the environment of the process.

use std::convert::Infallible;
use std::error::Error;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use aws_config::profile::{self, ProfileFileLoadError, ProfileSet};
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::{EnvConfigError, EnvConfigValue};
use aws_sdk_bedrockruntime::config::SharedAsyncSleep;
use aws_smithy_async::rt::sleep::default_async_sleep;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::{RetryConfig, RetryMode, RetrySpec};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::origin::Origin;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::options::ClientOptions;
use crate::client::failure::Failure;

/// The SDK's own limit for opening a connection.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// The variable that may have a URL for each service, which a setting can have ignored.
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// What the AWS environment says with the options of a client. It may have secrets, so it has no `Debug`.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) environment: Env,
    /// The profiles, with the selected one, or why the files could not be read.
    pub(super) profiles: Result<ProfileSet, ProfileFileLoadError>,
    /// Has neither credentials nor a region that only an instance knows.
    pub(super) shared: SdkConfig,
}

impl Settings {
    /// Reads the variables and the files of the options, and nothing of the process.
    ///
    /// # Errors
    /// [`Failure::Configuration`] if the number of attempts or the retry mode is not one.
    pub(super) async fn load(options: &ClientOptions, http_client: &SharedHttpClient) -> Result<Self, Failure> {
        let mut variables = options.environment.clone();
        // An empty variable names no endpoint, as in AWS's other clients: what the profile says counts.
        variables.retain(|name, value| !(value.is_empty() && name.starts_with(ENDPOINT_URL)));
        let environment = Env::from(variables);
        let selected = options.profile.clone().map(Into::into);
        let profiles = profile::load(&Fs::real(), &environment, &shared_files(options), selected).await;
        let mut settings = Self {
            environment,
            profiles,
            shared: SdkConfig::builder().build(),
        };
        settings.shared = settings.to_sdk(options, http_client)?;
        Ok(settings)
    }

    /// The settings with another region.
    pub(super) fn with_region(mut self, region: Option<Region>) -> Self {
        self.shared = self.shared.into_builder().region(region).build();
        self
    }

    fn to_sdk(&self, options: &ClientOptions, http_client: &SharedHttpClient) -> Result<SdkConfig, Failure> {
        let ignores_urls = self.flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") == Some(true);
        let is_own_url = options.endpoint_url.is_some();
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client.clone())
            .time_source(options.time_source.clone().unwrap_or_default())
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build())
            .retry_config(self.retry_config()?)
            .service_config(ServiceSettings {
                environment: self.environment.clone(),
                profiles: self.sections().cloned().unwrap_or_default(),
                ignores_urls: ignores_urls && !is_own_url,
            })
            .region(options.region.clone().or_else(|| self.region()).map(Region::new));
        let sleep = options.sleep.clone().or_else(default_async_sleep);
        builder.set_sleep_impl(sleep.map(SharedAsyncSleep::new));
        builder.set_use_fips(options.use_fips.or_else(|| self.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")));
        builder.set_use_dual_stack(
            options
                .use_dual_stack
                .or_else(|| self.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")),
        );
        builder.set_disable_clock_skew_correction(self.flag("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "disable_clock_skew_correction"));
        builder.set_app_name(self.app_name(options));
        if is_own_url {
            builder.insert_origin("endpoint_url", Origin::shared_config());
            builder.set_endpoint_url(options.endpoint_url.clone());
        } else if !ignores_urls {
            builder.set_endpoint_url(self.value(ENDPOINT_URL, "endpoint_url").filter(|url| is_url(url)));
        }
        Ok(builder.build())
    }

    /// The time of the machine, or of a test.
    pub(super) fn now(&self) -> SystemTime {
        self.shared.time_source().unwrap_or_default().now()
    }

    /// The profiles, if the files could be read.
    pub(super) fn sections(&self) -> Option<&ProfileSet> {
        self.profiles.as_ref().ok()
    }

    /// A variable of the snapshot. An empty one is one too.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).ok()
    }

    /// A variable, or else the key of the selected profile.
    pub(super) fn value(&self, variable: &str, key: &str) -> Option<String> {
        self.validated::<_, Infallible>(variable, key, |value| Ok(value.to_owned())).ok()?
    }

    fn validated<T, E: Error + Send + Sync + 'static>(
        &self,
        variable: &str,
        key: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, EnvConfigError<E>> {
        let value = EnvConfigValue::new().env(variable).profile(key);
        value.validate(&self.environment, self.sections(), read)
    }

    /// A value that is neither `true` nor `false` counts as unset.
    fn flag(&self, variable: &str, key: &str) -> Option<bool> {
        let value = self.value(variable, key)?.to_ascii_lowercase();
        value.parse().ok()
    }

    fn app_name(&self, options: &ClientOptions) -> Option<AppName> {
        let of_options = options.app_name.as_ref().and_then(|name| AppName::new(name.clone()).ok());
        // The second key is how an older SDK wrote it.
        let configured = || {
            let of_profile = || self.sections()?.get("sdk-ua-app-id").map(str::to_owned);
            let name = self.value("AWS_SDK_UA_APP_ID", "sdk_ua_app_id").or_else(of_profile)?;
            AppName::new(name).ok()
        };
        of_options.or_else(configured)
    }

    fn retry_config(&self) -> Result<RetryConfig, Failure> {
        let attempts = self.validated("AWS_MAX_ATTEMPTS", "max_attempts", attempts).map_err(invalid)?;
        let mode = self.validated("AWS_RETRY_MODE", "retry_mode", retry_mode).map_err(invalid)?;
        let mut config = RetryConfig::standard();
        if let Some(attempts) = attempts {
            config = config.with_max_attempts(attempts);
        }
        if let Some(mode) = mode {
            config = config.with_retry_mode(mode);
        }
        if self
            .variable("AWS_NEW_RETRIES_2026")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        {
            config = config.with_retry_spec(RetrySpec::v2_1());
        }
        Ok(config)
    }

    fn region(&self) -> Option<String> {
        let of_environment = self.variable("AWS_REGION").or_else(|| self.variable("AWS_DEFAULT_REGION"));
        of_environment.or_else(|| region_of_profile(self.sections()?).map(str::to_owned))
    }
}

/// The error names the variable or the key.
fn invalid(error: impl std::fmt::Display) -> Failure {
    Failure::Configuration(format!("{error}."))
}

#[derive(Debug, thiserror::Error)]
enum InvalidRetries {
    #[error("The number of attempts must be a whole number from 1 on, but it is `{0}`")]
    Attempts(String),
    #[error("The retry mode must be `standard` or `adaptive`, but it is `{0}`")]
    Mode(String),
}

fn attempts(value: &str) -> Result<u32, InvalidRetries> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| InvalidRetries::Attempts(value.to_owned()))
}

fn retry_mode(value: &str) -> Result<RetryMode, InvalidRetries> {
    RetryMode::from_str(value).map_err(|_| InvalidRetries::Mode(value.to_owned()))
}

pub(super) fn is_url(text: &str) -> bool {
    text.parse().is_ok_and(|url: http::Uri| url.scheme().is_some() && url.host().is_some())
}

/// The region of the selected profile, or of the first that has one on the way along `source_profile`.
fn region_of_profile(sections: &ProfileSet) -> Option<&str> {
    let mut visited = vec![sections.selected_profile()];
    while let Some(name) = visited.last() {
        let profile = sections.get_profile(name)?;
        if let Some(region) = profile.get("region") {
            return Some(region);
        }
        let source = profile.get("source_profile").filter(|source| !visited.contains(source))?;
        visited.push(source);
    }
    None
}

/// The shared AWS files of the options, and for those that no option names the default ones.
fn shared_files(options: &ClientOptions) -> EnvConfigFiles {
    let files = EnvConfigFiles::builder();
    let files = match &options.config_file {
        Some(file) => files.with_file(EnvConfigFileKind::Config, file),
        None => files.include_default_config_file(true),
    };
    let files = match &options.credentials_file {
        Some(file) => files.with_file(EnvConfigFileKind::Credentials, file),
        None => files.include_default_credentials_file(true),
    };
    files.build()
}

/// The settings that may differ for each service (`AWS_ENDPOINT_URL_STS`, `services` of a profile).
struct ServiceSettings {
    environment: Env,
    profiles: ProfileSet,
    ignores_urls: bool,
}

impl std::fmt::Debug for ServiceSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ServiceSettings")
    }
}

impl LoadServiceConfig for ServiceSettings {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if self.ignores_urls && key.env() == ENDPOINT_URL {
            return None;
        }
        // In a profile the service is `bedrock_runtime` (AWS SDKs reference, "Service-specific endpoints"); the SDK looks for `bedrock-runtime`.
        let service_id = key.service_id().replace(' ', "_");
        let value = EnvConfigValue::new().env(key.env()).profile(key.profile()).service_id(&service_id);
        let (value, _source) = value.load(&self.environment, Some(&self.profiles))?;
        Some(value.into_owned()).filter(|value| !value.is_empty())
    }
}
