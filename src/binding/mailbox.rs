//! Delivers the outcomes of calls to JavaScript. Entering JavaScript costs more than an outcome does, so all that have ended are delivered together.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{Either5, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::embeddings::JsVectors;
use super::outcome::JsFailure;
use super::shared_buffer::JsSharedBuffer;
use super::stream::JsConverseStream;

/// The end of a call.
#[napi(object, object_from_js = false)]
pub struct JsCompletion {
    /// The number that JavaScript gave the call.
    pub call: u32,
    /// `undefined` at the end of a stream, and for a call that returns nothing.
    pub outcome: Option<Outcome>,
}

pub(super) type Outcome = Either5<JsFailure, String, JsConverseStream, JsSharedBuffer, JsVectors>;

/// JavaScript's function that takes the completions.
pub(super) type Deliver<'a> = Function<'a, Vec<JsCompletion>, ()>;

/// Weak: the process stays alive while JavaScript waits for a call, not while a model exists.
type WakeUp = ThreadsafeFunction<(), (), Vec<JsCompletion>, Status, false, true>;

pub(super) struct Mailbox {
    completions: Arc<Mutex<Vec<JsCompletion>>>,
    wake_up: WakeUp,
}

impl TryFrom<Deliver<'_>> for Mailbox {
    type Error = napi::Error;

    fn try_from(deliver: Deliver<'_>) -> napi::Result<Self> {
        let completions: Arc<Mutex<Vec<JsCompletion>>> = Arc::default();
        let undelivered = Arc::clone(&completions);
        let wake_up = deliver
            .build_threadsafe_function()
            .weak::<true>()
            .build_callback(move |_| Ok(mem::take(&mut *undelivered.lock().unwrap_or_else(PoisonError::into_inner))))?;
        Ok(Self { completions, wake_up })
    }
}

impl Mailbox {
    fn post(&self, completion: JsCompletion) {
        let is_first = {
            let mut completions = self.completions.lock().unwrap_or_else(PoisonError::into_inner);
            completions.push(completion);
            completions.len() == 1
        };
        if is_first {
            self.wake_up.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// Completes one call. Dropped without an outcome, because work panicked or was dropped, it reports a failure: JavaScript must not wait for ever.
pub(super) struct Reply {
    mailbox: Arc<Mailbox>,
    call: u32,
    is_sent: bool,
}

impl Reply {
    pub(super) fn new(mailbox: &Arc<Mailbox>, call: u32) -> Self {
        Self {
            mailbox: Arc::clone(mailbox),
            call,
            is_sent: false,
        }
    }

    pub(super) fn send(mut self, outcome: Option<Outcome>) {
        self.is_sent = true;
        self.mailbox.post(JsCompletion { call: self.call, outcome });
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.is_sent {
            let outcome = Some(Outcome::A(JsFailure::without_outcome()));
            self.mailbox.post(JsCompletion { call: self.call, outcome });
        }
    }
}
