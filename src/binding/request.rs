//! Requests, as JavaScript passes them.

use bytes::Bytes;
use napi::bindgen_prelude::{ClassInstance, Either, Uint8Array};
use napi_derive::napi;
use serde_json::value::RawValue;

use super::media::JsFetchedMedia;
use super::shared_buffer::JsSharedBuffer;
use super::written_messages::JsWrittenMessages;
use crate::client::conversation::{OwnedAttachment, Request};
use crate::client::failure::Failure;
use crate::client::operations::{Answer, Method, Service, ServiceRequest, TokenCount};
use crate::error::Error;

/// A request that is more than a short JSON text, as `langchain/connection/native_request.ts` makes it.
#[napi(object, object_to_js = false)]
pub struct JsRequest<'a> {
    /// JSON, if it is short.
    pub json: Option<String>,
    /// JSON, if it is long. Not one member of two types: which of them a value is, napi asks the class of the context that loaded the addon last.
    pub long_json: Option<ClassInstance<'a, JsSharedBuffer>>,
    /// The texts of messages in the compact form.
    pub texts: Option<ClassInstance<'a, JsSharedBuffer>>,
    /// The messages before those of the JSON.
    pub earlier: Option<ClassInstance<'a, JsWrittenMessages>>,
    /// The data for the paths in the JSON's member `attachments`, in their order.
    pub attachments: Vec<JsAttachment<'a>>,
    /// The URLs of files that were fetched, as the messages have them.
    pub fetched_urls: Option<Vec<String>>,
    /// The files, in the order of their URLs.
    pub fetched: Option<Vec<ClassInstance<'a, JsFetchedMedia>>>,
}

/// What an attachment is: one of its members.
#[napi(object, object_to_js = false)]
pub struct JsAttachment<'a> {
    /// The caller's bytes.
    pub bytes: Option<Uint8Array>,
    /// A text.
    pub text: Option<ClassInstance<'a, JsSharedBuffer>>,
}

impl From<Either<String, JsRequest<'_>>> for Request {
    fn from(request: Either<String, JsRequest<'_>>) -> Self {
        match request {
            Either::A(json) => Self {
                json: json.into(),
                texts: None,
                earlier: Vec::new(),
                attachments: Vec::new(),
            },
            Either::B(JsRequest {
                json,
                long_json,
                texts,
                earlier,
                attachments,
                fetched_urls,
                fetched,
            }) => Self {
                json: long_json.map_or_else(|| json.unwrap_or_default().into(), |buffer| buffer.take()),
                texts: texts.map(|buffer| buffer.take()).or_else(|| earlier.as_ref().map(|_| Bytes::new())),
                earlier: earlier.map(|written| written.all()).unwrap_or_default(),
                attachments: attachments
                    .into_iter()
                    .map(attached)
                    .chain(
                        fetched_urls
                            .into_iter()
                            .flatten()
                            .zip(fetched.into_iter().flatten())
                            .filter_map(|(url, media)| Some(OwnedAttachment::Fetched(url, media.file()?))),
                    )
                    .collect(),
            },
        }
    }
}

/// JavaScript may change its bytes as soon as it runs again, so they are copied first.
fn attached(JsAttachment { bytes, text }: JsAttachment<'_>) -> OwnedAttachment {
    match text {
        Some(buffer) => OwnedAttachment::Text(buffer.take()),
        None => OwnedAttachment::Bytes(bytes.map_or_else(Bytes::new, |bytes| Bytes::copy_from_slice(&bytes))),
    }
}

/// A request to another service of AWS than Bedrock's models; see [`ServiceRequest`].
#[napi(object, object_to_js = false)]
pub struct JsServiceRequest {
    /// The service.
    #[napi(ts_type = "'apply-guardrail' | 'guardrail-checks' | 'bedrock-agent-runtime' | 'kendra' | 'bedrock-jobs'")]
    pub service: String,
    /// `POST` by default.
    #[napi(ts_type = "'GET' | 'POST'")]
    pub method: Option<String>,
    /// The path and the query, encoded.
    pub path: String,
    /// A URL in place of the service's endpoint in the region.
    pub endpoint: Option<String>,
    /// The value of `x-amz-target`.
    pub target: Option<String>,
    /// JSON.
    pub body: String,
}

impl From<JsServiceRequest> for ServiceRequest {
    fn from(request: JsServiceRequest) -> Self {
        Self {
            service: match request.service.as_str() {
                "apply-guardrail" => Service::ApplyGuardrail,
                "guardrail-checks" => Service::GuardrailChecks,
                "kendra" => Service::Kendra,
                "bedrock-jobs" => Service::BedrockJobs,
                _ => Service::BedrockAgentRuntime,
            },
            method: if request.method.as_deref() == Some("GET") {
                Method::Get
            } else {
                Method::Post
            },
            path: request.path,
            endpoint: request.endpoint,
            target: request.target,
            body: request.body.into_bytes(),
        }
    }
}

/// The answer of a service and its `$metadata`, as JSON.
pub(super) fn service_answer(answer: &Answer) -> Result<String, Failure> {
    let text = String::from_utf8_lossy(&answer.body);
    let answer_json: &RawValue = serde_json::from_str(&text).map_err(|error| Error::InvalidOutput(format!("The answer is no JSON: {error}.")))?;
    Ok(format!(r#"{{"answer":{},"$metadata":{}}}"#, answer_json.get(), answer.metadata.json()))
}

/// A count of tokens and its `$metadata`, as JSON.
pub(super) fn token_count(TokenCount { input_tokens, metadata }: &TokenCount) -> String {
    format!(r#"{{"inputTokens":{input_tokens},"$metadata":{}}}"#, metadata.json())
}
