//! A whole answer as the events of a stream.

use serde_json::value::RawValue;

use crate::convert::json::writer::{ObjectWriter, quoted};
use crate::convert::json::{self, Object};
use crate::error::Error;

/// An event: its type, and its JSON.
type Event = (&'static str, String);

/// The events in which Bedrock would have streamed an answer, whose body is `body`.
///
/// # Errors
/// [`Error::InvalidOutput`] when `body` is no answer.
pub fn events_of_answer(body: &[u8]) -> Result<Vec<(&'static str, String)>, Error> {
    let invalid = || Error::InvalidOutput("Bedrock's response is not a JSON object with a message.".to_owned());
    let answer: Object<'_> = serde_json::from_slice(body).map_err(|_| invalid())?;
    let message = answer.object("output").and_then(|output| output.object("message")).ok_or_else(invalid)?;
    let blocks = message.get("content").and_then(json::array).unwrap_or_default();
    let role = message.get("role").map_or("\"assistant\"", RawValue::get);
    let mut events = vec![("messageStart", one("role", role))];
    for (index, block) in blocks.iter().enumerate() {
        let Some(members) = Object::read(block) else { continue };
        for (member, value) in members.iter() {
            push_block(&mut events, index, member, value);
        }
        events.push(("contentBlockStop", format!("{{\"contentBlockIndex\":{index}}}")));
    }
    let closing = ["stopReason", "additionalModelResponseFields"];
    events.push(("messageStop", select(&answer, |name| closing.contains(&name))));
    events.push(("metadata", select(&answer, |name| name != "output" && !closing.contains(&name))));
    Ok(events)
}

fn push_block(events: &mut Vec<Event>, index: usize, member: &str, value: &RawValue) {
    match (member, Object::read(value)) {
        ("toolUse", Some(tool_use)) => {
            let start = select(&tool_use, |name| name != "input");
            events.push((
                "contentBlockStart",
                format!("{{\"contentBlockIndex\":{index},\"start\":{{\"toolUse\":{start}}}}}"),
            ));
            let input = tool_use.get("input").map_or("{}", RawValue::get);
            events.push(delta(index, "toolUse", &one("input", &quoted(input))));
        }
        ("reasoningContent", Some(reasoning)) => {
            let parts = reasoning.object("reasoningText").unwrap_or_else(|| reasoning.clone());
            events.extend(parts.iter().map(|(name, part)| delta(index, "reasoningContent", &one(name, part.get()))));
        }
        _ => events.push(delta(index, member, value.get())),
    }
}

fn delta(index: usize, member: &str, value: &str) -> Event {
    let delta = one(member, value);
    ("contentBlockDelta", format!("{{\"contentBlockIndex\":{index},\"delta\":{delta}}}"))
}

/// The JSON of an object with one member.
fn one(name: &str, value: &str) -> String {
    let mut json = String::new();
    ObjectWriter::new(&mut json).raw(name, value).end();
    json
}

/// The JSON of those members of an object that are chosen.
fn select(from: &Object<'_>, is_chosen: impl Fn(&str) -> bool) -> String {
    let mut json = String::new();
    let mut out = ObjectWriter::new(&mut json);
    for (name, value) in from.iter().filter(|(name, _)| is_chosen(name)) {
        out.raw(name, value.get());
    }
    out.end();
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_becomes_its_events() {
        let body = r#"{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm","signature":"c2ln"}}},{"text":"Hi"},{"toolUse":{"toolUseId":"t","name":"f","input":{"a":1}}}]}},"stopReason":"tool_use","usage":{"inputTokens":1},"metrics":{"latencyMs":2}}"#;
        let expected = [
            ("messageStart", r#"{"role":"assistant"}"#),
            (
                "contentBlockDelta",
                r#"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}"#,
            ),
            (
                "contentBlockDelta",
                r#"{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}"#,
            ),
            ("contentBlockStop", r#"{"contentBlockIndex":0}"#),
            ("contentBlockDelta", r#"{"contentBlockIndex":1,"delta":{"text":"Hi"}}"#),
            ("contentBlockStop", r#"{"contentBlockIndex":1}"#),
            (
                "contentBlockStart",
                r#"{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t","name":"f"}}}"#,
            ),
            (
                "contentBlockDelta",
                r#"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":1}"}}}"#,
            ),
            ("contentBlockStop", r#"{"contentBlockIndex":2}"#),
            ("messageStop", r#"{"stopReason":"tool_use"}"#),
            ("metadata", r#"{"usage":{"inputTokens":1},"metrics":{"latencyMs":2}}"#),
        ];
        let expected: Vec<Event> = expected.iter().map(|(kind, payload)| (*kind, (*payload).to_owned())).collect();
        assert_eq!(events_of_answer(body.as_bytes()).ok(), Some(expected));
        assert!(events_of_answer(b"{}").is_err());
    }
}
