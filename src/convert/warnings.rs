//! What was changed in a request that Bedrock would have refused, and what its answer shows.

use serde::Serialize;

/// One change, or finding. It becomes an element of `response_metadata.warnings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The kind of change, such as `tool_result_missing`.
    pub code: &'static str,
    /// One sentence or two: what was changed, and why.
    pub message: String,
    /// The place in the caller's input, such as `messages[2]`.
    pub path: String,
}

/// The JSON of warnings; `None` if there are none.
#[must_use]
pub fn warnings_json(warnings: &[Warning]) -> Option<String> {
    (!warnings.is_empty()).then(|| serde_json::to_string(warnings).unwrap_or_default())
}
