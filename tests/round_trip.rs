//! Any response can be the next request: what Converse said, read as a LangChain message and sent back, is what Converse said.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failing test may say so as it likes"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use langchain_aws_native::convert::answer_form::AnswerForm;
use langchain_aws_native::convert::request::{Attachment, convert_to_converse_request};
use langchain_aws_native::convert::response::{ResponseMetadata, convert_converse_response};
use langchain_aws_native::convert::stream::StreamConverter;
use langchain_aws_native::convert::stream::StreamEvents;
use langchain_aws_native::convert::tool_names::ToolNames;
use langchain_aws_native::models::Refusals;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

const NOVA: &str = "amazon.nova-2-lite-v1:0";
const CLAUDE: &str = "anthropic.claude-sonnet-4-5";

fn text() -> impl Strategy<Value = String> {
    "[a-z\"\\\\\n é😀]{0,6}[a-z😀][ \n]?"
}

/// JSON that is only carried.
fn free_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z\"😀]{0,4}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec(("[a-zA-Z$]{1,5}", inner), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn free_object() -> impl Strategy<Value = Value> {
    vec(("[a-zA-Z]{1,5}", free_json()), 0..3).prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// Sometimes with a member that the API did not have when this was written.
fn novel(object: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (object, option::weighted(0.2, free_json())).prop_map(|(mut object, novel)| {
        if let Some(novel) = novel {
            object["novelMember"] = novel;
        }
        object
    })
}

fn with(mut object: Value, name: &str, value: Option<Value>) -> Value {
    if let Some(value) = value {
        object[name] = value;
    }
    object
}

fn bytes() -> impl Strategy<Value = String> {
    vec(any::<u8>(), 1..20).prop_map(|bytes| STANDARD.encode(bytes))
}

fn source() -> impl Strategy<Value = Value> {
    prop_oneof![
        bytes().prop_map(|bytes| json!({ "bytes": bytes })),
        option::of("[0-9]{12}").prop_map(|owner| {
            let location = with(json!({ "uri": "s3://bucket/key" }), "bucketOwner", owner.map(Value::from));
            json!({ "s3Location": location })
        }),
    ]
}

fn media(formats: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let whole = (proptest::sample::select(formats), source()).prop_map(|(format, source)| json!({ "format": format, "source": source }));
    let failed = text().prop_map(|message| json!({ "format": "png", "source": { "bytes": "" }, "error": { "message": message } }));
    novel(prop_oneof![4 => whole, 1 => failed])
}

fn image() -> impl Strategy<Value = Value> {
    media(&["png", "jpeg", "holographic"])
}

fn document() -> impl Strategy<Value = Value> {
    let source = prop_oneof![
        source(),
        text().prop_map(|text| json!({ "text": text })),
        vec(text(), 1..3).prop_map(|texts| json!({ "content": texts.iter().map(|text| json!({ "text": text })).collect::<Vec<_>>() })),
    ];
    novel(("[a-z]{12}", source).prop_map(|(name, source)| json!({ "name": name, "format": "pdf", "source": source })))
}

fn reasoning() -> impl Strategy<Value = Value> {
    let signature = option::of("[a-zA-Z]{4}");
    let shown = (prop_oneof![text(), Just(String::new())], signature)
        .prop_map(|(text, signature)| with(json!({ "text": text }), "signature", signature.map(Value::from)));
    prop_oneof![
        novel(shown).prop_map(|text| json!({ "reasoningText": text })),
        bytes().prop_map(|bytes| json!({ "redactedContent": bytes })),
        free_json().prop_map(|summary| json!({ "summary": summary })),
    ]
}

fn tool_use() -> impl Strategy<Value = Value> {
    let input = prop_oneof![8 => free_object().boxed(), 1 => Just(json!("half {")).boxed()];
    let client = ("[a-zA-Z0-9_-]{8}", "[a-z]{3}", input).prop_map(|(id, name, input)| json!({ "toolUseId": id, "name": name, "input": input }));
    let server = novel(client.clone()).prop_filter("an object", |tool_use| tool_use["input"].is_object());
    let server = server.prop_map(|tool_use| with(tool_use, "type", Some(json!("server_tool_use"))));
    prop_oneof![client, server]
}

fn tool_result() -> impl Strategy<Value = Value> {
    let item = prop_oneof![
        text().prop_map(|text| json!({ "text": text })),
        free_object().prop_map(|data| json!({ "json": data })),
        image().prop_map(|image| json!({ "image": image })),
        document().prop_map(|document| json!({ "document": document })),
        media(&["mp4"]).prop_map(|video| json!({ "video": video })),
        search_result().prop_map(|result| json!({ "searchResult": result })),
        free_json().prop_map(|novel| json!({ "novelResult": novel })),
    ];
    novel(
        ("[a-zA-Z0-9_-]{8}", vec(item, 1..4), option::of("[a-z]{5}")).prop_map(|(id, content, status)| {
            let result = json!({ "toolUseId": id, "content": content });
            with(result, "status", status.map(Value::from))
        }),
    )
}

fn search_result() -> impl Strategy<Value = Value> {
    novel((text(), vec(text(), 0..3)).prop_map(|(title, texts)| {
        let content: Vec<_> = texts.iter().map(|text| json!({ "text": text })).collect();
        json!({ "source": "s", "title": title, "content": content, "citations": { "enabled": true } })
    }))
}

fn citations_content() -> impl Strategy<Value = Value> {
    let location = prop_oneof![
        (0..3, 0..9).prop_map(|(index, start)| json!({ "documentPage": { "documentIndex": index, "start": start, "end": start + 1 } })),
        Just(json!({ "web": { "url": "https://example.com", "domain": "example.com" } })),
        Just(json!({ "searchResultLocation": { "searchResultIndex": 0, "start": 1, "end": 2 } })),
        free_json().prop_map(|novel| json!({ "novelLocation": novel })),
    ];
    let citation = novel((text(), location).prop_map(|(text, location)| json!({ "sourceContent": [{ "text": text }], "location": location })));
    let content = option::weighted(0.8, vec(text(), 1..3));
    novel((content, vec(citation, 0..3)).prop_map(|(content, citations)| {
        let content = content.map(|texts| texts.iter().map(|text| json!({ "text": text })).collect());
        with(json!({ "citations": citations }), "content", content)
    }))
}

fn guard_content() -> impl Strategy<Value = Value> {
    novel(prop_oneof![
        text().prop_map(|text| json!({ "text": { "text": text, "qualifiers": ["query"] } })),
        bytes().prop_map(|bytes| json!({ "image": { "format": "png", "source": { "bytes": bytes } } })),
    ])
}

fn tool_change() -> impl Strategy<Value = Value> {
    novel("[a-z]{3}".prop_map(|name| json!({ "tool": { "type": "tool", "name": name } })))
}

/// A block of any kind that the API has, or may come to have.
fn block() -> impl Strategy<Value = Value> {
    let kinds: Vec<(&str, BoxedStrategy<Value>)> = vec![
        ("text", prop_oneof![text(), "[ \n]{0,2}"].prop_map(Value::from).boxed()),
        ("image", image().boxed()),
        ("document", document().boxed()),
        ("video", media(&["mp4", "three_gp"]).boxed()),
        ("audio", media(&["mp3", "x-aac"]).boxed()),
        ("toolUse", tool_use().boxed()),
        ("toolResult", tool_result().boxed()),
        ("guardContent", guard_content().boxed()),
        ("cachePoint", novel(Just(json!({ "type": "default" }))).boxed()),
        ("reasoningContent", reasoning().boxed()),
        ("citationsContent", citations_content().boxed()),
        ("searchResult", search_result().boxed()),
        ("toolAddition", tool_change().boxed()),
        ("toolRemoval", tool_change().boxed()),
        ("hologram", free_json().boxed()),
        ("webSearchCall", free_object().boxed()),
    ];
    let kinds = kinds
        .into_iter()
        .map(|(member, value)| value.prop_map(move |value| json!({ (member): value })).boxed());
    proptest::strategy::Union::new(kinds)
}

/// The blocks as they are expected back. What differs is documented where it is done:
///
/// * a text of white space joins the text before it, or is left out; so is reasoning that says nothing
/// * a call with arguments that are no object cannot be answered, and is left out
/// * citations without content belong to the text before them, which is how a stream of chunks leaves them
/// * of an invoked message, the client's tool calls come last
/// * Claude gets no reasoning that it did not sign
struct Expected {
    is_streamed: bool,
    content: Vec<Value>,
    calls: Vec<Value>,
}

impl Expected {
    fn push(&mut self, block: &Value) {
        let last_text = self.content.last_mut().filter(|last| last.get("text").is_some());
        if let Some(text) = block["text"].as_str().filter(|text| text.trim().is_empty()) {
            if let Some(last) = last_text {
                last["text"] = json!(format!("{}{text}", last["text"].as_str().unwrap()));
            }
        } else if let Some(tool_use) = block.get("toolUse").filter(|tool_use| tool_use.get("type").is_none()) {
            let calls = if self.is_streamed { &mut self.content } else { &mut self.calls };
            calls.extend(tool_use["input"].is_object().then(|| block.clone()));
        } else if let (Some(last), false, Some(cited), None) = (
            last_text,
            self.is_streamed,
            block.get("citationsContent"),
            block["citationsContent"].get("content"),
        ) {
            *last = json!({ "citationsContent": with(cited.clone(), "content", Some(json!([last]))) });
        } else {
            self.content.push(block.clone());
        }
    }
}

fn expected(blocks: &[Value], is_streamed: bool) -> Vec<Value> {
    let mut expected = Expected {
        is_streamed,
        content: Vec::new(),
        calls: Vec::new(),
    };
    for block in blocks {
        expected.push(block);
    }
    expected.content.append(&mut expected.calls);
    expected.content.retain(|block| {
        let reasoning = block["reasoningContent"].get("reasoningText");
        reasoning.is_none_or(|text| text.get("signature").is_some() || text["text"] != "")
    });
    // Nothing but cache points is nothing at all.
    if expected.content.iter().all(|block| block.get("cachePoint").is_some()) {
        expected.content.clear();
    }
    expected.content
}

/// The content that the next request sends for the AI message with these fields.
fn sent(mut message: Value, model: &str) -> Vec<Value> {
    let (bytes, paths) = detach_bytes(&mut message);
    let attachments: Vec<_> = bytes.iter().map(|bytes| Attachment::Bytes(bytes)).collect();
    let mut ai = json!({ "type": "ai", "content": message["content"], "model_provider": "bedrock-converse" });
    if message["tool_calls"].as_array().is_some_and(|calls| !calls.is_empty()) {
        ai["tool_calls"] = message["tool_calls"].clone();
    }
    let messages = json!([{ "type": "human", "content": "a" }, ai, { "type": "human", "content": "z" }]);
    let request = json!({ "modelId": model, "adaptation": "off", "messages": messages, "attachments": paths });
    let body = convert_to_converse_request(&request.to_string(), &attachments, |_| Refusals::default())
        .expect("a request")
        .body;
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let turns = body["messages"].as_array().expect("turns");
    turns
        .iter()
        .filter(|turn| turn["role"] == "assistant")
        .flat_map(|turn| turn["content"].as_array().expect("content"))
        .cloned()
        .collect()
}

/// Makes bytes of base64 where the message says that bytes are meant, as TypeScript does on the way out and undoes on the way in.
fn detach_bytes(message: &mut Value) -> (Vec<Vec<u8>>, Vec<Value>) {
    let paths = message["bytes"].as_array().cloned().unwrap_or_default();
    let detach = |path: &Value| {
        let steps = path.as_array().expect("a path").iter();
        let steps: Vec<String> = steps
            .map(|step| step.as_str().map_or_else(|| step.to_string(), ToOwned::to_owned))
            .collect();
        let place = message.pointer_mut(&format!("/{}", steps.join("/"))).expect("a place");
        let bytes = STANDARD.decode(place.as_str().expect("base64")).expect("base64");
        *place = json!({ "": 0 });
        // The message is the second of its request.
        let path = [json!(1)].into_iter().chain(path.as_array().expect("a path").iter().cloned());
        (bytes, path.collect::<Value>())
    };
    paths.iter().map(detach).unzip()
}

fn invoked(blocks: &[Value]) -> Value {
    let body = json!({ "output": { "message": { "role": "assistant", "content": blocks } }, "stopReason": "end_turn" });
    let fields = convert_converse_response(
        body.to_string().as_bytes(),
        &ResponseMetadata::default(),
        &ToolNames::default(),
        &AnswerForm::default(),
    );
    serde_json::from_str(&fields.expect("fields")).expect("JSON")
}

/// The deltas in which Bedrock streams a block; none for a block that comes with its start.
fn deltas(block: &Value) -> Vec<Value> {
    let halves = |text: &str| {
        let (middle, _) = text.char_indices().nth(text.chars().count() / 2).unwrap_or_default();
        let (first, second) = text.split_at(middle);
        [first.to_owned(), second.to_owned()]
    };
    let has_only = |value: &Value, names: &[&str]| {
        value
            .as_object()
            .is_some_and(|members| members.keys().all(|name| names.contains(&name.as_str())))
    };
    if let Some(text) = block["text"].as_str() {
        return halves(text).iter().map(|text| json!({ "text": text })).collect();
    }
    if let Some(tool_use) = block.get("toolUse") {
        let input = tool_use["input"]
            .as_str()
            .map_or_else(|| tool_use["input"].to_string(), ToOwned::to_owned);
        return halves(&input).iter().map(|input| json!({ "toolUse": { "input": input } })).collect();
    }
    if let Some(result) = block.get("toolResult") {
        return vec![json!({ "toolResult": result["content"] })];
    }
    if let Some(reasoning) = block["reasoningContent"]
        .get("reasoningText")
        .filter(|text| has_only(text, &["text", "signature"]))
    {
        let texts = halves(reasoning["text"].as_str().unwrap()).map(|text| json!({ "reasoningContent": { "text": text } }));
        let signature = reasoning
            .get("signature")
            .map(|signature| json!({ "reasoningContent": { "signature": signature } }));
        return texts.into_iter().chain(signature).collect();
    }
    let cited = &block["citationsContent"];
    let is_one_text = cited["content"].as_array().is_some_and(|content| content.len() == 1) && cited["citations"] != json!([]);
    if is_one_text && has_only(cited, &["content", "citations"]) {
        let texts = halves(cited["content"][0]["text"].as_str().unwrap()).map(|text| json!({ "text": text }));
        let citations = cited["citations"].as_array().unwrap().iter();
        return texts
            .into_iter()
            .chain(citations.map(|citation| json!({ "citation": citation })))
            .collect();
    }
    Vec::new()
}

/// The message that LangChain core assembles from the events of the same answer.
fn streamed(blocks: &[Value]) -> Value {
    let mut converter = StreamEvents::new(ResponseMetadata::default(), true, ToolNames::default());
    let mut out = String::new();
    let mut take = |event_type: &str, payload: Value| converter.event(event_type, payload.to_string().as_bytes(), &mut out).unwrap();
    for (index, block) in blocks.iter().enumerate() {
        let deltas = deltas(block);
        let mut start = block.clone();
        for (member, late) in [("toolUse", "input"), ("toolResult", "content")] {
            start[member].as_object_mut().map(|value| value.remove(late));
        }
        start.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        if deltas.is_empty() || block.get("toolUse").is_some() || block.get("toolResult").is_some() {
            take("contentBlockStart", json!({ "contentBlockIndex": index, "start": start }));
        }
        for delta in deltas {
            take("contentBlockDelta", json!({ "contentBlockIndex": index, "delta": delta }));
        }
        take("contentBlockStop", json!({ "contentBlockIndex": index }));
    }
    take("messageStop", json!({ "stopReason": "end_turn" }));
    converter.finish(&mut out).unwrap();
    let events: Vec<Value> = serde_json::from_str(&format!("[{out}]")).unwrap();
    let finished = events.iter().filter(|event| event["event"] == "content-block-finish");
    let content: Vec<_> = finished.map(|event| event["content"].clone()).collect();
    let calls: Vec<_> = content.iter().filter(|block| block["type"] == "tool_call").cloned().collect();
    json!({ "content": content, "tool_calls": calls })
}

/// The same answers each time: a failure in CI is a failure at home.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn every_answer(check: impl Fn(&[Value], &str)) {
    let answers = (vec(block(), 0..6), proptest::sample::select(&[NOVA, CLAUDE][..]));
    let outcome = runner(1_000).run(&answers, |(blocks, model)| {
        check(&blocks, model);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

#[test]
fn an_invoked_message_is_the_next_request() {
    every_answer(|blocks, model| assert_eq!(sent(invoked(blocks), model), expected(blocks, false), "{}", invoked(blocks)));
}

#[test]
fn a_streamed_message_is_the_next_request() {
    every_answer(|blocks, model| assert_eq!(sent(streamed(blocks), model), expected(blocks, true), "{}", streamed(blocks)));
}

/// What is not among the shapes above: no member of a union at all.
#[test]
fn what_is_no_block_goes_back_too() {
    for blocks in [
        vec![json!({ "type": "novel", "x": [1] })],
        vec![json!(7), json!({ "text": 7 }), json!(["a"])],
    ] {
        assert_eq!(sent(invoked(&blocks), NOVA), blocks);
    }
}
