//! A token that JavaScript cancels when an `AbortSignal` fires. (napi's own `AbortSignal` would replace the signal's `onabort`.)

use napi_derive::napi;

/// Stops the calls that it was passed to.
#[napi(js_name = "CancellationToken")]
#[derive(Default)]
pub struct JsCancellationToken(tokio_util::sync::CancellationToken);

#[napi]
impl JsCancellationToken {
    /// A token that is not cancelled.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the calls. A second time does nothing.
    #[napi]
    pub fn cancel(&self) {
        self.0.cancel();
    }

    pub(super) fn token(&self) -> tokio_util::sync::CancellationToken {
        self.0.clone()
    }
}
