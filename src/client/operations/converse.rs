//! `Converse`: one request, one answer.

use super::answer::Answer;
use super::invoke_model::carrier;
use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use crate::client::failure::{self, Failure, Phase};
use crate::client::limits::with_time_limit;
use crate::client::{CallOptions, Client};

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
        let passthrough = Passthrough::new(body.into(), ResponseBody::Payload, sdk.retry_partition(model_id))
            .of("converse")
            .taking_headers(options.includes_headers);
        let operation = prepare(carrier(&sdk, model_id).customize(), &passthrough, &sdk, options);
        let answer = self.send_payload(operation, &passthrough, &sdk, options).await?;
        // A page of a gateway. Everything else is for the conversion, so that an answer that is charged is not lost.
        match answer.body.trim_ascii_start().first() {
            None | Some(b'{') => Ok(answer),
            Some(_) => Err(failure::unreadable("it is no JSON object", &answer.metadata)),
        }
    }
}
