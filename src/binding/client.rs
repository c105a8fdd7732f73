//! The client class. Each call moves its work to the runtime at once, so that the JavaScript thread stays free. The state of that work, some kilobytes, is
//! boxed, so that the runtime's thread allocates it.

use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use super::batch::{JsBatchInput, JsBatchOptions, JsBatchOutput, JsBatchOutputOptions, JsBatchUpload, JsObject, read_object};
use super::cancellation::JsCancellationToken;
use super::conversion::JsConverseRequest;
use super::mailbox::{Deliver, Mailbox, Outcome, Reply};
use super::media::JsFetchedMedia;
use super::options::{JsCallOptions, JsClientOptions, JsFetchLimits, JsStreamOptions, call_options, milliseconds, stream_format};
use super::request::{JsRequest, JsServiceRequest, service_answer, token_count};
use super::shared_buffer::JsSharedBuffer;
use super::stream::JsConverseStream;
use crate::client::config::read_process_environment;
use crate::client::conversation::{Conversation, Request};
use crate::client::media_fetch::Fetched;
use crate::client::operations::S3;
use crate::client::{CallOptions, Client, conversation, embeddings, until_cancelled};

/// A client of Bedrock. JavaScript numbers its calls; the outcome of a call, a failure too, is delivered under its number.
#[napi(js_name = "Client")]
pub struct JsClient {
    client: Client,
    mailbox: Arc<Mailbox>,
}

#[napi]
impl JsClient {
    /// Does no I/O. `deliver` receives the completions of calls, several at once if several calls have ended. If there are more than one turn of the event
    /// loop should handle, it also receives where to take the others.
    ///
    /// # Errors
    /// When the JavaScript environment is shutting down.
    #[napi(constructor)]
    pub fn new(
        options: JsClientOptions,
        #[napi(ts_arg_type = "(completions: JsCompletion[], others?: Undelivered) => void")] deliver: Deliver<'_>,
    ) -> napi::Result<Self> {
        read_process_environment();
        Ok(Self {
            client: Client::new(options.into()),
            mailbox: Arc::new(deliver.try_into()?),
        })
    }

    /// Calls `Converse`. The outcome is the JSON of an `AIMessage`'s fields.
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
            let answer = until_cancelled(&cancelled, Box::pin(conversation::invoke(&client, request, &options))).await;
            reply.send(Some(answer.map_or_else(|failure| Outcome::A(failure.into()), Outcome::B)));
        });
    }

    /// Calls `CountTokens` for a request of `Converse`. The outcome is JSON: `inputTokens` and `$metadata`.
    #[napi]
    pub fn count_tokens(
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
            let count = until_cancelled(&cancelled, Box::pin(conversation::count_tokens(&client, request, &options))).await;
            reply.send(Some(
                count.map_or_else(|failure| Outcome::A(failure.into()), |count| Outcome::B(token_count(&count))),
            ));
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
        let request = request.into();
        let JsStreamOptions {
            form,
            usage,
            idle_timeout,
            coalescing,
        } = stream;
        let format = stream_format(&form);
        let options = CallOptions {
            idle_timeout: milliseconds(idle_timeout),
            coalescing: milliseconds(coalescing),
            ..call_options(response_timeout, own)
        };
        napi::bindgen_prelude::spawn(async move {
            let opened = until_cancelled(&cancelled, Box::pin(Conversation::open(&client, request, format, usage, &options))).await;
            reply.send(Some(match opened {
                Ok(conversation) => Outcome::C(JsConverseStream::new(conversation, cancelled)),
                Err(failure) => Outcome::A(failure.into()),
            }));
        });
    }

    /// Calls `InvokeModel` of an embedding model with the JSON that [`convert_to_embedding_request`](crate::convert::embeddings) takes. The outcome
    /// is its vectors.
    #[napi]
    pub fn embed(
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
            let vectors = until_cancelled(&cancelled, Box::pin(embeddings::embed(&client, request, &options))).await;
            reply.send(Some(
                vectors.map_or_else(|failure| Outcome::A(failure.into()), |vectors| Outcome::E(vectors.into())),
            ));
        });
    }

    /// Sends a request to another service of AWS. The outcome is JSON: `answer` and `$metadata`.
    #[napi]
    pub fn request(
        &self,
        call: u32,
        request: JsServiceRequest,
        response_timeout: Option<f64>,
        cancellation: Option<&JsCancellationToken>,
        own: Option<JsCallOptions>,
    ) {
        let (client, cancelled, reply) = (self.client.clone(), token(cancellation), self.reply(call));
        let (request, options) = (request.into(), call_options(response_timeout, own));
        napi::bindgen_prelude::spawn(async move {
            let answer = until_cancelled(&cancelled, Box::pin(client.request(request, &options))).await;
            reply.send(Some(
                answer
                    .and_then(|answer| service_answer(&answer))
                    .map_or_else(|failure| Outcome::A(failure.into()), Outcome::B),
            ));
        });
    }

    /// Begins to write a batch to S3. Each call of `write_batch` and the one of `finish_batch` has an outcome, JSON: `jobs` that have been written since the
    /// one before, `changes` in requests, and the number of `inputs`. `cancellation` ends all of it.
    #[napi]
    #[must_use]
    pub fn open_batch(
        &self,
        options: JsBatchOptions,
        endpoint: Option<String>,
        response_timeout: Option<f64>,
        cancellation: Option<&JsCancellationToken>,
        own: Option<JsCallOptions>,
    ) -> JsBatchUpload {
        let s3 = self.s3(endpoint, response_timeout, own);
        JsBatchUpload::new(s3, &options.into(), token(cancellation).child_token())
    }

    /// Converts inputs and writes them. The outcome comes when there is room for more.
    #[napi]
    pub fn write_batch(&self, call: u32, batch: &JsBatchUpload, inputs: Vec<JsBatchInput<'_>>) {
        batch.write(inputs, self.reply(call));
    }

    /// Writes what is left. The outcome comes when all is in S3.
    #[napi]
    pub fn finish_batch(&self, call: u32, batch: &JsBatchUpload) {
        batch.finish(self.reply(call));
    }

    /// Gives up what is under way; after the end of the batch that is nothing. The outcome, which says nothing, comes when S3 knows of it, or does not answer.
    #[napi]
    pub fn close_batch(&self, call: u32, batch: &JsBatchUpload) {
        batch.close(self.reply(call));
    }

    /// Opens the results of one file of a job.
    #[napi]
    #[must_use]
    pub fn open_output(
        &self,
        options: JsBatchOutputOptions<'_>,
        endpoint: Option<String>,
        response_timeout: Option<f64>,
        own: Option<JsCallOptions>,
    ) -> JsBatchOutput {
        JsBatchOutput::new(self.s3(endpoint, response_timeout, own), options)
    }

    /// Reads results. The outcome is a JSON array; nothing at the end.
    #[napi]
    pub fn read_output(&self, call: u32, output: &JsBatchOutput, cancellation: Option<&JsCancellationToken>) {
        output.next(token(cancellation), self.reply(call));
    }

    /// Reads an object of S3 as text, or writes it. The outcome is the text that is there; nothing if there is no object.
    #[napi]
    pub fn object(
        &self,
        call: u32,
        object: JsObject,
        response_timeout: Option<f64>,
        cancellation: Option<&JsCancellationToken>,
        own: Option<JsCallOptions>,
    ) {
        let JsObject { at, text, endpoint } = object;
        let (s3, cancelled, reply) = (self.s3(endpoint, response_timeout, own), token(cancellation), self.reply(call));
        napi::bindgen_prelude::spawn(async move {
            let at = at.into();
            let work = async {
                match text {
                    Some(text) => s3.put_object(&at, text.into()).await.map(|()| None),
                    None => read_object(&s3, &at).await,
                }
            };
            let outcome = until_cancelled(&cancelled, work).await;
            reply.send(match outcome {
                Ok(text) => text.map(Outcome::B),
                Err(failure) => Some(Outcome::A(failure.into())),
            });
        });
    }

    /// Reads from `stream`. The outcome is a JSON array of all events that have arrived, at least one; nothing at the end.
    #[napi]
    pub fn next(&self, call: u32, stream: &JsConverseStream) {
        let reply = self.reply(call);
        stream.when_ready(move |events| reply.send_events(events));
    }

    /// Converts a request without sending it. The outcome is the converted request. `keeps_urls`: files that are to be fetched may be missing.
    #[napi]
    pub fn convert(&self, call: u32, request: Either<String, JsRequest<'_>>, keeps_urls: bool) {
        let (request, reply) = (Request::from(request), self.reply(call));
        napi::bindgen_prelude::spawn(async move {
            let converted = request.convert_elsewhere(keeps_urls).await;
            reply.send(Some(converted.map_or_else(
                |failure| Outcome::A(failure.into()),
                |converted| Outcome::G(JsConverseRequest::new(converted)),
            )));
        });
    }

    /// Asks for the file at an `https` URL. The outcome is the file, or, as a text, where it redirects to.
    #[napi]
    pub fn fetch(&self, call: u32, url: String, limits: JsFetchLimits, cancellation: Option<&JsCancellationToken>) {
        let (client, cancelled, reply) = (self.client.clone(), token(cancellation), self.reply(call));
        napi::bindgen_prelude::spawn(async move {
            let fetched = until_cancelled(&cancelled, client.fetch(&url, limits.into())).await;
            reply.send(Some(match fetched {
                Ok(Fetched::File(file)) => Outcome::F(JsFetchedMedia::new(file)),
                Ok(Fetched::Redirect(location)) => Outcome::B(location),
                Err(failure) => Outcome::A(failure.into()),
            }));
        });
    }

    /// Reads the configuration, fetches credentials and opens a connection. The outcome is nothing, or a failure.
    #[napi]
    pub fn prewarm(&self, call: u32, response_timeout: Option<f64>, cancellation: Option<&JsCancellationToken>) {
        let (client, cancelled, reply) = (self.client.clone(), token(cancellation), self.reply(call));
        napi::bindgen_prelude::spawn(async move {
            let outcome = until_cancelled(&cancelled, client.prewarm(milliseconds(response_timeout))).await;
            reply.send(outcome.err().map(|failure| Outcome::A(failure.into())));
        });
    }

    /// Allocates a buffer of `size` bytes on another thread, its pages touched. The outcome is the buffer.
    #[napi]
    pub fn allocate_buffer(&self, call: u32, size: u32) {
        let reply = self.reply(call);
        napi::bindgen_prelude::spawn_blocking(move || reply.send(Some(Outcome::D(JsSharedBuffer::prefaulted(size)))));
    }

    /// Closes the connections, those in use when their calls end. Later calls open new ones.
    #[napi]
    pub fn disconnect(&self) {
        self.client.disconnect();
    }

    /// Closes the connections, those in use when their calls end. Later calls fail.
    #[napi]
    pub fn close(&self) {
        self.client.close();
    }

    /// The region of requests; `undefined` before the first.
    #[napi(getter)]
    #[must_use]
    pub fn region(&self) -> Option<String> {
        self.client.region()
    }

    /// How often a call is attempted at most; `undefined` before the first request.
    #[napi(getter)]
    #[must_use]
    pub fn max_attempts(&self) -> Option<u32> {
        self.client.max_attempts()
    }

    fn s3(&self, endpoint: Option<String>, response_timeout: Option<f64>, own: Option<JsCallOptions>) -> S3 {
        S3::new(self.client.clone(), endpoint, call_options(response_timeout, own))
    }

    fn reply(&self, call: u32) -> Reply {
        Reply::new(&self.mailbox, call)
    }
}

fn token(cancellation: Option<&JsCancellationToken>) -> CancellationToken {
    cancellation.map(JsCancellationToken::token).unwrap_or_default()
}
