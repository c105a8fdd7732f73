//! What was written of a conversation, for the requests that begin with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi_derive::napi;

use super::shared_buffer::JsSharedBuffer;
use crate::client::conversation::WrittenMessages;

/// Messages in the compact form. A request has those that were there when it was passed.
#[napi(js_name = "WrittenMessages")]
#[derive(Default)]
pub struct JsWrittenMessages(Mutex<Vec<Arc<WrittenMessages>>>);

#[napi]
impl JsWrittenMessages {
    /// Without messages.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds messages: the JSON of their array, with one message at least, and the texts that are not in it.
    #[napi]
    pub fn append(&self, json: String, texts: String) {
        let messages = WrittenMessages {
            json: json.into(),
            texts: texts.into(),
        };
        WrittenMessages::append(messages, &mut self.lock());
    }

    /// The same with long texts.
    #[napi]
    pub fn append_long(&self, json: &JsSharedBuffer, texts: &JsSharedBuffer) {
        let messages = WrittenMessages {
            json: json.take().into(),
            texts: texts.take().into(),
        };
        WrittenMessages::append(messages, &mut self.lock());
    }

    pub(super) fn all(&self) -> Vec<Arc<WrittenMessages>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<WrittenMessages>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
