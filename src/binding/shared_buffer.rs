//! Memory of the core that JavaScript writes a text into.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use napi_derive::napi;

/// Receives a text piece by piece, through a small buffer that JavaScript reuses. A JavaScript buffer of the text's size would be new memory, whose
/// page faults cost several times as much as the copy, and then garbage.
#[napi(js_name = "SharedBuffer")]
pub struct JsSharedBuffer(Mutex<Vec<u8>>);

#[napi]
impl JsSharedBuffer {
    /// Reserves `size` bytes; the buffer grows when more are written.
    #[napi(constructor)]
    #[must_use]
    pub fn new(size: u32) -> Self {
        Self(Mutex::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default())))
    }

    /// The same, with all its pages touched, which takes some milliseconds.
    pub(super) fn prefaulted(size: u32) -> Self {
        let buffer = Self::new(size);
        let mut bytes = buffer.lock();
        let capacity = bytes.capacity();
        bytes.resize(capacity, b' ');
        bytes.clear();
        drop(bytes);
        buffer
    }

    /// Appends UTF-8.
    #[napi]
    pub fn write(&self, bytes: &[u8]) {
        self.lock().extend_from_slice(bytes);
    }

    /// Takes what was written.
    pub(super) fn take(&self) -> Bytes {
        mem::take(&mut *self.lock()).into()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
