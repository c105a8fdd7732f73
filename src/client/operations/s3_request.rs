//! A request to S3. As requests to other services it is carried by the SDK's `InvokeModel`: credentials, retries and connections are the client's. S3
//! differs in its host names, in its signature (the path is encoded once and not normalized, and the body's hash is a header) and in its errors, which
//! are XML.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_runtime::auth::{PayloadSigningOverride, SigV4OperationSigningConfig, SigningOptions};
use aws_sdk_bedrockruntime::operation::invoke_model::{InvokeModelError, InvokeModelOutput};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{BeforeTransmitInterceptorContextMut, Error as ErasedError, Output, OutputOrError};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::Blob;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use bytes::Bytes;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use super::service_request::Method;
use crate::client::config::Resolved;
use crate::client::encoding::{encode, hex};
use crate::client::failure::{Failure, Phase};
use crate::client::limits::{TimeLimit, with_time_limit};
use crate::client::xml;
use crate::client::{CallOptions, Client};

const API: &str = "S3";

/// The header in which S3 names a bucket's region, also when it refuses a request.
const BUCKET_REGION: &str = "x-amz-bucket-region";

/// S3, reached with the credentials and the connections of a client. Clones share what they learn of buckets.
#[derive(Clone)]
pub struct S3 {
    client: Client,
    options: CallOptions,
    /// A URL in place of AWS's; buckets are in its path.
    endpoint: Option<String>,
    /// Regions of buckets that are not the client's.
    regions: Arc<Mutex<HashMap<String, String>>>,
}

/// A request to S3.
#[derive(Debug, Clone, Default)]
pub struct S3Request {
    /// What is done.
    pub method: Method,
    /// The bucket's name.
    pub bucket: String,
    /// The object's key, not encoded; empty for the bucket itself.
    pub key: String,
    /// The query, encoded.
    pub query: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// The hash of the body, where it is known.
    pub sha256: Option<String>,
}

/// An answer of S3.
#[derive(Debug)]
pub struct S3Answer {
    headers: Map<String, Value>,
    /// Bytes of an object, or XML.
    pub body: Bytes,
}

impl S3Answer {
    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }
}

/// The hash of a body, as a signature has it.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

impl S3 {
    /// `endpoint`: a URL in place of AWS's. `options`: those of every request.
    #[must_use]
    pub fn new(client: Client, endpoint: Option<String>, options: CallOptions) -> Self {
        Self {
            client,
            options,
            endpoint,
            regions: Arc::default(),
        }
    }

    /// Sends a request, in the bucket's own region if S3 names another one.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but those of a stream. S3's codes are the names of its exceptions.
    pub async fn send(&self, request: S3Request) -> Result<S3Answer, Failure> {
        let limit = self.options.response_timeout.map(TimeLimit::from);
        let phase = Phase {
            api: API,
            waits_for: "answer",
        };
        let mut sent = self.attempt(&request, limit, phase).await;
        // Once with other keys, and once with another time.
        let mut tried = Vec::new();
        while let Err((Failure::Service(exception), _)) = &sent {
            let Some(resend) = exception.resend.filter(|resend| !tried.contains(resend)) else {
                break;
            };
            tried.push(resend);
            sent = self.attempt(&request, limit, phase).await;
        }
        let Err((_, Some(region))) = &sent else {
            return sent.map_err(|(failure, _)| failure);
        };
        let is_news = self.lock().insert(request.bucket.clone(), region.clone()).as_ref() != Some(region);
        if !is_news {
            return sent.map_err(|(failure, _)| failure);
        }
        self.attempt(&request, limit, phase).await.map_err(|(failure, _)| failure)
    }

    /// Beside a failure the region that S3 names.
    async fn attempt(&self, request: &S3Request, limit: Option<TimeLimit>, phase: Phase) -> Result<S3Answer, (Failure, Option<String>)> {
        let sdk = with_time_limit(limit, phase, self.client.sdk())
            .await
            .map_err(|failure| (failure, None))?;
        let passthrough = Passthrough::new(request.body.clone(), ResponseBody::Payload, sdk.retry_partition(API)).taking_headers(true);
        let sent = with_time_limit(limit, phase, self.send_to_s3(request, &sdk, &passthrough)).await;
        let headers = passthrough.exchange().headers.take();
        let headers: Map<String, Value> = headers.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        match sent {
            Ok(body) => Ok(S3Answer { headers, body }),
            Err(failure) => {
                let region = headers.get(BUCKET_REGION).and_then(Value::as_str);
                let asked = self.region_of(&request.bucket).or_else(|| self.client.region());
                let other = region.filter(|region| asked.as_deref() != Some(region)).map(str::to_owned);
                Err((located(failure.at(API), request), other))
            }
        }
    }

    async fn send_to_s3(&self, request: &S3Request, sdk: &Resolved, passthrough: &Passthrough) -> Result<Bytes, Failure> {
        let region = self
            .region_of(&request.bucket)
            .or_else(|| sdk.client.config().region().map(ToString::to_string));
        let to_s3 = ToS3 {
            request: request.clone(),
            region: region.unwrap_or_default(),
            endpoint: self.endpoint.clone(),
            foreign_headers: self.client.header_names(),
        };
        let operation = sdk.client.invoke_model().model_id("none").customize();
        let operation = prepare(operation, passthrough, sdk, &self.options).interceptor(to_s3);
        let answer = self.client.send_payload(operation, passthrough, sdk, &self.options).await?;
        Ok(answer.body)
    }

    fn region_of(&self, bucket: &str) -> Option<String> {
        self.lock().get(bucket).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds what was asked for to S3's message, which names neither bucket nor key.
fn located(mut failure: Failure, request: &S3Request) -> Failure {
    if let Failure::Service(exception) = &mut failure {
        let message = exception.message.trim_end_matches('.');
        exception.message = format!("{message} (s3://{}/{}).", request.bucket, request.key);
    }
    failure
}

/// Makes a request of the SDK one to S3.
#[derive(Debug)]
struct ToS3 {
    request: S3Request,
    region: String,
    endpoint: Option<String>,
    /// Names of headers that are for Bedrock, or a gateway in its place, only: they may be secrets of that gateway.
    foreign_headers: Vec<String>,
}

impl Intercept for ToS3 {
    fn name(&self) -> &'static str {
        "ToS3"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let S3Request { method, body, sha256, .. } = &self.request;
        let mut signing_options = SigningOptions::default();
        signing_options.double_uri_encode = false;
        signing_options.normalize_uri_path = false;
        signing_options.content_sha256_header = true;
        let hash = sha256.clone().unwrap_or_else(|| sha256_hex(body));
        config
            .interceptor_state()
            .store_put(SigningName::from_static("s3"))
            .store_put(SigningRegion::from(Region::new(self.region.clone())))
            .store_put(SigV4OperationSigningConfig {
                signing_options,
                ..SigV4OperationSigningConfig::default()
            })
            .store_put(PayloadSigningOverride::Precomputed(hash))
            .store_put(SharedResponseDeserializer::new(Answers));
        let request = context.request_mut();
        method.apply(request)?;
        request.headers_mut().remove("content-type");
        request.headers_mut().remove("accept");
        Ok(())
    }

    /// The endpoint of the client is known by now, and the client's own interceptors have run.
    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let url = url(&self.request, self.endpoint.as_deref(), request.uri(), &self.region);
        request.set_uri(url)?;
        for name in &self.foreign_headers {
            request.headers_mut().remove(name.as_str());
        }
        for (name, value) in &self.request.headers {
            request.headers_mut().try_insert(*name, value.clone())?;
        }
        Ok(())
    }
}

fn url(request: &S3Request, endpoint: Option<&str>, bedrock: &str, region: &str) -> String {
    let S3Request { bucket, key, query, .. } = request;
    let key = encode(key, "/");
    let mark = if query.is_empty() { "" } else { "?" };
    if let Some(endpoint) = endpoint {
        return format!("{}/{bucket}/{key}{mark}{query}", endpoint.trim_end_matches('/'));
    }
    let host = host(bedrock, region);
    // The certificate of S3 is for one label before its own host.
    if bucket.contains('.') {
        format!("https://{host}/{bucket}/{key}{mark}{query}")
    } else {
        format!("https://{bucket}.{host}/{key}{mark}{query}")
    }
}

/// S3's host in a region, of the kind (FIPS, dual-stack) and in the partition of the Bedrock endpoint, if that is AWS's.
fn host(bedrock: &str, region: &str) -> String {
    let rest = bedrock.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let kind = host.strip_prefix("bedrock-runtime").filter(|kind| kind.starts_with(['.', '-']));
    let fips = if kind.is_some_and(|kind| kind.starts_with("-fips.")) {
        "-fips"
    } else {
        ""
    };
    let is_dual_stack = kind.is_some_and(|kind| kind.ends_with(".api.aws") || kind.ends_with(".api.amazonwebservices.com.cn"));
    let dual_stack = if is_dual_stack { ".dualstack" } else { "" };
    format!("s3{fips}{dual_stack}.{region}.{}", domain(region))
}

/// The domain of a region's partition (partitions.json of the AWS SDKs).
fn domain(region: &str) -> &'static str {
    [
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eusc-", "amazonaws.eu"),
    ]
    .into_iter()
    .find(|(prefix, _)| region.starts_with(prefix))
    .map_or("amazonaws.com", |(_, domain)| domain)
}

/// Takes answers as they are, and makes the SDK's errors of S3's.
#[derive(Debug)]
struct Answers;

impl DeserializeResponse for Answers {
    fn deserialize_nonstreaming_with_config(&self, response: &HttpResponse, _config: &ConfigBag) -> OutputOrError {
        let body = response.body().bytes().unwrap_or_default();
        if response.status().is_success() {
            let output = InvokeModelOutput::builder().body(Blob::new(body)).content_type("").build();
            return output.map(Output::erase).map_err(OrchestratorError::other);
        }
        let (code, message) = read_error(body).unwrap_or_else(|| named_by_status(response.status().as_u16()));
        let code = common_name(code);
        let error = InvokeModelError::generic(ErrorMetadata::builder().code(code).message(message).build());
        Err(OrchestratorError::operation(ErasedError::erase(error)))
    }
}

/// Code and message of S3's XML.
pub(in crate::client) fn read_error(body: &[u8]) -> Option<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let error = xml::element(&text, "Error")?;
    let code = xml::text(error, "Code")?;
    Some((code, xml::text(error, "Message").unwrap_or_default()))
}

/// The name that other services have for a refusal of keys, by which new ones are asked for.
fn common_name(code: String) -> String {
    let name = match code.as_str() {
        "ExpiredToken" => "ExpiredTokenException",
        "InvalidAccessKeyId" => "UnrecognizedClientException",
        "SignatureDoesNotMatch" => "InvalidSignatureException",
        _ => return code,
    };
    name.to_owned()
}

/// Without S3's XML, as a proxy answers.
fn named_by_status(status: u16) -> (String, String) {
    let code = match status {
        301 | 307 => "PermanentRedirect",
        403 => "AccessDenied",
        404 => "NotFound",
        412 => "PreconditionFailed",
        429 => "ThrottlingException",
        503 => "SlowDown",
        _ => "UnknownError",
    };
    (code.to_owned(), format!("S3 answered with HTTP status {status}"))
}

#[cfg(test)]
mod tests {
    use super::{S3Request, host, read_error, url};

    #[test]
    fn a_host_is_of_the_kind_of_bedrocks() {
        for (bedrock, region, expected) in [
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com/x",
                "us-east-1",
                "s3.us-east-1.amazonaws.com",
            ),
            (
                "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
                "us-gov-west-1",
                "s3-fips.us-gov-west-1.amazonaws.com",
            ),
            (
                "https://bedrock-runtime.eu-west-1.api.aws/",
                "eu-west-1",
                "s3.dualstack.eu-west-1.amazonaws.com",
            ),
            (
                "https://bedrock-runtime-fips.us-west-2.api.aws/",
                "us-west-2",
                "s3-fips.dualstack.us-west-2.amazonaws.com",
            ),
            (
                "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
                "s3.cn-north-1.amazonaws.com.cn",
            ),
            ("https://gateway.example/bedrock", "eu-central-1", "s3.eu-central-1.amazonaws.com"),
            (
                "https://bedrock-runtime.us-east-1.amazonaws.com",
                "eu-north-1",
                "s3.eu-north-1.amazonaws.com",
            ),
        ] {
            assert_eq!(host(bedrock, region), expected, "{bedrock}");
        }
    }

    #[test]
    fn a_bucket_stands_in_the_host_but_not_one_with_dots_nor_at_another_endpoint() {
        let request = |bucket: &str| S3Request {
            bucket: bucket.to_owned(),
            key: "a b/ü+.jsonl".to_owned(),
            query: "uploads=".to_owned(),
            ..S3Request::default()
        };
        let bedrock = "https://bedrock-runtime.us-east-1.amazonaws.com";
        for (bucket, endpoint, expected) in [
            ("bucket", None, "https://bucket.s3.us-east-1.amazonaws.com/a%20b/%C3%BC%2B.jsonl?uploads="),
            (
                "my.bucket",
                None,
                "https://s3.us-east-1.amazonaws.com/my.bucket/a%20b/%C3%BC%2B.jsonl?uploads=",
            ),
            (
                "bucket",
                Some("http://127.0.0.1:9000/"),
                "http://127.0.0.1:9000/bucket/a%20b/%C3%BC%2B.jsonl?uploads=",
            ),
        ] {
            assert_eq!(url(&request(bucket), endpoint, bedrock, "us-east-1"), expected);
        }
    }

    #[test]
    fn an_error_is_read_from_its_xml() {
        let body = b"<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>It &amp; all.</Message></Error>";
        assert_eq!(read_error(body), Some(("NoSuchKey".to_owned(), "It & all.".to_owned())));
        assert_eq!(read_error(b"<html>"), None);
    }
}
