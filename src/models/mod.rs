//! What is known of models, by their ids. Pure: no I/O.

pub mod embeddings;

/// The rules that follow from a model's id.
///
/// The ARN of an application inference profile does not name its model, so `false` means "not known to be".
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Anthropic Claude: refuses reasoning that it did not sign.
    pub is_claude: bool,
    /// Amazon Nova: refuses cache points in tools and beside tool blocks, and every `ttl`.
    pub is_nova: bool,
    /// A prompt of Bedrock's prompt management, which brings messages, system text and tools of its own.
    pub is_prompt: bool,
}

impl Model {
    /// Reads an id or ARN.
    #[must_use]
    pub fn of(model_id: &str) -> Self {
        let id = model_id.to_ascii_lowercase();
        let is_arn = id.starts_with("arn:");
        Self {
            is_claude: id.contains("anthropic") || id.contains("claude"),
            is_nova: id.contains("amazon.nova") || (is_arn && id.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "nova")),
            is_prompt: is_arn && id.contains(":prompt/"),
        }
    }
}
