//! `CountTokens`: how many input tokens a request has, without an answer of the model.

use aws_sdk_bedrockruntime::types::{ConverseTokensRequest, CountTokensInput};

use super::passthrough::{Passthrough, ResponseBody};
use super::prepare::prepare;
use crate::client::failure::{self, Failure, Phase};
use crate::client::limits::{TimeLimit, with_time_limit};
use crate::client::{CallOptions, Client};
use crate::convert::response::ResponseMetadata;

const WAITS_FOR_ANSWER: Phase = Phase {
    api: "Bedrock CountTokens",
    waits_for: "answer",
};

/// What `CountTokens` answers.
#[derive(Debug)]
pub struct TokenCount {
    /// 0 where the answer has no number: a request has at least one token.
    pub input_tokens: i32,
    /// Becomes `$metadata`.
    pub metadata: ResponseMetadata,
}

impl Client {
    /// Sends `body`, the JSON of a `CountTokensRequest`, to `model_id`.
    ///
    /// # Errors
    /// Every kind of [`Failure`] but those of a stream.
    pub async fn count_tokens(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<TokenCount, Failure> {
        let limit = options.response_timeout.map(TimeLimit::from);
        with_time_limit(limit, WAITS_FOR_ANSWER, self.send_count_tokens(model_id, body, options)).await
    }

    async fn send_count_tokens(&self, model_id: &str, body: Vec<u8>, options: &CallOptions) -> Result<TokenCount, Failure> {
        // The SDK requires an input; its bytes are replaced.
        let input = CountTokensInput::Converse(ConverseTokensRequest::builder().build());
        let sdk = self.sdk().await?;
        let passthrough = Passthrough::new(body.into(), ResponseBody::Typed, sdk.retry_partition(WAITS_FOR_ANSWER.api));
        let operation = sdk.client.count_tokens().model_id(model_id).input(input);
        let operation = prepare(operation.customize(), &passthrough, &sdk, options);
        // The SDK's future has some 20 KB; in a box, moving it copies a pointer.
        let sent = Box::pin(operation.send()).await;
        let metadata = passthrough.exchange().metadata();
        let output = sent.map_err(|error| self.recover_from(failure::from_sdk(&error, &metadata), &sdk, &passthrough.signed(options)))?;
        Ok(TokenCount {
            input_tokens: output.input_tokens,
            metadata,
        })
    }
}
