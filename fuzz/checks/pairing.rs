//! Histories whose tool calls and results do not fit.

use langchain_aws_native::convert::history::repaired_history_json;
use langchain_aws_native::convert::request::{convert_to_converse_request, repair_history};
use langchain_aws_native::models::Refusals;
use serde_json::{Value, json};

const MODEL: &str = "anthropic.claude-haiku-4-5";

/// What is sent has each call answered once, in the next turn; and a repaired history needs no repair, and is what is sent.
pub(crate) fn check(data: &[u8]) {
    let Ok(script) = std::str::from_utf8(data) else { return };
    let messages: Vec<Value> = script.lines().take(64).map(message_of).collect();
    let Some((turns, warnings)) = convert(&messages) else { return };
    let history = json!(messages);
    assert_paired(&turns, &history);
    let (repaired, changes) = repair(&messages).expect("what can be sent can be repaired");
    assert_eq!(changes.is_empty(), warnings.is_empty(), "{history}: {changes:?}, {warnings:?}");
    assert_eq!(repair(&repaired), Some((repaired.clone(), Vec::new())), "a second repair of {history}");
    let sent = convert(&repaired).expect("what was repaired can be sent");
    assert_eq!(sent, (turns, Vec::new()), "what is sent of {history}, repaired as {}", json!(repaired));
}

/// A line as a message: `h text`, `s text`, `a call call,text` (ids, with `!` in front of one that could not be parsed; and what the model said),
/// `t id text`, `f id text` (a failure). Any other is a user's.
fn message_of(line: &str) -> Value {
    let (kind, rest) = line.split_at_checked(1).unwrap_or(("h", ""));
    let rest = rest.trim_start();
    match kind {
        "s" => json!({ "type": "system", "content": rest }),
        "a" => assistant(rest),
        "t" | "f" => {
            let (id, text) = rest.split_once(' ').unwrap_or((rest, ""));
            let status = if kind == "t" { "success" } else { "error" };
            json!({ "type": "tool", "tool_call_id": id, "content": text, "status": status })
        }
        _ => json!({ "type": "human", "content": rest }),
    }
}

fn assistant(line: &str) -> Value {
    let (calls, text) = line.split_once(',').unwrap_or((line, ""));
    let (unreadable, calls): (Vec<&str>, Vec<&str>) = calls.split(' ').filter(|id| !id.is_empty()).partition(|id| id.starts_with('!'));
    let calls: Vec<Value> = calls.iter().map(|id| json!({ "id": id, "name": "get", "args": {} })).collect();
    let unreadable: Vec<Value> = unreadable
        .iter()
        .map(|id| json!({ "id": id.trim_start_matches('!'), "name": "get", "args": "{" }))
        .collect();
    json!({ "type": "ai", "content": text, "tool_calls": calls, "invalid_tool_calls": unreadable })
}

/// The turns and the system text that are sent, with the codes of the warnings; `None` if the history is refused.
fn convert(messages: &[Value]) -> Option<(Value, Vec<&'static str>)> {
    let request = json!({ "modelId": MODEL, "messages": messages });
    let converted = convert_to_converse_request(&request.to_string(), &[], |_| Refusals::default()).ok()?;
    let mut body: Value = serde_json::from_slice(&converted.body).expect("a body");
    let turns = json!([body["messages"].take(), body["system"].take()]);
    Some((turns, converted.warnings.iter().map(|warning| warning.code).collect()))
}

/// The repaired history, as an application would give it again, with the codes of the warnings.
fn repair(messages: &[Value]) -> Option<(Vec<Value>, Vec<&'static str>)> {
    let request = json!({ "modelId": MODEL, "messages": messages });
    let history = repair_history(&request.to_string(), &[]).ok()?;
    if history.warnings.is_empty() {
        // As `repairHistory` does it.
        return Some((messages.to_vec(), Vec::new()));
    }
    let json: Value = serde_json::from_str(&repaired_history_json(&history)).expect("a history");
    let pieces = json["messages"].as_array().expect("messages");
    let repaired = pieces.iter().map(|piece| {
        if let Some(index) = piece.as_u64() {
            return messages[usize::try_from(index).expect("an index")].clone();
        }
        let mut message = piece.clone();
        message.as_object_mut().expect("a message").shift_remove("of");
        message
    });
    Some((repaired.collect(), history.warnings.iter().map(|warning| warning.code).collect()))
}

/// Bedrock's rule: the turn behind calls has the result of each, once, and no other.
fn assert_paired(sent: &Value, history: &Value) {
    let ids = |turn: Option<&Value>, kind: &str| -> Vec<String> {
        let blocks = turn.and_then(|turn| turn["content"].as_array()).into_iter().flatten();
        blocks.filter_map(|block| Some(block[kind]["toolUseId"].as_str()?.to_owned())).collect()
    };
    let turns = sent[0].as_array().map_or(&[][..], Vec::as_slice);
    assert!(ids(turns.first(), "toolResult").is_empty(), "{history}: {sent}");
    for (index, turn) in turns.iter().enumerate() {
        assert_ne!(Some(&turn["role"]), turns.get(index + 1).map(|next| &next["role"]), "{history}: {sent}");
        let mut calls = ids(Some(turn), "toolUse");
        let mut results = ids(turns.get(index + 1), "toolResult");
        calls.sort_unstable();
        results.sort_unstable();
        assert_eq!(calls, results, "{history}: {sent}");
        calls.dedup();
        assert_eq!(calls.len(), results.len(), "{history}: {sent}");
    }
}
