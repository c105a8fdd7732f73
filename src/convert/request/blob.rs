//! Bytes in a request body, where they are base64.

use std::borrow::Cow;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, Serializer};

/// A blob. Base64 is not decoded; bytes are encoded when the body is written.
#[derive(Debug, Clone)]
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

    /// The number of bytes, which a padding of base64 may make too large by two.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Base64(text) => text.len() / 4 * 3,
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// The first 12 bytes, enough to recognise a format.
    pub(crate) fn head(&self) -> Vec<u8> {
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
