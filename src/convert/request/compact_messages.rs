//! The compact form of a long conversation.
//!
//! The cost of `JSON.stringify`, on JavaScript's thread, grows with objects and characters. So TypeScript passes a long conversation with few objects
//! and with its texts beside the JSON, and the full JSON is written here, on another thread.
//!
//! `messages` is one array with two or three elements for each message: its type; its content; and an object of its other members, if there are
//! any. The content is a text, or a list of content blocks, each wrapped in a list. A text, and a block `{"type":"text","text":…}`, may be replaced
//! by the text's length in UTF-16 units: then the text is not in the JSON but beside it. The separate texts are concatenated in their order.

use serde_json::value::RawValue;

use super::request_json::read_request;
use crate::convert::json::writer::{ObjectWriter, push_quoted, separate};
use crate::convert::json::{self, Object, is_object, is_string};
use crate::error::Error;

/// The full JSON of a request whose messages are in the compact form.
///
/// # Errors
/// [`Error::InvalidInput`] for a request that is not in this form, or whose texts do not match it.
pub fn expand(request: &str, texts: &str) -> Result<String, Error> {
    let request = read_request(request)?;
    let mut texts = Texts::new(texts);
    let mut out = String::with_capacity(texts.rest.len() * 3 / 2);
    let mut whole = ObjectWriter::new(&mut out);
    for (name, value) in request.iter() {
        match name {
            "messages" => write_messages(value, &mut texts, whole.member(name))?,
            _ => _ = whole.raw(name, value.get()),
        }
    }
    whole.end();
    if texts.rest.is_empty() { Ok(out) } else { Err(mismatch()) }
}

fn write_messages(messages: &RawValue, texts: &mut Texts<'_>, out: &mut String) -> Result<(), Error> {
    let mut elements = json::array(messages).ok_or_else(mismatch)?.into_iter().peekable();
    out.push('[');
    while let Some(message_type) = elements.next() {
        let content = elements.next().ok_or_else(mismatch)?;
        let mut message = ObjectWriter::next(out);
        message.raw("type", message_type.get());
        write_content(content, texts, message.member("content"))?;
        if let Some(others) = elements.next_if(|element| is_object(element)) {
            message.members(&Object::read(others).ok_or_else(mismatch)?, &[]);
        }
        message.end();
    }
    out.push(']');
    Ok(())
}

fn write_content(content: &RawValue, texts: &mut Texts<'_>, out: &mut String) -> Result<(), Error> {
    if let Some(length) = length(content) {
        push_quoted(out, texts.take(length)?);
        return Ok(());
    }
    if is_string(content) {
        out.push_str(content.get());
        return Ok(());
    }
    out.push('[');
    for block in json::array(content).ok_or_else(mismatch)? {
        if let Some(length) = length(block) {
            ObjectWriter::next(out).raw("type", r#""text""#).text("text", texts.take(length)?).end();
        } else {
            let [block] = json::array(block).and_then(|list| list.try_into().ok()).ok_or_else(mismatch)?;
            separate(out);
            out.push_str(block.get());
        }
    }
    out.push(']');
    Ok(())
}

fn length(value: &RawValue) -> Option<usize> {
    value.get().parse().ok()
}

/// The texts that have not been used yet.
struct Texts<'a> {
    rest: &'a str,
    /// In ASCII a UTF-16 unit is a byte.
    is_ascii: bool,
}

impl<'a> Texts<'a> {
    fn new(rest: &'a str) -> Self {
        Self {
            rest,
            is_ascii: rest.is_ascii(),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a str, Error> {
        let bytes = if self.is_ascii { Some(length) } else { self.bytes(length) };
        let (text, rest) = bytes.and_then(|bytes| self.rest.split_at_checked(bytes)).ok_or_else(mismatch)?;
        self.rest = rest;
        Ok(text)
    }

    /// The number of bytes of the next `length` UTF-16 units.
    fn bytes(&self, length: usize) -> Option<usize> {
        let mut units = 0;
        for (bytes, character) in self.rest.char_indices() {
            if units == length {
                return Some(bytes);
            }
            units += character.len_utf16();
        }
        (units == length).then_some(self.rest.len())
    }
}

fn mismatch() -> Error {
    Error::InvalidInput("request: its messages and its texts do not fit together".to_owned())
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn texts_go_back_to_their_places() {
        let cases = [
            (
                r#"{"modelId":"m","messages":["human",2,"ai",3],"toolConfig":{"a":1.0}}"#,
                "hihey",
                r#"{"modelId":"m","messages":[{"type":"human","content":"hi"},{"type":"ai","content":"hey"}],"toolConfig":{"a":1.0}}"#,
            ),
            (
                r#"{"messages":["system","kept","ai",[1,["b"],[{"type":"image"}],2,[7],[[7]]],{"tool_calls":[{"id":"1"}]}]}"#,
                "acd",
                r#"{"messages":[{"type":"system","content":"kept"},{"type":"ai","content":[{"type":"text","text":"a"},"b",{"type":"image"},{"type":"text","text":"cd"},7,[7]],"tool_calls":[{"id":"1"}]}]}"#,
            ),
            (
                r#"{"messages":["human",3,"tool",2,{"status":"error"}]}"#,
                "é😀漢\"",
                r#"{"messages":[{"type":"human","content":"é😀"},{"type":"tool","content":"漢\"","status":"error"}]}"#,
            ),
            (r#"{"messages":[]}"#, "", r#"{"messages":[]}"#),
        ];
        for (request, texts, expected) in cases {
            assert_eq!(expand(request, texts).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (request, texts) in [
            (r#"{"messages":["human",3]}"#, "ab"),
            (r#"{"messages":["human",1]}"#, "ab"),
            (r#"{"messages":["human",99999999999]}"#, "é"),
            (r#"{"messages":["human",1,"ai",1]}"#, "😀"),
            (r#"{"messages":["human"]}"#, ""),
            (r#"{"messages":["human",{}]}"#, ""),
            (r#"{"messages":["human",["a"]]}"#, ""),
            (r#"{"messages":["human",[[]]]}"#, ""),
            (r#"{"messages":5}"#, ""),
            ("[]", ""),
            ("", ""),
        ] {
            assert!(expand(request, texts).is_err(), "{request} {texts}");
        }
    }
}
