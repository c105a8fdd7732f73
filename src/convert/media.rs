//! Images, audio, video and documents: where their bytes are, and what format they have.

use std::borrow::Cow;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::blocks::{Json, Members};
use super::json::{self, Object};
use super::message_inputs::scope::Scope;
use crate::error::Error;

/// What TypeScript hands over beside the request's JSON, where `{"$attachment": N}` stands for it.
#[derive(Debug, Clone)]
pub enum Attachment {
    /// Bytes that the caller held as a `Uint8Array` or `Buffer`.
    Bytes(Vec<u8>),
    /// A long base64 string or data URL.
    Text(String),
}

/// The attachment that `object` stands for; `None` when it stands for none.
pub(crate) fn read_attachment<'a>(object: &Object<'a>, scope: Scope<'a>) -> Option<&'a Attachment> {
    let index: usize = serde_json::from_str(object.get("$attachment")?.get()).ok()?;
    scope.attachments.get(index)
}

impl<'a> From<&'a Attachment> for Json<'a> {
    fn from(attachment: &'a Attachment) -> Self {
        match attachment {
            Attachment::Bytes(bytes) => Self::Blob(Blob::Bytes(Cow::Borrowed(bytes))),
            Attachment::Text(text) => Self::Text(Cow::Borrowed(text)),
        }
    }
}

/// A blob: base64 on the wire. What arrives as base64 is not decoded; bytes are encoded into the body itself.
#[derive(Debug)]
pub(crate) enum Blob<'a> {
    Base64(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl Blob<'_> {
    /// All bytes.
    pub(crate) fn decode(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Base64(text) => Cow::Owned(STANDARD.decode(text.as_bytes()).unwrap_or_default()),
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
        }
    }

    /// The first bytes, enough to tell a format by.
    fn head(&self) -> Vec<u8> {
        const CHARACTERS: usize = 16;
        match self {
            Self::Base64(text) => STANDARD.decode(text.get(..CHARACTERS).unwrap_or(text)).unwrap_or_default(),
            Self::Bytes(bytes) => bytes.iter().take(CHARACTERS / 4 * 3).copied().collect(),
        }
    }
}

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Base64(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.collect_str(&Base64Display::new(bytes, &STANDARD)),
        }
    }
}

/// What can stand where media data can stand.
#[derive(Debug)]
enum Data<'a> {
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

/// Reads data in every form it can have: a string, an attachment, or bytes that have been through `JSON.stringify` (`Buffer`, `Uint8Array`, array).
fn read_data<'a>(value: &'a RawValue, scope: Scope<'a>) -> Result<Data<'a>, Error> {
    if let Some(text) = json::text(value) {
        return Ok(Data::Text(text));
    }
    let bytes = match Object::read(value) {
        Some(object) => match read_attachment(&object, scope) {
            Some(Attachment::Text(text)) => return Ok(Data::Text(Cow::Borrowed(text))),
            Some(Attachment::Bytes(bytes)) => return Ok(Data::Bytes(Cow::Borrowed(bytes))),
            None => match object.get("data") {
                Some(data) if object.text("type").as_deref() == Some("Buffer") => serde_json::from_str(data.get()).ok(),
                _ => read_indexed_bytes(&object),
            },
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
        Data::Bytes(bytes) => Ok(Blob::Bytes(bytes)),
        Data::Text(text) if text.starts_with("data:") => Ok(read_data_url(text, scope)?.0),
        Data::Text(text) => read_base64(text, scope),
    }
}

/// A data URL's bytes and its MIME type.
fn read_data_url<'a>(url: Cow<'a, str>, scope: Scope<'a>) -> Result<(Blob<'a>, Option<String>), Error> {
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

fn read_base64<'a>(text: Cow<'a, str>, scope: Scope<'a>) -> Result<Blob<'a>, Error> {
    match normalise_base64(text) {
        Some(text) => Ok(Blob::Base64(text)),
        None => Err(scope.refuse("The data is not a base64 string.")),
    }
}

/// Base64 as Bedrock reads it: the caller's own text if that is it, else repaired where it holds white space, URL-safe letters or lacks its
/// padding. `None` when it is empty or no base64.
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

/// Where the bytes of a medium are: `source` of an image, audio, video or document block.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Bytes(Blob<'a>),
    S3(Cow<'a, str>),
    /// A document that is given as a list of texts.
    Content(Json<'a>),
}

impl<'a> From<Source<'a>> for Json<'a> {
    fn from(source: Source<'a>) -> Self {
        match source {
            Source::Bytes(blob) => Self::one("bytes", Self::Blob(blob)),
            Source::S3(uri) => Self::one("s3Location", Self::one("uri", Self::Text(uri))),
            Source::Content(content) => Self::one("content", content),
        }
    }
}

/// The kinds of media, each with its formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Audio,
    Video,
    Document,
}

/// A format's name on the wire, and the other names it goes by: MIME subtypes and file name endings.
type Format = (&'static str, &'static [&'static str]);

const IMAGE_FORMATS: &[Format] = &[("gif", &[]), ("jpeg", &["jpg", "pjpeg"]), ("png", &["x-png"]), ("webp", &[])];
const AUDIO_FORMATS: &[Format] = &[
    ("aac", &[]),
    ("flac", &["x-flac"]),
    ("m4a", &["x-m4a"]),
    ("mka", &["x-matroska"]),
    ("mkv", &[]),
    ("mp3", &["x-mp3"]),
    ("mp4", &[]),
    ("mpeg", &["x-mpeg"]),
    ("mpga", &[]),
    ("ogg", &[]),
    ("opus", &[]),
    ("pcm", &["l16"]),
    ("wav", &["x-wav", "wave", "vnd.wave", "x-pn-wav"]),
    ("webm", &[]),
    ("x-aac", &[]),
];
const VIDEO_FORMATS: &[Format] = &[
    ("flv", &["x-flv"]),
    ("mkv", &["x-matroska", "matroska"]),
    ("mov", &["quicktime"]),
    ("mp4", &[]),
    ("mpeg", &[]),
    ("mpg", &[]),
    ("three_gp", &["3gpp", "3gp"]),
    ("webm", &[]),
    ("wmv", &["x-ms-wmv"]),
];
const DOCUMENT_FORMATS: &[Format] = &[
    ("pdf", &["x-pdf"]),
    ("csv", &["comma-separated-values"]),
    ("doc", &["msword"]),
    ("docx", &["vnd.openxmlformats-officedocument.wordprocessingml.document"]),
    ("xls", &["vnd.ms-excel"]),
    ("xlsx", &["vnd.openxmlformats-officedocument.spreadsheetml.sheet"]),
    ("html", &["htm"]),
    ("txt", &["plain"]),
    ("md", &["markdown", "x-markdown"]),
];

impl Kind {
    /// The block's member name on the wire.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
        }
    }

    /// What LangChain calls such a block.
    pub(crate) fn block_type(self) -> &'static str {
        if self == Self::Document { "file" } else { self.member() }
    }

    fn formats(self) -> &'static [Format] {
        match self {
            Self::Image => IMAGE_FORMATS,
            Self::Audio => AUDIO_FORMATS,
            Self::Video => VIDEO_FORMATS,
            Self::Document => DOCUMENT_FORMATS,
        }
    }

    /// The wire format for a MIME type (parameters allowed), a format or a file name ending.
    fn format(self, name: &str) -> Option<&'static str> {
        let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let name = name.rsplit('/').next().unwrap_or_default();
        let known = self.formats().iter().find(|(format, others)| *format == name || others.contains(&name));
        known.map(|(format, _)| *format)
    }

    fn accepted(self) -> String {
        if self == Self::Image {
            return r#""image/gif", "image/jpeg", "image/png", and "image/webp""#.to_owned();
        }
        self.formats().iter().map(|(format, _)| *format).collect::<Vec<_>>().join(", ")
    }
}

/// A medium as a caller describes it, before its format is settled.
#[derive(Debug)]
pub(crate) struct Media<'a> {
    pub(crate) kind: Kind,
    source: Source<'a>,
    /// The MIME type in a data URL.
    mime_type: Option<String>,
}

impl<'a> Media<'a> {
    /// A medium whose bytes are in `value`: base64, a data URL, an S3 URI, or bytes.
    pub(crate) fn read(kind: Kind, value: &'a RawValue, scope: Scope<'a>) -> Result<Self, Error> {
        let (source, mime_type) = match read_data(value, scope)? {
            Data::Bytes(bytes) => (Source::Bytes(Blob::Bytes(bytes)), None),
            Data::Text(text) if text.starts_with("data:") => {
                let (blob, mime_type) = read_data_url(text, scope)?;
                (Source::Bytes(blob), mime_type)
            }
            Data::Text(text) if text.starts_with("s3://") => (Source::S3(text), None),
            Data::Text(text) if text.contains("://") => {
                return Err(scope.refuse(format_args!(
                    "Only base64 data URLs are supported for {} blocks with 'url' field with ChatBedrockConverse, since Bedrock fetches nothing \
                     from the web: send a `data:` URL, the bytes, or an `s3://` URI instead.",
                    kind.block_type()
                )));
            }
            Data::Text(text) => (Source::Bytes(read_base64(text, scope)?), None),
        };
        Ok(Self { kind, source, mime_type })
    }

    /// A medium that is named by an id, which for Bedrock is an S3 URI.
    pub(crate) fn from_id(kind: Kind, id: Cow<'a, str>, scope: Scope<'a>) -> Result<Self, Error> {
        if !id.starts_with("s3://") {
            return Err(scope.refuse(format_args!(
                "Bedrock keeps no files, so the id of {} block must be an `s3://` URI, not {id:?}.",
                if kind.block_type().starts_with(['a', 'i']) {
                    format!("an {}", kind.block_type())
                } else {
                    format!("a {}", kind.block_type())
                }
            )));
        }
        Ok(Self {
            kind,
            source: Source::S3(id),
            mime_type: None,
        })
    }

    /// A document that is given as text.
    pub(crate) fn from_text(text: &str) -> Self {
        Self {
            kind: Kind::Document,
            source: Source::Bytes(Blob::Bytes(Cow::Owned(text.as_bytes().to_vec()))),
            mime_type: Some("text/plain".to_owned()),
        }
    }

    /// A document that is given as a list of texts.
    pub(crate) fn from_content(content: Json<'a>) -> Self {
        Self {
            kind: Kind::Document,
            source: Source::Content(content),
            mime_type: Some("text/plain".to_owned()),
        }
    }

    /// `format` and `source`: the format by MIME type, else by the ending of a file name, else by the first bytes.
    pub(crate) fn settle(self, declared: Option<&str>, file_name: Option<&str>, scope: Scope<'a>) -> Result<(&'static str, Json<'a>), Error> {
        let kind = self.kind;
        let by_mime_type = || {
            [self.mime_type.as_deref(), declared]
                .into_iter()
                .flatten()
                .find_map(|name| kind.format(name))
        };
        let uri = if let Source::S3(uri) = &self.source { Some(uri.as_ref()) } else { None };
        let by_file_name = || {
            [file_name, uri]
                .into_iter()
                .flatten()
                .find_map(|name| kind.format(name.rsplit_once('.')?.1))
        };
        match by_mime_type().or_else(by_file_name).or_else(|| sniff(kind, &self.source)) {
            Some(format) => Ok((format, self.source.into())),
            None => Err(refuse_format(kind, self.mime_type.as_deref().or(declared), scope)),
        }
    }
}

fn refuse_format(kind: Kind, mime_type: Option<&str>, scope: Scope<'_>) -> Error {
    let (block_type, accepted) = (kind.block_type(), kind.accepted());
    match mime_type {
        Some(mime_type) => scope.refuse(format_args!(
            "Unsupported {block_type} mime type: \"{mime_type}\" ChatBedrockConverse only supports {accepted} formats."
        )),
        None => scope.refuse(format_args!(
            "The {block_type} block has no mime type and its data does not tell its format: ChatBedrockConverse only supports {accepted} formats."
        )),
    }
}

/// The format that the first bytes tell.
fn sniff(kind: Kind, source: &Source<'_>) -> Option<&'static str> {
    let Source::Bytes(blob) = source else { return None };
    match (kind, blob.head().as_slice()) {
        (Kind::Image, [0x89, b'P', b'N', b'G', ..]) => Some("png"),
        (Kind::Image, [0xFF, 0xD8, 0xFF, ..]) => Some("jpeg"),
        (Kind::Image, [b'G', b'I', b'F', b'8', ..]) => Some("gif"),
        (Kind::Image, [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..]) => Some("webp"),
        (Kind::Document, [b'%', b'P', b'D', b'F', ..]) => Some("pdf"),
        _ => None,
    }
}

/// The members of a media block, for all kinds but documents.
pub(crate) fn media_members<'a>(format: &'static str, source: Json<'a>) -> Members<'a> {
    Members(vec![(Cow::Borrowed("format"), Json::from(format)), (Cow::Borrowed("source"), source)])
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

    #[test]
    fn formats_go_by_many_names() {
        for (kind, name, format) in [
            (Kind::Image, "image/jpg", "jpeg"),
            (Kind::Image, "IMAGE/PNG; q=1", "png"),
            (Kind::Video, "video/quicktime", "mov"),
            (Kind::Video, "video/3gpp", "three_gp"),
            (Kind::Video, "video/three_gp", "three_gp"),
            (Kind::Video, "video/x-matroska", "mkv"),
            (Kind::Audio, "audio/x-wav", "wav"),
            (Kind::Audio, "audio/mpeg", "mpeg"),
            (Kind::Audio, "audio/x-aac", "x-aac"),
            (Kind::Document, "text/plain; charset=utf-8", "txt"),
            (Kind::Document, "application/vnd.ms-excel", "xls"),
        ] {
            assert_eq!(kind.format(name), Some(format), "{name}");
        }
        assert_eq!(Kind::Image.format("image/svg+xml"), None);
        assert_eq!(Kind::Document.format(""), None);
    }
}
