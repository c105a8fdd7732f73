//! The compact form of a long conversation.
//!
//! The cost of `JSON.stringify`, on JavaScript's thread, grows with objects and characters. So TypeScript passes a long conversation with few objects
//! and with its texts beside the JSON, and the full JSON is written here, on another thread.
//!
//! `messages` is one array with two or three elements for each message: its type; its content; and an object of its other members, if there are
//! any. The content is a text, or a list of content blocks, each wrapped in a list. A text, and a block `{"type":"text","text":…}`, may be replaced
//! by the text's length in UTF-16 units: then the text is not in the JSON but beside it. The separate texts are concatenated in their order.
//!
//! The first messages of a conversation may be beside the request too, as they were written for a request before it.

use serde_json::value::RawValue;

use super::request_json::read_request;
use crate::convert::json::writer::{ObjectWriter, push_quoted, separate};
use crate::convert::json::{self, Object, is_object, is_string};
use crate::error::Error;

/// Messages in the compact form.
#[derive(Debug, Clone, Copy)]
pub struct CompactMessages<'a> {
    /// The JSON of the array.
    pub json: &'a str,
    /// The texts that are not in it.
    pub texts: &'a str,
}

/// The full JSON of a request whose messages are in the compact form. `texts` are those of its own messages, before which are `earlier` ones.
///
/// # Errors
/// [`Error::InvalidInput`] for a request that is not in this form, or whose texts do not match it.
pub fn expand(request: &str, texts: &str, earlier: &[CompactMessages<'_>]) -> Result<String, Error> {
    let request = read_request(request)?;
    let length: usize = earlier.iter().map(|messages| messages.json.len() + messages.texts.len()).sum();
    let mut out = String::with_capacity((length + texts.len()) * 3 / 2);
    let mut whole = ObjectWriter::new(&mut out);
    let mut has_messages = false;
    for (name, value) in request.iter() {
        if name == "messages" {
            has_messages = true;
            let out = whole.member(name);
            out.push('[');
            for messages in earlier {
                let array = serde_json::from_str(messages.json).map_err(|_| mismatch())?;
                write_messages(array, messages.texts, out)?;
            }
            write_messages(value, texts, out)?;
            out.push(']');
        } else {
            whole.raw(name, value.get());
        }
    }
    whole.end();
    let is_complete = has_messages || (texts.is_empty() && earlier.is_empty());
    if is_complete { Ok(out) } else { Err(mismatch()) }
}

/// The elements of the array, without its brackets.
fn write_messages(messages: &RawValue, texts: &str, out: &mut String) -> Result<(), Error> {
    let mut texts = Texts::new(texts);
    let mut elements = json::array(messages).ok_or_else(mismatch)?.into_iter().peekable();
    while let Some(message_type) = elements.next() {
        let content = elements.next().ok_or_else(mismatch)?;
        let mut message = ObjectWriter::next(out);
        message.raw("type", message_type.get());
        write_content(content, &mut texts, message.member("content"))?;
        if let Some(others) = elements.next_if(|element| is_object(element)) {
            message.members(&Object::read(others).ok_or_else(mismatch)?, &[]);
        }
        message.end();
    }
    if texts.rest.is_empty() { Ok(()) } else { Err(mismatch()) }
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
    use super::{CompactMessages, expand};

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
            assert_eq!(expand(request, texts, &[]).as_deref(), Ok(expected));
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
            assert!(expand(request, texts, &[]).is_err(), "{request} {texts}");
        }
    }

    #[test]
    fn messages_of_a_request_before_come_first() {
        let earlier = [
            CompactMessages {
                json: r#"["system","kept","human",2]"#,
                texts: "é!",
            },
            CompactMessages {
                json: r#"["ai",[[{"type":"image"}],1]]"#,
                texts: "c",
            },
        ];
        let expected = r#"{"modelId":"m","messages":[{"type":"system","content":"kept"},{"type":"human","content":"é!"},{"type":"ai","content":[{"type":"image"},{"type":"text","text":"c"}]},{"type":"tool","content":"ok"}]}"#;
        assert_eq!(
            expand(r#"{"modelId":"m","messages":["tool",2]}"#, "ok", &earlier).as_deref(),
            Ok(expected)
        );
        let nothing_new = r#"{"messages":[{"type":"system","content":"kept"},{"type":"human","content":"é!"}]}"#;
        assert_eq!(expand(r#"{"messages":[]}"#, "", &earlier[..1]).as_deref(), Ok(nothing_new));
    }

    #[test]
    fn messages_of_a_request_before_have_their_own_texts() {
        for (json, texts) in [
            (r#"["human",3]"#, "ab"),
            (r#"["human",1]"#, "ab"),
            (r#"["human"]"#, ""),
            ("", ""),
            ("{}", ""),
        ] {
            let earlier = [CompactMessages { json, texts }];
            assert!(expand(r#"{"messages":["ai",1]}"#, "b", &earlier).is_err(), "{json} {texts}");
        }
        let earlier = [CompactMessages {
            json: r#"["human","a"]"#,
            texts: "",
        }];
        assert!(expand("{}", "", &earlier).is_err());
    }
}
