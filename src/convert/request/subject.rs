//! What a refusal can be about: the model, the schemas of a request, or its conversation.

use std::hash::{DefaultHasher, Hasher as _};

use serde_json::value::RawValue;

use crate::convert::json::Object;

/// By these refusals are remembered. Of schemas and conversations there are only hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The model as it is called, and the endpoint where it is not AWS's own: a gateway, or the endpoint of a test, may refuse other things.
    pub model: String,
    /// The tools and the schema of the answer.
    pub schemas: u64,
    /// The number of messages and the last of them: the same request again.
    pub conversation: u64,
}

impl Subject {
    pub(super) fn of(request: &Object<'_>, model_id: &str, messages: &[&RawValue]) -> Self {
        let text = |name: &str| request.get(name).map(RawValue::get);
        Self {
            model: match request.text("endpoint") {
                Some(endpoint) => format!("{endpoint} {model_id}"),
                None => model_id.to_owned(),
            },
            schemas: hash(&(text("toolConfig"), text("outputConfig"))),
            conversation: hash(&(messages.len(), messages.last().map(|message| message.get()))),
        }
    }
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
