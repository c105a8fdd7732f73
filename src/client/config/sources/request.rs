//! How every source sends a request: by the SDK's orchestrator, which retries and signs, and without a look at the environment of the process.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::service_clock_skew::{DisableClockSkewCorrection, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, AwsUserAgent, UserAgentInterceptor};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use http_body_util::Limited;

use super::attempts::Retries;
use super::refusal::{Refusal, SendError};
use crate::client::config::settings::{CONNECT_TIMEOUT, Settings};

/// No answer of these services is nearly as long.
const MAX_ANSWER_LENGTH: usize = 1024 * 1024;

/// A request to one of the services that keys come from. Its texts may be secrets, so it has no `Debug`.
pub(super) struct Request {
    /// As the user agent names it.
    pub(super) service: &'static str,
    /// The base URL of the service.
    pub(super) endpoint: String,
    pub(super) method: &'static str,
    /// The path and the query, encoded.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
    pub(super) signed: Option<Signed>,
    pub(super) timeouts: TimeoutConfig,
    pub(super) retries: Retries,
}

/// What a request is signed with.
pub(super) struct Signed {
    pub(super) keys: Credentials,
    pub(super) name: &'static str,
    pub(super) region: Region,
}

/// Sends `request` and reads what answers it. `read` gets every answer, of whatever status.
pub(super) async fn send<T>(
    request: Request,
    settings: &Settings,
    read: impl Fn(&HttpResponse) -> Result<T, Refusal> + Send + Sync + 'static,
) -> Result<T, SendError>
where
    T: Send + Sync + 'static,
{
    let shared = &settings.shared;
    let mut layer = Layer::new("Source");
    let api = ApiMetadata::new(request.service, env!("CARGO_PKG_VERSION"));
    // One that is there is not made from the environment of the process.
    layer.store_put(AwsUserAgent::new_from_environment(settings.environment.clone(), api));
    if let Some(disabled) = shared.disable_clock_skew_correction() {
        layer.store_put(DisableClockSkewCorrection::from(disabled));
    }
    let mut operation = Operation::builder()
        .service_name(request.service)
        .operation_name("GetKeys")
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&request.endpoint)
        .timeout_config(request.timeouts.clone())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .interceptor(UserAgentInterceptor::new())
        .interceptor(BoundedAnswer);
    if let Some(http_client) = shared.http_client() {
        operation = operation.http_client(http_client);
    }
    if let Some(sleep) = shared.sleep_impl() {
        operation = operation.sleep_impl(sleep);
    }
    if let Some(time_source) = shared.time_source() {
        operation = operation.time_source(time_source);
    }
    operation = operation.standard_retry(&request.retries.config(shared));
    for classifier in request.retries.classifiers() {
        operation = operation.retry_classifier(classifier);
    }
    operation = match &request.signed {
        Some(signed) => {
            layer.store_put(signing_config(signed));
            layer.store_put(AuthSchemeOptionResolverParams::new(()));
            let plugin = StaticRuntimePlugin::new().with_runtime_components(signing_components(signed.keys.clone()));
            operation.interceptor(ServiceClockSkewInterceptor::new()).runtime_plugin(plugin)
        }
        None => operation.no_auth(),
    };
    let operation = operation
        .runtime_plugin(StaticRuntimePlugin::new().with_config(layer.freeze()))
        .serializer(move |()| to_http(&request))
        .deserializer(move |response| read(response).map(Hidden).map_err(OrchestratorError::operation))
        .build();
    let Hidden(answer) = operation.invoke(()).await?;
    Ok(answer)
}

/// What was read, which logs do not show.
struct Hidden<T>(T);

impl<T> std::fmt::Debug for Hidden<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hidden")
    }
}

fn to_http(request: &Request) -> Result<HttpRequest, BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(request.body.clone()));
    http.set_method(request.method)?;
    http.set_uri(request.path.as_str())?;
    for (name, value) in &request.headers {
        http.headers_mut().try_insert(*name, value.clone())?;
    }
    if !request.body.is_empty() {
        http.headers_mut().insert("content-length", request.body.len().to_string());
    }
    Ok(http)
}

fn signing_config(signed: &Signed) -> SigV4OperationSigningConfig {
    SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(signed.region.clone())),
        region_set: None,
        name: Some(SigningName::from_static(signed.name)),
        signing_options: SigningOptions::default(),
    }
}

fn signing_components(keys: Credentials) -> RuntimeComponentsBuilder {
    RuntimeComponentsBuilder::new("Signed")
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
        .with_identity_cache(Some(IdentityCache::no_cache()))
        .with_identity_resolver(SCHEME_ID, SharedCredentialsProvider::new(keys))
}

/// Does not read more of an answer than any of them has.
#[derive(Debug)]
struct BoundedAnswer;

impl Intercept for BoundedAnswer {
    fn name(&self) -> &'static str {
        "BoundedAnswer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let unbounded = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(unbounded, MAX_ANSWER_LENGTH));
        Ok(())
    }
}

/// The limits of a request to AWS. The SDK has none for the answer: a request that is never answered would keep all calls from other keys.
pub(super) fn service_timeouts() -> TimeoutConfig {
    let limits = timeouts(CONNECT_TIMEOUT, Duration::from_mins(1));
    limits.operation_attempt_timeout(Duration::from_secs(90)).build()
}

/// The limits of opening a connection, and of the head of an answer from there.
pub(super) fn timeouts(connecting: Duration, reading: Duration) -> TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(connecting).read_timeout(reading)
}

/// The text of an answer.
pub(super) fn text_of(response: &HttpResponse) -> &str {
    let bytes = response.body().bytes().unwrap_or_default();
    std::str::from_utf8(bytes).unwrap_or_default()
}
