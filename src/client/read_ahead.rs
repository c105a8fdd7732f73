//! Reads a stream ahead of its reader, up to a limit.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::conversation::Conversation;
use super::failure::Failure;
use super::limits::until_cancelled;

/// Bytes of JSON that are buffered at most; then reading stops until the reader has taken them (backpressure).
const MAX_BUFFERED: usize = 32 * 1024;

/// All buffered events as a JSON array; `None` at the end.
pub type Events = Result<Option<String>, Failure>;

type Reader = Box<dyn FnOnce(Events) + Send>;

/// The buffer between a stream and its reader.
#[derive(Default)]
pub struct ReadAhead {
    state: Mutex<State>,
    /// Notified when a reader has asked for events, which empties the buffer.
    taken: Notify,
}

#[derive(Default)]
struct State {
    /// A JSON array without its closing bracket, or empty.
    events: String,
    /// How the stream ended, once it has.
    end: Option<Result<(), Failure>>,
    /// The reader that waits.
    reader: Option<Reader>,
}

impl ReadAhead {
    /// Calls `reader` as soon as there is an event or the end. There is one reader at a time: a second one replaces the first.
    pub fn next(&self, reader: impl FnOnce(Events) + Send + 'static) {
        self.change(|state| state.reader = Some(Box::new(reader)));
        self.taken.notify_one();
    }

    /// Reads to the end of the stream, or until `cancelled` is.
    pub async fn run(self: Arc<Self>, mut conversation: Conversation, cancelled: CancellationToken) {
        let guard = EndGuard(&self);
        loop {
            match until_cancelled(&cancelled, conversation.next()).await {
                Ok(Some(events)) => self.change(|state| state.push(&events)),
                Ok(None) => return guard.end(Ok(())),
                Err(failure) => return guard.end(Err(failure)),
            }
            while self.lock().events.len() >= MAX_BUFFERED {
                tokio::select! {
                    () = self.taken.notified() => {}
                    () = cancelled.cancelled() => return guard.end(Err(Failure::Aborted)),
                }
            }
        }
    }

    /// Changes the state, and calls the reader if that has made events or the end available.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let ready = {
            let mut state = self.lock();
            change(&mut state);
            state.ready()
        };
        if let Some((reader, events)) = ready {
            reader(events);
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

    fn ready(&mut self) -> Option<(Reader, Events)> {
        if self.events.is_empty() && self.end.is_none() {
            return None;
        }
        let reader = self.reader.take()?;
        if self.events.is_empty() {
            // After a failure, the next read reports the end.
            let end = self.end.replace(Ok(())).unwrap_or(Ok(()));
            return Some((reader, end.map(|()| None)));
        }
        let mut events = mem::take(&mut self.events);
        events.push(']');
        Some((reader, Ok(Some(events))))
    }
}

/// Records how a stream ended, also when reading it panics: its reader must not wait for ever.
struct EndGuard<'a>(&'a ReadAhead);

impl EndGuard<'_> {
    fn end(&self, end: Result<(), Failure>) {
        self.0.change(|state| state.end = Some(end));
    }
}

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        let unfinished = || Failure::Stream("Reading the stream stopped unexpectedly.".to_owned());
        self.0
            .change(|state| state.end = Some(state.end.take().unwrap_or_else(|| Err(unfinished()))));
    }
}
