//! Which reasoning of earlier turns is sent back.

use super::block::{Block, Reasoning};
use super::scope::Scope;
use crate::convert::json::Object;
use crate::error::Error;
use crate::models::{Model, Refusal, Refusals, Replay};

/// The author of an AI message, by `response_metadata.model_provider`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    /// Bedrock, by any LangChain integration in JavaScript or Python.
    Bedrock,
    /// Anthropic's API, whose signatures Claude accepts at Bedrock too.
    Anthropic,
    Other,
    /// The message does not say.
    Unknown,
}

impl Provider {
    pub(super) fn of(message: &Object<'_>) -> Self {
        match message.text("model_provider").as_deref() {
            Some("bedrock-converse" | "bedrock_converse" | "bedrock") => Self::Bedrock,
            Some("anthropic") => Self::Anthropic,
            Some(_) => Self::Other,
            None => Self::Unknown,
        }
    }

    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Self::Anthropic | Self::Other)
    }
}

/// Where an AI message comes from.
pub(super) struct Origin {
    provider: Provider,
    /// The model's id, where the message tells it.
    model: Option<String>,
}

impl Origin {
    pub(super) fn new(message: &Object<'_>, provider: Provider) -> Self {
        Self {
            provider,
            model: message.text("model_name").map(std::borrow::Cow::into_owned),
        }
    }

    /// Whether the message comes from a model of another family.
    fn is_other_family(&self, model: &Model) -> bool {
        let family = self.model.as_ref().and_then(|id| Model::of(id, Refusals::default()).facts.family.clone());
        family.is_some() && model.facts.family.is_some() && family != model.facts.family
    }
}

/// Leaves out the reasoning that the model does not take, and signatures that it does not know.
///
/// # Errors
/// A change, where the caller asked for refusals.
pub(super) fn fit_reasoning<'a>(content: &mut Vec<Block<'a>>, origin: &Origin, scope: Scope<'a>) -> Result<(), Error> {
    if !content.iter().any(|block| matches!(block, Block::Reasoning(_))) {
        return Ok(());
    }
    let replay = scope.model.facts.reasoning_replay.filter(|_| !scope.is_sent_as_it_is());
    let is_other_family = origin.is_other_family(scope.model);
    let mut is_left_out = false;
    let has_signature = content
        .iter()
        .any(|block| matches!(block, Block::Reasoning(reasoning @ Reasoning::Text { .. }) if is_signed(reasoning)));
    content.retain_mut(|block| {
        let Block::Reasoning(reasoning) = block else { return true };
        // Nothing was said.
        if matches!(reasoning, Reasoning::Text { text, signature: None, .. } if text.is_empty_text()) {
            return false;
        }
        let is_taken = match replay {
            None => true,
            Some(Replay::None) => false,
            Some(Replay::Signed) => is_signed(reasoning) && origin.provider != Provider::Other && !is_other_family,
            Some(Replay::Unsigned) => !is_other_family && take_signature(reasoning, scope.model),
        };
        is_left_out |= !is_taken;
        is_taken
    });
    // What a model is known to take is not reported: nothing that was said is lost.
    if has_signature && replay == Some(Replay::Unsigned) && scope.model.refusals.has(Refusal::ReasoningSignature) {
        let what = "Signatures of reasoning were left out, since the model refused one.";
        scope.change_once("reasoning_signature_left_out", what)?;
    }
    if is_left_out {
        let what = "Reasoning of earlier turns was left out, since the model takes none, or none of another model's or without its own signature.";
        scope.change_once("reasoning_not_replayed", what)?;
    }
    Ok(())
}

/// Claude signs its reasoning, and refuses what it did not sign; signatures of Bedrock and of Anthropic's API are valid at both. (It can be configured to
/// omit the text, so a signature may come alone.)
///
/// Source: <https://platform.claude.com/docs/en/build-with-claude/extended-thinking>
fn is_signed(reasoning: &Reasoning<'_>) -> bool {
    match reasoning {
        Reasoning::Text { signature, .. } => signature.as_ref().is_some_and(|signature| !signature.is_empty_text()),
        Reasoning::Redacted(_) => true,
    }
}

/// Takes the signature away, which only Claude takes; `false` if nothing is left that the model takes.
fn take_signature(reasoning: &mut Reasoning<'_>, model: &Model) -> bool {
    match reasoning {
        Reasoning::Text { text, signature, .. } => {
            *signature = None;
            !text.is_empty_text()
        }
        Reasoning::Redacted(_) => model.facts.redacted_replay != Some(false),
    }
}
