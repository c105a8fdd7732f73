//! Images, audio, video and documents: where their bytes are, and what format they have.

mod data;

use std::borrow::Cow;

use serde_json::value::RawValue;

pub use self::data::Attachment;
pub(crate) use self::data::{Blob, read_attachment, read_blob};
use self::data::{Data, read_base64, read_data, read_data_url};
use super::blocks::{Json, Members};
use super::message_inputs::scope::Scope;
use crate::error::Error;

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

const DOCUMENT_MIME_TYPES: &[&str] = &[
    "text/csv",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/html",
    "text/markdown",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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
    pub(crate) fn format(self, name: &str) -> Option<&'static str> {
        let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let name = name.rsplit('/').next().unwrap_or_default();
        let known = self.formats().iter().find(|(format, others)| *format == name || others.contains(&name));
        known.map(|(format, _)| *format)
    }

    /// What a refusal says is accepted: for images and documents in the peer's words.
    fn accepted(self) -> String {
        match self {
            Self::Image => r#""image/gif", "image/jpeg", "image/png", and "image/webp""#.to_owned(),
            Self::Document => DOCUMENT_MIME_TYPES.join(", "),
            Self::Audio | Self::Video => self.formats().iter().map(|(format, _)| *format).collect::<Vec<_>>().join(", "),
        }
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
                "Bedrock keeps no files, so the file id in this {} block must be an `s3://` URI, not {id:?}.",
                kind.block_type()
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
