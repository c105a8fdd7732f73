//! What models have refused in this process, so that no further call fails for it first.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use crate::convert::request::{ConvertedRequest, Subject};
use crate::models::{Cause, Refusal, Refusals};

/// It holds nothing of a caller: what a model takes is the same for all, and of schemas and conversations there are hashes.
#[derive(Default)]
struct Learned {
    models: HashMap<String, Refusals>,
    /// By the model, and the hash of a request's schemas or conversation.
    requests: HashMap<(String, u64), Refusals>,
}

static LEARNED: LazyLock<Mutex<Learned>> = LazyLock::new(Mutex::default);

/// Ids and requests come from callers, so the number of entries of each map is limited.
const MAX_ENTRIES: usize = 1024;

/// What the model has refused: ever, of these schemas, and of this conversation.
#[must_use]
pub fn refusals_of(subject: &Subject) -> Refusals {
    let learned = lock();
    let mut refusals = learned.models.get(&subject.model).copied().unwrap_or_default();
    if !learned.requests.is_empty() {
        for hash in [subject.schemas, subject.conversation] {
            let further = learned.requests.get(&(subject.model.clone(), hash));
            refusals.extend(further.copied().unwrap_or_default());
        }
    }
    refusals
}

/// Remembers what a refusal of a request says. Returns whether the request, converted again, leaves out what was refused: it may have been learnt from
/// another request meanwhile.
#[must_use]
pub fn learn(request: &ConvertedRequest, exception: &str, sentence: &str) -> bool {
    let Some((refusal, cause)) = Refusal::of_exception(exception, sentence).filter(|_| request.learns) else {
        return false;
    };
    let Subject {
        model,
        schemas,
        conversation,
    } = &request.subject;
    let mut learned = lock();
    match cause {
        Cause::Model => remember(&mut learned.models, model.clone(), refusal),
        Cause::Schemas => remember(&mut learned.requests, (model.clone(), *schemas), refusal),
        Cause::Conversation => remember(&mut learned.requests, (model.clone(), *conversation), refusal),
    }
    !request.refusals.has(refusal)
}

fn remember<Key: std::hash::Hash + Eq>(entries: &mut HashMap<Key, Refusals>, key: Key, refusal: Refusal) {
    if entries.len() >= MAX_ENTRIES && !entries.contains_key(&key) {
        entries.clear();
    }
    entries.entry(key).or_default().insert(refusal);
}

fn lock() -> MutexGuard<'static, Learned> {
    LEARNED.lock().unwrap_or_else(PoisonError::into_inner)
}
