//! A turn of the conversation, as the Converse API has it.

use super::block::Block;

/// The role of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    User,
    Assistant,
    System,
}

/// A message of the Converse API: consecutive LangChain messages of one role.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Turn<'a> {
    pub(crate) role: Role,
    pub(crate) content: Vec<Block<'a>>,
    /// The index of the first LangChain message in it.
    #[serde(skip)]
    pub(crate) first_message: usize,
}

impl Turn<'_> {
    /// A turn of one text, which stands at the message `message`.
    pub(crate) fn of_text(role: Role, text: &'static str, message: usize) -> Self {
        Self {
            role,
            content: vec![Block::Text(text.into())],
            first_message: message,
        }
    }
}
