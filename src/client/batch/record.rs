//! Records: the id that Bedrock gets, and the line.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::convert::json::Object;

/// Digits of the index in a record's id, which has 11 letters and digits then, as the first form of the API wanted it.
const DIGITS: usize = 10;

/// The id of a record: the index of the input, and the caller's id where there is one. What an output lacks is known by the index, in whatever order it is.
pub(super) fn record_id(index: u64, id: Option<&str>) -> String {
    let plain = format!("R{index:0DIGITS$}");
    match id {
        None => plain,
        Some(id) if id == plain => plain,
        Some(id) if is_plain(id) => format!("{plain}-{id}"),
        Some(id) => format!("{plain}_{}", URL_SAFE_NO_PAD.encode(id)),
    }
}

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The index and the caller's id; `None` for an id that is not ours.
pub(super) fn read_record_id(record_id: &str) -> Option<(u64, String)> {
    let end = record_id.bytes().position(|byte| byte == b'-' || byte == b'_').unwrap_or(record_id.len());
    let (plain, rest) = record_id.split_at_checked(end)?;
    let index = plain.strip_prefix('R').filter(|digits| digits.len() >= DIGITS)?.parse().ok()?;
    let id = match rest.split_at_checked(1) {
        None => plain.to_owned(),
        Some(("-", id)) => id.to_owned(),
        Some((_, encoded)) => String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?,
    };
    Some((index, id))
}

/// The line of a record whose `modelInput` is `body`. A line break in JSON can only be space between its tokens.
pub(super) fn record_line(index: u64, id: Option<&str>, body: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(body.len() + 80);
    line.extend_from_slice(b"{\"recordId\":\"");
    line.extend_from_slice(record_id(index, id).as_bytes());
    line.extend_from_slice(b"\",\"modelInput\":");
    line.extend(body.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
    line.extend_from_slice(b"}\n");
    line
}

/// A line of an input or an output. Members that are unknown are left alone.
#[derive(Deserialize)]
pub(super) struct Record<'a> {
    #[serde(rename = "recordId")]
    pub(super) id: String,
    #[serde(borrow, rename = "modelInput")]
    pub(super) input: Option<&'a RawValue>,
    #[serde(borrow, rename = "modelOutput")]
    pub(super) output: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// Whether a body has tools, declared by the caller or for the calls in its messages.
pub(super) fn has_tools(body: &[u8]) -> bool {
    let text = std::str::from_utf8(body).unwrap_or_default();
    text.contains("\"toolConfig\"") && serde_json::from_str::<Object<'_>>(text).is_ok_and(|body| body.get("toolConfig").is_some())
}

#[cfg(test)]
mod tests {
    use super::{has_tools, read_record_id, record_id, record_line};

    #[test]
    fn an_id_is_read_as_it_was_written() {
        for (id, expected) in [
            (None, "R0000000042"),
            (Some("R0000000042"), "R0000000042"),
            (Some("review-17_b"), "R0000000042-review-17_b"),
            (Some("ein Stück / 1"), "R0000000042_ZWluIFN0w7xjayAvIDE"),
        ] {
            let written = record_id(42, id);
            assert_eq!(written, expected);
            assert_eq!(read_record_id(&written), Some((42, id.unwrap_or("R0000000042").to_owned())));
        }
        assert_eq!(
            read_record_id(&record_id(123_456_789_012, None)),
            Some((123_456_789_012, "R123456789012".to_owned()))
        );
        for foreign in ["", "R12", "CALL0000001", "R00000000xx", "R0000000042_%"] {
            assert_eq!(read_record_id(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_record_is_one_line() {
        let line = record_line(1, None, b"{\"messages\":\n[]}");
        assert_eq!(line, b"{\"recordId\":\"R0000000001\",\"modelInput\":{\"messages\": []}}\n");
    }

    #[test]
    fn tools_are_found_as_a_member_only() {
        assert!(has_tools(br#"{"messages":[],"toolConfig":{"tools":[]}}"#));
        assert!(!has_tools(br#"{"messages":[{"content":[{"text":"\"toolConfig\""}]}]}"#));
        assert!(!has_tools(br#"{"messages":[{"toolConfig":1}]}"#));
    }
}
