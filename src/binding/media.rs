//! Files: those that were fetched, whose bytes stay in the core, and what a file is.

#![expect(clippy::needless_pass_by_value, reason = "napi passes strings by value")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use napi_derive::napi;

use crate::client::media_fetch::FetchedFile;
use crate::convert::request::{MediaDescription, describe_media};

/// What a file is.
#[napi(object, object_from_js = false)]
pub struct JsMediaDescription {
    /// LangChain's type of its block.
    #[napi(ts_type = "'image' | 'file' | 'video' | 'audio'")]
    pub block_type: &'static str,
    /// A MIME type.
    pub mime_type: String,
    /// Its name without the ending.
    pub stem: String,
}

/// A file that requests refer to.
#[napi(js_name = "FetchedMedia")]
pub struct JsFetchedMedia(Mutex<Option<FetchedFile>>);

#[napi]
impl JsFetchedMedia {
    /// What a file is, by its first bytes, else by its MIME type or name; `null` for what Converse does not take.
    #[napi]
    #[must_use]
    pub fn describe(head: &[u8], file_name: String, mime_type: Option<String>) -> Option<JsMediaDescription> {
        let MediaDescription { block_type, mime_type, stem } = describe_media(head, &file_name, mime_type.as_deref())?;
        Some(JsMediaDescription { block_type, mime_type, stem })
    }

    pub(super) fn new(file: FetchedFile) -> Self {
        Self(Mutex::new(Some(file)))
    }

    /// The number of bytes; 0 after `release`.
    #[napi(getter)]
    #[must_use]
    pub fn size(&self) -> u32 {
        let size = self.lock().as_ref().map_or(0, |file| file.bytes.len());
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    /// Gives the file up. The garbage collector, which sees a small object, might wait for long.
    #[napi]
    pub fn release(&self) {
        self.lock().take();
    }

    pub(super) fn file(&self) -> Option<FetchedFile> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<FetchedFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
