//! The error of the conversions. A failed call, including an error response of Bedrock, is a [`Failure`](crate::client::failure::Failure).

/// Input that cannot become a Converse request, or a response that cannot become a LangChain message.
///
/// Each variant holds one sentence for the user, the message of the JavaScript `Error`.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum Error {
    /// The caller's messages or options cannot be sent. The text names the path (`messages[2].content[0]`) and what is valid there.
    #[error("{0}")]
    InvalidInput(String),
    /// Bedrock's response does not follow the Converse API.
    #[error("{0}")]
    InvalidOutput(String),
}
