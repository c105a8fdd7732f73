//! Blocks of AI messages that Bedrock does not have: they are left out and reported, so that a conversation of another provider can go on.

use std::collections::BTreeMap;

use super::scope::Scope;
use crate::convert::json::Object;
use crate::error::Error;

/// What streaming leaves in a message's content.
const STREAM_REMAINDERS: [&str; 3] = ["input_json_delta", "server_tool_call_chunk", "tool_call_chunk"];

/// Blocks of tools that another provider ran, or whose call is also in `tool_calls`: of OpenAI's Responses API, Anthropic, Google and LangChain v0; and
/// Mistral's references to what such a tool found.
const PROVIDER_TOOLS: [&str; 22] = [
    "code_execution_result",
    "code_interpreter_call",
    "code_interpreter_output",
    "code_interpreter_result",
    "codeExecutionResult",
    "computer_call",
    "container_upload",
    "custom_tool_call",
    "executable_code",
    "executableCode",
    "file_search_call",
    "functionResponse",
    "image_generation_call",
    "local_shell_call",
    "mcp_approval_request",
    "mcp_call",
    "mcp_list_tools",
    "mcp_tool_use",
    "reference",
    "tool_reference",
    "web_search_call",
    "web_search_result",
];

/// Suffixes of further results, such as Anthropic's `web_search_tool_result` and OpenAI's `computer_call_output`.
const PROVIDER_RESULTS: [&str; 3] = ["_tool_result", "_call_output", "_call_result"];

const MEDIA: [&str; 13] = [
    "audio",
    "document",
    "document_url",
    "file",
    "fileData",
    "image",
    "image_url",
    "inlineData",
    "input_audio",
    "input_file",
    "input_image",
    "media",
    "video",
];

pub(super) fn is_stream_remainder(kind: &str) -> bool {
    STREAM_REMAINDERS.contains(&kind)
}

pub(super) fn is_of_provider_tool(kind: &str) -> bool {
    PROVIDER_TOOLS.contains(&kind) || PROVIDER_RESULTS.iter().any(|end| kind.ends_with(end))
}

/// Blocks that are reported together, by the beginnings of their JSON: results of a search may be long, and every later turn has the warning again.
#[derive(Default)]
pub(super) struct LeftOut(Vec<String>);

const MOST_BLOCKS: usize = 10;
const MOST_CHARACTERS: usize = 300;

impl LeftOut {
    pub(super) fn add(&mut self, block: &Object<'_>) {
        let json = serde_json::to_string(&block.iter().collect::<BTreeMap<_, _>>()).unwrap_or_default();
        let beginning: String = json.chars().take(MOST_CHARACTERS).collect();
        let end = if beginning.len() < json.len() { " …" } else { "" };
        self.0.push(format!("{beginning}{end}"));
    }

    /// # Errors
    /// A change, where the caller asked for refusals.
    pub(super) fn report(&self, scope: Scope<'_>) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let blocks = self.0.get(..MOST_BLOCKS).unwrap_or(&self.0).join(", ");
        let more = match self.0.len().saturating_sub(MOST_BLOCKS) {
            0 => String::new(),
            count => format!(", and {count} more"),
        };
        let message = format!("Blocks of another provider were left out, since Bedrock does not have them: {blocks}{more}");
        scope.change("provider_blocks_left_out", message)
    }
}

/// Whether a block is an image or a file, in any dialect. Its bytes may be elsewhere, or of a format that Bedrock does not have.
pub(super) fn is_medium(block: &Object<'_>) -> bool {
    block.text("type").is_some_and(|kind| MEDIA.contains(&kind.as_ref()))
}
