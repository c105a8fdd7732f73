//! Calls and results among the blocks of a turn.

use crate::convert::request::block::{Block, ToolResult, ToolUse};

impl<'a> Block<'a> {
    /// A call of a tool that the caller runs.
    pub(super) fn as_call(&mut self) -> Option<&mut ToolUse<'a>> {
        match self {
            Self::ToolUse(tool_use) if !tool_use.is_server_tool() => Some(tool_use),
            _ => None,
        }
    }

    pub(super) fn call_id(&self) -> Option<&str> {
        match self {
            Self::ToolUse(tool_use) if !tool_use.is_server_tool() => Some(&tool_use.id),
            _ => None,
        }
    }

    /// The id of a result that a caller's tool gave.
    pub(super) fn client_result_id(&self) -> Option<&str> {
        match self {
            Self::ToolResult(result) if is_of_client(result) => Some(&result.id),
            _ => None,
        }
    }
}

/// Whether a caller's tool gave the result; those of Bedrock's own tools have a `type`.
pub(super) fn is_of_client(result: &ToolResult<'_>) -> bool {
    result.members.get("type").is_none()
}

/// The JSON of a value, for a sentence or a text.
pub(super) fn json_text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
