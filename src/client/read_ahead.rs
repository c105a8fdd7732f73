//! Reads a stream ahead of its consumer, into a bounded buffer.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::conversation::Conversation;
use super::failure::Failure;
use super::limits::until_cancelled;

/// Bytes of JSON from which on reading pauses, until the consumer has taken them (backpressure). One batch more may be there.
const MAX_BUFFERED: usize = 16 * 1024;

/// All buffered events as a JSON array, or `None` at the end.
pub type ReadResult = Result<Option<String>, Failure>;

type ReadyCallback = Box<dyn FnOnce(Arc<ReadAhead>) + Send>;

/// The buffer between a stream and its consumer.
#[derive(Default)]
pub struct ReadAhead {
    state: Mutex<State>,
    /// Notified by each read, because a read empties the buffer.
    drained: Notify,
}

#[derive(Default)]
struct State {
    /// A JSON array, or empty.
    events: String,
    /// The outcome of the stream, after its end.
    end: Option<Result<(), Failure>>,
    /// Who waits for something to take.
    callback: Option<ReadyCallback>,
}

impl ReadAhead {
    /// Calls `callback` as soon as [`take`](Self::take) has an event or the end. Only one can wait: a second one replaces the first.
    pub fn when_ready(self: &Arc<Self>, callback: impl FnOnce(Arc<Self>) + Send + 'static) {
        self.update(|state| state.callback = Some(Box::new(callback)));
    }

    /// All events that have come, also those since the callback: they wait in one place, not in two. An empty array if there are none.
    ///
    /// # Errors
    /// The failure of the stream, once, after its events.
    pub fn take(&self) -> ReadResult {
        let taken = self.lock().take();
        self.drained.notify_one();
        taken
    }

    /// Reads to the end of the stream, or until `cancelled` is cancelled.
    pub async fn run(self: Arc<Self>, mut conversation: Conversation, cancelled: CancellationToken) {
        let guard = EndGuard(&self);
        loop {
            match until_cancelled(&cancelled, conversation.next()).await {
                Ok(Some(events)) => self.update(|state| state.push(events)),
                Ok(None) => return guard.end(Ok(())),
                Err(failure) => return guard.end(Err(failure)),
            }
            while self.lock().events.len() >= MAX_BUFFERED {
                tokio::select! {
                    () = self.drained.notified() => {}
                    () = cancelled.cancelled() => return guard.end(Err(Failure::Aborted)),
                }
            }
        }
    }

    /// Changes the state and calls back if there are events or the end. The lock is released before the callback runs.
    fn update(self: &Arc<Self>, change: impl FnOnce(&mut State)) {
        let callback = {
            let mut state = self.lock();
            change(&mut state);
            if state.is_ready() { state.callback.take() } else { None }
        };
        if let Some(callback) = callback {
            callback(Arc::clone(self));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, batch: String) {
        match batch.strip_prefix('[') {
            Some(elements) if !self.events.is_empty() => {
                self.events.pop();
                self.events.push(',');
                self.events.push_str(elements);
            }
            _ => self.events = batch,
        }
        // It may wait for long in a string that has grown by doubling.
        if self.events.len() >= MAX_BUFFERED {
            self.events.shrink_to_fit();
        }
    }

    fn is_ready(&self) -> bool {
        !self.events.is_empty() || self.end.is_some()
    }

    fn take(&mut self) -> ReadResult {
        if !self.events.is_empty() {
            return Ok(Some(mem::take(&mut self.events)));
        }
        match &mut self.end {
            // A failure is reported once; later reads report the end.
            Some(end) => mem::replace(end, Ok(())).map(|()| None),
            None => Ok(Some("[]".to_owned())),
        }
    }
}

/// Records the outcome of a stream. On drop it records a failure if there is none, for example after a panic, so that no read waits forever.
struct EndGuard<'a>(&'a Arc<ReadAhead>);

impl EndGuard<'_> {
    fn end(&self, end: Result<(), Failure>) {
        self.0.update(|state| state.end = Some(end));
    }
}

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        let unfinished = || Failure::Stream("Reading the stream stopped unexpectedly.".to_owned());
        self.0
            .update(|state| state.end = Some(state.end.take().unwrap_or_else(|| Err(unfinished()))));
    }
}
