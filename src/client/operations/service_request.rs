//! A JSON request to another service of AWS, or of an operation of Bedrock's that is JSON and nothing else. The SDK's `InvokeModel` carries it:
//! credentials, region, signature, retries and connections are the client's; path, host and signing name are the other's. A crate for each such service
//! would add megabytes to the addon, and each typed operation has code of its own.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::SigningName;

use super::answer::Answer;
use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use crate::client::failure::{Failure, Phase};
use crate::client::limits::{TimeLimit, with_time_limit};
use crate::client::{CallOptions, Client};

/// The host name's first part in the endpoints of the service that the SDK knows.
const KNOWN_HOST: &str = "bedrock-runtime";

/// What takes JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// A guardrail, by `ApplyGuardrail`.
    ApplyGuardrail,
    /// Checks without a guardrail, by `InvokeGuardrailChecks`.
    GuardrailChecks,
    /// Knowledge bases.
    BedrockAgentRuntime,
    /// Kendra.
    Kendra,
    /// Jobs of batch inference, at Bedrock's control plane.
    BedrockJobs,
}

impl Service {
    /// As error messages name it.
    const fn api(self) -> &'static str {
        match self {
            Self::ApplyGuardrail => "Bedrock ApplyGuardrail",
            Self::GuardrailChecks => "Bedrock InvokeGuardrailChecks",
            Self::BedrockAgentRuntime => "Bedrock Retrieve",
            Self::Kendra => "Kendra",
            Self::BedrockJobs => "Bedrock",
        }
    }

    const fn host(self) -> &'static str {
        match self {
            Self::ApplyGuardrail | Self::GuardrailChecks => KNOWN_HOST,
            Self::BedrockAgentRuntime => "bedrock-agent-runtime",
            Self::Kendra => "kendra",
            Self::BedrockJobs => "bedrock",
        }
    }

    const fn signing_name(self) -> &'static str {
        match self {
            Self::ApplyGuardrail | Self::GuardrailChecks | Self::BedrockAgentRuntime | Self::BedrockJobs => "bedrock",
            Self::Kendra => "kendra",
        }
    }
}

/// What is done at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Sends the body.
    #[default]
    Post,
    /// Sends nothing.
    Get,
    /// Of S3: stores the body.
    Put,
    /// Of S3: removes what the path names.
    Delete,
}

impl Method {
    /// Gives the SDK's request, which is a `POST`, this method.
    pub(super) fn apply(self, request: &mut HttpRequest) -> Result<(), BoxError> {
        request.set_method(self.name())?;
        if !self.has_body() {
            request.headers_mut().remove("content-length");
        }
        Ok(())
    }

    /// As HTTP writes it.
    const fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put)
    }
}

/// A request to such a service.
#[derive(Debug, Clone)]
pub struct ServiceRequest {
    /// The service.
    pub service: Service,
    /// `POST` or `GET`; a `GET` has no body.
    pub method: Method,
    /// The path and the query, encoded.
    pub path: String,
    /// A URL in place of the service's endpoint in the region.
    pub endpoint: Option<String>,
    /// The operation, where not the path names it but the header `x-amz-target`.
    pub target: Option<String>,
    /// JSON.
    pub body: Vec<u8>,
}

impl Client {
    /// Sends a request to another service, at the endpoint of the client's options or else of its region.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but those of a stream.
    pub async fn request(&self, request: ServiceRequest, options: &CallOptions) -> Result<Answer, Failure> {
        let limit = options.response_timeout.map(TimeLimit::from);
        let phase = Phase {
            api: request.service.api(),
            waits_for: "answer",
        };
        with_time_limit(limit, phase, self.send_request(request, options)).await
    }

    async fn send_request(&self, request: ServiceRequest, options: &CallOptions) -> Result<Answer, Failure> {
        let ServiceRequest {
            service,
            method,
            path,
            endpoint,
            target,
            body,
        } = request;
        let sdk = self.sdk().await?;
        let passthrough = Passthrough::new(body.into(), ResponseBody::Payload, sdk.retry_partition(service.api()));
        let operation = sdk.client.invoke_model().model_id("none").customize();
        let operation = prepare(operation, &passthrough, &sdk, options).interceptor(Redirect {
            service,
            method,
            path,
            endpoint,
            target,
        });
        let sent = self.send_payload(operation, &passthrough, &sdk, options).await;
        sent.map_err(|failure| failure.at(service.api()))
    }
}

/// Makes a request of the SDK one to another service.
#[derive(Debug)]
struct Redirect {
    service: Service,
    method: Method,
    path: String,
    endpoint: Option<String>,
    target: Option<String>,
}

impl Intercept for Redirect {
    fn name(&self) -> &'static str {
        "Redirect"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config
            .interceptor_state()
            .store_put(SigningName::from_static(self.service.signing_name()));
        let request = context.request_mut();
        request.set_uri(self.path.as_str())?;
        self.method.apply(request)?;
        let content_type = if self.target.is_some() {
            "application/x-amz-json-1.1"
        } else {
            "application/json"
        };
        request.headers_mut().insert("content-type", content_type);
        if let Some(target) = &self.target {
            request.headers_mut().insert("x-amz-target", target.clone());
        }
        Ok(())
    }

    /// The endpoint is known by now. One that the user gave is left alone.
    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let uri = match &self.endpoint {
            Some(endpoint) => Some(format!("{}{}", endpoint.trim_end_matches('/'), self.path)),
            None => at_host(request.uri(), self.service.host()),
        };
        if let Some(uri) = uri {
            request.set_uri(uri)?;
        }
        Ok(())
    }
}

/// The same URL at another service's host: the endpoints of a region and its partition, FIPS and dual-stack ones too, differ in the first part only.
fn at_host(uri: &str, host: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let region = rest.strip_prefix(KNOWN_HOST).filter(|region| region.starts_with(['.', '-']))?;
    Some(format!("{scheme}://{host}{region}"))
}

#[cfg(test)]
mod tests {
    use super::at_host;

    #[test]
    fn only_the_first_part_of_an_aws_host_is_replaced() {
        for (uri, expected) in [
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/a",
                Some("https://kendra.us-east-1.amazonaws.com/a"),
            ),
            (
                "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/",
                Some("https://kendra-fips.us-gov-west-1.amazonaws.com/"),
            ),
            ("https://bedrock-runtime.eu-west-1.api.aws/", Some("https://kendra.eu-west-1.api.aws/")),
            ("http://127.0.0.1:8080/bedrock-runtime.x", None),
            ("https://bedrock-runtimes.example/", None),
        ] {
            assert_eq!(at_host(uri, "kendra").as_deref(), expected);
        }
    }
}
