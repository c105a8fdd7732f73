//! Any bytes as a response, and the message as a request again.

use langchain_aws_native::convert::answer_form::AnswerForm;
use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::convert::response::{ResponseMetadata, convert_converse_response};
use langchain_aws_native::convert::tool_names::ToolNames;
use langchain_aws_native::models::Refusals;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What TypeScript takes of a message.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    content: &'a RawValue,
    #[serde(borrow)]
    tool_calls: &'a RawValue,
}

/// Converting ends in a refusal or in fields that are JSON; so does sending them back.
pub(crate) fn check(data: &[u8]) {
    let Ok(message) = convert_converse_response(data, &ResponseMetadata::default(), &ToolNames::default(), &AnswerForm::default()) else {
        return;
    };
    let Fields { content, tool_calls } = serde_json::from_str(&message).expect(&message);
    let request = format!(
        r#"{{"modelId":"amazon.nova","messages":[{{"type":"human","content":"a"}},{{"type":"ai","content":{content},"tool_calls":{tool_calls},"model_provider":"bedrock-converse"}}]}}"#
    );
    if let Ok(converted) = convert_to_converse_request(&request, &[], |_| Refusals::default()) {
        let body = serde_json::from_slice::<&RawValue>(&converted.body);
        assert!(body.is_ok(), "{}", String::from_utf8_lossy(&converted.body));
    }
}
