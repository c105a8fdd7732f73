//! An open stream. Its events are read while JavaScript is busy, and fetched in batches: entering JavaScript costs more than an event does.

use std::sync::Arc;

use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use crate::client::conversation::Conversation;
use crate::client::event_batch::LateWarning;
use crate::client::read_ahead::ReadAhead;
use crate::convert::warnings::warnings_json;

/// The answer to a streamed request. Dropping it, or `close()`, ends the request.
#[napi(js_name = "ConverseStream")]
pub struct JsConverseStream {
    events: Arc<ReadAhead>,
    metadata: String,
    warnings: Option<String>,
    headers: Option<String>,
    late_warning: Option<Arc<LateWarning>>,
    cancelled: CancellationToken,
}

#[napi]
impl JsConverseStream {
    /// Starts reading, until the end or until `cancelled` is cancelled.
    pub(super) fn new(conversation: Conversation, cancelled: CancellationToken) -> Self {
        let (metadata, warnings) = (conversation.metadata(), conversation.warnings());
        let headers = conversation.headers();
        let late_warning = conversation.late_warning();
        let events = Arc::new(ReadAhead::default());
        napi::bindgen_prelude::spawn(Arc::clone(&events).run(conversation, cancelled.clone()));
        Self {
            events,
            metadata,
            warnings,
            headers,
            late_warning,
            cancelled,
        }
    }

    /// Calls `callback` as soon as an event or the end can be taken.
    pub(super) fn when_ready(&self, callback: impl FnOnce(Arc<ReadAhead>) + Send + 'static) {
        self.events.when_ready(callback);
    }

    /// The JSON of the request's `$metadata`.
    #[napi(getter)]
    #[must_use]
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// The JSON of what was changed in the request; `undefined` if nothing was.
    #[napi(getter)]
    #[must_use]
    pub fn warnings(&self) -> Option<&str> {
        self.warnings.as_deref()
    }

    /// The JSON of the response's headers, if the caller wants them.
    #[napi(getter)]
    #[must_use]
    pub fn headers(&self) -> Option<&str> {
        self.headers.as_deref()
    }

    /// Whether warnings may come with the stream: the request has cache points.
    #[napi(getter)]
    #[must_use]
    pub fn has_late_warnings(&self) -> bool {
        self.late_warning.is_some()
    }

    /// The JSON of warnings that the answer brought, once; `undefined` if there are none. They are here before the batch that they belong to is read.
    #[napi]
    #[must_use]
    pub fn take_late_warnings(&self) -> Option<String> {
        let warning = self.late_warning.as_ref()?.take()?;
        warnings_json(&[warning])
    }

    /// Ends the request, if it has not ended. A pending read fails.
    #[napi]
    pub fn close(&self) {
        self.cancelled.cancel();
    }
}

/// Also runs when JavaScript collects the object and when a worker ends.
impl Drop for JsConverseStream {
    fn drop(&mut self) {
        self.cancelled.cancel();
    }
}
