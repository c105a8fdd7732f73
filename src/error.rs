//! The core's error: what went wrong on this side of the wire. What Bedrock answers is a [`Failure`](crate::client::failure::Failure) instead.

/// Input that cannot become a Converse request, or an answer that cannot become a LangChain message.
///
/// Every variant carries one sentence for the user and becomes a plain JavaScript `Error` with that sentence as its message.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum Error {
    /// The caller's messages or options cannot be sent. The text says where (`messages[2].content[0]`) and what would be right.
    #[error("{0}")]
    InvalidInput(String),
    /// Bedrock's answer is not what the Converse API promises.
    #[error("{0}")]
    InvalidOutput(String),
}
