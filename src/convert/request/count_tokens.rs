//! The body of a Converse request → the body of a `CountTokens` request.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::converse_request::ConvertedRequest;
use crate::error::Error;

/// `CountTokens` takes Converse's body inside a union, the other member of which is a body of `InvokeModel`.
#[derive(Serialize)]
struct CountTokens<'a> {
    input: Input<'a>,
}

#[derive(Serialize)]
struct Input<'a> {
    converse: Counted<'a>,
}

/// The members of Converse that it counts; it refuses the others.
/// Source: <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseTokensRequest.html> (read 2026-11-26).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counted<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    messages: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    system: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    tool_config: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    additional_model_request_fields: Option<&'a RawValue>,
}

/// The body of `CountTokens` for a request of Converse.
///
/// # Errors
/// [`Error::InvalidInput`] if the request's body is no JSON object, which no conversion makes.
pub fn convert_to_count_tokens_body(request: &ConvertedRequest) -> Result<Vec<u8>, Error> {
    let invalid = |error: serde_json::Error| Error::InvalidInput(format!("request: {error}"));
    let converse = serde_json::from_slice(&request.body).map_err(invalid)?;
    let body = CountTokens { input: Input { converse } };
    serde_json::to_vec(&body).map_err(invalid)
}
