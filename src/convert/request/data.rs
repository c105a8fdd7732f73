//! Data in every form that callers use: base64, data URLs, bytes, and bytes that have been through `JSON.stringify`.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use super::attachment::{Attached, Attachment, Fetched, range_of};
use super::blob::Blob;
use super::scope::Scope;
use super::values::Json;
use crate::convert::json::writer::push_quoted;
use crate::convert::json::{self, Object};
use crate::error::Error;

/// Media data as the caller wrote it.
#[derive(Debug)]
pub(super) enum Data<'a> {
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

/// Copies `value` unchanged, except that attachments inside it become base64, as all bytes of the API.
pub(crate) fn carry<'a>(value: &'a RawValue, scope: Scope<'a>) -> Json<'a> {
    match scope.attachments.within(value) {
        [] => Json::Raw(value),
        [only] if (only.start, only.end) == range_of(value) => Json::from(only.attachment),
        inside => RawValue::from_string(insert(value, inside)).map_or(Json::Raw(value), Json::Parsed),
    }
}

/// The JSON of `value` with attachments in place of their placeholders. It is not parsed, so that its depth does not matter.
fn insert(value: &RawValue, inside: &[Attached<'_>]) -> String {
    let (text, (offset, _)) = (value.get(), range_of(value));
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for attached in inside {
        out.push_str(text.get(copied..attached.start - offset).unwrap_or_default());
        match attached.attachment {
            Attachment::Bytes(bytes) | Attachment::Fetched(Fetched { bytes, .. }) => {
                out.push('"');
                STANDARD.encode_string(bytes, &mut out);
                out.push('"');
            }
            Attachment::Text(text) => push_quoted(&mut out, text),
        }
        copied = attached.end - offset;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// Reads data in every form it can have: a string, an attachment, or bytes that have been through `JSON.stringify` (`Buffer`, `Uint8Array`, array).
pub(super) fn read_data<'a>(value: &'a RawValue, scope: Scope<'a>) -> Result<Data<'a>, Error> {
    match scope.attachments.get(value) {
        Some(Attachment::Text(text)) => return Ok(Data::Text(text.into())),
        Some(Attachment::Bytes(bytes) | Attachment::Fetched(Fetched { bytes, .. })) => return Ok(Data::Bytes(Cow::Borrowed(bytes))),
        None => {}
    }
    if let Some(text) = json::text(value) {
        return Ok(Data::Text(text));
    }
    let bytes = match Object::read(value) {
        Some(object) => match object.get("data") {
            Some(data) if object.text("type").as_deref() == Some("Buffer") => serde_json::from_str(data.get()).ok(),
            _ => read_indexed_bytes(&object),
        },
        None => serde_json::from_str(value.get()).ok(),
    };
    match bytes {
        Some(bytes) => Ok(Data::Bytes(Cow::Owned(bytes))),
        None => Err(scope.refuse("The data is neither a base64 string nor bytes (a Uint8Array, a Buffer, or an array of numbers from 0 to 255).")),
    }
}

/// A `Uint8Array` after `JSON.stringify`: `{"0":137,"1":80}`.
fn read_indexed_bytes(object: &Object<'_>) -> Option<Vec<u8>> {
    let bytes: Option<Vec<u8>> = object
        .iter()
        .enumerate()
        .map(|(index, (key, value))| {
            if key.parse() == Ok(index) {
                serde_json::from_str(value.get()).ok()
            } else {
                None
            }
        })
        .collect();
    bytes.filter(|bytes| !bytes.is_empty())
}

/// Reads a blob in every form it can have, data URLs included.
pub(crate) fn read_blob<'a>(value: &'a RawValue, scope: Scope<'a>) -> Result<Blob<'a>, Error> {
    match read_data(value, scope)? {
        Data::Bytes(bytes) => Ok(Blob::bytes(bytes).at(scope.place)),
        Data::Text(text) if text.starts_with("data:") => Ok(read_data_url(text, scope)?.0),
        Data::Text(text) => read_base64(text, scope),
    }
}

/// A data URL's bytes and its MIME type.
pub(super) fn read_data_url<'a>(url: Cow<'a, str>, scope: Scope<'a>) -> Result<(Blob<'a>, Option<String>), Error> {
    let header_end = url.find(',').unwrap_or(url.len());
    let header = url.get("data:".len()..header_end).unwrap_or_default();
    let mut parts = header.split(';');
    let mime_type = parts.next().filter(|mime_type| !mime_type.is_empty()).map(str::to_owned);
    if !parts.any(|part| part.trim().eq_ignore_ascii_case("base64")) {
        return Err(scope.refuse("Only base64 data URLs are supported (data:<mime type>;base64,<data>)."));
    }
    Ok((read_base64(tail(url, header_end + 1), scope)?, mime_type))
}

fn tail(text: Cow<'_, str>, start: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(start..).unwrap_or_default().to_owned()),
    }
}

pub(super) fn read_base64<'a>(text: Cow<'a, str>, scope: Scope<'a>) -> Result<Blob<'a>, Error> {
    match normalise_base64(text) {
        Some(text) => Ok(Blob::base64(text).at(scope.place)),
        None => Err(scope.refuse("The data is not a base64 string.")),
    }
}

/// Standard base64: the caller's own text if it is that, else without white space, with the standard alphabet and with padding. `None` when it is empty
/// or not base64.
fn normalise_base64(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if is_standard_base64(&text) {
        return Some(text);
    }
    let mut repaired = String::with_capacity(text.len() + 3);
    repaired.extend(text.chars().filter(|char| !char.is_ascii_whitespace()).map(|char| match char {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    repaired.truncate(repaired.trim_end_matches('=').len());
    while !repaired.len().is_multiple_of(4) {
        repaired.push('=');
    }
    is_standard_base64(&repaired).then_some(Cow::Owned(repaired))
}

fn is_standard_base64(text: &str) -> bool {
    let letters = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    !text.is_empty() && text.len().is_multiple_of(4) && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(text: &str) -> Option<String> {
        normalise_base64(Cow::Borrowed(text)).map(Cow::into_owned)
    }

    #[test]
    fn base64_is_repaired_only_where_it_must_be() {
        assert!(matches!(normalise_base64(Cow::Borrowed("iVBORw==")), Some(Cow::Borrowed("iVBORw=="))));
        assert_eq!(normalised("iVBORw").as_deref(), Some("iVBORw=="));
        assert_eq!(normalised("iVBO\r\nRw==").as_deref(), Some("iVBORw=="));
        assert_eq!(normalised("-_-_").as_deref(), Some("+/+/"));
        for wrong in ["", "=", "a", "abc d!", "ab=c", "äöü", "a===", " "] {
            assert_eq!(normalised(wrong), None, "{wrong}");
        }
    }
}
