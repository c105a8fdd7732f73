//! The client class. Each call hands its work to the runtime at once and leaves the JavaScript thread free.

use std::sync::Arc;

use bytes::Bytes;
use napi::bindgen_prelude::{ClassInstance, Either, Either4, Uint8Array};
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use super::cancellation::JsCancellationToken;
use super::mailbox::{Deliver, Mailbox, Reply};
use super::options::{JsCallOptions, JsClientOptions, JsStreamOptions, call_options, milliseconds};
use super::room::JsRoom;
use super::stream::JsConverseStream;
use crate::client::conversation::{Attached, Conversation, Request, StreamForm};
use crate::client::{CallOptions, Client, conversation, until_cancelled};

/// What `langchain/request.ts` makes of a call, where that is more than a short JSON text.
#[napi(object, object_to_js = false)]
pub struct JsRequest<'a> {
    /// JSON.
    pub json: Either<String, ClassInstance<'a, JsRoom>>,
    /// The texts of messages that are in short.
    pub texts: Option<ClassInstance<'a, JsRoom>>,
    /// What `{"$attachment": N}` in the JSON stands for: bytes of the caller's, or a text.
    pub attachments: Vec<Either<Uint8Array, ClassInstance<'a, JsRoom>>>,
}

/// A connection to Bedrock. Each call has a number of JavaScript's choice, under which its outcome is delivered, also when it is a failure.
#[napi(js_name = "Client")]
pub struct JsClient {
    client: Client,
    mailbox: Arc<Mailbox>,
}

#[napi]
impl JsClient {
    /// Does no I/O. `deliver` takes outcomes, several at once where several calls have ended.
    ///
    /// # Errors
    /// Where JavaScript is about to end.
    #[napi(constructor)]
    pub fn new(options: JsClientOptions, #[napi(ts_arg_type = "(letters: JsLetter[]) => void")] deliver: Deliver<'_>) -> napi::Result<Self> {
        Ok(Self {
            client: Client::new(options.into()),
            mailbox: Arc::new(deliver.try_into()?),
        })
    }

    /// Asks once. The outcome is an `AIMessage`'s fields as JSON text.
    #[napi]
    pub fn converse(
        &self,
        call: u32,
        request: Either<String, JsRequest<'_>>,
        response_timeout: Option<f64>,
        cancellation: Option<&JsCancellationToken>,
        own: Option<JsCallOptions>,
    ) {
        let (client, cancelled, reply) = (self.client.clone(), token(cancellation), self.reply(call));
        let (request, options) = (request.into(), call_options(response_timeout, own));
        napi::bindgen_prelude::spawn(async move {
            let answer = until_cancelled(&cancelled, conversation::invoke(&client, request, &options)).await;
            reply.send(Some(answer.map_or_else(|failure| Either4::A(failure.into()), Either4::B)));
        });
    }

    /// Opens a stream. The outcome is the stream, once Bedrock has accepted the request.
    #[napi]
    pub fn converse_stream(
        &self,
        call: u32,
        request: Either<String, JsRequest<'_>>,
        response_timeout: Option<f64>,
        cancellation: Option<&JsCancellationToken>,
        own: Option<JsCallOptions>,
        stream: JsStreamOptions,
    ) {
        let (client, cancelled, reply) = (self.client.clone(), token(cancellation), self.reply(call));
        let (request, mailbox) = (request.into(), Arc::clone(&self.mailbox));
        let JsStreamOptions {
            form,
            usage,
            idle_timeout,
            gathering,
        } = stream;
        let form = if form == "events" { StreamForm::Events } else { StreamForm::Chunks };
        let options = CallOptions {
            idle_timeout: milliseconds(idle_timeout),
            gathering: milliseconds(gathering),
            ..call_options(response_timeout, own)
        };
        napi::bindgen_prelude::spawn(async move {
            let opened = until_cancelled(&cancelled, Conversation::open(&client, request, form, usage, &options)).await;
            reply.send(Some(match opened {
                Ok(conversation) => Either4::C(JsConverseStream::new(conversation, mailbox, cancelled)),
                Err(failure) => Either4::A(failure.into()),
            }));
        });
    }

    /// Reads the configuration, fetches credentials and opens a connection. The outcome is nothing, or why not.
    #[napi]
    pub fn prewarm(&self, call: u32, cancellation: Option<&JsCancellationToken>) {
        let (client, cancelled, reply) = (self.client.clone(), token(cancellation), self.reply(call));
        napi::bindgen_prelude::spawn(async move {
            let outcome = until_cancelled(&cancelled, client.prewarm()).await;
            reply.send(outcome.err().map(|failure| Either4::A(failure.into())));
        });
    }

    /// Makes room for a text of `size` bytes, on another thread. The outcome is the room.
    #[napi]
    pub fn prepare_room(&self, call: u32, size: u32) {
        let reply = self.reply(call);
        napi::bindgen_prelude::spawn_blocking(move || reply.send(Some(Either4::D(JsRoom::touched(size)))));
    }

    /// Closes the connections, those in use when they are done. Later calls fail.
    #[napi]
    pub fn close(&self) {
        self.client.close();
    }

    fn reply(&self, call: u32) -> Reply {
        Reply::new(&self.mailbox, call)
    }
}

fn token(cancellation: Option<&JsCancellationToken>) -> CancellationToken {
    cancellation.map(JsCancellationToken::token).unwrap_or_default()
}

impl From<Either<String, JsRequest<'_>>> for Request {
    fn from(request: Either<String, JsRequest<'_>>) -> Self {
        match request {
            Either::A(json) => Self {
                json: json.into(),
                texts: None,
                attachments: Vec::new(),
            },
            Either::B(JsRequest { json, texts, attachments }) => Self {
                json: match json {
                    Either::A(text) => text.into(),
                    Either::B(room) => room.take(),
                },
                texts: texts.map(|room| room.take()),
                attachments: attachments.into_iter().map(attached).collect(),
            },
        }
    }
}

/// JavaScript may change its bytes as soon as it runs again, so they are copied before it does.
fn attached(attachment: Either<Uint8Array, ClassInstance<'_, JsRoom>>) -> Attached {
    match attachment {
        Either::A(bytes) => Attached::Bytes(Bytes::copy_from_slice(&bytes)),
        Either::B(room) => Attached::Text(room.take()),
    }
}
