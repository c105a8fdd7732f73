//! The options of a client.

use std::path::PathBuf;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::client::network::NetworkOptions;

/// The options of a client. What is `None` is read from the AWS environment.
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
    /// The number of attempts, the first included; the SDK's default is 3.
    pub max_attempts: Option<u32>,
    /// Whether first attempts are delayed, too, while Bedrock throttles.
    pub adaptive_retries: Option<bool>,
    /// A name for the user agent.
    pub app_name: Option<String>,
    /// Network settings.
    pub network: NetworkOptions,
    /// The HTTP client instead of the network, for tests.
    pub http_client: Option<SharedHttpClient>,
}

/// How requests are authenticated.
#[derive(Default)]
pub enum Auth {
    /// The AWS chain: environment, profile, SSO, process, web identity, container, instance.
    #[default]
    Chain,
    /// Credentials, fetched again before they expire.
    Credentials(SharedCredentialsProvider),
    /// A role, assumed with the web identity token in a file.
    WebIdentity {
        /// The role's ARN.
        role_arn: String,
        /// The file that holds the token.
        token_file: PathBuf,
    },
    /// A Bedrock API key.
    BearerToken(String),
    /// Not authenticated: a gateway does it.
    None,
}
