//! Bytes in a request body, where they are base64.

use std::borrow::Cow;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, Serializer};

use super::place::Place;

/// A blob. Base64 is not decoded; bytes are encoded when the body is written.
#[derive(Debug, Clone)]
pub(crate) struct Blob<'a> {
    data: BlobData<'a>,
    /// Where the caller wrote it, if that is known.
    pub(crate) place: Option<Place>,
}

#[derive(Debug, Clone)]
enum BlobData<'a> {
    Base64(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    /// Where the bytes will be fetched.
    Url(Cow<'a, str>),
}

impl<'a> Blob<'a> {
    pub(crate) fn base64(text: Cow<'a, str>) -> Self {
        Self {
            data: BlobData::Base64(text),
            place: None,
        }
    }

    pub(crate) fn bytes(bytes: Cow<'a, [u8]>) -> Self {
        Self {
            data: BlobData::Bytes(bytes),
            place: None,
        }
    }

    /// Bytes that have not been fetched.
    pub(crate) fn at_url(url: Cow<'a, str>) -> Self {
        Self {
            data: BlobData::Url(url),
            place: None,
        }
    }

    /// The same blob, which the caller wrote at `place`.
    pub(crate) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }
}

impl Blob<'_> {
    /// Where the bytes will be fetched; `None` where they are here.
    pub(crate) fn url(&self) -> Option<&str> {
        match &self.data {
            BlobData::Url(url) => Some(url),
            BlobData::Base64(_) | BlobData::Bytes(_) => None,
        }
    }

    /// All bytes.
    pub(crate) fn decode(&self) -> Cow<'_, [u8]> {
        match &self.data {
            BlobData::Base64(text) => Cow::Owned(STANDARD.decode(text.as_bytes()).unwrap_or_default()),
            BlobData::Bytes(bytes) => Cow::Borrowed(bytes),
            BlobData::Url(_) => Cow::Borrowed(&[]),
        }
    }

    /// The number of bytes.
    pub(crate) fn size(&self) -> usize {
        match &self.data {
            BlobData::Base64(text) => text.len() / 4 * 3 - text.bytes().rev().take_while(|byte| *byte == b'=').count().min(2),
            BlobData::Bytes(bytes) => bytes.len(),
            BlobData::Url(_) => 0,
        }
    }

    /// The first bytes, `count` of them or up to two more.
    pub(crate) fn head(&self, count: usize) -> Vec<u8> {
        let characters = count.div_ceil(3) * 4;
        match &self.data {
            BlobData::Base64(text) => STANDARD.decode(text.get(..characters).unwrap_or(text)).unwrap_or_default(),
            BlobData::Bytes(bytes) => bytes.iter().take(characters / 4 * 3).copied().collect(),
            BlobData::Url(_) => Vec::new(),
        }
    }
}

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.data {
            BlobData::Base64(text) | BlobData::Url(text) => serializer.serialize_str(text),
            BlobData::Bytes(bytes) => serializer.collect_str(&Base64Display::new(bytes, &STANDARD)),
        }
    }
}
