//! An open stream. Its events are read while JavaScript is busy, and fetched in batches: entering JavaScript costs more than an event does.

use std::sync::Arc;

use napi::bindgen_prelude::Either4;
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use super::mailbox::{Mailbox, Reply};
use crate::client::conversation::Conversation;
use crate::client::read_ahead::ReadAhead;

/// The answer to a streamed request. Dropping it, or `close()`, ends the request.
#[napi(js_name = "ConverseStream")]
pub struct JsConverseStream {
    events: Arc<ReadAhead>,
    metadata: String,
    mailbox: Arc<Mailbox>,
    cancelled: CancellationToken,
}

#[napi]
impl JsConverseStream {
    /// Reads until the end, or until `cancelled` is, also while nobody fetches.
    pub(super) fn new(conversation: Conversation, mailbox: Arc<Mailbox>, cancelled: CancellationToken) -> Self {
        let metadata = conversation.metadata();
        let events = Arc::new(ReadAhead::default());
        napi::bindgen_prelude::spawn(Arc::clone(&events).run(conversation, cancelled.clone()));
        Self {
            events,
            metadata,
            mailbox,
            cancelled,
        }
    }

    /// What is known of the request: the JSON of a `$metadata`.
    #[napi(getter)]
    #[must_use]
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Answers `call` with all events that are here, as a JSON array, and at least one; with nothing at the end.
    #[napi]
    pub fn next(&self, call: u32) {
        let reply = Reply::new(&self.mailbox, call);
        self.events.next(move |events| {
            reply.send(match events {
                Ok(events) => events.map(Either4::B),
                Err(failure) => Some(Either4::A(failure.into())),
            });
        });
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
