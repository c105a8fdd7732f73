//! What can go wrong between a request and its answer, sorted by what a caller can do about it. Each kind becomes one JavaScript error.

use std::error::Error as StdError;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::{Map, Value};

use super::error_chain::{find, root_cause};
use crate::convert::response::ResponseMetadata;

/// How much of a body that is no JSON is shown: enough for a proxy's own words.
const SHOWN: usize = 500;

/// A failed call. The text is the JavaScript error's message.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An answer that says no. Becomes a `BedrockRuntimeServiceException`.
    #[error("{}", .0.message)]
    Service(Box<ServiceException>),
    /// No answer: no connection, or one that broke. Becomes an `Error` with a `code` where the system has one (`ECONNREFUSED`).
    #[error("{message}")]
    Connection {
        /// What was tried and what the system said.
        message: String,
        /// The system's name for it, as Node.js spells it.
        code: Option<&'static str>,
        /// Attempts and their delay.
        metadata: ResponseMetadata,
    },
    /// No credentials, or credentials that could not be fetched. Becomes a `CredentialsProviderError`.
    #[error("{0}")]
    Credentials(String),
    /// The user's own credentials function threw: the caller throws the same thing on.
    #[error(transparent)]
    ProviderThrew(#[from] ProviderThrew),
    /// Something that must be configured is not. Becomes an `Error`.
    #[error("{0}")]
    Configuration(String),
    /// Input or output that cannot be converted. Becomes an `Error`.
    #[error(transparent)]
    Convert(#[from] crate::error::Error),
    /// Nothing came for too long. Becomes an `Error` with `lc_error_code` `MODEL_STREAM_TIMEOUT`.
    #[error("Bedrock Converse timed out after {} ms while waiting for the {phase}.", after.as_millis())]
    Timeout {
        /// How long was waited.
        after: Duration,
        /// For what.
        phase: &'static str,
    },
    /// The caller stopped it. Becomes the signal's reason.
    #[error("Request aborted")]
    Aborted,
    /// The stream broke, or ended before Bedrock said that the message was whole. Becomes an `IncompleteStreamError`.
    #[error("The answer is incomplete. {0}")]
    Stream(String),
    /// The answer to `ConverseStream` is something else. Becomes an `IncompleteStreamError`.
    #[error("Expected an event stream (application/vnd.amazon.eventstream), but the endpoint answered with {content_type}.")]
    NoEventStream {
        /// What it is instead.
        content_type: String,
        /// What becomes `$metadata`.
        metadata: ResponseMetadata,
    },
    /// A success without a body, which the SDK cannot give us. Becomes an `Error`.
    #[error("The endpoint answered without a body.")]
    NoBody,
}

/// Bedrock's "no", with the names of the JavaScript SDK's exceptions.
#[derive(Debug)]
pub struct ServiceException {
    /// `ThrottlingException` and the like.
    pub name: String,
    /// Bedrock's words, or what a proxy said instead.
    pub message: String,
    /// Whose it is: `client` or `server`.
    pub fault: &'static str,
    /// Whether the API's model marks this kind as worth another try.
    pub retryable: bool,
    /// What else the exception holds: `originalStatusCode`, `originalMessage`, `resourceName` …
    pub members: Map<String, Value>,
    /// What becomes `$metadata`.
    pub metadata: ResponseMetadata,
}

/// The mark that a user's credentials function threw. What it threw stays in JavaScript.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("The credentials function failed.")]
pub struct ProviderThrew;

/// The text for a caller without a region.
#[derive(Debug, thiserror::Error)]
#[error(
    "No AWS region was found. Pass `region` to ChatBedrockConverse, or set AWS_REGION or AWS_DEFAULT_REGION, or add `region` to your profile in ~/.aws/config."
)]
pub(super) struct MissingRegion;

/// A failed `send`.
pub(super) fn from_sdk<E>(error: &SdkError<E, HttpResponse>, metadata: &ResponseMetadata) -> Failure
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match error {
        // A success that the SDK takes for an error is an answer that it cannot read.
        SdkError::ServiceError(service) if service.raw().status().is_success() => from_unreadable(error, service.raw(), metadata),
        SdkError::ServiceError(service) => from_service(service.err(), service.raw(), metadata),
        SdkError::ResponseError(response) => from_unreadable(error, response.raw(), metadata),
        _ => from_connection(error, metadata),
    }
}

fn from_service<E: ProvideErrorMetadata>(error: &E, response: &HttpResponse, metadata: &ResponseMetadata) -> Failure {
    let body = response.body().bytes().unwrap_or_default();
    let mut members = members(body);
    let message = take_message(&mut members)
        .or_else(|| error.message().map(str::to_owned))
        .unwrap_or_else(|| shown(response, body));
    let name = error.code().map_or_else(|| "UnknownError".to_owned(), str::to_owned);
    members.remove("__type");
    service(name, message, members, metadata)
}

/// A response that is not even an AWS error: a proxy's page, a cut body.
fn from_unreadable<E: StdError + 'static>(error: &SdkError<E, HttpResponse>, response: &HttpResponse, metadata: &ResponseMetadata) -> Failure {
    let status = response.status();
    if status.is_success() {
        return Failure::Connection {
            message: format!("The answer could not be read: {}.", root_cause(error)),
            code: None,
            metadata: metadata.clone(),
        };
    }
    let message = shown(response, response.body().bytes().unwrap_or_default());
    service("UnknownError".to_owned(), message, Map::new(), metadata)
}

fn from_connection(error: &(dyn StdError + 'static), metadata: &ResponseMetadata) -> Failure {
    if let Some(credentials) = find::<aws_credential_types::provider::error::CredentialsError>(error) {
        return from_credentials(credentials);
    }
    let code = find::<std::io::Error>(error).and_then(|io| node_code(io.kind()));
    let message = format!(
        "Could not reach Bedrock: {}{}",
        code.map_or(String::new(), |code| format!("{code}: ")),
        root_cause(error)
    );
    Failure::Connection {
        message,
        code,
        metadata: metadata.clone(),
    }
}

fn from_credentials(error: &(dyn StdError + 'static)) -> Failure {
    match find::<ProviderThrew>(error) {
        Some(threw) => Failure::ProviderThrew(*threw),
        None => Failure::Credentials(format!("Could not load credentials from any providers: {}.", root_cause(error))),
    }
}

/// A connection that could not be opened.
pub(super) fn from_connector(error: &(dyn StdError + 'static)) -> Failure {
    from_connection(error, &ResponseMetadata::default())
}

/// A body that stopped coming.
pub(super) fn from_body(error: &(dyn StdError + 'static)) -> Failure {
    Failure::Stream(format!("The connection broke: {}.", root_cause(error)))
}

/// An exception among the events: `throttlingException` and its JSON.
pub(super) fn from_exception(exception_type: &str, payload: &[u8], metadata: &ResponseMetadata) -> Failure {
    let mut members = members(payload);
    let message = take_message(&mut members).unwrap_or_else(|| String::from_utf8_lossy(payload).chars().take(SHOWN).collect());
    service(capitalized(exception_type), message, members, metadata)
}

/// An event that is an error outside the model of the API.
pub(super) fn from_error_message(code: &str, message: &str, metadata: &ResponseMetadata) -> Failure {
    service(code.to_owned(), message.to_owned(), Map::new(), metadata)
}

/// An exception that arrives inside a stream comes with status 200, so there its name tells whose fault it is.
fn service(name: String, message: String, members: Map<String, Value>, metadata: &ResponseMetadata) -> Failure {
    let of_the_server = metadata.http_status >= 500 || matches!(name.as_str(), "InternalServerException" | "ServiceUnavailableException");
    Failure::Service(Box::new(ServiceException {
        fault: if of_the_server { "server" } else { "client" },
        retryable: name == "ModelNotReadyException",
        name,
        message,
        members,
        metadata: metadata.clone(),
    }))
}

/// The union names its members in lower camel case, the exceptions have capitals.
fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(|| "UnknownError".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

fn members(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap_or_default()
}

/// AWS spells it both ways.
fn take_message(members: &mut Map<String, Value>) -> Option<String> {
    let lower = members.remove("message");
    let upper = members.remove("Message");
    lower.or(upper).and_then(|message| message.as_str().map(str::to_owned))
}

fn shown(response: &HttpResponse, body: &[u8]) -> String {
    let status = response.status().as_u16();
    let text = String::from_utf8_lossy(body);
    let start: String = text.trim().chars().take(SHOWN).collect();
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
