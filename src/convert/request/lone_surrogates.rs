//! Halves of surrogate pairs, as text has them that was cut in the middle of a character: JSON can carry them as escapes, which the parsers behind Bedrock
//! refuse ("no low surrogate in string").

use serde_json::value::RawValue;

use super::request_json::read_request;
use super::scope::Scope;
use crate::convert::json::{self, Object};
use crate::error::Error;

/// The character that stands for one that is broken, as `String.prototype.toWellFormed` puts it.
const REPLACEMENT: &str = "\u{fffd}";

/// The length of an escape such as `\ud83d`.
const ESCAPE_LENGTH: usize = 6;

/// The JSON with U+FFFD in place of each lone surrogate; `None` if there is none, or if all is sent as it is.
pub(super) fn replace_lone_surrogates(request: &str) -> Option<String> {
    // Of most requests nothing more than this is asked.
    if !request.contains("\\ud") {
        return None;
    }
    let lone = lone_surrogates(request);
    if lone.is_empty() || is_sent_as_it_is(request) {
        return None;
    }
    let mut replaced = String::with_capacity(request.len());
    let mut end = 0;
    for start in lone {
        replaced.push_str(request.get(end..start)?);
        replaced.push_str(REPLACEMENT);
        end = start + ESCAPE_LENGTH;
    }
    replaced.push_str(request.get(end..)?);
    Some(replaced)
}

fn is_sent_as_it_is(request: &str) -> bool {
    read_request(request).is_ok_and(|request| request.text("adaptation").as_deref() == Some("off"))
}

/// The offsets of the escapes of lone surrogates. JavaScript writes whole pairs as they are, and its escapes in lower case.
fn lone_surrogates(json: &str) -> Vec<usize> {
    let mut lone = Vec::new();
    let mut pair = None;
    for (offset, _) in json.match_indices("\\ud") {
        if is_escaped(json, offset) || pair == Some(offset) {
            continue;
        }
        let is_low = |offset: usize| matches!(json.as_bytes().get(offset + 3), Some(b'c'..=b'f'));
        let behind = offset + ESCAPE_LENGTH;
        let has_partner = !is_low(offset) && json.get(behind..).is_some_and(|rest| rest.starts_with("\\ud")) && is_low(behind);
        if has_partner {
            pair = Some(behind);
        } else if matches!(json.as_bytes().get(offset + 3), Some(b'8'..=b'9' | b'a'..=b'f')) {
            lone.push(offset);
        }
    }
    lone
}

/// Whether the backslash at `offset` is itself escaped.
fn is_escaped(json: &str, offset: usize) -> bool {
    let before = json.as_bytes().get(..offset).unwrap_or_default();
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Reports the messages and the members of the request that had lone surrogates.
///
/// # Errors
/// The change, where the caller asked for refusals.
pub(super) fn report_lone_surrogates(original: &str, replaced: &Object<'_>, scope: Scope<'_>) -> Result<(), Error> {
    const WHAT: &str = "Half of a surrogate pair was replaced by U+FFFD, since Bedrock refuses text that is no Unicode.";
    const CODE: &str = "text_not_well_formed";
    let original = read_request(original)?;
    let messages = |request: &Object<'_>| -> Vec<String> {
        let messages = request.get("messages").and_then(json::array).unwrap_or_default();
        messages.into_iter().map(|message| message.get().to_owned()).collect()
    };
    for (index, (before, after)) in messages(&original).iter().zip(messages(replaced)).enumerate() {
        if *before != after {
            scope.message(index).change(CODE, WHAT.to_owned())?;
        }
    }
    let differs = |name: &str| original.get(name).map(RawValue::get) != replaced.get(name).map(RawValue::get);
    for member in ["toolConfig", "outputConfig", "additionalModelRequestFields"] {
        if differs(member) {
            scope.member(member).change(CODE, WHAT.to_owned())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::replace_lone_surrogates;

    #[test]
    fn halves_are_replaced() {
        for (json, expected) in [
            (r#"{"a":"x"}"#, None),
            (r#"{"a":"\\ud83d"}"#, None),
            (r#"{"a":"\ud83d\ude00"}"#, None),
            (r#"{"a":"\ud7ff"}"#, None),
            (r#"{"a":"\ud83d"}"#, Some(r#"{"a":"�"}"#)),
            (r#"{"a":"\\\ud83d"}"#, Some(r#"{"a":"\\�"}"#)),
            (r#"{"a":"\ude00\ud83d"}"#, Some(r#"{"a":"��"}"#)),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, Some(r#"{"a":"�\ud83d\ude00"}"#)),
            (r#"{"adaptation":"off","a":"\ud83d"}"#, None),
        ] {
            assert_eq!(replace_lone_surrogates(json).as_deref(), expected, "{json}");
        }
    }
}
