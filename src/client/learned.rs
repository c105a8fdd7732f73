//! What models have refused in this process, so that no further call fails for it first.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::failure::ServiceException;
use crate::models::{Refusal, Refusals};

/// By the id that is called, and the endpoint where it is not AWS's own. It holds nothing of a caller: what a model takes is the same for all.
static LEARNED: LazyLock<Mutex<HashMap<String, Refusals>>> = LazyLock::new(Mutex::default);

/// Ids come from callers, so their number is limited.
const MAX_MODELS: usize = 1024;

/// What a model has refused.
#[must_use]
pub fn refusals_of(model_id: &str) -> Refusals {
    let learned = LEARNED.lock().unwrap_or_else(PoisonError::into_inner);
    learned.get(model_id).copied().unwrap_or_default()
}

/// Remembers what a sentence of Bedrock says about a model. Returns whether it says something new, so that the request can be sent again without what was
/// refused.
pub fn learn(model_id: &str, exception: &str, sentence: &str) -> bool {
    let Some(refusal) = Refusal::of_exception(exception, sentence) else {
        return false;
    };
    let mut learned = LEARNED.lock().unwrap_or_else(PoisonError::into_inner);
    if learned.len() >= MAX_MODELS && !learned.contains_key(model_id) {
        learned.clear();
    }
    learned.entry(model_id.to_owned()).or_default().insert(refusal)
}

/// Remembers what an error response says about a model.
pub(super) fn learn_from(model_id: &str, exception: &ServiceException) -> bool {
    learn(model_id, &exception.name, &exception.message)
}
