//! The options of a client.

use std::collections::HashMap;
use std::path::PathBuf;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_bedrockruntime::config::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::client::network::{self, NetworkOptions};

/// The options of a client. `None` means the value of the AWS environment, or else the SDK's default.
#[derive(Default)]
pub struct ClientOptions {
    /// Variables of the environment that the SDK and its credential providers read. Nothing here reads the environment of the process.
    pub environment: HashMap<String, String>,
    /// An AWS region, such as `eu-west-1`.
    pub region: Option<String>,
    /// A complete URL (`https://host:port/base`) in place of the region's endpoint.
    pub endpoint_url: Option<String>,
    /// Whether to use the region's FIPS endpoint.
    pub use_fips: Option<bool>,
    /// Whether to use the region's dual-stack endpoint.
    pub use_dual_stack: Option<bool>,
    /// How requests are authenticated.
    pub auth: Auth,
    /// Whether the provider of [`Auth::Credentials`] always has the same keys.
    pub has_static_credentials: bool,
    /// A profile of the shared AWS files.
    pub profile: Option<String>,
    /// The shared credentials file. Default: `~/.aws/credentials`.
    pub credentials_file: Option<PathBuf>,
    /// The shared configuration file. Default: `~/.aws/config`.
    pub config_file: Option<PathBuf>,
    /// Headers for every request. They are signed.
    pub headers: Vec<(String, String)>,
    /// The maximum number of attempts, including the first. Default: 3.
    pub max_attempts: Option<u32>,
    /// Whether the first attempt of a call is delayed too while Bedrock throttles. Default: `false`.
    pub adaptive_retries: Option<bool>,
    /// The application's name in the `User-Agent` header. An invalid name is left out.
    pub app_name: Option<String>,
    /// Network settings.
    pub network: NetworkOptions,
    /// An HTTP client in place of the network, for tests.
    pub http_client: Option<SharedHttpClient>,
    /// A clock in place of the machine's, for tests.
    pub time_source: Option<SharedTimeSource>,
    /// What waits between attempts in place of a timer, for tests.
    pub sleep: Option<SharedAsyncSleep>,
}

impl ClientOptions {
    /// The client of tests, or one for the network.
    pub(super) fn http_client(&self) -> SharedHttpClient {
        let network = || network::http_client(self.network.clone());
        self.http_client.clone().unwrap_or_else(network)
    }

    /// Whether the source of the keys may have others when it is asked again.
    pub(in crate::client) fn renews_keys(&self) -> bool {
        match self.auth {
            Auth::Credentials(_) => !self.has_static_credentials,
            Auth::WebIdentity { .. } => true,
            Auth::Chain => self.profile.is_some() || !self.environment.contains_key("AWS_ACCESS_KEY_ID"),
            Auth::BearerToken(_) | Auth::None => false,
        }
    }
}

/// How requests are authenticated.
#[derive(Default)]
pub enum Auth {
    /// The default AWS chain: environment, profile, SSO, process, web identity, container, instance.
    #[default]
    Chain,
    /// Credentials of a provider, which is called again before they expire.
    Credentials(SharedCredentialsProvider),
    /// A role to assume with the web identity token in a file.
    WebIdentity {
        /// The role's ARN.
        role_arn: String,
        /// The file that holds the token.
        token_file: PathBuf,
    },
    /// A Bedrock API key.
    BearerToken(String),
    /// No authentication, for a gateway that authenticates requests itself.
    None,
}
