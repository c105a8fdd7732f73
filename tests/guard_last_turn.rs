//! The option `guardLastTurnOnly`: which blocks a guardrail assesses.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::models::Refusals;
use serde_json::{Value, json};

const PNG: &str = "iVBORw0KGgoAAAAN";

/// The turns of the body, and the codes of the warnings.
fn convert(messages: &Value, adaptation: &str) -> Result<(Value, Vec<&'static str>), String> {
    let request = json!({
        "modelId": "novel.model",
        "messages": messages,
        "guardrailConfig": { "guardrailIdentifier": "abc", "guardrailVersion": "1" },
        "guardLastTurnOnly": true,
        "adaptation": adaptation,
    });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).map_err(|error| error.to_string())?;
    let mut body: Value = serde_json::from_slice(&converted.body).unwrap();
    assert_eq!(body["guardLastTurnOnly"], Value::Null);
    Ok((body["messages"].take(), converted.warnings.iter().map(|warning| warning.code).collect()))
}

/// The contents of the turns.
fn contents(messages: &Value) -> Vec<Value> {
    let (turns, warnings) = convert(messages, "warn").unwrap();
    assert_eq!(warnings, [""; 0], "{messages}");
    turns.as_array().unwrap().iter().map(|turn| turn["content"].clone()).collect()
}

fn guarded(text: &str) -> Value {
    json!({ "guardContent": { "text": { "text": text } } })
}

#[test]
fn only_the_last_user_turn_is_guarded_in_all_its_texts_and_images() {
    let image = json!({ "type": "image", "mimeType": "image/png", "data": PNG });
    let messages = json!([
        { "type": "system", "content": "s" },
        { "type": "human", "content": "one" },
        { "type": "ai", "content": "two" },
        { "type": "human", "content": "three" },
        { "type": "human", "content": [{ "type": "text", "text": "four" }, image, { "cachePoint": { "type": "default" } }] },
    ]);
    let last = json!([
        guarded("three"),
        guarded("four"),
        { "guardContent": { "image": { "format": "png", "source": { "bytes": PNG } } } },
        { "cachePoint": { "type": "default" } },
    ]);
    assert_eq!(contents(&messages), [json!([{ "text": "one" }]), json!([{ "text": "two" }]), last]);
}

#[test]
fn blocks_that_the_user_guards_stay_as_they_are() {
    let qualified = json!({ "guardContent": { "text": { "text": "x", "qualifiers": ["grounding_source"] } } });
    let messages = json!([{ "type": "human", "content": [qualified, { "type": "text", "text": "y" }] }]);
    assert_eq!(contents(&messages), [json!([qualified, guarded("y")])]);
}

#[test]
fn behind_tool_results_the_question_is_guarded() {
    let call = json!({ "type": "ai", "content": "", "tool_calls": [{ "id": "t", "name": "f", "args": {} }] });
    let result = json!({ "type": "tool", "tool_call_id": "t", "content": "r" });
    let turns = contents(&json!([{ "type": "human", "content": "q" }, call, result]));
    assert_eq!(turns[0], json!([guarded("q")]));
    assert_eq!(turns[2], json!([{ "toolResult": { "toolUseId": "t", "content": [{ "text": "r" }] } }]));
    let turns = contents(&json!([{ "type": "human", "content": "q" }, call, result, { "type": "human", "content": "and?" }]));
    assert_eq!(turns[0], json!([{ "text": "q" }]));
    assert_eq!(turns[2][1], guarded("and?"));
}

#[test]
fn a_document_keeps_a_text_beside_it() {
    let document = json!({ "type": "document", "document": { "name": "n", "format": "pdf", "source": { "bytes": "JVBERi0xLjQ=" } } });
    let turns = contents(&json!([{ "type": "human", "content": [document, { "type": "text", "text": "q" }] }]));
    assert_eq!(turns[0][1], guarded("q"));
    assert_eq!(turns[0][2], json!({ "text": "." }));
}

#[test]
fn what_a_guardrail_cannot_assess_is_reported() {
    let gif = json!({ "type": "image", "mimeType": "image/gif", "data": "R0lGODlh" });
    let in_s3 = json!({ "image": { "format": "png", "source": { "s3Location": { "uri": "s3://b/k.png" } } } });
    let messages = json!([{ "type": "human", "content": [{ "type": "text", "text": "q" }, gif, in_s3] }]);
    let (turns, warnings) = convert(&messages, "warn").unwrap();
    assert_eq!(turns[0]["content"][0], guarded("q"));
    assert_eq!(turns[0]["content"][1]["image"]["format"], "gif");
    assert_eq!(turns[0]["content"][2], in_s3);
    assert_eq!(warnings, ["image_not_guarded"]);
    assert!(
        convert(&messages, "strict")
            .unwrap_err()
            .starts_with("messages[0]: Each image of the last turn")
    );
    assert_eq!(convert(&messages, "off").unwrap().1, [""; 0]);
}

#[test]
fn a_request_without_anything_to_guard_is_assessed_as_a_whole_and_says_so() {
    let gif = json!({ "type": "image", "mimeType": "image/gif", "data": "R0lGODlh" });
    let messages = json!([{ "type": "human", "content": "q" }, { "type": "ai", "content": "a" }, { "type": "human", "content": [gif] }]);
    let (turns, warnings) = convert(&messages, "warn").unwrap();
    assert!(!turns.to_string().contains("guardContent"));
    assert_eq!(warnings, ["image_not_guarded", "guard_whole_conversation"]);
}
