//! What all operations do with a request of the SDK.

use aws_sdk_bedrockruntime::client::customize::CustomizableOperation;
use aws_sdk_bedrockruntime::config::Builder;

use super::passthrough::Passthrough;
use crate::client::CallOptions;
use crate::client::config::{Resolved, with_bearer_token, with_credentials, with_shared_retries};
use crate::client::headers::Headers;

/// Adds the pass-through of our bytes, and the call's own headers and authentication.
pub(super) fn prepare<T, E, B>(
    operation: CustomizableOperation<T, E, B>,
    passthrough: &Passthrough,
    sdk: &Resolved,
    options: &CallOptions,
) -> CustomizableOperation<T, E, B> {
    let mut operation = operation.interceptor(passthrough.clone());
    if !options.headers.is_empty() {
        operation = operation.interceptor(Headers(options.headers.clone()));
    }
    let own = match options.attempts_elsewhere {
        Some(elsewhere) => with_shared_retries(sdk.client.config(), elsewhere, options.hands_over),
        None => Builder::new(),
    };
    match (&options.bearer_token, &options.credentials) {
        (Some(token), _) => operation.config_override(with_bearer_token(own, token)),
        (None, Some(credentials)) => operation.config_override(with_credentials(own, credentials.clone())),
        (None, None) if options.attempts_elsewhere.is_some() => operation.config_override(own),
        (None, None) => operation,
    }
}
