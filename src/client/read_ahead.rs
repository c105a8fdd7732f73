//! Reads a stream ahead of its consumer, into a bounded buffer.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::conversation::Conversation;
use super::failure::Failure;
use super::limits::until_cancelled;

/// Bytes of JSON from which on reading pauses, until the consumer has taken them (backpressure).
const MAX_BUFFERED: usize = 32 * 1024;

/// All buffered events as a JSON array, or `None` at the end.
pub type ReadResult = Result<Option<String>, Failure>;

type ReadCallback = Box<dyn FnOnce(ReadResult) + Send>;

/// The buffer between a stream and its consumer.
#[derive(Default)]
pub struct ReadAhead {
    state: Mutex<State>,
    /// Notified by each read, because a read empties the buffer.
    drained: Notify,
}

#[derive(Default)]
struct State {
    /// A JSON array without its closing bracket, or empty.
    events: String,
    /// The outcome of the stream, after its end.
    end: Option<Result<(), Failure>>,
    /// The pending read.
    callback: Option<ReadCallback>,
}

impl ReadAhead {
    /// Calls `callback` as soon as there is an event or the end. Only one read can be pending: a second one replaces the first.
    pub fn next(&self, callback: impl FnOnce(ReadResult) + Send + 'static) {
        self.update(|state| state.callback = Some(Box::new(callback)));
        self.drained.notify_one();
    }

    /// Reads to the end of the stream, or until `cancelled` is cancelled.
    pub async fn run(self: Arc<Self>, mut conversation: Conversation, cancelled: CancellationToken) {
        let guard = EndGuard(&self);
        loop {
            match until_cancelled(&cancelled, conversation.next()).await {
                Ok(Some(events)) => self.update(|state| state.push(&events)),
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

    /// Changes the state and completes the pending read if there are events or the end. The lock is released before the callback runs.
    fn update(&self, change: impl FnOnce(&mut State)) {
        let completed = {
            let mut state = self.lock();
            change(&mut state);
            state.complete_read()
        };
        if let Some((callback, result)) = completed {
            callback(result);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, events: &str) {
        self.events.push(if self.events.is_empty() { '[' } else { ',' });
        self.events.push_str(events);
    }

    fn complete_read(&mut self) -> Option<(ReadCallback, ReadResult)> {
        if self.events.is_empty() && self.end.is_none() {
            return None;
        }
        let callback = self.callback.take()?;
        if self.events.is_empty() {
            // A failure is reported once; later reads report the end.
            let end = self.end.replace(Ok(())).unwrap_or(Ok(()));
            return Some((callback, end.map(|()| None)));
        }
        let mut events = mem::take(&mut self.events);
        events.push(']');
        Some((callback, Ok(Some(events))))
    }
}

/// Records the outcome of a stream. On drop it records a failure if there is none, for example after a panic, so that no read waits forever.
struct EndGuard<'a>(&'a ReadAhead);

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
