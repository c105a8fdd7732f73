//! Histories whose calls and results do not fit: what is sent, and what is reported.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test may say so as it likes")]

use langchain_aws_native::convert::request::convert_to_converse_request;
use langchain_aws_native::models::Refusals;
use serde_json::{Value, json};

/// The turns, and the codes and places of the warnings.
fn convert(messages: &Value, adaptation: Option<&str>) -> Result<(Value, Vec<String>), String> {
    let request = json!({ "modelId": "anthropic.claude-haiku-4-5", "adaptation": adaptation, "messages": messages });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_slice(&converted.body).unwrap();
    let warnings = converted
        .warnings
        .iter()
        .map(|warning| format!("{} {}", warning.code, warning.path))
        .collect();
    Ok((body["messages"].clone(), warnings))
}

fn human(text: &str) -> Value {
    json!({ "type": "human", "content": text })
}

fn ai(text: &str) -> Value {
    json!({ "type": "ai", "content": text })
}

fn calling(ids: &[&str]) -> Value {
    let calls: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "name": "get", "args": { "q": 1 } })).collect();
    json!({ "type": "ai", "content": "", "tool_calls": calls })
}

fn numbered(ids: &[i32]) -> Value {
    let calls: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "name": "get", "args": { "q": 1 } })).collect();
    json!({ "type": "ai", "content": "", "tool_calls": calls })
}

fn numbered_tool(id: i32, text: &str) -> Value {
    json!({ "type": "tool", "tool_call_id": id, "content": text })
}

fn unreadable(id: &str, args: &str) -> Value {
    json!({ "type": "ai", "content": "", "invalid_tool_calls": [{ "id": id, "name": "get", "args": args, "error": "Malformed args." }] })
}

fn beside_unreadable(id: &str, unreadable: &str) -> Value {
    let mut message = calling(&[id]);
    message["invalid_tool_calls"] = json!([{ "id": unreadable, "name": "get", "args": "{" }]);
    message
}

fn unread(id: &str, args: &str) -> Value {
    json!({ "toolUse": { "toolUseId": id, "name": "get", "input": { "arguments": args } } })
}

fn tool(id: &str, text: &str) -> Value {
    json!({ "type": "tool", "tool_call_id": id, "content": text })
}

fn user(blocks: &[Value]) -> Value {
    json!({ "role": "user", "content": blocks })
}

fn assistant(blocks: &[Value]) -> Value {
    json!({ "role": "assistant", "content": blocks })
}

fn text(text: &str) -> Value {
    json!({ "text": text })
}

fn tool_use(id: &str) -> Value {
    json!({ "toolUse": { "toolUseId": id, "name": "get", "input": { "q": 1 } } })
}

fn result(id: &str, text: &str) -> Value {
    json!({ "toolResult": { "toolUseId": id, "content": [{ "text": text }] } })
}

fn failure(id: &str) -> Value {
    let said = "The tool call was not carried out: the conversation went on without its result.";
    json!({ "toolResult": { "toolUseId": id, "content": [{ "text": said }], "status": "error" } })
}

fn without_call(id: &str) -> Value {
    text(&format!("Result of the tool call \"{id}\", which is not in this conversation:"))
}

/// Histories, the turns that are sent, and the warnings.
#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(&'static str, Value, Value, Vec<&'static str>)> {
    let hi = || user(&[text("a")]);
    vec![
        (
            "all is well",
            json!([human("a"), calling(&["1", "2"]), tool("2", "y"), tool("1", "x"), human("b")]),
            json!([
                hi(),
                assistant(&[tool_use("1"), tool_use("2")]),
                user(&[result("2", "y"), result("1", "x"), text("b")])
            ]),
            vec![],
        ),
        (
            "a call without its result",
            json!([human("a"), calling(&["1"]), human("b")]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[failure("1"), text("b")])]),
            vec!["tool_result_missing messages[1]"],
        ),
        (
            "one of two calls without its result",
            json!([human("a"), calling(&["1", "2"]), tool("2", "y")]),
            json!([hi(), assistant(&[tool_use("1"), tool_use("2")]), user(&[result("2", "y"), failure("1")])]),
            vec!["tool_result_missing messages[1]"],
        ),
        (
            "a call at the end",
            json!([human("a"), calling(&["1"])]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[failure("1")])]),
            vec!["tool_result_missing messages[1]"],
        ),
        (
            "a result without its call",
            json!([tool("9", "x"), ai("b"), human("c")]),
            json!([user(&[without_call("9"), text("x")]), assistant(&[text("b")]), user(&[text("c")])]),
            vec!["tool_result_without_call messages[0]"],
        ),
        (
            "a result for no call among results",
            json!([human("a"), calling(&["1"]), tool("1", "x"), tool("9", "y")]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[result("1", "x"), without_call("9"), text("y")])]),
            vec!["tool_result_without_call messages[3]"],
        ),
        (
            "a result that comes late",
            json!([human("a"), calling(&["1"]), human("wait"), ai("b"), tool("1", "x"), human("c")]),
            json!([
                hi(),
                assistant(&[tool_use("1")]),
                user(&[result("1", "x"), text("wait")]),
                assistant(&[text("b")]),
                user(&[text("c")])
            ]),
            vec!["tool_result_late messages[4]"],
        ),
        (
            "a late result that is alone in its turn",
            json!([human("a"), calling(&["1"]), human("wait"), ai("b"), tool("1", "x"), ai("c"), human("d")]),
            json!([
                hi(),
                assistant(&[tool_use("1")]),
                user(&[result("1", "x"), text("wait")]),
                assistant(&[text("b"), text("c")]),
                user(&[text("d")])
            ]),
            vec!["tool_result_late messages[4]"],
        ),
        (
            "two results of one call",
            json!([human("a"), calling(&["1"]), tool("1", "x"), tool("1", "y")]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[result("1", "y")])]),
            vec!["tool_result_repeated messages[3]"],
        ),
        (
            "two calls of one id",
            json!([human("a"), calling(&["1", "1"]), tool("1", "x"), tool("1", "y")]),
            json!([
                hi(),
                assistant(&[tool_use("1"), tool_use("1-2")]),
                user(&[result("1", "x"), result("1-2", "y")])
            ]),
            vec!["tool_call_id_repeated messages[1]"],
        ),
        (
            "a result without an id",
            json!([human("a"), calling(&["1"]), tool("", "x")]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[result("1", "x")])]),
            vec![],
        ),
        (
            "ids that are numbers",
            json!([human("a"), numbered(&[1, 2]), tool("2", "y"), numbered_tool(1, "x")]),
            json!([
                hi(),
                assistant(&[tool_use("1"), tool_use("2")]),
                user(&[result("2", "y"), result("1", "x")])
            ]),
            vec![],
        ),
        (
            "a result without its call, of a tool with a name",
            json!([{ "type": "tool", "tool_call_id": "9", "name": "get_weather", "content": "x" }]),
            json!([user(&[
                text("Result of \"get_weather\" for the tool call \"9\", which is not in this conversation:"),
                text("x")
            ])]),
            vec!["tool_result_without_call messages[0]"],
        ),
        (
            "a call that could not be parsed, with its result",
            json!([human("a"), unreadable("1", "{\"q\": 1"), tool("1", "Invalid."), human("b")]),
            json!([hi(), assistant(&[unread("1", "{\"q\": 1")]), user(&[result("1", "Invalid."), text("b")])]),
            vec!["tool_input_no_object messages[1]"],
        ),
        (
            "one whose arguments are empty",
            json!([human("a"), unreadable("1", ""), tool("1", "Invalid.")]),
            json!([
                hi(),
                assistant(&[json!({ "toolUse": { "toolUseId": "1", "name": "get", "input": {} } })]),
                user(&[result("1", "Invalid.")])
            ]),
            vec![],
        ),
        (
            "one without a result",
            json!([human("a"), unreadable("1", "{\"q\": 1"), human("b")]),
            json!([user(&[text("a"), text("b")])]),
            vec!["tool_call_unreadable messages[1]"],
        ),
        (
            "one beside a call that was carried out",
            json!([human("a"), beside_unreadable("1", "2"), tool("1", "x")]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[result("1", "x")])]),
            vec!["tool_call_unreadable messages[1]"],
        ),
        (
            "a block of a call that could not be parsed",
            json!([human("a"), { "type": "ai", "content": [{ "type": "invalid_tool_call", "id": "1", "name": "get", "args": "{" }] }, human("b")]),
            json!([user(&[text("a"), text("b")])]),
            vec!["tool_call_unreadable messages[1].content[0]"],
        ),
        (
            "a block of a call that was parsed in the end",
            json!([human("a"), { "type": "ai", "content": [{ "type": "invalid_tool_call", "id": "1", "name": "get", "args": "{" }], "tool_calls": [{ "id": "1", "name": "get", "args": { "q": 1 } }] }, tool("1", "x")]),
            json!([hi(), assistant(&[tool_use("1")]), user(&[result("1", "x")])]),
            vec![],
        ),
        (
            "one id in two turns",
            json!([human("a"), calling(&["1"]), tool("1", "x"), calling(&["1"]), tool("1", "y")]),
            json!([
                hi(),
                assistant(&[tool_use("1")]),
                user(&[result("1", "x")]),
                assistant(&[tool_use("1")]),
                user(&[result("1", "y")])
            ]),
            vec![],
        ),
    ]
}

#[test]
fn each_call_is_answered_once() {
    for (name, messages, turns, warnings) in cases() {
        let warnings: Vec<String> = warnings.into_iter().map(str::to_owned).collect();
        assert_eq!(convert(&messages, None), Ok((turns, warnings)), "{name}");
    }
}

#[test]
fn strict_refuses_and_off_sends() {
    for (name, messages, turns, warnings) in cases() {
        let strict = convert(&messages, Some("strict"));
        match warnings.first().and_then(|warning| warning.split_once(' ')) {
            None => assert_eq!(strict, Ok((turns, Vec::new())), "{name}"),
            Some((_, place)) => assert!(strict.is_err_and(|error| error.starts_with(&format!("{place}: "))), "{name}"),
        }
        assert!(convert(&messages, Some("off")).is_ok_and(|(_, warnings)| warnings.is_empty()), "{name}");
    }
}

#[test]
fn arguments_that_are_no_object_are_kept_in_one() {
    for args in [json!([1]), json!("{\"city\": \"Par"), json!(7)] {
        let call = json!({ "type": "ai", "content": "", "tool_calls": [{ "id": "1", "name": "get", "args": args }] });
        let (turns, warnings) = convert(&json!([human("a"), call, tool("1", "x")]), None).unwrap();
        assert_eq!(turns[1]["content"][0]["toolUse"]["input"], json!({ "arguments": args }));
        assert_eq!(warnings, ["tool_input_no_object messages[1]"]);
    }
}

#[test]
fn a_call_that_was_taken_out_of_tool_calls_is_left_out() {
    let dialects = [
        json!({ "type": "tool_call", "id": "2", "name": "get", "args": {} }),
        json!({ "type": "tool_use", "id": "2", "name": "get", "input": {} }),
        json!({ "toolUse": { "toolUseId": "2", "name": "get", "input": {} } }),
    ];
    for block in dialects {
        let call = json!({ "type": "ai", "content": [block], "tool_calls": [{ "id": "1", "name": "get", "args": { "q": 1 } }] });
        let (turns, warnings) = convert(&json!([human("a"), call, tool("1", "x")]), None).unwrap();
        assert_eq!(turns[1], assistant(&[tool_use("1")]));
        assert_eq!(warnings, ["tool_call_taken_out messages[1].content[0]"]);
    }
}

#[test]
fn nova_gets_no_cache_points_among_its_tools_and_no_lifetimes() {
    let request = json!({
        "modelId": "us.amazon.nova-pro-v1:0",
        "messages": [{ "type": "human", "content": [{ "type": "text", "text": "a" }, { "cachePoint": { "type": "default", "ttl": "1h" } }] }],
        "toolConfig": { "tools": [{ "toolSpec": { "name": "get", "inputSchema": { "json": { "type": "object" } } } }, { "cachePoint": { "type": "default" } }] },
    });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).unwrap();
    let body: Value = serde_json::from_slice(&converted.body).unwrap();
    assert_eq!(body["messages"][0]["content"][1], json!({ "cachePoint": { "type": "default" } }));
    assert_eq!(body["toolConfig"]["tools"].as_array().unwrap().len(), 1);
    let codes: Vec<&str> = converted.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["cache_point_left_out", "cache_point_lifetime"]);
}

#[test]
fn of_too_many_cache_points_the_last_are_sent() {
    let cached = |name: &str| json!({ "type": "human", "content": [{ "type": "text", "text": name }, { "cachePoint": { "type": "default" } }] });
    let messages = json!([
        cached("1"),
        ai("x"),
        cached("2"),
        ai("x"),
        cached("3"),
        ai("x"),
        cached("4"),
        ai("x"),
        cached("5")
    ]);
    let (turns, warnings) = convert(&messages, None).unwrap();
    let points: Vec<usize> = turns
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| turn["content"].as_array().unwrap().len() - 1)
        .collect();
    assert_eq!(points, [0, 0, 1, 0, 1, 0, 1, 0, 1]);
    assert_eq!(warnings, ["cache_points_too_many messages"]);
}
