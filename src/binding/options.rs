//! The options of a client and of a call, as JavaScript passes them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use napi_derive::napi;

use super::credentials::{Function, JsCredentials, JsCredentialsFunction};
use crate::client::CallOptions;
use crate::client::config::{Auth, ClientOptions, credentials_provider};
use crate::client::event_batch::StreamFormat;
use crate::client::media_fetch::FetchLimits;
use crate::client::network::{HttpVersion, NetworkOptions};

/// See [`ClientOptions`] for the meaning of each. At most one of `credentials`, `webIdentity`, `bearerToken` and `isUnsigned` is given.
#[napi(object, object_to_js = false)]
pub struct JsClientOptions {
    /// Variables of the environment that the core needs.
    pub environment: HashMap<String, String>,
    /// An AWS region.
    pub region: Option<String>,
    /// A whole URL.
    pub endpoint_url: Option<String>,
    /// FIPS endpoint.
    pub use_fips_endpoint: Option<bool>,
    /// Dual-stack endpoint.
    pub use_dualstack_endpoint: Option<bool>,
    /// Called whenever credentials are needed; `null` says that the user's function threw.
    #[napi(ts_type = "() => Promise<JsCredentials | null>")]
    pub credentials: Option<JsCredentialsFunction>,
    /// Whether `credentials` always gives the same keys.
    pub has_static_credentials: Option<bool>,
    /// A role and the file with the token for it.
    pub web_identity: Option<JsWebIdentity>,
    /// A Bedrock API key.
    pub bearer_token: Option<String>,
    /// Requests are not authenticated.
    pub is_unsigned: Option<bool>,
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// The shared credentials file.
    pub filepath: Option<String>,
    /// The shared configuration file.
    pub config_filepath: Option<String>,
    /// Headers for every request.
    pub headers: Option<HashMap<String, String>>,
    /// The number of attempts, the first included.
    pub max_attempts: Option<u32>,
    /// The retry mode.
    #[napi(ts_type = "'standard' | 'adaptive'")]
    pub retry_mode: Option<String>,
    /// A name for the user agent.
    pub app_name: Option<String>,
    /// Network settings.
    pub network: JsNetworkOptions,
}

/// See [`Auth::WebIdentity`].
#[napi(object, object_to_js = false)]
pub struct JsWebIdentity {
    /// The role's ARN.
    pub role_arn: String,
    /// The file that holds the token.
    pub token_file: String,
}

/// See [`NetworkOptions`] for the meaning of each.
#[napi(object, object_to_js = false)]
pub struct JsNetworkOptions {
    /// The HTTP version; `1.1` by default.
    #[napi(ts_type = "'1.1' | '2'")]
    pub http_version: Option<String>,
    /// PEM files with further certificates to trust.
    pub ca_files: Vec<String>,
    /// A PEM file of certificates in place of the system's.
    pub system_ca_file: Option<String>,
    /// Directories of certificates in place of the system's.
    pub system_ca_directories: Vec<String>,
    /// The proxy for `https` URLs.
    pub https_proxy: Option<String>,
    /// The proxy for `http` URLs.
    pub http_proxy: Option<String>,
    /// Hosts to reach without a proxy.
    pub no_proxy: Option<String>,
    /// Milliseconds for opening a connection.
    pub connect_timeout: Option<f64>,
}

impl From<JsClientOptions> for ClientOptions {
    fn from(options: JsClientOptions) -> Self {
        let auth = auth(options.credentials, options.web_identity, options.bearer_token, options.is_unsigned);
        Self {
            environment: options.environment,
            region: options.region,
            endpoint_url: options.endpoint_url,
            use_fips: options.use_fips_endpoint,
            use_dual_stack: options.use_dualstack_endpoint,
            auth,
            has_static_credentials: options.has_static_credentials.unwrap_or_default(),
            profile: options.profile,
            credentials_file: options.filepath.map(PathBuf::from),
            config_file: options.config_filepath.map(PathBuf::from),
            headers: options.headers.unwrap_or_default().into_iter().collect(),
            max_attempts: options.max_attempts,
            adaptive_retries: options.retry_mode.map(|mode| mode == "adaptive"),
            app_name: options.app_name,
            network: options.network.into(),
            http_client: None,
            time_source: None,
            sleep: None,
        }
    }
}

fn auth(
    credentials: Option<JsCredentialsFunction>,
    web_identity: Option<JsWebIdentity>,
    bearer_token: Option<String>,
    is_unsigned: Option<bool>,
) -> Auth {
    match (credentials, web_identity, bearer_token) {
        _ if is_unsigned == Some(true) => Auth::None,
        (_, _, Some(token)) => Auth::BearerToken(token),
        (Some(function), _, _) => Auth::Credentials(credentials_provider(Function(Arc::new(function)))),
        (_, Some(JsWebIdentity { role_arn, token_file }), _) => Auth::WebIdentity {
            role_arn,
            token_file: token_file.into(),
        },
        _ => Auth::Chain,
    }
}

impl From<JsNetworkOptions> for NetworkOptions {
    fn from(options: JsNetworkOptions) -> Self {
        Self {
            http_version: match options.http_version.as_deref() {
                Some("2") => HttpVersion::Http2,
                _ => HttpVersion::Http1,
            },
            ca_files: options.ca_files.into_iter().map(PathBuf::from).collect(),
            system_ca_file: options.system_ca_file.map(PathBuf::from),
            system_ca_directories: options.system_ca_directories.into_iter().map(PathBuf::from).collect(),
            https_proxy: options.https_proxy,
            http_proxy: options.http_proxy,
            no_proxy: options.no_proxy,
            connect_timeout: milliseconds(options.connect_timeout),
        }
    }
}

/// Options of one call instead of the client's; see [`CallOptions`] for the meaning of each.
#[napi(object, object_to_js = false)]
pub struct JsCallOptions {
    /// Credentials for this call.
    pub credentials: Option<JsCredentials>,
    /// A Bedrock API key for this call.
    pub bearer_token: Option<String>,
    /// Headers for this call.
    pub headers: Option<HashMap<String, String>>,
    /// Attempts of the call that are made at, or kept for, other targets.
    pub attempts_elsewhere: Option<u32>,
    /// Whether another target is asked in place of a wait that the response asks for.
    pub hands_over: Option<bool>,
    /// Whether the answer comes with its headers.
    pub include_headers: Option<bool>,
    /// Whether the answer comes with its body, or a stream with its events, as they were received.
    pub include_raw: Option<bool>,
    /// Milliseconds of the response timeout that have passed before.
    pub waited: Option<f64>,
}

/// See [`FetchLimits`] for the meaning of each.
#[napi(object, object_to_js = false)]
pub struct JsFetchLimits {
    /// The largest file, in bytes.
    pub max_bytes: u32,
    /// Whether private addresses and those of this machine are reached.
    pub allows_private: bool,
}

impl From<JsFetchLimits> for FetchLimits {
    fn from(JsFetchLimits { max_bytes, allows_private }: JsFetchLimits) -> Self {
        Self {
            max_bytes: usize::try_from(max_bytes).unwrap_or(usize::MAX),
            allows_private,
        }
    }
}

/// Options of a stream.
#[napi(object, object_to_js = false)]
pub struct JsStreamOptions {
    /// `chunks` for `AIMessageChunk`s, `events` for `ChatModelStreamEvent`s.
    #[napi(ts_type = "'chunks' | 'events'")]
    pub form: String,
    /// Whether it carries token usage.
    pub usage: bool,
    /// Milliseconds between two events at most; `undefined` for no limit.
    pub idle_timeout: Option<f64>,
    /// Milliseconds that a batch of a fast stream waits for further events.
    pub coalescing: Option<f64>,
}

/// `form` of [`JsStreamOptions`].
pub(super) fn stream_format(form: &str) -> StreamFormat {
    if form == "events" { StreamFormat::Events } else { StreamFormat::Chunks }
}

/// `response_timeout`: milliseconds until the answer, or the first event of a stream; `None` for no limit.
pub(super) fn call_options(response_timeout: Option<f64>, own: Option<JsCallOptions>) -> CallOptions {
    let own = own.map(|own| CallOptions {
        credentials: own.credentials.map(Into::into),
        bearer_token: own.bearer_token,
        headers: own.headers.unwrap_or_default().into_iter().collect(),
        attempts_elsewhere: own.attempts_elsewhere,
        hands_over: own.hands_over.unwrap_or_default(),
        includes_headers: own.include_headers.unwrap_or_default(),
        includes_raw: own.include_raw.unwrap_or_default(),
        waited: milliseconds(own.waited).unwrap_or_default(),
        ..CallOptions::default()
    });
    CallOptions {
        response_timeout: milliseconds(response_timeout),
        ..own.unwrap_or_default()
    }
}

/// A number that is too large for a `Duration` counts as no limit.
pub(super) fn milliseconds(number: Option<f64>) -> Option<Duration> {
    number.and_then(|milliseconds| Duration::try_from_secs_f64(milliseconds / 1000.0).ok())
}
