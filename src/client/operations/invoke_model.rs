//! `InvokeModel`: a request and an answer in the model's own JSON. It also carries Bedrock's other operations, whose own types would add half a megabyte
//! of code to the addon that nothing here would use: they have the same errors, endpoints, signatures and retries.

use aws_sdk_bedrockruntime::client::customize::CustomizableOperation;
use aws_sdk_bedrockruntime::operation::invoke_model::builders::InvokeModelFluentBuilder;
use aws_sdk_bedrockruntime::operation::invoke_model::{InvokeModelError, InvokeModelOutput};

use super::answer::Answer;
use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use crate::client::config::Resolved;
use crate::client::failure::{self, Failure, Phase};
use crate::client::limits::with_time_limit;
use crate::client::{CallOptions, Client};

const WAITS_FOR_ANSWER: Phase = Phase {
    api: "Bedrock InvokeModel",
    waits_for: "answer",
};

type Operation = CustomizableOperation<InvokeModelOutput, InvokeModelError, InvokeModelFluentBuilder>;

impl Client {
    /// Sends `body`, JSON as the model takes it, to `model_id`.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but those of a stream.
    pub async fn invoke_model(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<Answer, Failure> {
        with_time_limit(options.time_limit(), WAITS_FOR_ANSWER, self.send_invoke_model(model_id, body, options)).await
    }

    async fn send_invoke_model(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<Answer, Failure> {
        let sdk = self.sdk().await?;
        let passthrough = Passthrough::new(body.into(), ResponseBody::Payload, sdk.retry_partition(model_id));
        let operation = carrier(&sdk, model_id).accept("application/json");
        let operation = prepare(operation.customize(), &passthrough, &sdk, options);
        self.send_payload(operation, &passthrough, &sdk, options).await
    }

    /// Sends an operation that [`prepare`] has given `passthrough`.
    pub(super) async fn send_payload(
        &self,
        operation: Operation,
        passthrough: &Passthrough,
        sdk: &Resolved,
        options: &CallOptions,
    ) -> Result<Answer, Failure> {
        // The SDK's future has some 20 KB; in a box, moving it copies a pointer.
        let sent = Box::pin(operation.send()).await;
        let metadata = passthrough.exchange().metadata();
        let output = sent.map_err(|error| self.recover_from(failure::from_sdk(&error, &metadata), sdk, &passthrough.signed(options)))?;
        let exchange = passthrough.exchange();
        Ok(Answer {
            body: output.body.into_inner().into(),
            metadata,
            input_tokens: exchange.input_tokens,
            headers: exchange.headers.clone(),
        })
    }
}

/// The operation that carries a request to a model. [`Passthrough`] replaces its body, and the end of its path.
pub(super) fn carrier(sdk: &Resolved, model_id: &str) -> InvokeModelFluentBuilder {
    sdk.client.invoke_model().model_id(model_id).content_type("application/json")
}
