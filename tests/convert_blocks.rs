//! What a content block becomes: what its `type` says, whatever other members it has.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test may panic")]

use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::models::Refusals;
use serde_json::{Value, json};

const CLAUDE: &str = "anthropic.claude-sonnet-4-5";
const GPT_OSS: &str = "openai.gpt-oss-120b-1:0";

fn messages(model: &str, messages: &Value) -> Result<Value, String> {
    let request = json!({ "modelId": model, "messages": messages }).to_string();
    let converted = convert_to_converse_request(&request, &[], |_| Refusals::default()).map_err(|error| error.to_string())?;
    let mut body: Value = serde_json::from_slice(&converted.body).unwrap();
    Ok(body["messages"].take())
}

/// What the blocks of a human message become.
fn human(blocks: &Value) -> Result<Value, String> {
    messages("novel.model", &json!([{ "type": "human", "content": blocks }])).map(|mut messages| messages[0]["content"].take())
}

/// What the blocks of an AI message become. The answer ends with a text, so that something is left of it.
fn ai(model: &str, provider: Option<&str>, block: &Value) -> Result<Value, String> {
    let answer = json!({ "type": "ai", "content": [block, { "type": "text", "text": "end" }], "model_provider": provider });
    let conversation = json!([{ "type": "human", "content": "q" }, answer, { "type": "human", "content": "r" }]);
    let mut content = messages(model, &conversation)?[1]["content"].take();
    assert_eq!(content.as_array_mut().unwrap().pop(), Some(json!({ "text": "end" })), "{block}");
    Ok(content)
}

#[test]
fn a_guarded_text_stays_guarded() {
    let guarded = json!([{ "guardContent": { "text": { "text": "x" } } }]);
    for block in [
        json!({ "type": "guard_content", "text": "x" }),
        json!({ "type": "guard_content", "guard_content": { "type": "text", "text": "x" } }),
        json!({ "type": "guard_content", "guard_content": { "text": { "text": "x" } } }),
        json!({ "type": "guard_content", "guardContent": { "text": { "text": "x" } } }),
        json!({ "type": "guardContent", "guardContent": { "text": { "text": "x" } } }),
        json!({ "guardContent": { "text": { "text": "x" } } }),
    ] {
        assert_eq!(human(&json!([block])), Ok(guarded.clone()), "{block}");
    }
    let qualified = json!({ "type": "guard_content", "text": "x", "qualifiers": ["query"] });
    assert_eq!(
        human(&json!([qualified])),
        Ok(json!([{ "guardContent": { "text": { "text": "x", "qualifiers": ["query"] } } }]))
    );
}

#[test]
fn members_that_compete_are_all_sent() {
    let (text, cache_point) = (json!({ "text": "x" }), json!({ "cachePoint": { "type": "default" } }));
    let image = json!({ "image": { "format": "png", "source": { "bytes": "AAAA" } } });
    for (block, expected) in [
        (json!({ "text": "x", "cachePoint": { "type": "default" } }), json!([text, cache_point])),
        (
            json!({ "type": "text", "text": "x", "cachePoint": { "type": "default" } }),
            json!([text, cache_point]),
        ),
        (json!({ "text": "x", "image": image["image"] }), json!([text, image])),
        (json!({ "type": "text", "text": "x", "image": image["image"] }), json!([text, image])),
        (json!({ "type": "image", "image": image["image"], "text": "x" }), json!([image, text])),
        (json!({ "type": "image", "image": image["image"], "text": " " }), json!([image])),
        (
            json!({ "image": image["image"], "cachePoint": { "type": "default" }, "text": "x" }),
            json!([image, cache_point, text]),
        ),
        (
            json!({ "type": "text", "text": "x", "cachePoint": { "type": "default" }, "cache_control": null }),
            json!([text, cache_point]),
        ),
    ] {
        assert_eq!(human(&json!([block])), Ok(expected), "{block}");
    }
    let document = json!({ "format": "txt", "name": "a", "source": { "text": "y" } });
    assert_eq!(
        human(&json!([{ "type": "document", "document": document, "text": "x" }])),
        Ok(json!([{ "document": { "format": "txt", "name": "a", "source": { "text": "y" } } }, { "text": "x" }]))
    );
    assert_eq!(
        human(&json!([{ "type": "text-plain", "text": "x" }, { "type": "text", "text": "t" }])).map(|blocks| blocks.as_array().map(Vec::len)),
        Ok(Some(2)),
        "the text of a document is the document's"
    );
}

#[test]
fn an_unknown_type_is_refused_whatever_text_it_has() {
    for (block, kind) in [
        (json!({ "type": "quux", "text": "x" }), "quux"),
        (json!({ "type": "summary_text", "text": "x" }), "summary_text"),
        (json!({ "type": "quux", "image": { "format": "png" } }), "quux"),
        (json!({ "type": "text", "image": { "format": "png" } }), "text"),
    ] {
        let expected = Err(format!("messages[0].content[0]: Unsupported content block type: {kind}"));
        assert_eq!(human(&json!([block])), expected, "{block}");
    }
    for kind in ["text", "input_text", "output_text", "text_delta"] {
        assert_eq!(human(&json!([{ "type": kind, "text": "x" }])), Ok(json!([{ "text": "x" }])), "{kind}");
    }
}

#[test]
fn reasoning_of_other_providers_is_no_text() {
    for block in [
        json!({ "type": "summary_text", "text": "hm" }),
        json!({ "type": "text", "text": "hm", "thought": true }),
        json!({ "text": "hm", "thought": true }),
        json!({ "type": "thinking", "thinking": "hm" }),
    ] {
        assert_eq!(ai(CLAUDE, None, &block), Ok(json!([])), "Claude refuses unsigned reasoning: {block}");
        let reasoning = json!([{ "reasoningContent": { "reasoningText": { "text": "hm" } } }]);
        assert_eq!(ai(GPT_OSS, None, &block), Ok(reasoning), "{block}");
    }
    assert_eq!(
        ai(CLAUDE, None, &json!({ "type": "text", "text": "x", "thought": false })),
        Ok(json!([{ "text": "x" }]))
    );
}

#[test]
fn reasoning_has_many_shapes() {
    let signed = json!([{ "reasoningContent": { "reasoningText": { "text": "hm", "signature": "c2ln" } } }]);
    for block in [
        json!({ "type": "reasoning_content", "reasoningContent": { "text": "hm", "signature": "c2ln" } }),
        json!({ "type": "reasoning_content", "reasoningContent": { "reasoningText": { "text": "hm", "signature": "c2ln" } } }),
        json!({ "type": "reasoning_content", "reasoning_content": { "text": "hm", "signature": "c2ln" } }),
        json!({ "type": "reasoning_content", "reasoning_content": { "reasoning_text": { "text": "hm", "signature": "c2ln" } } }),
        json!({ "type": "reasoning_content", "reasoning_content": { "reasoningText": { "text": "hm", "signature": "c2ln" } } }),
        json!({ "type": "reasoning_content", "reasoningText": { "text": "hm", "signature": "c2ln" } }),
        json!({ "reasoningContent": { "text": "hm", "signature": "c2ln" } }),
        json!({ "type": "reasoning", "reasoning": "hm", "signature": "c2ln" }),
    ] {
        for provider in [
            None,
            Some("bedrock-converse"),
            Some("bedrock_converse"),
            Some("bedrock"),
            Some("anthropic"),
        ] {
            assert_eq!(ai(CLAUDE, provider, &block), Ok(signed.clone()), "{provider:?} {block}");
        }
        assert_eq!(ai(CLAUDE, Some("openai"), &block), Ok(json!([])), "{block}");
    }
    let redacted = json!({ "type": "reasoning_content", "reasoning_content": { "redacted_content": "AAAA" } });
    assert_eq!(
        ai(CLAUDE, Some("bedrock_converse"), &redacted),
        Ok(json!([{ "reasoningContent": { "redactedContent": "AAAA" } }]))
    );
}

#[test]
fn an_empty_signature_is_none() {
    for block in [
        json!({ "type": "reasoning", "reasoning": "hm", "signature": "" }),
        json!({ "type": "reasoning_content", "reasoningText": { "text": "hm", "signature": "" } }),
        json!({ "type": "reasoning_content", "reasoningContent": { "reasoningText": { "text": "hm", "signature": "" } } }),
        json!({ "type": "reasoning_content", "reasoning_content": { "text": "hm", "signature": "" } }),
        json!({ "type": "thinking", "thinking": "hm", "signature": "" }),
    ] {
        let reasoning = json!([{ "reasoningContent": { "reasoningText": { "text": "hm" } } }]);
        assert_eq!(ai(GPT_OSS, None, &block), Ok(reasoning), "{block}");
        assert_eq!(ai(CLAUDE, None, &block), Ok(json!([])), "{block}");
    }
}

#[test]
fn tools_of_other_providers_do_not_end_the_conversation() {
    for block in [
        json!({ "type": "file_search_call", "id": "fs_1", "queries": ["q"], "status": "completed" }),
        json!({ "type": "web_search_call", "id": "ws_1" }),
        json!({ "type": "computer_call_output", "call_id": "c", "output": {} }),
        json!({ "type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [] }),
        json!({ "type": "bash_code_execution_tool_result", "tool_use_id": "srvtoolu_1", "content": {} }),
        json!({ "type": "code_interpreter_call", "id": "ci_1", "code": "1" }),
        json!({ "type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {} }),
        json!({ "type": "server_tool_call", "id": "srvtoolu_1", "name": "web_search", "args": {} }),
        json!({ "type": "server_tool_call_result", "toolCallId": "srvtoolu_1", "status": "success", "output": {} }),
        json!({ "type": "executableCode", "executableCode": { "language": "PYTHON", "code": "1" } }),
        json!({ "type": "non_standard", "value": { "type": "web_search_call" } }),
        json!({ "type": "non_standard", "value": { "type": "quux", "text": "x" } }),
        json!({ "type": "non_standard", "value": "quux" }),
    ] {
        for provider in [None, Some("openai"), Some("anthropic")] {
            assert_eq!(ai(CLAUDE, provider, &block), Ok(json!([])), "{provider:?} {block}");
        }
    }
    // Bedrock's own are sent back.
    let call = json!({ "type": "server_tool_call", "id": "t", "name": "nova_grounding", "args": {} });
    let tool_use = json!([{ "toolUse": { "toolUseId": "t", "name": "nova_grounding", "input": {}, "type": "server_tool_use" } }]);
    assert_eq!(ai(CLAUDE, Some("bedrock-converse"), &call), Ok(tool_use.clone()));
    let carried = json!({ "type": "server_tool_use", "toolUse": tool_use[0]["toolUse"] });
    assert_eq!(ai(CLAUDE, None, &carried), Ok(tool_use));
}

#[test]
fn only_texts_can_be_in_a_search_result() {
    let result = |content: Value| json!([{ "type": "search_result", "source": "s", "title": "t", "content": content }]);
    let image = json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "AAAA" } });
    let text = json!({ "type": "text", "text": "x" });
    assert_eq!(
        human(&result(json!([text, "y"]))),
        Ok(json!([{ "searchResult": { "source": "s", "title": "t", "content": [{ "text": "x" }, { "text": "y" }] } }]))
    );
    let refusal = |place: &str, index: usize, kind: &str| {
        Err(format!(
            "{place}: Only texts can be in this block, but its content[{index}] is of type {kind}."
        ))
    };
    assert_eq!(human(&result(json!([text, image]))), refusal("messages[0].content[0]", 1, "image"));
    assert_eq!(human(&result(json!([5]))), refusal("messages[0].content[0]", 0, "undefined"));
    let document = json!([{ "type": "document", "source": { "type": "content", "content": [image] } }]);
    assert_eq!(human(&document), refusal("messages[0].content[0]", 0, "image"));
    let in_tool_result = json!([
        { "type": "human", "content": "q" },
        { "type": "ai", "content": "", "tool_calls": [{ "id": "t", "name": "f", "args": {} }] },
        { "type": "tool", "tool_call_id": "t", "content": ["a", result(json!([image]))[0]] },
    ]);
    assert_eq!(messages(CLAUDE, &in_tool_result), refusal("messages[2].content[1]", 0, "image"));
}

#[test]
fn media_of_python_have_their_bytes_in_base64() {
    for (block, expected) in [
        (
            json!({ "type": "image", "base64": "iVBORw0KGgo=", "mime_type": "image/png" }),
            json!({ "image": { "format": "png", "source": { "bytes": "iVBORw0KGgo=" } } }),
        ),
        (
            json!({ "type": "audio", "base64": "AAAA", "mime_type": "audio/wav" }),
            json!({ "audio": { "format": "wav", "source": { "bytes": "AAAA" } } }),
        ),
        (
            json!({ "type": "video", "base64": "AAAA", "mime_type": "video/mp4" }),
            json!({ "video": { "format": "mp4", "source": { "bytes": "AAAA" } } }),
        ),
        (
            json!({ "type": "image", "file_id": "s3://b/k.png" }),
            json!({ "image": { "format": "png", "source": { "s3Location": { "uri": "s3://b/k.png" } } } }),
        ),
    ] {
        assert_eq!(human(&json!([block])), Ok(json!([expected])), "{block}");
    }
    let file = json!([{ "type": "file", "base64": "JVBERg==", "mime_type": "application/pdf" }, { "type": "text", "text": "t" }]);
    assert_eq!(
        human(&file).map(|mut blocks| blocks[0]["document"]["source"].take()),
        Ok(json!({ "bytes": "JVBERg==" }))
    );
}

#[test]
fn what_was_said_beside_the_content_is_sent() {
    for (content, said) in [(json!([]), "No."), (json!([{ "type": "refusal", "refusal": "No." }]), "No.")] {
        let answer = json!({ "type": "ai", "content": content, "said": said });
        let conversation = json!([{ "type": "human", "content": "q" }, answer]);
        assert_eq!(
            messages(CLAUDE, &conversation).unwrap()[1]["content"],
            json!([{ "text": "No." }]),
            "{content}"
        );
    }
}
