//! What is known of an answer beside its body.

use serde::{Deserialize, Serialize};

/// The `model_provider` of every message, by which LangChain core selects the translator of its content.
pub(crate) const MODEL_PROVIDER: &str = "bedrock-converse";

/// What is known of the HTTP exchange: the `$metadata` of the AWS SDK for JavaScript.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResponseMetadata {
    /// The status of the HTTP response; 0 when none came.
    #[serde(rename = "httpStatusCode", skip_serializing_if = "is_zero")]
    pub http_status: u16,
    /// Bedrock's id of the request, which becomes the message's `id`.
    #[serde(rename = "requestId", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The value of `x-amz-id-2`, which front ends of AWS add.
    #[serde(rename = "extendedRequestId", skip_serializing_if = "Option::is_none")]
    pub extended_request_id: Option<String>,
    /// The value of `x-amz-cf-id`, of an answer through `CloudFront`.
    #[serde(rename = "cfId", skip_serializing_if = "Option::is_none")]
    pub cf_id: Option<String>,
    /// The number of attempts, the first included; 0 when it is not known.
    #[serde(skip_serializing_if = "is_zero")]
    pub attempts: u32,
    /// How many of them were throttled; 0 for a single attempt, whose exception says it.
    #[serde(rename = "throttledAttempts", skip_serializing_if = "is_zero")]
    pub throttled_attempts: u32,
    /// The sum of the delays between attempts, in milliseconds.
    #[serde(rename = "totalRetryDelay")]
    pub total_retry_delay_ms: u64,
}

fn is_zero<Number: Default + PartialEq>(number: &Number) -> bool {
    *number == Number::default()
}

impl ResponseMetadata {
    /// The JSON of `$metadata`.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Writes the value of `$metadata`.
    pub(crate) fn write(&self, out: &mut String) {
        out.push_str(&self.json());
    }
}
