//! `CountTokens`: how many input tokens a request has, without an answer of the model.

use serde::Deserialize;

use super::answer::Answer;
use super::invoke_model::carrier;
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

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CountTokensResponse {
    input_tokens: i32,
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
        let sdk = self.sdk().await?;
        let passthrough = Passthrough::new(body.into(), ResponseBody::Payload, sdk.retry_partition(WAITS_FOR_ANSWER.api)).of("count-tokens");
        let operation = prepare(carrier(&sdk, model_id).customize(), &passthrough, &sdk, options);
        let Answer { body, metadata, .. } = self.send_payload(operation, &passthrough, &sdk, options).await?;
        let answer: CountTokensResponse = serde_json::from_slice(&body).map_err(|error| failure::unreadable(&error.to_string(), &metadata))?;
        Ok(TokenCount {
            input_tokens: answer.input_tokens,
            metadata,
        })
    }
}
