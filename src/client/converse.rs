//! `Converse`: one request, one answer.

use bytes::Bytes;

use super::failure::{self, Failure};
use super::passthrough::{Passthrough, Take};
use super::{CallOptions, Client, Limit, prepare, within};
use crate::convert::message_outputs::ResponseMetadata;

/// An answer, unread: the response body and what the transport knows of it.
pub struct Answer {
    /// The JSON of Bedrock's `ConverseResponse`.
    pub body: Bytes,
    /// What becomes `$metadata`.
    pub metadata: ResponseMetadata,
}

impl Client {
    /// Sends `body`, the JSON of a `ConverseRequest`, to `model_id`.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but those of a stream.
    pub async fn converse(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<Answer, Failure> {
        within(options.response_timeout.map(Limit::from), "answer", self.ask(model_id, body, options)).await
    }

    async fn ask(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<Answer, Failure> {
        let passthrough = Passthrough::new(body.into(), Take::Loaded);
        let operation = prepare(self.sdk().await?.converse().model_id(model_id).customize(), &passthrough, options);
        // The SDK's future is some 20 KB; on the heap it is moved by its pointer.
        let sent = Box::pin(operation.send()).await;
        let mut exchange = passthrough.exchange();
        let metadata = exchange.metadata();
        sent.map_err(|error| failure::from_sdk(&error, &metadata))?;
        let body = exchange.loaded.take().ok_or(Failure::NoBody)?;
        Ok(Answer { body, metadata })
    }
}
