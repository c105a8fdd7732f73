//! What is known of models, by their ids. Pure: no I/O.

pub mod embeddings;

/// The rules that follow from a model's id.
///
/// The ARN of an application inference profile does not name its model, so [`Family::Other`] means "not known to be of another".
#[derive(Debug, Clone, Copy)]
pub struct Model {
    family: Family,
    /// A prompt of Bedrock's prompt management, which brings messages, system text and tools of its own.
    pub is_prompt: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Claude,
    Nova,
    Qwen,
    Other,
}

impl Model {
    /// Reads an id or ARN.
    #[must_use]
    pub fn of(model_id: &str) -> Self {
        let id = model_id.to_ascii_lowercase();
        let is_arn = id.starts_with("arn:");
        Self {
            family: family_of(&id, is_arn),
            is_prompt: is_arn && id.contains(":prompt/"),
        }
    }

    /// Anthropic Claude: refuses reasoning that it did not sign.
    #[must_use]
    pub fn is_claude(&self) -> bool {
        self.family == Family::Claude
    }

    /// Amazon Nova: refuses cache points in tools and beside tool blocks, and every `ttl`.
    #[must_use]
    pub fn is_nova(&self) -> bool {
        self.family == Family::Nova
    }

    /// Whether a conversation may start with the assistant; the others answer `A conversation must start with a user message`. (pydantic-ai's profiles,
    /// which were tried against Bedrock, 2026.)
    #[must_use]
    pub fn takes_leading_assistant(&self) -> bool {
        matches!(self.family, Family::Claude | Family::Qwen)
    }
}

fn family_of(id: &str, is_arn: bool) -> Family {
    if id.contains("anthropic") || id.contains("claude") {
        Family::Claude
    } else if id.contains("amazon.nova") || (is_arn && id.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "nova")) {
        Family::Nova
    } else if id.contains("qwen") {
        Family::Qwen
    } else {
        Family::Other
    }
}
