//! What is known of models, by their ids. Pure: no I/O.

pub mod embeddings;
mod facts;
mod geography;
mod id;
mod profile;
mod refusals;
mod table;
mod wordings;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::Value;

pub use self::facts::Facts;
pub(crate) use self::facts::{AfterDocument, CachePlace, Effort, Media, ReasoningForm, Replay, Sampling, SchemaFeature, Thinking, ToolChoice};
pub use self::geography::id_in_region;
pub use self::id::inference_profile;
pub use self::profile::describe;
pub use self::refusals::{Refusal, Refusals};
pub use self::table::known_models;
pub use self::wordings::Cause;

/// The rules of a model: what the table knows of it, corrected by what it refused.
///
/// The ARN of an application inference profile does not name its model, of which nothing is known then.
#[derive(Debug, Default)]
pub struct Model {
    /// What is known.
    pub facts: Facts,
    /// Whether the table has a row of its own for it, so that what its family usually lacks is known of it too.
    pub is_listed: bool,
    /// What it refused in this process.
    pub refusals: Refusals,
}

type LookedUp = HashMap<(String, Refusals), Arc<Model>>;

/// Models that were looked up, since most calls of a process are to the same few.
static LOOKED_UP: LazyLock<Mutex<LookedUp>> = LazyLock::new(Mutex::default);

/// Ids come from callers, so their number is limited.
const MAX_LOOKED_UP: usize = 512;

impl Model {
    /// Reads an id or ARN.
    #[must_use]
    pub fn of(id: &str, refusals: Refusals) -> Arc<Self> {
        let mut looked_up = LOOKED_UP.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (id.to_owned(), refusals);
        if let Some(model) = looked_up.get(&key) {
            return Arc::clone(model);
        }
        let model = Arc::new(Self::look_up(id, refusals));
        if looked_up.len() >= MAX_LOOKED_UP {
            looked_up.clear();
        }
        looked_up.insert(key, Arc::clone(&model));
        model
    }

    fn look_up(id: &str, refusals: Refusals) -> Self {
        let known = table::look_up(id);
        let mut facts: Facts = serde_json::from_value(Value::Object(known.facts)).unwrap_or_default();
        facts.correct(refusals);
        Self {
            facts,
            is_listed: known.id.is_some(),
            refusals,
        }
    }

    /// The same model with the kinds of tool choice that the caller says it takes.
    pub(crate) fn with_tool_choice(&self, kinds: Vec<ToolChoice>) -> Self {
        Self {
            facts: Facts {
                tool_choice: Some(kinds),
                ..self.facts.clone()
            },
            is_listed: self.is_listed,
            refusals: self.refusals,
        }
    }

    /// Whether the model is of a family.
    pub(crate) fn is(&self, family: &str) -> bool {
        self.facts.family.as_deref() == Some(family)
    }

    /// Anthropic Claude.
    #[must_use]
    pub fn is_claude(&self) -> bool {
        self.is("claude")
    }

    /// Amazon Nova.
    #[must_use]
    pub fn is_nova(&self) -> bool {
        self.is("nova")
    }
}

/// Whether an id is that of a prompt of Bedrock's prompt management, which brings messages, system text and tools of its own.
#[must_use]
pub fn is_prompt(id: &str) -> bool {
    id.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:")) && id.contains(":prompt/")
}
