//! An open stream, pulled in batches: a promise costs JavaScript more than an event does.

use std::sync::Arc;

use napi::bindgen_prelude::{Either, Either3, Null};
use napi_derive::napi;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::client::outcome;
use super::outcome::JsFailure;
use crate::client::conversation::Conversation;
use crate::client::until_cancelled;

/// The answer to a streamed request. Dropping it, or `close()`, ends the request.
#[napi(js_name = "ConverseStream")]
pub struct JsConverseStream {
    conversation: Arc<Mutex<Conversation>>,
    cancelled: CancellationToken,
}

#[napi]
impl JsConverseStream {
    /// Ends the request as soon as `cancelled` is, also while nobody pulls.
    pub(super) fn new(conversation: Conversation, cancelled: CancellationToken) -> Self {
        let conversation = Arc::new(Mutex::new(conversation));
        let (watched, cancellation) = (Arc::clone(&conversation), cancelled.clone());
        napi::bindgen_prelude::spawn(async move {
            cancellation.cancelled().await;
            watched.lock().await.close();
        });
        Self { conversation, cancelled }
    }

    /// What is known of the request so far: the JSON of a `$metadata`.
    #[napi(getter)]
    #[must_use]
    pub fn metadata(&self) -> String {
        self.conversation
            .try_lock()
            .map(|conversation| conversation.metadata())
            .unwrap_or_default()
    }

    /// All that is ready, as a JSON array, and at least one element; `null` at the end.
    #[napi]
    pub async fn next(&self) -> Either3<JsFailure, String, Null> {
        let mut conversation = self.conversation.lock().await;
        match outcome(until_cancelled(&self.cancelled, conversation.next()).await) {
            Either::A(failure) => Either3::A(failure),
            Either::B(Some(batch)) => Either3::B(batch),
            Either::B(None) => Either3::C(Null),
        }
    }

    /// Ends the request, if it has not ended. What `next()` waits for is given up.
    #[napi]
    pub fn close(&self) {
        self.cancelled.cancel();
    }
}

/// JavaScript's garbage collector and the end of a worker come here too.
impl Drop for JsConverseStream {
    fn drop(&mut self) {
        self.cancelled.cancel();
    }
}
