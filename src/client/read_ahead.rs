//! A stream that is read while its reader is busy with what came before.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::conversation::Conversation;
use super::failure::Failure;
use super::until_cancelled;

/// Once so many bytes of JSON wait for their reader, the network waits too.
const MOST: usize = 32 * 1024;

/// All events that are here, as a JSON array; `None` at the end.
pub type Events = Result<Option<String>, Failure>;

type Reader = Box<dyn FnOnce(Events) + Send>;

/// What has come of a stream, for whoever asks next.
#[derive(Default)]
pub struct ReadAhead {
    state: Mutex<State>,
    /// Told when a reader has made room.
    room: Notify,
}

#[derive(Default)]
struct State {
    /// A JSON array that is still open, or nothing.
    events: String,
    /// How the stream ended.
    end: Option<Result<(), Failure>>,
    /// Who waits.
    reader: Option<Reader>,
}

impl ReadAhead {
    /// Calls `reader` as soon as there is an event, or the end. One reader at a time: a second one takes the place of the first.
    pub fn next(&self, reader: impl FnOnce(Events) + Send + 'static) {
        self.change(|state| state.reader = Some(Box::new(reader)));
        self.room.notify_one();
    }

    /// Reads to the end of the stream, or until `cancelled` is.
    pub async fn run(self: Arc<Self>, mut conversation: Conversation, cancelled: CancellationToken) {
        let last = Last(&self);
        loop {
            match until_cancelled(&cancelled, conversation.next()).await {
                Ok(Some(events)) => self.change(|state| state.push(&events)),
                Ok(None) => return last.say(Ok(())),
                Err(failure) => return last.say(Err(failure)),
            }
            while self.lock().events.len() >= MOST {
                tokio::select! {
                    () = self.room.notified() => {}
                    () = cancelled.cancelled() => return last.say(Err(Failure::Aborted)),
                }
            }
        }
    }

    /// Changes the state and hands out what that makes ready.
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
            // Who asks once more after a failure is told that there is nothing more.
            let end = self.end.replace(Ok(())).unwrap_or(Ok(()));
            return Some((reader, end.map(|()| None)));
        }
        let mut events = mem::take(&mut self.events);
        events.push(']');
        Some((reader, Ok(Some(events))))
    }
}

/// Says how a stream ended, also when reading it panics: its reader must not wait for ever.
struct Last<'a>(&'a ReadAhead);

impl Last<'_> {
    fn say(&self, end: Result<(), Failure>) {
        self.0.change(|state| state.end = Some(end));
    }
}

impl Drop for Last<'_> {
    fn drop(&mut self) {
        let left_open = || Failure::Stream("Reading the stream ended without a word.".to_owned());
        self.0
            .change(|state| state.end = Some(state.end.take().unwrap_or_else(|| Err(left_open()))));
    }
}
