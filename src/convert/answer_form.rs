//! How the answer to a request is read.

/// What the request says of its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerForm {
    /// Whether it is to be JSON of a schema: its texts are one then, since LangChain reads the first.
    pub is_json: bool,
    /// The tag around reasoning inside its texts, which is to be split off.
    pub inline_reasoning: Option<String>,
}
