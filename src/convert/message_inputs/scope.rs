//! Where in the caller's input the conversion stands, and what it may look up.

use std::fmt;

use crate::convert::media::Attachment;
use crate::error::Error;

/// What every step of a conversion may look up. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) attachments: &'a [Attachment<'a>],
    pub(crate) model: Model,
    pub(crate) place: Place,
}

impl Scope<'_> {
    /// The same scope, at the message `index`.
    pub(crate) fn message(self, index: usize) -> Self {
        Self {
            place: Place::Message(index),
            ..self
        }
    }

    /// The same scope, at the content block `index` of the message it stands at.
    pub(crate) fn block(self, index: usize) -> Self {
        let place = match self.place {
            Place::Message(message) => Place::Block(message, index),
            other => other,
        };
        Self { place, ..self }
    }

    /// Refuses what stands here: `what` is the rest of the sentence.
    pub(crate) fn refuse(&self, what: impl fmt::Display) -> Error {
        Error::InvalidInput(format!("{}: {what}", self.place))
    }
}

/// A place in the request that TypeScript hands over, written as users would write it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Member(&'static str),
    Message(usize),
    Block(usize, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) => formatter.write_str(name),
            Self::Message(message) => write!(formatter, "messages[{message}]"),
            Self::Block(message, block) => write!(formatter, "messages[{message}].content[{block}]"),
        }
    }
}

/// What the model id says about the model behind it.
///
/// An application inference profile's ARN says nothing, so `false` means "not known to be".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    /// Anthropic Claude: refuses reasoning that it did not sign.
    pub(crate) is_claude: bool,
    /// Amazon Nova: refuses cache points in tools and beside tool blocks, and every `ttl`.
    pub(crate) is_nova: bool,
    /// A prompt of Bedrock's prompt management, which brings messages, system text and tools of its own.
    pub(crate) is_prompt: bool,
}

impl Model {
    pub(crate) fn of(model_id: &str) -> Self {
        let id = model_id.to_ascii_lowercase();
        let is_arn = id.starts_with("arn:");
        Self {
            is_claude: id.contains("anthropic") || id.contains("claude"),
            is_nova: id.contains("amazon.nova") || (is_arn && id.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "nova")),
            is_prompt: is_arn && id.contains(":prompt/"),
        }
    }
}
