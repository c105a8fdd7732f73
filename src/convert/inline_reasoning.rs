//! Reasoning that a model writes into its text, between tags (`<thinking>…</thinking>` of Nova 1), as reasoning of its own.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::json::Object;
use super::json::writer::quoted;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Reasoning(String),
}

/// Splits a text that arrives in pieces.
#[derive(Debug)]
struct Splitter {
    open: String,
    close: String,
    is_inside: bool,
    /// Whether white space that follows a tag is left out.
    is_at_start: bool,
    /// What may be the beginning of a tag.
    held: String,
}

impl Splitter {
    fn new(tag: &str) -> Self {
        Self {
            open: format!("<{tag}>"),
            close: format!("</{tag}>"),
            is_inside: false,
            is_at_start: false,
            held: String::new(),
        }
    }

    fn push(&mut self, text: &str) -> Vec<Piece> {
        self.held.push_str(text);
        let mut pieces = Vec::new();
        while let Some(place) = self.held.find(self.tag()) {
            let rest = self.held.split_off(place);
            let behind = rest.get(self.tag().len()..).unwrap_or_default().to_owned();
            let before = std::mem::replace(&mut self.held, behind);
            pieces.extend(self.piece(before));
            self.is_inside = !self.is_inside;
            self.is_at_start = true;
        }
        let kept = beginning_of(self.tag(), &self.held);
        let sure = self.held.len() - kept;
        let rest = self.held.split_off(sure);
        let sure = std::mem::replace(&mut self.held, rest);
        pieces.extend(self.piece(sure));
        pieces
    }

    /// What was held back, at the end of the text.
    fn finish(&mut self) -> Option<Piece> {
        let rest = std::mem::take(&mut self.held);
        self.piece(rest)
    }

    fn tag(&self) -> &str {
        if self.is_inside { &self.close } else { &self.open }
    }

    fn piece(&mut self, text: String) -> Option<Piece> {
        let text = if self.is_at_start { text.trim_start().to_owned() } else { text };
        if text.is_empty() {
            return None;
        }
        self.is_at_start = false;
        Some(if self.is_inside { Piece::Reasoning(text) } else { Piece::Text(text) })
    }
}

/// How many bytes at the end of `text` may be the beginning of `tag`.
fn beginning_of(tag: &str, text: &str) -> usize {
    (1..tag.len())
        .rev()
        .find(|length| tag.get(..*length).is_some_and(|beginning| text.ends_with(beginning)))
        .unwrap_or(0)
}

/// The content of a whole answer, its texts split; `None` if no text has a tag.
pub(crate) fn split_content(blocks: &[&RawValue], tag: &str) -> Option<Vec<Box<RawValue>>> {
    let mark = format!("<{tag}>");
    if !blocks.iter().any(|block| block.get().contains(&mark)) {
        return None;
    }
    let mut split = Vec::with_capacity(blocks.len() + 1);
    for block in blocks {
        let text = Object::read(block)
            .filter(|members| members.iter().count() == 1)
            .and_then(|members| members.text("text"));
        let Some(text) = text else {
            split.push((*block).to_owned());
            continue;
        };
        let mut splitter = Splitter::new(tag);
        let pieces = splitter.push(&text).into_iter().chain(splitter.finish());
        split.extend(pieces.filter_map(|piece| RawValue::from_string(block_of(&piece)).ok()));
    }
    Some(split)
}

fn block_of(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => format!("{{\"text\":{}}}", quoted(text)),
        Piece::Reasoning(text) => format!("{{\"reasoningContent\":{{\"reasoningText\":{{\"text\":{}}}}}}}", quoted(text)),
    }
}

/// The events of a stream, the texts of its blocks split. Each block of Bedrock's becomes two, of which the first has the reasoning.
#[derive(Debug)]
pub(crate) struct InlineReasoning {
    tag: String,
    blocks: BTreeMap<u64, OpenBlock>,
}

#[derive(Debug)]
struct OpenBlock {
    splitter: Splitter,
    has_reasoning: bool,
    has_text: bool,
}

/// An event: its type, and its JSON.
pub(crate) type Event = (String, String);

impl InlineReasoning {
    pub(crate) fn new(tag: String) -> Self {
        Self {
            tag,
            blocks: BTreeMap::new(),
        }
    }

    /// The events that stand for one.
    pub(crate) fn split(&mut self, event_type: &str, payload: &str) -> Vec<Event> {
        let unchanged = || vec![(event_type.to_owned(), payload.to_owned())];
        let Some(event) = serde_json::from_str::<&RawValue>(payload).ok().and_then(Object::read) else {
            return unchanged();
        };
        let Some(index) = event.get("contentBlockIndex").and_then(|index| index.get().parse::<u64>().ok()) else {
            return unchanged();
        };
        match event_type {
            "contentBlockDelta" => match event
                .object("delta")
                .and_then(|delta| delta.text("text").map(std::borrow::Cow::into_owned))
            {
                Some(text) => self.delta(index, &text),
                None => vec![moved(event_type, &event, 2 * index + 1)],
            },
            "contentBlockStop" => self.stop(index),
            _ => vec![moved(event_type, &event, 2 * index + 1)],
        }
    }

    fn delta(&mut self, index: u64, text: &str) -> Vec<Event> {
        let block = self.blocks.entry(index).or_insert_with(|| OpenBlock {
            splitter: Splitter::new(&self.tag),
            has_reasoning: false,
            has_text: false,
        });
        let pieces = block.splitter.push(text);
        pieces.into_iter().map(|piece| block.delta(index, piece)).collect()
    }

    fn stop(&mut self, index: u64) -> Vec<Event> {
        let Some(mut block) = self.blocks.remove(&index) else {
            return vec![stop(2 * index + 1)];
        };
        let rest = block.splitter.finish();
        let mut events: Vec<Event> = rest.into_iter().map(|piece| block.delta(index, piece)).collect();
        events.extend(block.has_reasoning.then(|| stop(2 * index)));
        events.extend((block.has_text || !block.has_reasoning).then(|| stop(2 * index + 1)));
        events
    }
}

impl OpenBlock {
    fn delta(&mut self, index: u64, piece: Piece) -> Event {
        let (index, delta) = match piece {
            Piece::Text(text) => {
                self.has_text = true;
                (2 * index + 1, format!("{{\"text\":{}}}", quoted(&text)))
            }
            Piece::Reasoning(text) => {
                self.has_reasoning = true;
                (2 * index, format!("{{\"reasoningContent\":{{\"text\":{}}}}}", quoted(&text)))
            }
        };
        let payload = format!("{{\"contentBlockIndex\":{index},\"delta\":{delta}}}");
        ("contentBlockDelta".to_owned(), payload)
    }
}

fn stop(index: u64) -> Event {
    ("contentBlockStop".to_owned(), format!("{{\"contentBlockIndex\":{index}}}"))
}

/// The same event of another block.
fn moved(event_type: &str, event: &Object<'_>, index: u64) -> Event {
    let members = event.iter().map(|(name, value)| {
        let value = if name == "contentBlockIndex" {
            index.to_string()
        } else {
            value.get().to_owned()
        };
        format!("{}:{value}", quoted(name))
    });
    (event_type.to_owned(), format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str]) -> Vec<Piece> {
        let mut splitter = Splitter::new("thinking");
        let mut all: Vec<Piece> = pieces.iter().flat_map(|piece| splitter.push(piece)).collect();
        all.extend(splitter.finish());
        all
    }

    fn joined(pieces: &[&str]) -> (String, String) {
        let (mut text, mut reasoning) = (String::new(), String::new());
        for piece in split(pieces) {
            match piece {
                Piece::Text(more) => text.push_str(&more),
                Piece::Reasoning(more) => reasoning.push_str(&more),
            }
        }
        (text, reasoning)
    }

    #[test]
    fn a_text_is_split_wherever_it_is_cut() {
        let text = "<thinking> Hm <b>.</thinking>\n\nHello <thin> é";
        let cuts: Vec<usize> = (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)).collect();
        for first in &cuts {
            for second in cuts.iter().filter(|second| *second >= first) {
                let (start, rest) = text.split_at(*first);
                let (middle, end) = rest.split_at(second - first);
                assert_eq!(
                    joined(&[start, middle, end]),
                    ("Hello <thin> é".to_owned(), "Hm <b>.".to_owned()),
                    "{first} {second}"
                );
            }
        }
    }

    #[test]
    fn an_unfinished_tag_is_text_and_unfinished_reasoning_is_reasoning() {
        assert_eq!(joined(&["a <think"]), ("a <think".to_owned(), String::new()));
        assert_eq!(joined(&["<thinking>cut"]), (String::new(), "cut".to_owned()));
    }

    #[test]
    fn events_of_one_block_become_those_of_two() {
        let mut inline = InlineReasoning::new("thinking".to_owned());
        let text = |text: &str| format!("{{\"contentBlockIndex\":0,\"delta\":{{\"text\":\"{text}\"}}}}");
        let mut events = inline.split("contentBlockDelta", &text("<thinking>Hm</thi"));
        events.extend(inline.split("contentBlockDelta", &text("nking>\\n\\nHi")));
        events.extend(inline.split("contentBlockStop", r#"{"contentBlockIndex":0}"#));
        events.extend(inline.split(
            "contentBlockStart",
            r#"{"contentBlockIndex":1,"start":{"toolUse":{"name":"f","toolUseId":"t"}}}"#,
        ));
        events.extend(inline.split("messageStop", r#"{"stopReason":"end_turn"}"#));
        let expected = [
            (
                "contentBlockDelta",
                r#"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}}}"#,
            ),
            ("contentBlockDelta", r#"{"contentBlockIndex":1,"delta":{"text":"Hi"}}"#),
            ("contentBlockStop", r#"{"contentBlockIndex":0}"#),
            ("contentBlockStop", r#"{"contentBlockIndex":1}"#),
            (
                "contentBlockStart",
                r#"{"contentBlockIndex":3,"start":{"toolUse":{"name":"f","toolUseId":"t"}}}"#,
            ),
            ("messageStop", r#"{"stopReason":"end_turn"}"#),
        ];
        let expected: Vec<Event> = expected
            .iter()
            .map(|(kind, payload)| ((*kind).to_owned(), (*payload).to_owned()))
            .collect();
        assert_eq!(events, expected);
    }
}
