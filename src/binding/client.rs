//! The client class. Each call hands its work to the runtime at once and leaves the JavaScript thread free.

use napi::Env;
use napi::bindgen_prelude::{Either, Null, PromiseRaw, Uint8Array};
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use super::cancellation::JsCancellationToken;
use super::options::{JsCallOptions, JsClientOptions};
use super::outcome::JsFailure;
use super::stream::JsConverseStream;
use crate::client::conversation::{Conversation, StreamForm};
use crate::client::failure::Failure;
use crate::client::{Client, conversation, until_cancelled};
use crate::convert::message_inputs::Attachment;

/// How a stream is to come back.
#[napi(object, object_to_js = false)]
pub struct JsStreamOptions {
    /// `chunks` for `AIMessageChunk`s, `events` for `ChatModelStreamEvent`s.
    #[napi(ts_type = "'chunks' | 'events'")]
    pub form: String,
    /// Whether token usage is part of it.
    pub usage: bool,
}

/// A connection to Bedrock.
#[napi(js_name = "Client")]
pub struct JsClient(Client);

#[napi]
impl JsClient {
    /// Does no I/O.
    #[napi(constructor)]
    #[must_use]
    pub fn new(options: JsClientOptions) -> Self {
        Self(Client::new(options.into()))
    }

    /// Resolves with an `AIMessage`'s fields as JSON text.
    ///
    /// # Errors
    /// None of its own: a failed call resolves with a [`JsFailure`].
    #[napi(ts_return_type = "Promise<JsFailure | string>")]
    pub fn converse<'env>(
        &self,
        env: &'env Env,
        request: String,
        attachments: Vec<Either<Uint8Array, String>>,
        options: JsCallOptions,
        cancellation: Option<&JsCancellationToken>,
    ) -> napi::Result<PromiseRaw<'env, Either<JsFailure, String>>> {
        let (client, cancelled, attachments) = (self.0.clone(), token(cancellation), copied(attachments));
        env.spawn_future(async move {
            let answer = until_cancelled(&cancelled, conversation::invoke(&client, &request, &attachments, &options.into())).await;
            Ok(outcome(answer))
        })
    }

    /// Resolves with an open stream once Bedrock has accepted the request.
    ///
    /// # Errors
    /// None of its own: a failed call resolves with a [`JsFailure`].
    #[napi(ts_return_type = "Promise<JsFailure | ConverseStream>")]
    pub fn converse_stream<'env>(
        &self,
        env: &'env Env,
        request: String,
        attachments: Vec<Either<Uint8Array, String>>,
        options: JsCallOptions,
        stream: JsStreamOptions,
        cancellation: Option<&JsCancellationToken>,
    ) -> napi::Result<PromiseRaw<'env, Either<JsFailure, JsConverseStream>>> {
        let (client, cancelled, attachments) = (self.0.clone(), token(cancellation), copied(attachments));
        let JsStreamOptions { form, usage } = stream;
        let form = if form == "events" { StreamForm::Events } else { StreamForm::Chunks };
        let options = options.into();
        env.spawn_future(async move {
            let opening = Conversation::open(&client, &request, &attachments, form, usage, &options);
            let opened = until_cancelled(&cancelled, opening).await;
            Ok(outcome(opened.map(|conversation| JsConverseStream::new(conversation, cancelled))))
        })
    }

    /// Resolves with `null` once the configuration is read, credentials are there and a connection stands.
    ///
    /// # Errors
    /// None of its own: a failure resolves with a [`JsFailure`].
    #[napi(ts_return_type = "Promise<JsFailure | null>")]
    pub fn prewarm<'env>(
        &self,
        env: &'env Env,
        cancellation: Option<&JsCancellationToken>,
    ) -> napi::Result<PromiseRaw<'env, Either<JsFailure, Null>>> {
        let (client, cancelled) = (self.0.clone(), token(cancellation));
        env.spawn_future(async move { Ok(outcome(until_cancelled(&cancelled, client.prewarm()).await.map(|()| Null))) })
    }

    /// Closes the connections, those in use when they are done. Later calls fail.
    #[napi]
    pub fn close(&self) {
        self.0.close();
    }
}

fn token(cancellation: Option<&JsCancellationToken>) -> CancellationToken {
    cancellation.map(JsCancellationToken::token).unwrap_or_default()
}

/// JavaScript may change its buffers as soon as it runs again, so they are copied before it does.
fn copied(attachments: Vec<Either<Uint8Array, String>>) -> Vec<Attachment> {
    attachments
        .into_iter()
        .map(|attachment| match attachment {
            Either::A(bytes) => Attachment::Bytes(bytes.to_vec()),
            Either::B(text) => Attachment::Text(text),
        })
        .collect()
}

pub(super) fn outcome<T>(result: Result<T, Failure>) -> Either<JsFailure, T> {
    result.map_or_else(|failure| Either::A(failure.into()), Either::B)
}
