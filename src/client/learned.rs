//! What models have refused in this process, so that no further call fails for it first.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::convert::request::ConvertedRequest;
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

/// Remembers what a refusal of a request says about its model. Returns whether the request, converted again, leaves out what was refused: it may have been
/// learnt from another request meanwhile.
#[must_use]
pub fn learn(request: &ConvertedRequest, exception: &str, sentence: &str) -> bool {
    let Some(refusal) = Refusal::of_exception(exception, sentence).filter(|_| request.learns) else {
        return false;
    };
    let mut learned = LEARNED.lock().unwrap_or_else(PoisonError::into_inner);
    if learned.len() >= MAX_MODELS && !learned.contains_key(&request.called) {
        learned.clear();
    }
    learned.entry(request.called.clone()).or_default().insert(refusal);
    !request.refusals.has(refusal)
}
