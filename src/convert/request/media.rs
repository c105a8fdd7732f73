//! Images, audio, video and documents: where their bytes are, and what format they have.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::blob::Blob;
use super::data::{Data, read_base64, read_data, read_data_url};
use super::media_signatures::formats_by_bytes;
use super::scope::Scope;
use super::values::{Json, Members};
use crate::convert::media_formats::Kind;
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

/// A medium as a caller describes it, before its format is determined.
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

    /// A medium with an id, which for Bedrock is an S3 URI.
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

    /// `format` and `source`: the format by MIME type, else by the ending of a file name; what the bytes say counts more.
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
        let stated = by_mime_type().or_else(by_file_name);
        match check_format(kind, stated, &self.source, scope)? {
            Some(format) => Ok((format, self.source.into())),
            None => Err(refuse_format(kind, self.mime_type.as_deref().or(declared), scope)),
        }
    }
}

/// The format that was stated, unless the bytes have another.
fn check_format(kind: Kind, stated: Option<&'static str>, source: &Source<'_>, scope: Scope<'_>) -> Result<Option<&'static str>, Error> {
    let Source::Bytes(blob) = source else { return Ok(stated) };
    let Some(stated) = stated else {
        return Ok(formats_by_bytes(kind, blob).first().copied());
    };
    if scope.is_sent_as_it_is() {
        return Ok(Some(stated));
    }
    let by_bytes = formats_by_bytes(kind, blob);
    match by_bytes.first() {
        Some(format) if !by_bytes.contains(&stated) => {
            let block_type = kind.block_type();
            let message =
                format!("The bytes of the {block_type} block are {format}, not {stated} as its type says: Bedrock refuses what does not fit.");
            scope.change("media_format_corrected", message)?;
            Ok(Some(format))
        }
        _ => Ok(Some(stated)),
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

/// The members of a media block that is not a document.
pub(crate) fn media_members<'a>(format: &'static str, source: Json<'a>) -> Members<'a> {
    Members(vec![(Cow::Borrowed("format"), Json::from(format)), (Cow::Borrowed("source"), source)])
}
