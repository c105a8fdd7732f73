//! A place in the caller's input, for errors and warnings.

use std::fmt;

/// A place in the request, displayed as a user would write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Member(&'static str),
    Tool(usize),
    Message(usize),
    Block(usize, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) => formatter.write_str(name),
            Self::Tool(tool) => write!(formatter, "toolConfig.tools[{tool}]"),
            Self::Message(message) => write!(formatter, "messages[{message}]"),
            Self::Block(message, block) => write!(formatter, "messages[{message}].content[{block}]"),
        }
    }
}
