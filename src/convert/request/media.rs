//! Images, audio, video and documents: where their bytes are, and what format they have.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::attachment::Fetched;
use super::blob::Blob;
use super::data::{Data, read_base64, read_data, read_data_url};
use super::fetched_media::{format_of_fetched, format_of_url, name_of_url};
use super::media_signatures::formats_by_bytes;
use super::scope::Scope;
use super::values::{Json, Members};
use crate::convert::media_formats::Kind;
use crate::error::Error;

/// Where the bytes of a medium are: `source` of an image, audio, video or document block.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Bytes(Blob<'a>),
    /// A file that is to be fetched.
    Url(Blob<'a>),
    /// A file that was fetched.
    Fetched(Fetched<'a>, Blob<'a>),
    S3(Cow<'a, str>),
    /// A document that is given as a list of texts.
    Content(Json<'a>),
}

impl<'a> From<Source<'a>> for Json<'a> {
    fn from(source: Source<'a>) -> Self {
        match source {
            Source::Bytes(blob) | Source::Fetched(_, blob) => Self::one("bytes", Self::Blob(blob)),
            Source::Url(blob) => Self::one("url", Self::Blob(blob)),
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
            Data::Bytes(bytes) => (Source::Bytes(Blob::bytes(bytes).at(scope.place)), None),
            Data::Text(text) if text.starts_with("data:") => {
                let (blob, mime_type) = read_data_url(text, scope)?;
                (Source::Bytes(blob), mime_type)
            }
            Data::Text(text) if text.starts_with("s3://") => (Source::S3(text), None),
            Data::Text(text) if text.contains("://") || has_scheme(&text, "file:") => (read_url(kind, text, scope)?, None),
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
            source: Source::Bytes(Blob::bytes(Cow::Owned(text.as_bytes().to_vec()))),
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

    /// The name of a file that was given by a URL of the web.
    pub(super) fn name(&self) -> Option<String> {
        let url = match &self.source {
            Source::Fetched(file, _) => file.url,
            Source::Url(blob) => blob.url()?,
            _ => return None,
        };
        Some(name_of_url(self.kind, url))
    }

    /// `format` and `source`: the format by MIME type, else by the ending of a file name; what the bytes say counts more. A file that is to be fetched may
    /// have no format yet.
    pub(crate) fn settle(self, declared: Option<&str>, file_name: Option<&str>, scope: Scope<'a>) -> Result<(Option<&'static str>, Json<'a>), Error> {
        let kind = self.kind;
        let by_mime_type = || {
            [self.mime_type.as_deref(), declared]
                .into_iter()
                .flatten()
                .find_map(|name| kind.format(name))
        };
        let uri = match &self.source {
            Source::S3(uri) => Some(uri.as_ref()),
            _ => None,
        };
        let by_url = || match &self.source {
            Source::Fetched(file, _) => format_of_url(kind, file.url),
            Source::Url(blob) => format_of_url(kind, blob.url()?),
            _ => None,
        };
        let by_file_name = || {
            [file_name, uri]
                .into_iter()
                .flatten()
                .find_map(|name| kind.format(name.rsplit_once('.')?.1))
        };
        let declared_format = by_mime_type();
        let stated = declared_format.or_else(by_file_name).or_else(by_url);
        let format = check_source(kind, stated, &self.source, scope)?;
        if let (Source::Fetched(..), Some(declared), Some(format)) = (&self.source, declared_format, format)
            && declared != format
        {
            report_format(kind, declared, format, scope)?;
        }
        match format {
            None if matches!(self.source, Source::Url(_)) => Ok((None, self.source.into())),
            Some(format) => Ok((Some(format), self.source.into())),
            None => Err(refuse_format(kind, self.mime_type.as_deref().or(declared), scope)),
        }
    }
}

/// What a text with a scheme is, beside a `data:` URL and an `s3://` URI.
fn read_url<'a>(kind: Kind, url: Cow<'a, str>, scope: Scope<'a>) -> Result<Source<'a>, Error> {
    let block_type = kind.block_type();
    if has_scheme(&url, "file:") {
        return Err(scope.refuse(format_args!(
            "A `file:` URL in a {block_type} block is not read, since whoever writes messages could name any file of this machine: read it by \
             `mediaFromFile(path)`, which makes the block."
        )));
    }
    if !scope.fetches_media {
        return Err(scope.refuse(format_args!(
            "Only base64 data URLs are supported for {block_type} blocks with 'url' field with ChatBedrockConverse, since Bedrock fetches nothing \
             from the web: send a `data:` URL, the bytes, or an `s3://` URI instead, or let the option `fetchMedia` fetch it."
        )));
    }
    if !has_scheme(&url, "https://") {
        return Err(scope.refuse(format_args!(
            "The URL in this {block_type} block does not begin with `https://`, and `fetchMedia` fetches no others."
        )));
    }
    Ok(match scope.attachments.fetched(&url) {
        Some(file) => Source::Fetched(file, Blob::bytes(Cow::Borrowed(file.bytes)).at(scope.place)),
        None => Source::Url(Blob::at_url(url).at(scope.place)),
    })
}

fn has_scheme(url: &str, scheme: &str) -> bool {
    url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn check_source(kind: Kind, stated: Option<&'static str>, source: &Source<'_>, scope: Scope<'_>) -> Result<Option<&'static str>, Error> {
    match source {
        Source::Bytes(blob) => check_format(kind, stated, blob, scope),
        Source::Fetched(file, _) => format_of_fetched(kind, *file, stated, scope).map(Some),
        Source::Url(_) | Source::S3(_) | Source::Content(_) => Ok(stated),
    }
}

/// The format that was stated, unless the bytes have another.
pub(super) fn check_format(kind: Kind, stated: Option<&'static str>, blob: &Blob<'_>, scope: Scope<'_>) -> Result<Option<&'static str>, Error> {
    let Some(stated) = stated else {
        return Ok(formats_by_bytes(kind, blob).first().copied());
    };
    if scope.is_sent_as_it_is() {
        return Ok(Some(stated));
    }
    let by_bytes = formats_by_bytes(kind, blob);
    match by_bytes.first() {
        Some(format) if !by_bytes.contains(&stated) => {
            report_format(kind, stated, format, scope)?;
            Ok(Some(format))
        }
        _ => Ok(Some(stated)),
    }
}

fn report_format(kind: Kind, stated: &str, format: &str, scope: Scope<'_>) -> Result<(), Error> {
    let block_type = kind.block_type();
    let message = format!("The bytes of the {block_type} block are {format}, not {stated} as its type says: Bedrock refuses what does not fit.");
    scope.change("media_format_corrected", message)
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
pub(crate) fn media_members<'a>(format: Option<&'static str>, source: Json<'a>) -> Members<'a> {
    let mut members = Members::default();
    members.push_some("format", format.map(Json::from));
    members.push("source", source);
    members
}
