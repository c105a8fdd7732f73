//! Memory of the core's for a text of JavaScript's.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use napi_derive::napi;

/// Holds a text on its way here. It is written piece by piece through a small buffer that JavaScript keeps: a buffer of the text's size would be new
/// memory, which costs several times what the copy does, and garbage afterwards.
#[napi(js_name = "Room")]
pub struct JsRoom(Mutex<Vec<u8>>);

#[napi]
impl JsRoom {
    /// Room for `size` bytes, and for more where that is not enough.
    #[napi(constructor)]
    #[must_use]
    pub fn new(size: u32) -> Self {
        Self(Mutex::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default())))
    }

    /// The same, with all its pages touched. That takes a while.
    pub(super) fn touched(size: u32) -> Self {
        let room = Self::new(size);
        let mut bytes = room.lock();
        let capacity = bytes.capacity();
        bytes.resize(capacity, b' ');
        bytes.clear();
        drop(bytes);
        room
    }

    /// Appends UTF-8.
    #[napi]
    pub fn write(&self, bytes: &[u8]) {
        self.lock().extend_from_slice(bytes);
    }

    /// What was written.
    pub(super) fn take(&self) -> Bytes {
        mem::take(&mut *self.lock()).into()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
