//! The failures of a call, classified by what the caller can do. Each kind becomes one JavaScript error.

use std::error::Error as StdError;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use http_body_util::LengthLimitError;
use serde_json::{Map, Value};

use super::error_chain::{cause_messages, find_cause, root_cause};
use super::retry_after::retry_after;
use crate::convert::response::ResponseMetadata;

/// How many characters of a non-JSON body an error message quotes: enough for the text of a proxy's error page.
const MAX_EXCERPT_CHARS: usize = 500;

/// A failed call. The `Display` text is the message of the JavaScript error.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An error response. Becomes a `BedrockRuntimeServiceException`.
    #[error("{}", .0.message)]
    Service(Box<ServiceException>),
    /// No connection, or a connection that broke before the response. Becomes an `Error`, with a `code` such as `ECONNREFUSED` if one is known.
    #[error("{message}")]
    Connection {
        /// What failed and why.
        message: String,
        /// The error code of Node.js.
        code: Option<&'static str>,
        /// The messages of its causes, outermost first.
        causes: Vec<String>,
        /// Becomes `$metadata`: the number of attempts and the retry delay.
        metadata: Box<ResponseMetadata>,
    },
    /// No credentials, or credentials that could not be fetched. Becomes a `CredentialsProviderError`.
    #[error("{0}")]
    Credentials(String),
    /// The user's credentials function threw. The JavaScript side rethrows the same value.
    #[error(transparent)]
    ProviderThrew(#[from] ProviderThrew),
    /// A missing setting, such as the region, or a closed client. Becomes an `Error`.
    #[error("{0}")]
    Configuration(String),
    /// Input or output that cannot be converted. Becomes an `Error`.
    #[error(transparent)]
    Convert(#[from] crate::error::Error),
    /// A file that a message names by its URL could not be fetched, and why. Becomes an `Error`, with a `code` if one is known.
    #[error("{why}")]
    Fetch {
        /// A clause without a full stop.
        why: String,
        /// The error code of Node.js.
        code: Option<&'static str>,
    },
    /// A time limit passed. Becomes an `Error` with `lc_error_code` `MODEL_STREAM_TIMEOUT`.
    #[error("{} timed out after {} ms while waiting for the {}.", phase.api, after.as_millis(), phase.waits_for)]
    Timeout {
        /// The time limit.
        after: Duration,
        /// What the call was doing.
        phase: Phase,
    },
    /// The caller cancelled the call. Becomes the reason of the `AbortSignal`.
    #[error("Request aborted")]
    Aborted,
    /// The stream broke, or ended before `messageStop`. Becomes an `IncompleteStreamError`.
    #[error("The answer is incomplete. {0}")]
    Stream(String),
    /// The response to `ConverseStream` has another content type. Becomes an `IncompleteStreamError`.
    #[error("Expected an event stream (application/vnd.amazon.eventstream), but the endpoint answered with {content_type}.")]
    NotAnEventStream {
        /// The content type of the response.
        content_type: String,
        /// Becomes `$metadata`.
        metadata: Box<ResponseMetadata>,
    },
    /// A successful response whose body the SDK did not provide. Becomes an `Error`.
    #[error("The endpoint answered without a body.")]
    MissingBody,
}

impl Failure {
    /// The same failure of a request to another service than Bedrock's models.
    pub(super) fn at(mut self, api: &str) -> Self {
        if let Self::Connection { message, .. } = &mut self {
            *message = message.replacen("Could not reach Bedrock", &format!("Could not reach {api}"), 1);
        }
        self
    }
}

/// What a call was doing when its time was over, as the error message names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    /// The API.
    pub api: &'static str,
    /// What it was waiting for.
    pub waits_for: &'static str,
}

impl Phase {
    /// A phase of `Converse` or `ConverseStream`.
    pub(super) const fn of_converse(waits_for: &'static str) -> Self {
        Self {
            api: "Bedrock Converse",
            waits_for,
        }
    }
}

/// An error response, named like the exceptions of the JavaScript SDK.
#[derive(Debug)]
pub struct ServiceException {
    /// The exception's name, such as `ThrottlingException`.
    pub name: String,
    /// Bedrock's message, or an excerpt of the body if it has none, for example of a proxy's error page.
    pub message: String,
    /// Which side caused it: `client` or `server`.
    pub fault: &'static str,
    /// Whether the API's service model marks the exception as retryable.
    pub retryable: bool,
    /// Why the same request, sent again, may succeed.
    pub resend: Option<Resend>,
    /// How long the response asks the caller to wait.
    pub retry_after: Option<Duration>,
    /// The exception's other members: `originalStatusCode`, `originalMessage`, `resourceName` …
    pub members: Map<String, Value>,
    /// Becomes `$metadata`.
    pub metadata: ResponseMetadata,
}

/// Why a request that was refused is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// The refusal taught something about the model: what was refused is left out.
    Learned,
    /// Its keys were refused: the client asks for others.
    NewKeys,
    /// The time of its signature was refused: the client has corrected its clock.
    NewTime,
}

/// The user's credentials function threw. The thrown value stays in JavaScript.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("The credentials function failed.")]
pub struct ProviderThrew;

/// Neither an option nor the environment gives a region.
#[derive(Debug, thiserror::Error)]
#[error(
    "No AWS region was found. Pass the option `region`, or set AWS_REGION or AWS_DEFAULT_REGION, or add `region` to your profile in ~/.aws/config."
)]
pub(super) struct MissingRegion;

/// Converts an error of the SDK's `send`.
pub(super) fn from_sdk<E>(error: &SdkError<E, HttpResponse>, metadata: &ResponseMetadata) -> Failure
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match error {
        // With a success status, the SDK reports a response that it cannot read as a service error.
        SdkError::ServiceError(service) if service.raw().status().is_success() => from_unreadable_response(error, service.raw(), metadata),
        SdkError::ServiceError(service) => from_service(service.err(), service.raw(), metadata),
        SdkError::ResponseError(response) => from_unreadable_response(error, response.raw(), metadata),
        _ => from_connection(error, metadata),
    }
}

fn from_service<E: ProvideErrorMetadata>(error: &E, response: &HttpResponse, metadata: &ResponseMetadata) -> Failure {
    let body = response.body().bytes().unwrap_or_default();
    let mut members = read_members(body);
    let message = take_message(&mut members)
        .or_else(|| error.message().map(str::to_owned))
        .unwrap_or_else(|| excerpt(response, body));
    let name = error.code().map_or_else(|| unnamed(response), str::to_owned);
    members.remove("__type");
    waiting(service(name, message, members, metadata), response)
}

/// Converts a response that the SDK cannot read: a proxy's error page, or a truncated body.
fn from_unreadable_response<E: StdError + 'static>(
    error: &SdkError<E, HttpResponse>,
    response: &HttpResponse,
    metadata: &ResponseMetadata,
) -> Failure {
    let status = response.status();
    if status.is_success() {
        let reason = match find_cause::<LengthLimitError>(error) {
            Some(_) => "it is longer than 64 MB, as no answer of Bedrock is".to_owned(),
            None => root_cause(error),
        };
        return Failure::Connection {
            message: format!("The answer could not be read: {reason}."),
            code: None,
            causes: cause_messages(error),
            metadata: Box::new(metadata.clone()),
        };
    }
    let message = excerpt(response, response.body().bytes().unwrap_or_default());
    waiting(service(unnamed(response), message, Map::new(), metadata), response)
}

/// A successful response that is not the JSON that it should be.
pub(super) fn unreadable(reason: &str, metadata: &ResponseMetadata) -> Failure {
    Failure::Connection {
        message: format!("The answer could not be read: {reason}."),
        code: None,
        causes: Vec::new(),
        metadata: Box::new(metadata.clone()),
    }
}

/// Adds the wait that the response asks for.
fn waiting(mut failure: Failure, response: &HttpResponse) -> Failure {
    if let Failure::Service(exception) = &mut failure {
        exception.retry_after = retry_after(response);
    }
    failure
}

/// The name of an error that has none: a gateway's. Its status says whether it is throttling.
fn unnamed(response: &HttpResponse) -> String {
    let name = if response.status().as_u16() == 429 {
        "ThrottlingException"
    } else {
        "UnknownError"
    };
    name.to_owned()
}

fn from_connection(error: &(dyn StdError + 'static), metadata: &ResponseMetadata) -> Failure {
    if let Some(credentials) = find_cause::<aws_credential_types::provider::error::CredentialsError>(error) {
        return from_credentials(credentials);
    }
    if find_cause::<ConnectorError>(error).is_some_and(ConnectorError::is_user) {
        return Failure::Configuration(format!("The connection cannot be set up: {}.", root_cause(error)));
    }
    let code = code_of(error);
    let message = format!(
        "Could not reach Bedrock: {}{}",
        code.map_or(String::new(), |code| format!("{code}: ")),
        root_cause(error)
    );
    Failure::Connection {
        message,
        code,
        causes: cause_messages(error),
        metadata: Box::new(metadata.clone()),
    }
}

/// The system's name for a failure, as Node.js spells it.
pub(super) fn code_of(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let by_kind = find_cause::<std::io::Error>(error).and_then(|io| node_code(io.kind()));
    let is_timeout = || find_cause::<ConnectorError>(error).is_some_and(ConnectorError::is_timeout);
    by_kind.or_else(|| lookup_code(error)).or_else(|| is_timeout().then_some("ETIMEDOUT"))
}

/// Failures of name resolution have no kind of their own, only their texts.
fn lookup_code(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let text = root_cause(error);
    if !text.contains("lookup address") {
        return None;
    }
    Some(if text.contains("Temporary failure") { "EAI_AGAIN" } else { "ENOTFOUND" })
}

fn from_credentials(error: &(dyn StdError + 'static)) -> Failure {
    match find_cause::<ProviderThrew>(error) {
        Some(threw) => Failure::ProviderThrew(*threw),
        None => Failure::Credentials(format!("Could not load credentials from any providers: {}.", root_cause(error))),
    }
}

/// Converts an error of the connector: the connection could not be opened.
pub(super) fn from_connector(error: &(dyn StdError + 'static)) -> Failure {
    from_connection(error, &ResponseMetadata::default())
}

/// Converts an error while reading the response body.
pub(super) fn from_body(error: &(dyn StdError + 'static)) -> Failure {
    Failure::Stream(format!("The connection broke: {}.", root_cause(error)))
}

/// Converts an exception event of a stream, such as `throttlingException`, and its JSON payload.
pub(super) fn from_exception(exception_type: &str, payload: &[u8], metadata: &ResponseMetadata) -> Failure {
    let mut members = read_members(payload);
    let message = take_message(&mut members).unwrap_or_else(|| String::from_utf8_lossy(payload).chars().take(MAX_EXCERPT_CHARS).collect());
    service(capitalized(exception_type), message, members, metadata)
}

/// Converts an event of message type `error`: an error that the API's service model does not define.
pub(super) fn from_error_message(code: &str, message: &str, metadata: &ResponseMetadata) -> Failure {
    service(code.to_owned(), message.to_owned(), Map::new(), metadata)
}

/// Inside a stream the HTTP status is 200, so `fault` also depends on the exception's name.
fn service(name: String, message: String, members: Map<String, Value>, metadata: &ResponseMetadata) -> Failure {
    let is_server_fault = metadata.http_status >= 500 || matches!(name.as_str(), "InternalServerException" | "ServiceUnavailableException");
    Failure::Service(Box::new(ServiceException {
        fault: if is_server_fault { "server" } else { "client" },
        retryable: name == "ModelNotReadyException",
        resend: None,
        retry_after: None,
        name,
        message,
        members,
        metadata: metadata.clone(),
    }))
}

/// Event types are in lower camel case, exception names in upper camel case.
fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(|| "UnknownError".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

fn read_members(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap_or_default()
}

/// AWS services use both spellings.
fn take_message(members: &mut Map<String, Value>) -> Option<String> {
    let lower = members.remove("message");
    let upper = members.remove("Message");
    lower.or(upper).and_then(|message| message.as_str().map(str::to_owned))
}

/// The status and the start of a body without a message.
fn excerpt(response: &HttpResponse, body: &[u8]) -> String {
    let status = response.status().as_u16();
    let text = String::from_utf8_lossy(body);
    let start: String = text.trim().chars().take(MAX_EXCERPT_CHARS).collect();
    if start.is_empty() {
        format!("The endpoint answered with HTTP status {status} and no text.")
    } else {
        format!("HTTP status {status}: {start}")
    }
}

fn node_code(kind: std::io::ErrorKind) -> Option<&'static str> {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::ConnectionRefused => Some("ECONNREFUSED"),
        ErrorKind::ConnectionReset => Some("ECONNRESET"),
        ErrorKind::ConnectionAborted => Some("ECONNABORTED"),
        ErrorKind::BrokenPipe => Some("EPIPE"),
        ErrorKind::TimedOut => Some("ETIMEDOUT"),
        ErrorKind::HostUnreachable => Some("EHOSTUNREACH"),
        ErrorKind::NetworkUnreachable => Some("ENETUNREACH"),
        _ => None,
    }
}
