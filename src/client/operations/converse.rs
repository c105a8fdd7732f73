//! `Converse`: one request, one answer.

use bytes::Bytes;

use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use crate::client::failure::{self, Failure, Phase};
use crate::client::limits::with_time_limit;
use crate::client::{CallOptions, Client};
use crate::convert::response::ResponseMetadata;

/// An answer: the response body, not parsed, and what is known of the HTTP exchange.
pub struct Answer {
    /// The JSON of Bedrock's `ConverseResponse`.
    pub body: Bytes,
    /// Becomes `$metadata`.
    pub metadata: ResponseMetadata,
    /// Of `InvokeModel`: how many tokens the request had, where the answer's headers tell.
    pub input_tokens: Option<u32>,
    /// The JSON of the response's headers, if the caller wants them.
    pub headers: Option<String>,
}

impl Client {
    /// Sends `body`, the JSON of a `ConverseRequest`, to `model_id`.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but those of a stream.
    pub async fn converse(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<Answer, Failure> {
        with_time_limit(
            options.time_limit(),
            Phase::of_converse("answer"),
            self.send_converse(model_id, body, options),
        )
        .await
    }

    async fn send_converse(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<Answer, Failure> {
        let sdk = self.sdk().await?;
        let passthrough =
            Passthrough::new(body.into(), ResponseBody::Buffered, sdk.retry_partition(model_id)).taking_headers(options.includes_headers);
        let operation = prepare(sdk.client.converse().model_id(model_id).customize(), &passthrough, &sdk, options);
        // The SDK's future has some 20 KB; in a box, moving it copies a pointer.
        let sent = Box::pin(operation.send()).await;
        let metadata = passthrough.exchange().metadata();
        sent.map_err(|error| self.recover_from(failure::from_sdk(&error, &metadata), &sdk, &passthrough.signed(options)))?;
        let mut exchange = passthrough.exchange();
        let body = exchange.buffered.take().ok_or(Failure::MissingBody)?;
        let headers = exchange.headers.take();
        Ok(Answer {
            body,
            metadata,
            input_tokens: None,
            headers,
        })
    }
}
