//! What a request becomes for the model that it is for, and what is said of it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::models::{Refusal, Refusals};
use serde_json::{Value, json};

const HAIKU: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const OPUS: &str = "global.anthropic.claude-opus-5-5";
const NOVA_2: &str = "amazon.nova-2-lite-v1:0";
const LLAMA: &str = "us.meta.llama3-3-70b-instruct-v1:0";

/// The body's members beside its messages, and the codes of the warnings.
fn convert(request: &Value, refusals: Refusals) -> Result<(Value, Vec<&'static str>), String> {
    let mut request = request.clone();
    if request["messages"].is_null() {
        request["messages"] = json!([{ "type": "human", "content": "Hi" }]);
    }
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| refusals).map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_slice(&converted.body).map_err(|error| error.to_string())?;
    Ok((body, converted.warnings.iter().map(|warning| warning.code).collect()))
}

/// Checks the members that `request` becomes, `null` for one that is absent, and the warnings.
fn check(request: &Value, expected: &Value, codes: &[&str]) {
    let (body, warnings) = convert(request, Refusals::default()).unwrap();
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&body[name], value, "{request} {name}");
    }
    assert_eq!(warnings, codes, "{request}");
}

#[test]
fn sampling_parameters() {
    let sampling = json!({ "temperature": 0.5, "topP": 0.9, "stopSequences": ["x"] });
    let ask = |model: &str, inference: &Value| json!({ "modelId": model, "inferenceConfig": inference });
    check(&ask("novel.model", &sampling), &json!({ "inferenceConfig": sampling }), &[]);
    check(
        &ask(HAIKU, &sampling),
        &json!({ "inferenceConfig": { "temperature": 0.5, "stopSequences": ["x"] } }),
        &["sampling_left_out"],
    );
    check(
        &ask(OPUS, &sampling),
        &json!({ "inferenceConfig": { "stopSequences": ["x"] } }),
        &["sampling_left_out", "sampling_left_out"],
    );
    check(
        &ask(OPUS, &json!({ "temperature": 0.5 })),
        &json!({ "inferenceConfig": null }),
        &["sampling_left_out"],
    );
    check(
        &ask(HAIKU, &json!({ "temperature": 1.5 })),
        &json!({ "inferenceConfig": { "temperature": 1 } }),
        &["sampling_clamped"],
    );
    check(
        &ask(HAIKU, &json!({ "temperature": 0.0 })),
        &json!({ "inferenceConfig": { "temperature": 0.0 } }),
        &[],
    );
}

#[test]
fn the_option_reasoning_in_the_form_of_each_family() {
    let ask = |model: &str, reasoning: Value| json!({ "modelId": model, "reasoning": reasoning });
    let fields = |fields: Value| json!({ "additionalModelRequestFields": fields });
    check(
        &ask(HAIKU, json!({ "effort": "medium", "display": "omitted" })),
        &fields(json!({ "thinking": { "type": "enabled", "budget_tokens": 8192, "display": "omitted" } })),
        &[],
    );
    check(
        &ask(HAIKU, json!({ "effort": "none" })),
        &fields(json!({ "thinking": { "type": "disabled" } })),
        &[],
    );
    check(
        &ask(HAIKU, json!({ "budgetTokens": 10 })),
        &fields(json!({ "thinking": { "type": "enabled", "budget_tokens": 1024 } })),
        &["reasoning_budget_raised"],
    );
    check(
        &ask(OPUS, json!({ "effort": "none" })),
        &fields(json!({ "thinking": { "type": "adaptive" }, "output_config": { "effort": "low" } })),
        &["reasoning_effort_adapted"],
    );
    check(
        &ask(OPUS, json!({ "budgetTokens": 20_000 })),
        &fields(json!({ "thinking": { "type": "adaptive" }, "output_config": { "effort": "high" } })),
        &["reasoning_budget_refused"],
    );
    check(
        &ask(NOVA_2, json!({ "effort": "max" })),
        &fields(json!({ "reasoningConfig": { "type": "enabled", "maxReasoningEffort": "high" } })),
        &["reasoning_effort_adapted"],
    );
    check(
        &ask("openai.gpt-oss-120b-1:0", json!({ "effort": "low" })),
        &fields(json!({ "reasoning_effort": "low" })),
        &[],
    );
    check(
        &ask("openai.gpt-6-sol", json!({ "effort": "none" })),
        &fields(json!({ "reasoning": { "effort": "none" } })),
        &[],
    );
    check(
        &ask("qwen.qwen3-32b-v1:0", json!({ "effort": "high" })),
        &fields(json!({ "reasoning_config": "high" })),
        &[],
    );
    let (_, warnings) = convert(&ask(LLAMA, json!({ "effort": "high" })), Refusals::default()).unwrap();
    assert_eq!(warnings, ["reasoning_left_out"]);
}

#[test]
fn what_the_caller_wrote_in_the_fields_has_precedence() {
    let request = json!({
        "modelId": OPUS,
        "reasoning": { "effort": "high" },
        "additionalModelRequestFields": { "output_config": { "effort": "low", "other": 1 }, "z": 2 },
    });
    let fields = json!({ "output_config": { "effort": "low", "other": 1 }, "z": 2, "thinking": { "type": "adaptive" } });
    check(&request, &json!({ "additionalModelRequestFields": fields }), &[]);
}

#[test]
fn the_limit_of_the_answer_and_the_budget_of_thinking() {
    let request = json!({ "modelId": HAIKU, "reasoning": { "effort": "low" }, "inferenceConfig": { "maxTokens": 500, "temperature": 0 } });
    check(
        &request,
        &json!({ "inferenceConfig": { "maxTokens": 2548 } }),
        &["max_tokens_raised", "sampling_left_out"],
    );
    let request = json!({ "modelId": NOVA_2, "reasoning": { "effort": "high" }, "inferenceConfig": { "maxTokens": 500, "topP": 0.5 } });
    check(
        &request,
        &json!({ "inferenceConfig": null }),
        &["max_tokens_left_out", "sampling_left_out"],
    );
}

#[test]
fn tools_of_a_model_without_tools_are_refused() {
    let tools = json!([{ "toolSpec": { "name": "get", "inputSchema": { "json": { "type": "object" } } } }]);
    let ask = |adaptation: &str| json!({ "modelId": "us.deepseek.r1-v1:0", "toolConfig": { "tools": tools }, "adaptation": adaptation });
    let refused = convert(&ask("warn"), Refusals::default()).unwrap_err();
    assert!(refused.starts_with("toolConfig.tools: The model has no tools"), "{refused}");
    assert!(convert(&ask("off"), Refusals::default()).is_ok());
}

#[test]
fn tool_choices() {
    let tools = json!([{ "toolSpec": { "name": "get", "inputSchema": { "json": { "type": "object" } } } }]);
    let ask = |model: &str, choice: Value| json!({ "modelId": model, "toolConfig": { "tools": tools, "toolChoice": choice } });
    let sent = |choice: Value| json!({ "toolConfig": { "tools": tools, "toolChoice": choice } });
    check(&ask(HAIKU, json!({ "any": {} })), &sent(json!({ "any": {} })), &[]);
    check(
        &ask(OPUS, json!({ "tool": { "name": "get" } })),
        &sent(json!({ "auto": {} })),
        &["tool_choice_adapted"],
    );
    check(
        &ask("mistral.mistral-large-2407-v1:0", json!({ "tool": { "name": "get" } })),
        &sent(json!({ "any": {} })),
        &["tool_choice_adapted"],
    );
    check(
        &ask("mistral.pixtral-large-2502-v1:0", json!({ "any": {} })),
        &json!({ "toolConfig": { "tools": tools } }),
        &["tool_choice_adapted"],
    );
    check(&ask(NOVA_2, json!({ "none": {} })), &json!({ "toolConfig": null }), &[]);
    check(
        &ask(HAIKU, json!({ "none": {} })),
        &json!({ "toolConfig": { "tools": tools }, "additionalModelRequestFields": { "tool_choice": { "type": "none" } } }),
        &[],
    );
    let mut thinking = ask(HAIKU, json!({ "any": {} }));
    thinking["reasoning"] = json!({ "effort": "low" });
    check(&thinking, &sent(json!({ "auto": {} })), &["tool_choice_adapted"]);
    let mut own = ask(OPUS, json!({ "any": {} }));
    own["supportsToolChoiceValues"] = json!(["any"]);
    check(&own, &sent(json!({ "any": {} })), &[]);
}

#[test]
fn strict_refuses_and_off_sends() {
    let mut request = json!({ "modelId": OPUS, "adaptation": "strict", "inferenceConfig": { "temperature": 0.5 } });
    let refused = "inferenceConfig: `temperature` was left out, since the model takes none.";
    assert_eq!(convert(&request, Refusals::default()), Err(refused.to_owned()));
    request["adaptation"] = json!("off");
    check(&request, &json!({ "inferenceConfig": { "temperature": 0.5 } }), &[]);
}

#[test]
fn the_rules_are_those_of_the_model_beside_an_arn() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
    let request = json!({ "modelId": arn, "inferenceConfig": { "temperature": 0.5 } });
    check(&request, &json!({ "inferenceConfig": { "temperature": 0.5 } }), &[]);
    let mut named = request.clone();
    named["model"] = json!(OPUS);
    check(&named, &json!({ "inferenceConfig": null }), &["sampling_left_out"]);
}

#[test]
fn turns_of_a_model_whose_results_stand_alone() {
    let messages = json!([
        { "type": "human", "content": "Weather?" },
        { "type": "ai", "content": "", "tool_calls": [{ "name": "get", "args": {}, "id": "1", "type": "tool_call" }] },
        { "type": "tool", "content": "Rain", "tool_call_id": "1" },
        { "type": "human", "content": "Thanks." },
    ]);
    let (body, warnings) = convert(&json!({ "modelId": LLAMA, "messages": messages }), Refusals::default()).unwrap();
    let turns: Vec<&Value> = body["messages"].as_array().unwrap().iter().skip(2).collect();
    let expected = [
        json!({ "role": "user", "content": [{ "toolResult": { "toolUseId": "1", "content": [{ "text": "Rain" }] } }] }),
        json!({ "role": "assistant", "content": [{ "text": "I have received the tool results." }] }),
        json!({ "role": "user", "content": [{ "text": "Thanks." }] }),
    ];
    assert_eq!(turns, expected.iter().collect::<Vec<_>>());
    assert_eq!(warnings, ["tool_results_separated"]);
}

#[test]
fn images_of_tool_results_and_of_text_only_models() {
    let image = json!({ "image": { "format": "png", "source": { "bytes": "iVBORw==" } } });
    let call = json!({ "type": "ai", "content": "", "tool_calls": [{ "name": "get", "args": {}, "id": "1", "type": "tool_call" }] });
    let messages = json!([{ "type": "human", "content": "Look" }, call, { "type": "tool", "content": [image], "tool_call_id": "1" }]);
    let (body, warnings) = convert(&json!({ "modelId": "openai.gpt-6-sol", "messages": messages }), Refusals::default()).unwrap();
    let content = &body["messages"][2]["content"];
    assert_eq!(
        content[0]["toolResult"]["content"],
        json!([{ "text": "(The image follows behind the tool results.)" }])
    );
    assert_eq!(content[2], image);
    assert_eq!(warnings, ["tool_result_image_moved"]);

    let earlier = json!([{ "type": "human", "content": [image] }, { "type": "ai", "content": "A cat." }, { "type": "human", "content": "And?" }]);
    let (body, warnings) = convert(&json!({ "modelId": LLAMA, "messages": earlier }), Refusals::default()).unwrap();
    assert_eq!(body["messages"][0]["content"], json!([{ "text": "(An image was left out here.)" }]));
    assert_eq!(warnings, ["images_left_out"]);
    let asked = json!([{ "type": "human", "content": [image] }]);
    let refused = "messages[0]: The model takes no images: ask one that does, or leave it out.";
    assert_eq!(
        convert(&json!({ "modelId": LLAMA, "messages": asked }), Refusals::default()),
        Err(refused.to_owned())
    );
}

#[test]
fn an_answers_schema_is_asked_for_in_words_where_it_is_not_enforced() {
    let output = json!({ "textFormat": { "type": "json_schema", "structure": { "jsonSchema": { "schema": "{\"type\":\"object\"}" } } } });
    let request = json!({ "modelId": LLAMA, "outputConfig": output });
    let system = json!([{ "text": "Answer only with JSON, without any other text, that matches this JSON schema:\n{\"type\":\"object\"}" }]);
    check(&request, &json!({ "outputConfig": null, "system": system }), &["output_format_in_words"]);
}

#[test]
fn what_was_refused_is_left_out() {
    let mut refusals = Refusals::default();
    refusals.insert(Refusal::Temperature);
    refusals.insert(Refusal::OnDemand);
    let request = json!({ "modelId": "novel.model-v1:0", "region": "eu-west-1", "inferenceConfig": { "temperature": 0.5, "topP": 0.9 } });
    let (body, warnings) = convert(&request, refusals).unwrap();
    assert_eq!(body["inferenceConfig"], json!({ "topP": 0.9 }));
    assert_eq!(warnings, ["sampling_left_out", "inference_profile"]);
}

#[test]
fn more_strict_tools_than_the_model_takes() {
    let schema = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let tool = |index: usize| json!({ "toolSpec": { "name": format!("t{index}"), "inputSchema": { "json": schema }, "strict": true } });
    let tools: Vec<Value> = (0..22).map(tool).collect();
    let (body, warnings) = convert(&json!({ "modelId": HAIKU, "toolConfig": { "tools": tools } }), Refusals::default()).unwrap();
    let sent = body["toolConfig"]["tools"].as_array().unwrap();
    assert_eq!(sent.iter().filter(|tool| tool["toolSpec"]["strict"] == true).count(), 20);
    assert_eq!(warnings, ["strict_left_out", "strict_left_out"]);
}

#[test]
fn what_is_too_large_is_refused_with_its_place() {
    let image = |bytes: usize| json!({ "image": { "format": "png", "source": { "bytes": "A".repeat(bytes / 3 * 4) } } });
    let ask = |model: &str, block: Value| json!({ "modelId": model, "messages": [{ "type": "human", "content": [{ "type": "text", "text": "?" }, block] }] });
    let refused = "messages[0].content[1]: The image has 4000002 bytes, and the model takes 3932160 at most: make it smaller, or split it.";
    assert_eq!(convert(&ask(HAIKU, image(4_000_002)), Refusals::default()), Err(refused.to_owned()));
    assert!(convert(&ask(HAIKU, image(3_932_160)), Refusals::default()).is_ok());
    assert!(convert(&ask(NOVA_2, image(4_000_002)), Refusals::default()).is_ok());
    let document = |format: &str| json!({ "document": { "name": "d", "format": format, "source": { "bytes": "A".repeat(8_000_000) } } });
    assert!(convert(&ask(HAIKU, document("csv")), Refusals::default()).is_err_and(|error| error.contains("The document has 6000000 bytes")));
    assert!(convert(&ask(HAIKU, document("pdf")), Refusals::default()).is_ok());
    assert!(convert(&ask("novel.model", document("csv")), Refusals::default()).is_ok());
}

/// The roles and texts of the turns, and the system text.
fn spoken(model: &str, messages: &Value, refusals: Refusals) -> (String, String, Vec<&'static str>) {
    let (body, warnings) = convert(&json!({ "modelId": model, "messages": messages }), refusals).unwrap();
    let texts = |blocks: &Value| -> String {
        let texts = blocks.as_array().into_iter().flatten().map(|block| match &block["text"] {
            Value::String(text) => text.clone(),
            _ => block.as_object().unwrap().keys().next().unwrap().clone(),
        });
        texts.collect::<Vec<_>>().join("+")
    };
    let turns = body["messages"].as_array().unwrap().iter();
    let turns = turns.map(|turn| format!("{}: {}", turn["role"].as_str().unwrap(), texts(&turn["content"])));
    (turns.collect::<Vec<_>>().join(" | "), texts(&body["system"]), warnings)
}

#[test]
fn system_text_in_the_midst_of_a_conversation() {
    let said = |message_type: &str, text: &str| json!({ "type": message_type, "content": text });
    let (human, ai, system) = (|text| said("human", text), |text| said("ai", text), |text| said("system", text));
    let calling = json!({ "type": "ai", "content": "", "tool_calls": [{ "id": "1", "name": "get", "args": {} }] });
    let result = json!({ "type": "tool", "tool_call_id": "1", "content": "x" });
    let point = json!({ "type": "system", "content": [{ "text": "s" }, { "cachePoint": { "type": "default" } }] });
    for (messages, turns, text) in [
        // Behind the user's turn.
        (json!([system("S"), human("a"), system("s")]), "user: a | system: s", "S"),
        (
            json!([human("a"), system("s"), system("t"), ai("b"), human("c")]),
            "user: a | system: s+t | assistant: b | user: c",
            "",
        ),
        // Behind an assistant's turn, or between messages of one turn: after the user has spoken.
        (
            json!([human("a"), ai("b"), system("s"), human("c")]),
            "user: a | assistant: b | user: c | system: s",
            "",
        ),
        (
            json!([human("a"), system("s"), human("c"), ai("b"), human("d")]),
            "user: a+c | system: s | assistant: b | user: d",
            "",
        ),
        // Never between a call and its result.
        (
            json!([human("a"), calling, system("s"), result, ai("b"), human("c")]),
            "user: a | assistant: toolUse | user: toolResult | system: s | assistant: b | user: c",
            "",
        ),
        // An answer in two messages is one turn.
        (
            json!([human("a"), ai("b"), system("s"), ai("c"), human("d")]),
            "user: a | assistant: b+c | user: d | system: s",
            "",
        ),
        // What a system turn may not hold.
        (json!([human("a"), point]), "user: a", "s+cachePoint"),
    ] {
        assert_eq!(
            spoken(OPUS, &messages, Refusals::default()),
            (turns.to_owned(), text.to_owned(), vec![]),
            "{messages}"
        );
        assert!(!spoken(HAIKU, &messages, Refusals::default()).0.contains("system: "), "{messages}");
    }
    let mut refusals = Refusals::default();
    refusals.insert(Refusal::SystemTurn);
    let messages = json!([human("a"), system("s"), ai("b"), system("t"), human("c")]);
    assert_eq!(
        spoken(OPUS, &messages, refusals),
        ("user: a | assistant: b | user: c".to_owned(), "s+t".to_owned(), vec!["system_turn_moved"])
    );
}
