//! Why a request brought nothing.

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

/// An answer that is no success, or cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub(super) struct Refusal {
    /// Without a full stop, and without what a server sent beside its error's name and message.
    pub(super) sentence: String,
    pub(super) status: u16,
    metadata: Box<ErrorMetadata>,
}

impl Refusal {
    /// A service's error with its name and message.
    pub(super) fn named(service: &str, response: &HttpResponse, code: &str, message: &str) -> Self {
        let message = message.trim().trim_end_matches('.');
        let separator = if message.is_empty() { "" } else { ": " };
        Self {
            sentence: format!("{service} answered {code}{separator}{message}"),
            status: response.status().as_u16(),
            metadata: Box::new(ErrorMetadata::builder().code(code).message(message).build()),
        }
    }

    /// An answer without an error's name, or one that is not what it should be.
    pub(super) fn unnamed(response: &HttpResponse, sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            status: response.status().as_u16(),
            metadata: Box::default(),
        }
    }

    /// A success that says that there are no keys.
    pub(super) fn stated(sentence: String) -> Self {
        Self {
            sentence,
            status: 0,
            metadata: Box::default(),
        }
    }

    /// A success that cannot be read.
    pub(super) fn is_unreadable(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

/// Why a request brought nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No connection, or one that broke before the head of an answer.
    #[error("nothing answered")]
    Unreachable(#[source] BoxError),
    /// An answer that could not be read to its end, or not in time, or a request that could not be made.
    #[error("the request failed")]
    Failed(#[source] BoxError),
}

impl From<SendError> for CredentialsError {
    fn from(error: SendError) -> Self {
        Self::provider_error(error)
    }
}

impl From<SdkError<Refusal, HttpResponse>> for SendError {
    /// Leaves out the response, which may have keys.
    fn from(error: SdkError<Refusal, HttpResponse>) -> Self {
        let is_unreachable = matches!(error, SdkError::DispatchFailure(_));
        match error {
            SdkError::ServiceError(refused) => Self::Refused(refused.into_err()),
            other => {
                let source = other.into_source().unwrap_or_else(|_| "the request failed".into());
                if is_unreachable {
                    Self::Unreachable(source)
                } else {
                    Self::Failed(source)
                }
            }
        }
    }
}
