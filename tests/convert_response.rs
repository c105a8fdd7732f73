//! Converse's answers, whole and as events, against what LangChain gets of them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failing test may say so as it likes"
)]

use langchain_aws_native::convert::answer_form::AnswerForm;
use langchain_aws_native::convert::response::{ResponseMetadata, convert_converse_response};
use langchain_aws_native::convert::stream::StreamChunks;
use langchain_aws_native::convert::stream::StreamConverter;
use langchain_aws_native::convert::stream::StreamEvents;
use langchain_aws_native::convert::tool_names::ToolNames;
use langchain_aws_native::error::Error;
use serde_json::{Value, json};

fn metadata() -> ResponseMetadata {
    ResponseMetadata {
        http_status: 200,
        request_id: Some("r-1".to_owned()),
        attempts: 2,
        total_retry_delay_ms: 30,
        ..ResponseMetadata::default()
    }
}

fn invoke(body: &str) -> Result<Value, Error> {
    let fields = convert_converse_response(body.as_bytes(), &metadata(), &ToolNames::default(), &AnswerForm::default())?;
    Ok(serde_json::from_str(&fields).expect("the result is JSON"))
}

/// The message that an answer with these content blocks becomes.
fn message(blocks: &Value) -> Value {
    invoke(&json!({ "output": { "message": { "role": "assistant", "content": blocks } }, "stopReason": "end_turn" }).to_string()).unwrap()
}

type Events = [(&'static str, Value)];

fn run(mut converter: impl StreamConverter, events: &Events) -> (Vec<Value>, Result<(), Error>) {
    let mut out = String::new();
    let outcome = events
        .iter()
        .try_for_each(|(event_type, payload)| converter.event(event_type, payload.to_string().as_bytes(), &mut out))
        .and_then(|()| converter.finish(&mut out));
    (serde_json::from_str(&format!("[{out}]")).expect("the result is JSON"), outcome)
}

fn chunks(events: &Events) -> Vec<Value> {
    let (chunks, outcome) = run(StreamChunks::new(metadata(), true, ToolNames::default()), events);
    outcome.unwrap();
    chunks
}

fn stream_events(events: &Events) -> Vec<Value> {
    let (list, outcome) = run(StreamEvents::new(metadata(), true, ToolNames::default()), events);
    outcome.unwrap();
    list
}

fn start(index: u32, start: &Value) -> (&'static str, Value) {
    ("contentBlockStart", json!({ "contentBlockIndex": index, "start": start, "p": "ab" }))
}

fn delta(index: u32, delta: &Value) -> (&'static str, Value) {
    ("contentBlockDelta", json!({ "contentBlockIndex": index, "delta": delta, "p": "abc" }))
}

fn stop(index: u32) -> (&'static str, Value) {
    ("contentBlockStop", json!({ "contentBlockIndex": index, "p": "a" }))
}

/// The events of a whole answer around those of its blocks.
fn answer(blocks: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut events = vec![("messageStart", json!({ "p": "abcd", "role": "assistant" }))];
    events.extend_from_slice(blocks);
    events.push((
        "messageStop",
        json!({ "p": "abcd", "stopReason": "end_turn", "additionalModelResponseFields": { "n": 1 } }),
    ));
    events.push((
        "metadata",
        json!({ "p": "abcd", "usage": { "inputTokens": 1, "outputTokens": 2, "totalTokens": 3 }, "metrics": { "latencyMs": 4 } }),
    ));
    events
}

/// The content of each chunk that has one, and the tool call chunks.
fn contents(blocks: &[(&'static str, Value)]) -> Vec<Value> {
    let messages = chunks(&answer(blocks)).into_iter().map(|chunk| chunk["message"].clone());
    let told = messages.map(|message| message.get("tool_call_chunks").unwrap_or(&message["content"]).clone());
    told.filter(|content| content != "").collect()
}

/// The content of each block that finishes.
fn finished(blocks: &[(&'static str, Value)]) -> Vec<Value> {
    let events = stream_events(&answer(blocks)).into_iter();
    events
        .filter(|event| event["event"] == "content-block-finish")
        .map(|event| event["content"].clone())
        .collect()
}

#[test]
fn content_blocks_of_an_answer() {
    for (name, blocks, expected) in [
        ("no block", json!([]), json!("")),
        ("one text", json!([{ "text": "a\n\"😀" }]), json!("a\n\"😀")),
        (
            "two texts",
            json!([{ "text": "a" }, { "text": "b" }]),
            json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]),
        ),
        (
            "reasoning",
            json!([{ "reasoningContent": { "reasoningText": { "text": "hm", "signature": "s" } } }, { "reasoningContent": { "reasoningText": { "text": "" } } }]),
            json!([{ "type": "reasoning", "reasoning": "hm", "signature": "s" }, { "type": "reasoning", "reasoning": "" }]),
        ),
        (
            "redacted reasoning",
            json!([{ "reasoningContent": { "redactedContent": "AA==" } }]),
            json!([{ "type": "reasoning_content", "redactedContent": "AA==" }]),
        ),
        (
            "reasoning of another kind",
            json!([{ "reasoningContent": { "summary": 1 } }]),
            json!([{ "type": "reasoning_content", "reasoningContent": { "summary": 1 } }]),
        ),
        (
            "reasoning that says more than a text",
            json!([{ "reasoningContent": { "reasoningText": { "text": "hm", "n": 1 } } }]),
            json!([{ "type": "reasoning", "reasoning": "hm", "reasoningContent": { "reasoningText": { "text": "hm", "n": 1 } } }]),
        ),
        (
            "cachePoint",
            json!([{ "cachePoint": { "type": "default" } }]),
            json!([{ "type": "cache_point", "cachePoint": { "type": "default" } }]),
        ),
        (
            "citationsContent",
            json!([{ "citationsContent": { "content": [{ "text": "x" }], "citations": [] } }]),
            json!([{ "type": "citations_content", "citationsContent": { "content": [{ "text": "x" }], "citations": [] } }]),
        ),
        (
            "guardContent",
            json!([{ "guardContent": { "text": { "text": "x" } } }]),
            json!([{ "type": "guard_content", "guardContent": { "text": { "text": "x" } } }]),
        ),
        (
            "searchResult",
            json!([{ "searchResult": { "source": "s" } }]),
            json!([{ "type": "search_result", "searchResult": { "source": "s" } }]),
        ),
        (
            "toolAddition",
            json!([{ "toolAddition": { "tool": {} } }]),
            json!([{ "type": "tool_addition", "toolAddition": { "tool": {} } }]),
        ),
        (
            "toolRemoval",
            json!([{ "toolRemoval": { "tool": {} } }]),
            json!([{ "type": "tool_removal", "toolRemoval": { "tool": {} } }]),
        ),
        (
            "toolResult",
            json!([{ "toolResult": { "toolUseId": "t" } }]),
            json!([{ "type": "tool_result", "toolResult": { "toolUseId": "t" } }]),
        ),
        (
            "audio",
            json!([{ "audio": { "format": "wav" } }]),
            json!([{ "type": "audio", "audio": { "format": "wav" } }]),
        ),
        (
            "unknown",
            json!([{ "holoGram": { "x": 1 } }]),
            json!([{ "type": "holo_gram", "holoGram": { "x": 1 } }]),
        ),
        ("no block at all", json!([7]), json!([{ "type": "non_standard", "value": 7 }])),
        (
            "server tool",
            json!([{ "toolUse": { "toolUseId": "t", "name": "n", "input": {}, "type": "server_tool_use" } }]),
            json!([{ "type": "server_tool_use", "toolUse": { "toolUseId": "t", "name": "n", "input": {}, "type": "server_tool_use" } }]),
        ),
    ] {
        let message = message(&blocks);
        assert_eq!(message["content"], expected, "{name}");
        assert_eq!(message["tool_calls"], json!([]), "{name}");
    }
}

#[test]
fn tool_uses_of_an_answer() {
    let call = |input: Value| json!([{ "toolUse": { "toolUseId": "t", "name": "n", "input": input } }]);
    let valid = message(&call(json!({ "b": 1, "a": 2 })));
    assert_eq!(
        valid["tool_calls"],
        json!([{ "id": "t", "name": "n", "args": { "b": 1, "a": 2 }, "type": "tool_call" }])
    );
    assert_eq!(valid["content"], "");
    assert_eq!(valid.get("invalid_tool_calls"), None);
    for (input, args) in [(json!("{}"), "{}"), (json!([1]), "[1]"), (json!(3), "3"), (Value::Null, "null")] {
        let invalid = message(&call(input));
        assert_eq!(invalid["tool_calls"], json!([]));
        let expected = json!([{ "name": "n", "args": args, "id": "t", "error": "Malformed args.", "type": "invalid_tool_call" }]);
        assert_eq!(invalid["invalid_tool_calls"], expected);
    }
    assert_eq!(
        message(&json!([{ "toolUse": { "toolUseId": "t", "name": "n" } }]))["tool_calls"][0]["args"],
        json!({})
    );
}

#[test]
fn metadata_of_an_answer() {
    let body = r#"{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3,"cacheDetails":[{"ttl":"5m","inputTokens":9}]},"newMember":{"n":1.50},
        "trace":null,"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn"}"#;
    let fields = convert_converse_response(body.as_bytes(), &metadata(), &ToolNames::default(), &AnswerForm::default()).unwrap();
    assert!(fields.contains(
        r#""response_metadata":{"$metadata":{"httpStatusCode":200,"requestId":"r-1","attempts":2,"totalRetryDelay":30},"usage":{"inputTokens":1,"#
    ));
    assert!(fields.contains(r#""newMember":{"n":1.50},"stopReason":"end_turn","model_provider":"bedrock-converse"}"#));
    let fields: Value = serde_json::from_str(&fields).unwrap();
    assert_eq!(fields["id"], "r-1");
    assert_eq!(
        fields["usage_metadata"],
        json!({ "input_tokens": 1, "output_tokens": 2, "total_tokens": 3 })
    );
}

#[test]
fn answers_that_are_none() {
    for (body, expected) in [
        ("{}", "No message found in Bedrock response."),
        (r#"{"output":{"message":null}}"#, "No message found in Bedrock response."),
        (r#"{"output":{"message":{"role":"assistant"}}}"#, "No message content found in response."),
        (
            r#"{"output":{"message":{"role":"user","content":[]}}}"#,
            "Unsupported message role received in ChatBedrockConverse response: user",
        ),
        ("<html>", "Bedrock's response is not a JSON object: expected value at line 1 column 1."),
    ] {
        assert_eq!(invoke(body), Err(Error::InvalidOutput(expected.to_owned())), "{body}");
    }
}

#[test]
fn a_text_streams_as_plain_strings() {
    let events = answer(&[
        delta(0, &json!({ "text": "a" })),
        delta(0, &json!({ "text": "" })),
        delta(0, &json!({ "text": "\"b" })),
        stop(0),
    ]);
    let text = |text: &str| json!({ "text": text, "message": { "content": text, "id": "r-1" }, "token": true });
    let told = |metadata: Value| json!({ "text": "", "message": { "content": "", "response_metadata": metadata, "id": "r-1" } });
    let usage = json!({ "inputTokens": 1, "outputTokens": 2, "totalTokens": 3 });
    let metrics = json!({ "latencyMs": 4 });
    let mut closing = told(json!({
        "metadata": { "usage": usage, "metrics": metrics },
        "$metadata": { "httpStatusCode": 200, "requestId": "r-1", "attempts": 2, "totalRetryDelay": 30 },
        "stopReason": "end_turn", "additionalModelResponseFields": { "n": 1 }, "usage": usage, "metrics": metrics,
        "model_provider": "bedrock-converse",
    }));
    closing["message"]["usage_metadata"] = json!({ "input_tokens": 1, "output_tokens": 2, "total_tokens": 3 });
    assert_eq!(
        chunks(&events),
        [
            told(json!({ "messageStart": { "role": "assistant" }, "model_provider": "bedrock-converse" })),
            text("a"),
            text(""),
            text("\"b"),
            told(json!({ "contentBlockStop": { "contentBlockIndex": 0 }, "model_provider": "bedrock-converse" })),
            told(
                json!({ "messageStop": { "stopReason": "end_turn", "additionalModelResponseFields": { "n": 1 } }, "model_provider": "bedrock-converse" })
            ),
            closing,
        ]
    );
}

#[test]
fn text_beside_other_blocks_carries_its_index() {
    let blocks = [
        delta(0, &json!({ "reasoningContent": { "text": "hm" } })),
        delta(0, &json!({ "reasoningContent": { "signature": "s" } })),
        stop(0),
        delta(1, &json!({ "text": "a" })),
        delta(1, &json!({ "text": "b" })),
        stop(1),
    ];
    assert_eq!(
        contents(&blocks),
        [
            json!([{ "type": "reasoning", "reasoning": "hm", "index": 0 }]),
            json!([{ "type": "reasoning", "reasoning": "", "signature": "s", "index": 0 }]),
            json!([{ "type": "text", "text": "a", "index": 1 }]),
            json!([{ "type": "text", "text": "b", "index": 1 }]),
        ]
    );
    let second_text = [delta(0, &json!({ "text": "a" })), stop(0), delta(1, &json!({ "text": "b" })), stop(1)];
    assert_eq!(contents(&second_text), [json!("a"), json!([{ "type": "text", "text": "b", "index": 1 }])]);
}

#[test]
fn tool_calls_stream_their_arguments() {
    let blocks = [
        delta(0, &json!({ "text": "a" })),
        stop(0),
        start(1, &json!({ "toolUse": { "toolUseId": "t", "name": "n" } })),
        delta(1, &json!({ "toolUse": { "input": "{\"x\":" } })),
        delta(1, &json!({ "toolUse": { "input": "1}" } })),
        stop(1),
        start(2, &json!({ "toolUse": { "toolUseId": "u", "name": "m" } })),
        stop(2),
    ];
    assert_eq!(
        contents(&blocks),
        [
            json!("a"),
            json!([{ "name": "n", "id": "t", "index": 1, "type": "tool_call_chunk" }]),
            json!([{ "args": "{\"x\":", "index": 1, "type": "tool_call_chunk" }]),
            json!([{ "args": "1}", "index": 1, "type": "tool_call_chunk" }]),
            json!([{ "name": "m", "id": "u", "index": 2, "type": "tool_call_chunk" }]),
        ]
    );
    assert_eq!(
        stream_events(&answer(&blocks))[4..],
        [
            json!({ "event": "content-block-start", "index": 1, "content": { "type": "tool_call_chunk", "id": "t", "name": "n", "args": "", "index": 1 } }),
            json!({ "event": "content-block-delta", "index": 1, "delta": { "type": "tool-call-delta", "args": "{\"x\":" } }),
            json!({ "event": "content-block-delta", "index": 1, "delta": { "type": "tool-call-delta", "args": "1}" } }),
            json!({ "event": "content-block-finish", "index": 1, "content": { "type": "tool_call", "id": "t", "name": "n", "args": { "x": 1 } } }),
            json!({ "event": "content-block-start", "index": 2, "content": { "type": "tool_call_chunk", "id": "u", "name": "m", "args": "", "index": 2 } }),
            json!({ "event": "content-block-finish", "index": 2, "content": { "type": "tool_call", "id": "u", "name": "m", "args": {} } }),
            json!({ "event": "usage", "usage": { "input_tokens": 1, "output_tokens": 2, "total_tokens": 3 } }),
            json!({
                "event": "message-finish", "reason": "stop", "usage": { "input_tokens": 1, "output_tokens": 2, "total_tokens": 3 },
                "responseMetadata": {
                    "$metadata": { "httpStatusCode": 200, "requestId": "r-1", "attempts": 2, "totalRetryDelay": 30 },
                    "stopReason": "end_turn", "additionalModelResponseFields": { "n": 1 },
                    "usage": { "inputTokens": 1, "outputTokens": 2, "totalTokens": 3 }, "metrics": { "latencyMs": 4 },
                    "model_provider": "bedrock-converse",
                },
            }),
        ]
    );
}

#[test]
fn half_arguments_are_no_tool_call() {
    let blocks = [
        start(0, &json!({ "toolUse": { "toolUseId": "t", "name": "n" } })),
        delta(0, &json!({ "toolUse": { "input": "{\"path\":\"/tm" } })),
        stop(0),
    ];
    assert_eq!(contents(&blocks)[2], json!([{ "args": "\"…", "index": 0, "type": "tool_call_chunk" }]));
    let error = "Failed to parse tool call arguments as JSON";
    let expected = json!({ "type": "invalid_tool_call", "id": "t", "name": "n", "args": "{\"path\":\"/tm", "error": error });
    assert_eq!(finished(&blocks), [expected]);
}

#[test]
fn blocks_that_nobody_watches_arriving_come_whole() {
    let server_tool = json!({ "toolUseId": "s", "name": "search", "type": "server_tool_use", "serverName": "web" });
    let mut server_tool_use = server_tool.clone();
    server_tool_use["input"] = json!({ "q": 1 });
    let citation = json!({
        "title": "Sky", "sourceContent": [{ "text": "blue" }], "location": { "documentPage": { "documentIndex": 2, "start": 3, "end": 4 } },
    });
    for (name, blocks, chunk, standard) in [
        (
            "redacted reasoning",
            vec![delta(0, &json!({ "reasoningContent": { "redactedContent": "AA==" } })), stop(0)],
            json!([{ "type": "reasoning_content", "redactedContent": "AA==" }]),
            json!({ "type": "non_standard", "value": { "type": "reasoning_content", "redactedContent": "AA==" } }),
        ),
        (
            "image",
            vec![
                start(0, &json!({ "image": { "format": "png" } })),
                delta(0, &json!({ "image": { "source": { "bytes": "AA==" } } })),
                stop(0),
            ],
            json!([{ "type": "image", "image": { "format": "png", "source": { "bytes": "AA==" } } }]),
            json!({ "type": "image", "mimeType": "image/png", "data": "AA==" }),
        ),
        (
            "image that could not be made",
            vec![
                start(0, &json!({ "image": { "format": "png" } })),
                delta(0, &json!({ "image": { "error": { "message": "no" } } })),
                delta(0, &json!({ "image": { "source": { "bytes": "" } } })),
                stop(0),
            ],
            json!([{ "type": "image", "image": { "format": "png", "error": { "message": "no" }, "source": { "bytes": "" } } }]),
            json!({
                "type": "non_standard",
                "value": { "type": "image", "image": { "format": "png", "error": { "message": "no" }, "source": { "bytes": "" } } },
            }),
        ),
        (
            "server tool use",
            vec![
                start(0, &json!({ "toolUse": server_tool })),
                delta(0, &json!({ "toolUse": { "input": "{\"q\":1}" } })),
                stop(0),
            ],
            json!([{ "type": "server_tool_use", "toolUse": server_tool_use }]),
            json!({ "type": "server_tool_call", "id": "s", "name": "search", "args": { "q": 1 }, "toolUse": server_tool_use }),
        ),
        (
            "tool result",
            vec![
                start(0, &json!({ "toolResult": { "toolUseId": "s" } })),
                delta(0, &json!({ "toolResult": [{ "text": "r" }] })),
                stop(0),
            ],
            json!([{ "type": "tool_result", "toolResult": { "toolUseId": "s", "content": [{ "text": "r" }] } }]),
            json!({ "type": "non_standard", "value": { "type": "tool_result", "toolResult": { "toolUseId": "s", "content": [{ "text": "r" }] } } }),
        ),
        (
            "unknown, never stopped",
            vec![start(0, &json!({ "holoGram": { "a": 1 } })), delta(0, &json!({ "holoGram": { "b": 2 } }))],
            json!([{ "type": "holo_gram", "holoGram": { "a": 1, "b": 2 } }]),
            json!({ "type": "non_standard", "value": { "type": "holo_gram", "holoGram": { "a": 1, "b": 2 } } }),
        ),
        (
            "citations",
            vec![delta(0, &json!({ "citation": citation })), stop(0)],
            json!([{ "type": "citations_content", "citationsContent": { "citations": [citation] } }]),
            json!({
                "type": "text", "text": "", "citationsContent": { "citations": [citation] },
                "annotations": [{ "type": "citation", "citedText": "blue", "title": "Sky", "source": "2", "startIndex": 3, "endIndex": 4 }],
            }),
        ),
    ] {
        assert_eq!(contents(&blocks), [chunk], "{name}");
        assert_eq!(finished(&blocks), [standard], "{name}");
    }
    let image = [
        start(3, &json!({ "image": { "format": "png" } })),
        delta(3, &json!({ "image": { "source": { "bytes": "AA==" } } })),
        stop(3),
    ];
    assert_eq!(chunks(&answer(&image))[1]["bytes"], json!([["content", 0, "image", "source", "bytes"]]));
}

#[test]
fn cited_text_streams_and_its_citations_follow() {
    let citation = json!({ "location": { "web": { "url": "https://e.x" } } });
    let blocks = [
        delta(0, &json!({ "text": "a" })),
        delta(0, &json!({ "citation": citation })),
        delta(0, &json!({ "text": "b" })),
        stop(0),
    ];
    let citations = json!([{ "type": "citations_content", "citationsContent": { "citations": [citation] } }]);
    assert_eq!(contents(&blocks), [json!("a"), json!("b"), citations]);
    assert_eq!(
        finished(&blocks),
        [json!({
            "type": "text", "text": "ab", "annotations": [{ "type": "citation", "citedText": "", "url": "https://e.x" }],
            "citationsContent": { "content": [{ "text": "ab" }], "citations": [citation] },
        })]
    );
}

#[test]
fn events_nobody_knows_are_kept() {
    let events = answer(&[
        ("newEvent", json!({ "index": 1 })),
        ("contentBlockDelta", json!([1])),
        delta(0, &json!({ "text": "a" })),
        stop(0),
    ]);
    let kept: Vec<Value> = chunks(&events)
        .iter()
        .filter_map(|chunk| chunk["message"]["response_metadata"].get("unknownEvents").cloned())
        .collect();
    assert_eq!(
        kept,
        [
            json!([{ "event": "newEvent", "payload": { "index": 1 } }]),
            json!([{ "event": "contentBlockDelta", "payload": [1] }])
        ]
    );
    let provider = |payload: Value| json!({ "event": "provider", "provider": "bedrock-converse", "name": "stream_event", "payload": payload });
    assert_eq!(
        stream_events(&events)[1..3],
        [
            provider(json!({ "newEvent": { "index": 1 } })),
            provider(json!({ "contentBlockDelta": [1] }))
        ]
    );
}

#[test]
fn an_index_stands_for_one_block_in_events() {
    let blocks = [delta(0, &json!({ "text": "a" })), delta(0, &json!({ "newDelta": { "x": 1 } })), stop(0)];
    assert_eq!(finished(&blocks), [json!({ "type": "text", "text": "a" })]);
    assert_eq!(
        stream_events(&answer(&blocks))[4]["payload"],
        json!({ "contentBlock": { "newDelta": { "x": 1 } } })
    );
    assert_eq!(contents(&blocks), [json!("a"), json!([{ "type": "new_delta", "newDelta": { "x": 1 } }])]);
}

#[test]
fn a_stream_without_its_end_is_no_answer() {
    let blocks = [
        ("messageStart", json!({ "role": "assistant" })),
        start(0, &json!({ "toolUse": { "toolUseId": "t", "name": "n" } })),
        delta(0, &json!({ "toolUse": { "input": "{}" } })),
    ];
    let incomplete = Err(Error::InvalidOutput(
        "The stream from Bedrock ended before the message was complete: no messageStop event came.".to_owned(),
    ));
    assert_eq!(run(StreamChunks::new(metadata(), true, ToolNames::default()), &blocks).1, incomplete);
    let (events, outcome) = run(StreamEvents::new(metadata(), true, ToolNames::default()), &blocks);
    assert_eq!(outcome, incomplete);
    assert!(
        events
            .iter()
            .all(|event| event["event"] != "content-block-finish" && event["event"] != "message-finish")
    );
}

#[test]
fn a_stream_may_end_without_metadata() {
    let events = [
        ("messageStart", json!({ "role": "assistant" })),
        ("messageStop", json!({ "stopReason": "malformed_tool_use" })),
    ];
    let last = chunks(&events).pop().unwrap();
    assert_eq!(last["message"]["response_metadata"]["stopReason"], "malformed_tool_use");
    assert_eq!(last["message"]["response_metadata"]["$metadata"]["requestId"], "r-1");
    let finish = stream_events(&events).pop().unwrap();
    assert_eq!(finish.get("reason"), None);
    assert_eq!(finish["responseMetadata"]["stopReason"], "malformed_tool_use");
}

#[test]
fn usage_streams_when_it_is_wanted() {
    let events = answer(&[]);
    let (chunks, _) = run(StreamChunks::new(metadata(), false, ToolNames::default()), &events);
    assert!(chunks.iter().all(|chunk| chunk["message"].get("usage_metadata").is_none()));
    let (list, _) = run(StreamEvents::new(metadata(), false, ToolNames::default()), &events);
    assert!(list.iter().all(|event| event["event"] != "usage" && event.get("usage").is_none()));
}

/// What the converter writes for each event of a tool call whose arguments come in so many deltas, and at the end.
fn written_for_tool_call(converter: &mut dyn StreamConverter, deltas: u32) -> Vec<String> {
    let input = |input: &str| delta(0, &json!({ "toolUse": { "input": input } }));
    let mut blocks = vec![start(0, &json!({ "toolUse": { "toolUseId": "t", "name": "n" } })), input("{\"text\":\"")];
    blocks.extend((0..deltas).map(|number| input(&format!("<{number:08}>"))));
    blocks.extend([input("\"}"), stop(0)]);
    let mut written = Vec::new();
    for (event_type, payload) in answer(&blocks) {
        let mut out = String::new();
        converter.event(event_type, payload.to_string().as_bytes(), &mut out).unwrap();
        written.push(out);
    }
    let mut out = String::new();
    converter.finish(&mut out).unwrap();
    written.push(out);
    written
}

/// Counted, not timed: ten times the deltas are ten times the bytes, and no delta says again what an earlier one has said.
#[test]
fn a_tool_call_costs_as_much_as_it_is_long() {
    let chunks = || -> Box<dyn StreamConverter> { Box::new(StreamChunks::new(metadata(), true, ToolNames::default())) };
    let events = || -> Box<dyn StreamConverter> { Box::new(StreamEvents::new(metadata(), true, ToolNames::default())) };
    let bytes = |written: &[String]| written.iter().map(String::len).sum::<usize>();
    // Of the two only the events end with the whole call.
    for (converter, times_in_all) in [(&chunks as &dyn Fn() -> Box<dyn StreamConverter>, 1), (&events, 2)] {
        let [none, short, long] = [0, 1_000, 10_000].map(|deltas| written_for_tool_call(&mut *converter(), deltas));
        assert_eq!(bytes(&long) - bytes(&none), 10 * (bytes(&short) - bytes(&none)));
        for (number, written) in (0..10_000).zip(&long[3..]) {
            assert!(written.contains(&format!("<{number:08}>")), "{written}");
            assert_eq!(written.matches('<').count(), 1, "{written}");
        }
        assert_eq!(long.concat().matches('<').count(), 10_000 * times_in_all);
    }
}

/// Any JSON in any place: never a panic, and what comes out is JSON.
#[test]
fn hostile_json() {
    let values = [
        "null",
        "true",
        "-1",
        "1e999",
        "99999999999999999999999",
        "\"\"",
        "\"\\ud83d\"",
        "\"x\"",
        "[]",
        "[null,[],{},\"\\ud83d\"]",
        "{}",
        r#"{"text":"x","toolUse":{"input":1},"reasoningContent":{"text":1,"signature":"s"}}"#,
        r#"{"":{"":""},"p":1}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"\ud83d":1}"#,
        r#"{"bytes":"?"}"#,
        r#"{"source":{"bytes":7}}"#,
        r#"{"toolUseId":7,"name":[],"input":"{"}"#,
    ];
    let members = [
        "text",
        "toolUse",
        "toolResult",
        "reasoningContent",
        "citationsContent",
        "citation",
        "image",
        "guardContent",
        "new",
        "type",
        "p",
        "content",
        "role",
        "usage",
        "stopReason",
    ];
    let event_types = [
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
        "new",
        "",
    ];
    let mut blocks: Vec<String> = values.iter().map(ToString::to_string).collect();
    for member in members {
        blocks.extend(values.iter().map(|value| format!(r#"{{"{member}":{value}}}"#)));
        blocks.extend(
            values
                .iter()
                .map(|value| format!(r#"{{"{member}":{{"{member}":{value},"content":[{value}],"input":{value}}}}}"#)),
        );
    }
    let is_json = |text: &str| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    for block in &blocks {
        for body in [
            block.clone(),
            format!(r#"{{"output":{block}}}"#),
            format!(r#"{{"output":{{"message":{{"role":"assistant","content":[{block},{block}]}}}},"usage":{block},"x":{block}}}"#),
        ] {
            let fields = convert_converse_response(body.as_bytes(), &metadata(), &ToolNames::default(), &AnswerForm::default());
            assert!(fields.is_ok_and(|fields| is_json(&fields)) || !body.contains("assistant"), "{body:.200}");
        }
        for event_type in event_types {
            let payloads = [
                block.clone(),
                format!(r#"{{"start":{block},"contentBlockIndex":1}}"#),
                format!(r#"{{"delta":{block},"contentBlockIndex":{block}}}"#),
                format!(r#"{{"delta":{block}}}"#),
                format!(r#"{{"delta":{block},"contentBlockIndex":1}}"#),
            ];
            let converters: [Box<dyn StreamConverter>; 2] = [
                Box::new(StreamChunks::new(metadata(), true, ToolNames::default())),
                Box::new(StreamEvents::new(metadata(), true, ToolNames::default())),
            ];
            for mut converter in converters {
                let mut out = String::new();
                for payload in &payloads {
                    converter.event(event_type, payload.as_bytes(), &mut out).unwrap();
                }
                converter.event("contentBlockStop", br#"{"contentBlockIndex":1}"#, &mut out).unwrap();
                converter.event("messageStop", b"{}", &mut out).unwrap();
                converter.finish(&mut out).unwrap();
                assert!(is_json(&format!("[{out}]")), "{event_type} {block:.200}");
            }
        }
    }
}

#[test]
fn deep_json() {
    let deep = format!("{}1{}", "{\"x\":".repeat(200_000), "}".repeat(200_000));
    let body = format!(r#"{{"output":{{"message":{{"role":"assistant","content":[{deep},{{"toolResult":{deep}}}]}}}},"usage":{deep}}}"#);
    convert_converse_response(body.as_bytes(), &metadata(), &ToolNames::default(), &AnswerForm::default()).unwrap();
    let payload = format!(r#"{{"delta":{{"toolResult":{deep},"new":{deep},"toolUse":{{"input":{deep}}}}},"ignored":{deep}}}"#);
    let mut out = String::new();
    let mut converter = StreamEvents::new(metadata(), true, ToolNames::default());
    for (event_type, payload) in [
        ("contentBlockDelta", payload.as_str()),
        ("contentBlockDelta", &payload),
        ("new", &deep),
        ("messageStop", "{}"),
    ] {
        converter.event(event_type, payload.as_bytes(), &mut out).unwrap();
    }
    converter.finish(&mut out).unwrap();
}

#[test]
fn bytes_that_are_no_json() {
    let mut converter = StreamChunks::new(metadata(), true, ToolNames::default());
    let mut out = String::new();
    for payload in [b"".as_slice(), b"\xff", b"{", b"{} {}", b"{\"delta\":{\"text\":\"\xff\"}}"] {
        assert!(converter.event("contentBlockDelta", payload, &mut out).is_err());
        assert!(convert_converse_response(payload, &metadata(), &ToolNames::default(), &AnswerForm::default()).is_err());
        converter.event("newEvent", payload, &mut out).unwrap();
    }
    assert_eq!(out.matches("\"unknownEvents\"").count(), 5);
}
