//! The way back to JavaScript. Entering JavaScript costs more than an answer does, so it is told once of all that is finished when it comes to look.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{Either4, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::outcome::JsFailure;
use super::room::JsRoom;
use super::stream::JsConverseStream;

/// What became of a call.
#[napi(object, object_from_js = false)]
pub struct JsLetter {
    /// The number that JavaScript gave the call.
    pub call: u32,
    /// `undefined` where there is nothing to say: the end of a stream.
    pub outcome: Option<Outcome>,
}

pub(super) type Outcome = Either4<JsFailure, String, JsConverseStream, JsRoom>;

/// JavaScript's function that takes the letters.
pub(super) type Deliver<'a> = Function<'a, Vec<JsLetter>, ()>;

/// Weak: what keeps the process alive is that JavaScript waits, not that a model exists.
type Bell = ThreadsafeFunction<(), (), Vec<JsLetter>, Status, false, true>;

pub(super) struct Mailbox {
    letters: Arc<Mutex<Vec<JsLetter>>>,
    bell: Bell,
}

impl TryFrom<Deliver<'_>> for Mailbox {
    type Error = napi::Error;

    fn try_from(deliver: Deliver<'_>) -> napi::Result<Self> {
        let letters: Arc<Mutex<Vec<JsLetter>>> = Arc::default();
        let box_of_letters = Arc::clone(&letters);
        let bell = deliver
            .build_threadsafe_function()
            .weak::<true>()
            .build_callback(move |_| Ok(mem::take(&mut *box_of_letters.lock().unwrap_or_else(PoisonError::into_inner))))?;
        Ok(Self { letters, bell })
    }
}

impl Mailbox {
    fn post(&self, letter: JsLetter) {
        let is_first = {
            let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
            letters.push(letter);
            letters.len() == 1
        };
        if is_first {
            self.bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// Answers one call, come what may: work that panics or is dropped answers too, or JavaScript would wait for ever.
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
        self.mailbox.post(JsLetter { call: self.call, outcome });
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.is_sent {
            let outcome = Some(Either4::A(JsFailure::unanswered()));
            self.mailbox.post(JsLetter { call: self.call, outcome });
        }
    }
}
