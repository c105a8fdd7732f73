//! What the process knows of the targets of failover.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings and lists by value")]
#![expect(
    clippy::unused_self,
    reason = "methods of an instance can be watched by tests, functions of a class cannot"
)]

use std::time::Duration;

use napi_derive::napi;

use super::options::milliseconds;
use crate::client::targets::{Choice, Question, targets};
use crate::models::id_in_region;

/// Circuit breakers and conversations, the same for all models and threads of the process. `now` is in milliseconds since 1970.
#[napi(js_name = "Targets")]
#[derive(Default)]
pub struct JsTargets;

/// The target to ask next; see [`Choice`].
#[napi(object, object_from_js = false)]
pub struct JsChoice {
    /// Its index.
    pub index: u32,
    /// What a report comes with.
    pub ticket: u32,
    /// Whether the call must report or be released.
    pub is_probe: bool,
    /// Whether it rests, as all others do.
    pub is_resting: bool,
    /// Whether it is the one that answered the conversation before.
    pub is_of_conversation: bool,
    /// How many others could be asked after it.
    pub others: u32,
}

impl From<Choice> for JsChoice {
    fn from(choice: Choice) -> Self {
        let Choice {
            index,
            ticket,
            is_probe,
            is_resting,
            is_of_conversation,
            others,
        } = choice;
        Self {
            index,
            ticket,
            is_probe,
            is_resting,
            is_of_conversation,
            others,
        }
    }
}

#[napi]
impl JsTargets {
    /// All that there is: no instance has a state of its own.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// Chooses one of the targets with these names, but none of the indices `asked`. Nothing if there is none left, or none that is healthy.
    #[napi]
    #[must_use]
    pub fn choose(&self, names: Vec<String>, asked: Vec<u32>, conversation: Option<String>, only_healthy: bool, now: f64) -> Option<JsChoice> {
        let question = Question {
            targets: &names,
            asked: &asked,
            conversation: conversation.as_deref(),
            only_healthy,
        };
        targets().choose(&question, time(now)).map(Into::into)
    }

    /// The target has answered: it works.
    #[napi]
    pub fn answered(&self, name: String, ticket: u32) {
        targets().answered(&name, ticket);
    }

    /// The target has failed, and asked to wait for so many milliseconds.
    #[napi]
    pub fn failed(&self, name: String, ticket: u32, retry_after: Option<f64>, now: f64) {
        // More than a `Duration` can have is as long as may be.
        let asked_for = retry_after.map(|wait| milliseconds(Some(wait)).unwrap_or(Duration::MAX));
        targets().failed(&name, ticket, asked_for, time(now));
    }

    /// The probe ended without an answer or a failure.
    #[napi]
    pub fn release(&self, name: String, ticket: u32) {
        targets().release(&name, ticket);
    }

    /// Keeps where a conversation was answered; nothing for the target that is preferred anyway.
    #[napi]
    pub fn keep_conversation(&self, conversation: String, name: Option<String>, now: f64) {
        targets().keep_conversation(&conversation, name.as_deref(), time(now));
    }

    /// Whether any conversation prefers another target than the first.
    #[napi]
    #[must_use]
    pub fn has_conversations(&self, now: f64) -> bool {
        targets().has_conversations(time(now))
    }

    /// The id or ARN by which a model is called in a region, or why there is none.
    #[napi]
    #[must_use]
    pub fn id_in_region(id: String, region: String) -> JsRegionalId {
        match id_in_region(&id, &region) {
            Ok(id) => JsRegionalId { id: Some(id), problem: None },
            Err(problem) => JsRegionalId {
                id: None,
                problem: Some(problem),
            },
        }
    }
}

/// An id in another region; one of the two.
#[napi(object, object_from_js = false)]
pub struct JsRegionalId {
    /// The id or ARN.
    pub id: Option<String>,
    /// Why there is none.
    pub problem: Option<String>,
}

fn time(now: f64) -> Duration {
    milliseconds(Some(now)).unwrap_or_default()
}
