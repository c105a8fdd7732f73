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

    /// The first bytes, `count` of them or up to two more.
    pub(crate) fn head(&self, count: usize) -> Vec<u8> {
        let characters = count.div_ceil(3) * 4;
        match self {
            Self::Base64(text) => STANDARD.decode(text.get(..characters).unwrap_or(text)).unwrap_or_default(),
            Self::Bytes(bytes) => bytes.iter().take(characters / 4 * 3).copied().collect(),
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
