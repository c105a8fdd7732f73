//! Delivers the outcomes of calls to JavaScript. Entering JavaScript costs more than an outcome does, so all that have ended are delivered together.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{Either7, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use super::conversion::JsConverseRequest;
use super::embeddings::JsVectors;
use super::media::JsFetchedMedia;
use super::outcome::JsFailure;
use super::shared_buffer::JsSharedBuffer;
use super::stream::JsConverseStream;
use crate::client::read_ahead::ReadAhead;

/// The end of a call.
#[napi(object, object_from_js = false)]
pub struct JsCompletion {
    /// The number that JavaScript gave the call.
    pub call: u32,
    /// `undefined` at the end of a stream, and for a call that returns nothing.
    pub outcome: Option<Outcome>,
}

pub(super) type Outcome = Either7<JsFailure, String, JsConverseStream, JsSharedBuffer, JsVectors, JsFetchedMedia, JsConverseRequest>;

/// What ends a call. The events of a stream stay in its buffer until they are delivered: what arrives in the meantime is delivered with them, and nothing
/// waits in two places.
enum Content {
    Outcome(Option<Outcome>),
    Events(Arc<ReadAhead>),
}

impl Content {
    fn into_outcome(self) -> Option<Outcome> {
        match self {
            Self::Outcome(outcome) => outcome,
            Self::Events(events) => events
                .take()
                .map_or_else(|failure| Some(Outcome::A(failure.into())), |json| json.map(Outcome::B)),
        }
    }
}

/// Bytes of outcomes that are delivered in one turn of the event loop: to parse so many takes JavaScript some milliseconds.
const MAX_BYTES_PER_TURN: usize = 64 * 1024;

/// What an outcome counts at least, for the work that goes on with it: that of a stream that has opened takes as long as that of so many bytes of events.
const MIN_BYTES: usize = 1024;

/// The calls that have ended.
#[derive(Default)]
struct Queue {
    ended: VecDeque<(u32, Content)>,
    /// Whether JavaScript has been woken, or takes the queue turn by turn.
    is_taken: bool,
    /// Bytes that were delivered since JavaScript last took from the queue in a turn of its own. Waking it does not begin a turn: within one, Node.js calls
    /// the function again and again while there is something to deliver.
    delivered: usize,
}

impl Queue {
    /// Returns whether JavaScript is to be woken.
    fn push(&mut self, call: u32, content: Content) -> bool {
        self.ended.push_back((call, content));
        !mem::replace(&mut self.is_taken, true)
    }
}

type SharedQueue = Arc<Mutex<Queue>>;

fn lock(queue: &SharedQueue) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The completions of what is left of a turn. None when all are delivered: for the next, JavaScript is woken again.
fn take_turn(queue: &SharedQueue) -> Vec<JsCompletion> {
    let mut completions = Vec::new();
    while let Some((call, content)) = next(queue, completions.is_empty()) {
        let outcome = content.into_outcome();
        let length = if let Some(Outcome::B(json)) = &outcome { json.len() } else { 0 };
        lock(queue).delivered += length.max(MIN_BYTES);
        completions.push(JsCompletion { call, outcome });
    }
    completions
}

/// The next call that has ended, unless the turn has enough.
fn next(queue: &SharedQueue, is_first: bool) -> Option<(u32, Content)> {
    let mut queue = lock(queue);
    if queue.delivered >= MAX_BYTES_PER_TURN {
        return None;
    }
    queue.is_taken &= !(queue.ended.is_empty() && is_first);
    queue.ended.pop_front()
}

/// The completions that are too many for one turn of the event loop.
#[napi(js_name = "Undelivered")]
pub struct JsUndelivered(SharedQueue);

#[napi]
impl JsUndelivered {
    /// Those of the next turn; none when all are delivered.
    #[napi]
    #[must_use]
    pub fn take(&self) -> Vec<JsCompletion> {
        lock(&self.0).delivered = 0;
        take_turn(&self.0)
    }
}

/// What JavaScript's function is called with: the completions of this turn, and where to take the others, if there are any.
type Delivery = FnArgs<(Vec<JsCompletion>, Option<JsUndelivered>)>;

/// JavaScript's function that takes the completions.
pub(super) type Deliver<'a> = Function<'a, Delivery, ()>;

/// Weak: the process stays alive while JavaScript waits for a call, not while a model exists.
type WakeUp = ThreadsafeFunction<(), (), Delivery, Status, false, true>;

pub(super) struct Mailbox {
    queue: SharedQueue,
    wake_up: WakeUp,
}

impl TryFrom<Deliver<'_>> for Mailbox {
    type Error = napi::Error;

    fn try_from(deliver: Deliver<'_>) -> napi::Result<Self> {
        let queue = SharedQueue::default();
        let undelivered = Arc::clone(&queue);
        let wake_up = deliver.build_threadsafe_function().weak::<true>().build_callback(move |_| {
            let completions = take_turn(&undelivered);
            let mut queue = lock(&undelivered);
            queue.is_taken = !queue.ended.is_empty() || queue.delivered >= MAX_BYTES_PER_TURN;
            let others = queue.is_taken.then(|| JsUndelivered(Arc::clone(&undelivered)));
            Ok((completions, others).into())
        })?;
        Ok(Self { queue, wake_up })
    }
}

impl Mailbox {
    fn post(&self, call: u32, content: Content) {
        let is_first = lock(&self.queue).push(call, content);
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
        self.post(Content::Outcome(outcome));
    }

    /// The outcome is what the stream has when it is delivered: its events, or its end.
    pub(super) fn send_events(mut self, events: Arc<ReadAhead>) {
        self.post(Content::Events(events));
    }

    fn post(&mut self, content: Content) {
        self.is_sent = true;
        self.mailbox.post(self.call, content);
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.is_sent {
            let outcome = Some(Outcome::A(JsFailure::without_outcome()));
            self.post(Content::Outcome(outcome));
        }
    }
}
