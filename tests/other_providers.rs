//! AI messages of other providers: what Bedrock does not have is left out or replaced, and reported.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test may say so as it likes")]

use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::models::Refusals;
use serde_json::{Value, json};

/// The assistant's turn of a conversation, `null` if it has none, and the warnings.
fn convert(ai: &Value, adaptation: Option<&str>) -> Result<(Value, Vec<(String, String)>), String> {
    let mut ai = ai.clone();
    ai["type"] = "ai".into();
    let human = json!({ "type": "human", "content": "Hi" });
    let request = json!({ "modelId": "anthropic.claude-haiku-4-5", "adaptation": adaptation, "messages": [human, ai, human] });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_slice(&converted.body).unwrap();
    let turns = body["messages"].as_array().unwrap();
    let turn = turns.iter().find(|turn| turn["role"] == "assistant");
    let warnings = converted
        .warnings
        .iter()
        .map(|warning| (format!("{} {}", warning.code, warning.path), warning.message.clone()));
    Ok((turn.map_or(Value::Null, |turn| turn["content"].clone()), warnings.collect()))
}

fn search() -> Value {
    let call = json!({ "type": "server_tool_use", "id": "s1", "name": "web_search", "input": { "query": "rust" } });
    let result = json!({ "type": "web_search_tool_result", "tool_use_id": "s1", "content": [] });
    json!({ "content": [call, result, { "type": "text", "text": "1.90" }], "model_provider": "anthropic" })
}

#[test]
fn what_a_provider_s_own_tool_did_is_reported_once_for_a_message() {
    let (turn, warnings) = convert(&search(), None).unwrap();
    assert_eq!(turn, json!([{ "text": "1.90" }]));
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].0, "provider_blocks_left_out messages[1]");
    for said in [r#""input":{"query":"rust"}"#, r#""type":"web_search_tool_result""#] {
        assert!(warnings[0].1.contains(said), "{}", warnings[0].1);
    }
    let refusal = convert(&search(), Some("strict")).unwrap_err();
    assert_eq!(refusal, format!("messages[1]: {}", warnings[0].1));
}

#[test]
fn a_long_report_is_short() {
    let results: Vec<Value> = (0..40)
        .map(|index| json!({ "type": "web_search_result", "index": index, "text": "é".repeat(5_000) }))
        .collect();
    let (_, warnings) = convert(&json!({ "content": results, "model_provider": "anthropic" }), None).unwrap();
    assert!(warnings[0].1.ends_with(", and 30 more"));
    assert!(warnings[0].1.chars().count() < 3_500);
}

#[test]
fn a_block_whose_call_is_in_tool_calls_is_not_reported() {
    let ai = json!({
        "content": [{ "type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "SELECT 1" }],
        "tool_calls": [{ "id": "c1", "name": "sql", "args": { "input": "SELECT 1" } }],
        "model_provider": "openai",
    });
    let (turn, warnings) = convert(&ai, None).unwrap();
    assert_eq!(turn[0]["toolUse"]["toolUseId"], "c1");
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].0, "tool_result_missing messages[1]");
}

#[test]
fn unknown_blocks_are_reported_if_the_author_is_another_provider_and_refused_if_it_is_not_known() {
    let hologram = json!({ "type": "hologram", "x": 1 });
    let (_, warnings) = convert(&json!({ "content": [hologram], "model_provider": "openai" }), None).unwrap();
    assert!(warnings[0].1.ends_with(r#"{"type":"hologram","x":1}"#));
    let wrapped = json!({ "content": [{ "type": "non_standard", "value": hologram }] });
    assert_eq!(convert(&wrapped, None).unwrap().1[0].0, "provider_blocks_left_out messages[1]");
    let refusal = convert(&json!({ "content": [hologram] }), None).unwrap_err();
    assert_eq!(refusal, "messages[1].content[0]: Unsupported content block type: hologram");
}

/// `ChatMistralAI` does not say that it made a message.
#[test]
fn mistral_s_thoughts_are_a_list_and_its_references_are_left_out() {
    let thought = json!({ "type": "thinking", "thinking": [{ "type": "text", "text": "Let me " }, { "type": "text", "text": "see." }] });
    let ai = json!({ "content": [thought, { "type": "text", "text": "4" }, { "type": "reference", "referenceIds": [1] }] });
    let (turn, warnings) = convert(&ai, None).unwrap();
    assert_eq!(turn, json!([{ "text": "4" }]));
    let codes: Vec<_> = warnings.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["provider_blocks_left_out messages[1]", "reasoning_not_replayed messages[1]"]);
    let sent = convert(&ai, Some("off")).unwrap().0;
    assert_eq!(sent[0], json!({ "reasoningContent": { "reasoningText": { "text": "Let me see." } } }));
}

/// OpenAI's images may be on the web, and Gemini's are files without a name.
#[test]
fn media_that_bedrock_cannot_be_given_are_left_out_of_another_provider_s_message() {
    let blocks = [
        json!({ "type": "image", "url": "https://example.com/a.png" }),
        json!({ "type": "file", "mimeType": "image/png", "data": "iVBORw0KGgo=" }),
        json!({ "type": "fileData", "fileData": { "mimeType": "video/mp4", "fileUri": "https://example.com/a" } }),
    ];
    for block in blocks {
        let ai = |provider: Option<&str>| json!({ "content": [block, { "type": "text", "text": "Here." }], "model_provider": provider });
        let (turn, warnings) = convert(&ai(Some("openai")), None).unwrap();
        assert_eq!(turn, json!([{ "text": "Here." }]));
        assert_eq!(warnings[0].0, "provider_blocks_left_out messages[1]");
        assert!(convert(&ai(None), None).is_err(), "{block}");
    }
}

/// The content of the user's turn that a block of a human becomes.
fn convert_human(block: &Value) -> Result<Value, String> {
    let human = json!({ "type": "human", "content": [block] });
    let request = json!({ "modelId": "amazon.nova-pro-v1:0", "messages": [human] });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_slice(&converted.body).unwrap();
    Ok(body["messages"][0]["content"][0].clone())
}

#[test]
fn what_humans_say_in_the_dialects_of_other_providers() {
    let (pixel, pdf) = ("iVBORw0KGgo=", "JVBERi0xLjQK");
    let image = json!({ "image": { "format": "png", "source": { "bytes": pixel } } });
    let document = |name: &str| json!({ "document": { "name": name, "source": { "bytes": pdf }, "format": "pdf" } });
    let cases = [
        (
            json!({ "type": "input_image", "image_url": format!("data:image/png;base64,{pixel}"), "detail": "auto" }),
            image.clone(),
        ),
        (
            json!({ "type": "input_file", "filename": "a.pdf", "file_data": format!("data:application/pdf;base64,{pdf}") }),
            document("a-pdf"),
        ),
        (
            json!({ "type": "document_url", "document_url": format!("data:application/pdf;base64,{pdf}"), "document_name": "a" }),
            document("a"),
        ),
        (json!({ "type": "media", "mimeType": "image/png", "data": pixel }), image.clone()),
        (
            json!({ "type": "media", "mimeType": "application/pdf", "data": pdf }),
            document("document-1"),
        ),
        (
            json!({ "type": "inlineData", "inlineData": { "mimeType": "image/png", "data": pixel } }),
            image,
        ),
        (
            json!({ "type": "fileData", "fileData": { "mimeType": "video/mp4", "fileUri": "s3://bucket/a" } }),
            json!({ "video": { "format": "mp4", "source": { "s3Location": { "uri": "s3://bucket/a" } } } }),
        ),
    ];
    for (block, expected) in cases {
        assert_eq!(convert_human(&block), Ok(expected), "{block}");
    }
    for (block, refusal) in [
        (
            json!({ "type": "document_url", "document_url": "https://example.com/a.pdf" }),
            "Only base64 data URLs are supported for file blocks",
        ),
        (json!({ "type": "input_file", "file_id": "file-1" }), "Bedrock keeps no files"),
        (
            json!({ "type": "new_thing", "new_thing": "x" }),
            "Unsupported content block type: new_thing",
        ),
    ] {
        let sentence = convert_human(&block).unwrap_err();
        assert!(sentence.starts_with(&format!("messages[0].content[0]: {refusal}")), "{sentence}");
    }
    // A kind of block that the API may get.
    let new = json!({ "type": "new_thing", "newThing": { "x": 1 } });
    assert_eq!(convert_human(&new), Ok(json!({ "newThing": { "x": 1 } })));
}
