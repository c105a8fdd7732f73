//! Content blocks that are not complete yet, and their assembly into the block that `Converse` sends.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::value::RawValue;

use crate::convert::json::writer::{JoinedString, ObjectWriter, push_quoted, quoted, separate};
use crate::convert::json::{self, Object, is_object, is_string};

/// The depth to which the parts of a block are joined member by member.
const MAX_JOIN_DEPTH: usize = 8;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A piece of a content block. Texts are JSON strings.
pub(crate) enum Part<'p> {
    Text(&'p str),
    Reasoning(&'p str),
    Signature(&'p str),
    ToolInput(Cow<'p, str>),
    /// A member of a block that is sent when it is complete: its name and value.
    Buffered(&'p str, &'p RawValue),
}

/// Calls `take` for each part of a block's `delta` or `start`.
pub(crate) fn each_part(delta: &Object<'_>, mut take: impl FnMut(Part<'_>)) {
    for (member, value) in delta.iter().filter(|(_, value)| value.get() != "null") {
        let members = || Object::read(value).unwrap_or_default();
        match member {
            "text" if is_string(value) => take(Part::Text(value.get())),
            "toolUse" if is_object(value) => {
                if let Some(input) = members().get("input") {
                    take(Part::ToolInput(as_string(input)));
                }
            }
            "reasoningContent" => {
                let members = members();
                let (text, signature) = (members.literal("text"), members.literal("signature"));
                if text.is_none() && signature.is_none() {
                    take(Part::Buffered(member, value));
                }
                if let Some(text) = text {
                    take(Part::Reasoning(text));
                }
                if let Some(signature) = signature {
                    take(Part::Signature(signature));
                }
            }
            _ => take(Part::Buffered(member, value)),
        }
    }
}

/// `value` if it is a JSON string, else its JSON as a string.
fn as_string(value: &RawValue) -> Cow<'_, str> {
    if is_string(value) {
        return Cow::Borrowed(value.get());
    }
    Cow::Owned(quoted(value.get()))
}

/// The incomplete content blocks, by their index.
pub(crate) type OpenBlocks = BTreeMap<u32, OpenBlock>;

/// The parts of one content block that have been received and kept.
#[derive(Default)]
pub(crate) struct OpenBlock {
    /// Whether a start event has been sent for it.
    pub(crate) is_started: bool,
    pub(crate) text: Option<JoinedString>,
    pub(crate) reasoning: Option<JoinedString>,
    pub(crate) signature: Option<JoinedString>,
    pub(crate) tool_use: Option<Box<RawValue>>,
    pub(crate) input: Option<JoinedString>,
    buffered: Vec<(String, Vec<Box<RawValue>>)>,
}

impl OpenBlock {
    /// Keeps a part until the block is complete.
    pub(crate) fn buffer(&mut self, member: &str, value: &RawValue) {
        let value = value.to_owned();
        match self.buffered.iter_mut().find(|(known, _)| known == member) {
            Some((_, pieces)) => pieces.push(value),
            None => self.buffered.push((member.to_owned(), vec![value])),
        }
    }

    /// The block as `Converse` sends it: the member's name and its value. More than one if its events were of several kinds.
    pub(crate) fn assemble(mut self) -> Vec<(String, Box<RawValue>)> {
        let mut blocks = Vec::new();
        if self.tool_use.is_some() || self.input.is_some() {
            blocks.push(("toolUse".to_owned(), self.assemble_tool_use()));
        }
        if self.reasoning.is_some() || self.signature.is_some() {
            blocks.push(("reasoningContent".to_owned(), self.assemble_reasoning()));
        }
        let citations = self
            .buffered
            .iter()
            .position(|(member, _)| member == "citation")
            .map(|at| self.buffered.remove(at).1);
        match (self.text, citations) {
            (text, Some(citations)) => blocks.push(("citationsContent".to_owned(), assemble_citations(text.as_ref(), &citations))),
            (Some(text), None) => blocks.push(("text".to_owned(), text.literal())),
            (None, None) => {}
        }
        for (member, pieces) in self.buffered {
            let pieces: Vec<&RawValue> = pieces.iter().map(AsRef::as_ref).collect();
            let mut value = String::new();
            if member == "toolResult" {
                write_tool_result(&pieces, &mut value);
            } else {
                join(&member, &pieces, MAX_JOIN_DEPTH, &mut value);
            }
            blocks.push((member, value));
        }
        blocks
            .into_iter()
            .filter_map(|(member, value)| Some((member, RawValue::from_string(value).ok()?)))
            .collect()
    }

    /// Arguments that are not JSON stay a string.
    fn assemble_tool_use(&self) -> String {
        let start = self.tool_use.as_deref().and_then(Object::read).unwrap_or_default();
        let arguments = self.input.as_ref().map(JoinedString::literal).filter(|text| text != "\"\"");
        let input = match &arguments {
            None => Cow::Borrowed("{}"),
            Some(text) => match serde_json::from_str(text).and_then(RawValue::from_string) {
                Ok(input) => Cow::Owned(input.get().to_owned()),
                Err(_) => Cow::Borrowed(text.as_str()),
            },
        };
        let mut out = String::new();
        ObjectWriter::new(&mut out).members(&start, &["input"]).raw("input", &input).end();
        out
    }

    fn assemble_reasoning(&self) -> String {
        let text = self.reasoning.as_ref().map_or_else(|| "\"\"".to_owned(), JoinedString::literal);
        let mut out = String::new();
        let mut block = ObjectWriter::new(&mut out);
        let mut reasoning = ObjectWriter::new(block.member("reasoningText"));
        reasoning
            .raw("text", &text)
            .optional("signature", self.signature.as_ref().map(JoinedString::literal).as_deref())
            .end();
        block.end();
        out
    }
}

fn assemble_citations(text: Option<&JoinedString>, citations: &[Box<RawValue>]) -> String {
    let mut out = String::new();
    let mut block = ObjectWriter::new(&mut out);
    if let Some(text) = text {
        block.raw("content", &format!("[{{\"text\":{}}}]", text.literal()));
    }
    let citations: Vec<&str> = citations.iter().map(|citation| citation.get()).collect();
    block.raw("citations", &format!("[{}]", citations.join(","))).end();
    out
}

/// A tool result consists of its start, an object, and of lists of its content. A text may continue in the next list.
fn write_tool_result(pieces: &[&RawValue], out: &mut String) {
    let (starts, lists): (Vec<&RawValue>, Vec<&RawValue>) = pieces.iter().partition(|piece| is_object(piece));
    let mut start = String::new();
    join("toolResult", &starts, MAX_JOIN_DEPTH, &mut start);
    let start: Object<'_> = serde_json::from_str(&start).unwrap_or_default();
    let mut items = String::new();
    let mut text: Option<JoinedString> = None;
    for list in start.get("content").into_iter().chain(lists) {
        for (index, item) in json::array(list).unwrap_or_else(|| vec![list]).into_iter().enumerate() {
            let literal = Object::read(item)
                .filter(|members| members.iter().count() == 1)
                .and_then(|members| members.literal("text"));
            if index > 0 || literal.is_none() {
                flush_text(&mut text, &mut items);
            }
            if let Some(literal) = literal {
                text.get_or_insert_default().push(literal);
            } else {
                separate(&mut items);
                items.push_str(item.get());
            }
        }
    }
    flush_text(&mut text, &mut items);
    ObjectWriter::new(out)
        .members(&start, &["content"])
        .raw("content", &format!("[{items}]"))
        .end();
}

fn flush_text(text: &mut Option<JoinedString>, items: &mut String) {
    if let Some(text) = text.take() {
        separate(items);
        ObjectWriter::new(items).raw("text", &text.literal()).end();
    }
}

/// Joins the pieces of one value: concatenates strings and lists, joins objects member by member, and takes the last of anything else.
fn join(name: &str, pieces: &[&RawValue], levels: usize, out: &mut String) {
    let Some((last, rest)) = pieces.split_last() else { return };
    let kind = last.get().as_bytes().first();
    let are_alike = rest.iter().all(|piece| piece.get().as_bytes().first() == kind);
    match kind {
        Some(b'"') if are_alike => join_strings(name, pieces, out),
        Some(b'[') if are_alike => {
            let items: Vec<&RawValue> = pieces.iter().filter_map(|piece| json::array(piece)).flatten().collect();
            out.push_str(&serde_json::to_string(&items).unwrap_or_default());
        }
        Some(b'{') if are_alike && levels > 0 && !rest.is_empty() => join_objects(pieces, levels - 1, out),
        _ => out.push_str(last.get()),
    }
}

fn join_objects(pieces: &[&RawValue], levels: usize, out: &mut String) {
    let objects: Vec<Object<'_>> = pieces.iter().filter_map(|piece| Object::read(piece)).collect();
    let mut members: Vec<(&str, Vec<&RawValue>)> = Vec::new();
    for (name, value) in objects.iter().flat_map(Object::iter) {
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => members.push((name, vec![value])),
        }
    }
    let mut object = ObjectWriter::new(out);
    for (name, values) in members {
        join(name, &values, levels, object.member(name));
    }
    object.end();
}

fn join_strings(name: &str, pieces: &[&RawValue], out: &mut String) {
    if pieces.len() > 1 && matches!(name, "bytes" | "redactedContent") {
        let texts = pieces.iter().filter_map(|piece| json::text(piece));
        if let Some(bytes) = texts.map(|text| BASE64.decode(text.as_bytes()).ok()).collect::<Option<Vec<_>>>() {
            return push_quoted(out, &BASE64.encode(bytes.concat()));
        }
    }
    let mut joined = JoinedString::default();
    for piece in pieces {
        joined.push(piece.get());
    }
    out.push_str(&joined.literal());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(deltas: &[&str]) -> Vec<String> {
        let mut block = OpenBlock::default();
        for delta in deltas {
            each_part(&serde_json::from_str(delta).unwrap(), |part| match part {
                Part::Text(text) => block.text.get_or_insert_default().push(text),
                Part::Reasoning(text) => block.reasoning.get_or_insert_default().push(text),
                Part::Signature(signature) => block.signature.get_or_insert_default().push(signature),
                Part::ToolInput(input) => block.input.get_or_insert_default().push(&input),
                Part::Buffered(member, value) => block.buffer(member, value),
            });
        }
        block.assemble().into_iter().map(|(member, value)| format!("{member} {value}")).collect()
    }

    #[test]
    fn bytes_that_come_in_pieces_are_joined_as_bytes() {
        let bytes = [
            r#"{"image":{"format":"png"}}"#,
            r#"{"image":{"source":{"bytes":"YQ=="}}}"#,
            r#"{"image":{"source":{"bytes":"YmM"}}}"#,
            r#"{"image":{"source":{"bytes":"\/\/8="}}}"#,
        ];
        assert_eq!(assembled(&bytes), [r#"image {"format":"png","source":{"bytes":"YWJj//8="}}"#]);
        let redacted = [
            r#"{"reasoningContent":{"redactedContent":"YQ=="}}"#,
            r#"{"reasoningContent":{"redactedContent":"Yg=="}}"#,
        ];
        assert_eq!(assembled(&redacted), [r#"reasoningContent {"redactedContent":"YWI="}"#]);
    }

    #[test]
    fn what_is_no_base64_is_joined_as_text() {
        assert_eq!(
            assembled(&[r#"{"x":{"bytes":"!"}}"#, r#"{"x":{"bytes":"YQ"}}"#]),
            [r#"x {"bytes":"!YQ"}"#]
        );
    }

    #[test]
    fn a_surrogate_pair_may_be_cut_in_two() {
        assert_eq!(assembled(&[r#"{"text":"\ud83d"}"#, r#"{"text":"\ude00"}"#]), [r#"text "\ud83d\ude00""#]);
    }

    #[test]
    fn a_text_in_a_tool_result_goes_on_in_the_next_delta() {
        let deltas = [
            r#"{"toolResult":{"toolUseId":"t","status":"success"}}"#,
            r#"{"toolResult":[{"text":"a"}]}"#,
            r#"{"toolResult":[{"text":"b"},{"text":"c"}]}"#,
            r#"{"toolResult":[{"json":{"n":1.50}}]}"#,
            r#"{"toolResult":[{"text":"d"}]}"#,
        ];
        let content = r#"[{"text":"ab"},{"text":"c"},{"json":{"n":1.50}},{"text":"d"}]"#;
        assert_eq!(
            assembled(&deltas),
            [format!(r#"toolResult {{"toolUseId":"t","status":"success","content":{content}}}"#)]
        );
    }

    #[test]
    fn deltas_nobody_knows_are_joined_member_by_member() {
        let deltas = [
            r#"{"hologram":{"format":"holo","rays":[1],"n":1,"deep":{"a":"x"}}}"#,
            r#"{"hologram":{"rays":[2],"n":2.50,"deep":{"a":"y","b":null}}}"#,
        ];
        assert_eq!(
            assembled(&deltas),
            [r#"hologram {"format":"holo","rays":[1,2],"n":2.50,"deep":{"a":"xy","b":null}}"#]
        );
    }

    #[test]
    fn deep_json_is_joined_without_deep_recursion() {
        let deep = format!("{{\"x\":{}1{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert_eq!(assembled(&[&deep, &deep]).len(), 1);
    }

    #[test]
    fn arguments_are_json_or_stay_a_text() {
        let input = |text: &str| assembled(&[&format!(r#"{{"toolUse":{{"input":"{text}"}}}}"#)]);
        assert_eq!(input(""), [r#"toolUse {"input":{}}"#]);
        assert_eq!(input(r#"{\"a\": 1.50}"#), [r#"toolUse {"input":{"a": 1.50}}"#]);
        assert_eq!(input(r#"{\"a\":"#), [r#"toolUse {"input":"{\"a\":"}"#]);
        assert_eq!(input(r"\ud83d"), [r#"toolUse {"input":"\ud83d"}"#]);
    }
}
