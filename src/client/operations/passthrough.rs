//! Sends our bytes as the request's body and takes the response's body as bytes, in place of the SDK's types, and records what their output does not
//! hold.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::config::retry::RetryPartition;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::request_id::RequestId;
use bytes::Bytes;
use http_body_util::Limited;
use serde_json::Value;

use crate::client::CallOptions;
use crate::client::config::{Dates, UsedKeys};
use crate::client::sdk_client::Signed;
use crate::convert::response::ResponseMetadata;

/// The limit for a body that is read as a whole, in bytes. A gateway may send anything; no answer of Bedrock is so long.
const MAX_BODY_LENGTH: usize = 64 * 1024 * 1024;

/// The end of the path of `InvokeModel`.
const INVOKE: &str = "invoke";

/// The header of an answer of `InvokeModel` with the tokens of the request, which the bodies of most embedding models do not have (vercel/ai#15973).
const INPUT_TOKENS: &str = "x-amzn-bedrock-input-token-count";

/// How the body of a successful response is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseBody {
    /// The SDK reads the whole body, since it may retry after a read error, and returns it as bytes.
    Payload,
    /// `ConverseStream`: the body is taken unread.
    Streaming,
}

/// What one call returned beside the SDK's output; of several attempts, the last one's.
#[derive(Default)]
pub(super) struct Exchange {
    pub(super) streaming: Option<SdkBody>,
    pub(super) content_type: Option<String>,
    pub(super) input_tokens: Option<u32>,
    status: Option<u16>,
    request_id: Option<String>,
    extended_request_id: Option<String>,
    cf_id: Option<String>,
    /// The JSON of the response's headers, if the caller wants them.
    pub(super) headers: Option<String>,
    /// The header `x-amz-date` of the request, if it is signed.
    signing_date: Option<String>,
    dates: Option<Dates>,
    attempts: u32,
    throttled_attempts: u32,
    retry_delay: Duration,
    attempt_ended: Option<Instant>,
}

impl Exchange {
    pub(super) fn metadata(&self) -> ResponseMetadata {
        ResponseMetadata {
            http_status: self.status.unwrap_or_default(),
            request_id: self.request_id.clone(),
            extended_request_id: self.extended_request_id.clone(),
            cf_id: self.cf_id.clone(),
            attempts: self.attempts,
            throttled_attempts: if self.attempts > 1 { self.throttled_attempts } else { 0 },
            total_retry_delay_ms: u64::try_from(self.retry_delay.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// One call's interceptor.
#[derive(Clone)]
pub(super) struct Passthrough {
    request: Bytes,
    response_body: ResponseBody,
    retry_partition: RetryPartition,
    action: &'static str,
    wants_headers: bool,
    used_keys: UsedKeys,
    exchange: Arc<Mutex<Exchange>>,
}

impl Passthrough {
    /// `retry_partition`: the quota of retries that the call shares with others.
    pub(super) fn new(request: Bytes, response_body: ResponseBody, retry_partition: RetryPartition) -> Self {
        Self {
            request,
            response_body,
            retry_partition,
            action: INVOKE,
            wants_headers: false,
            used_keys: UsedKeys::default(),
            exchange: Arc::default(),
        }
    }

    /// The same for another operation of a model, whose path ends with `action`.
    pub(super) fn of(mut self, action: &'static str) -> Self {
        self.action = action;
        self
    }

    /// The same, which also takes the response's headers if `wanted`.
    pub(super) fn taking_headers(mut self, wanted: bool) -> Self {
        self.wants_headers = wanted;
        self
    }

    /// How the last attempt was signed.
    pub(super) fn signed(&self, options: &CallOptions) -> Signed {
        Signed {
            keys: self.used_keys.clone(),
            dates: self.exchange().dates,
            has_own_keys: options.has_own_keys(),
        }
    }

    pub(super) fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does not show the body, which holds the user's conversation.
impl fmt::Debug for Passthrough {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Passthrough")
            .field("response_body", &self.response_body)
            .finish_non_exhaustive()
    }
}

impl Intercept for Passthrough {
    fn name(&self) -> &'static str {
        "Passthrough"
    }

    /// The SDK looks the quota up before the first attempt.
    fn read_before_execution(&self, _context: &BeforeSerializationInterceptorContextRef<'_>, config: &mut ConfigBag) -> Result<(), BoxError> {
        config.interceptor_state().store_put(self.retry_partition.clone());
        Ok(())
    }

    /// Every attempt starts from a copy of this request, and each is signed later, over these bytes.
    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(self.used_keys.clone());
        let request = context.request_mut();
        if self.action != INVOKE {
            let model = request.uri().strip_suffix(INVOKE).ok_or("the SDK has another path for InvokeModel")?;
            request.set_uri(format!("{model}{}", self.action))?;
        }
        request.headers_mut().insert("content-length", self.request.len().to_string());
        *request.body_mut() = SdkBody::from(self.request.clone());
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut exchange = self.exchange();
        exchange.attempts = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        if let Some(ended) = exchange.attempt_ended.take() {
            exchange.retry_delay += ended.elapsed();
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.exchange().signing_date = context.request().headers().get("x-amz-date").map(str::to_owned);
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        *response.body_mut() = if self.response_body == ResponseBody::Streaming && response.status().is_success() {
            body
        } else {
            SdkBody::from_body_1_x(Limited::new(body, MAX_BODY_LENGTH))
        };
        let mut exchange = self.exchange();
        exchange.status = Some(response.status().as_u16());
        let refused = exchange.signing_date.as_deref().filter(|_| !response.status().is_success());
        exchange.dates = refused.and_then(|date| Dates::new(date, response));
        exchange.throttled_attempts += u32::from(is_throttled(response));
        exchange.request_id = response.request_id().map(str::to_owned);
        let header = |name: &str| response.headers().get(name).map(str::to_owned);
        exchange.extended_request_id = header("x-amz-id-2");
        exchange.cf_id = header("x-amz-cf-id");
        exchange.headers = self.wants_headers.then(|| headers_json(response));
        exchange.content_type = response.headers().get("content-type").map(str::to_owned);
        if self.response_body == ResponseBody::Payload {
            exchange.input_tokens = response.headers().get(INPUT_TOKENS).and_then(|count| count.parse().ok());
        }
        if self.response_body == ResponseBody::Streaming && response.status().is_success() {
            exchange.streaming = Some(std::mem::replace(response.body_mut(), SdkBody::empty()));
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.exchange().attempt_ended = Some(Instant::now());
        Ok(())
    }
}

/// Whether a quota was used up. A model that is being loaded has the same status.
fn is_throttled(response: &HttpResponse) -> bool {
    let name = response.headers().get("x-amzn-errortype").unwrap_or_default();
    response.status().as_u16() == 429 && !name.starts_with("ModelNotReadyException")
}

/// Headers by lower-case name; values of one name are joined by a comma, as HTTP does (RFC 9110, 5.3).
fn headers_json(response: &HttpResponse) -> String {
    let mut headers = serde_json::Map::new();
    for (name, value) in response.headers() {
        match headers.get_mut(name) {
            Some(Value::String(values)) => values.extend([", ", value]),
            _ => drop(headers.insert(name.to_owned(), value.into())),
        }
    }
    Value::Object(headers).to_string()
}
