//! Data that crosses the boundary beside the request's JSON.

use serde_json::value::RawValue;

use crate::convert::json::{self, Object};
use crate::error::Error;

/// Data beside the request's JSON.
#[derive(Debug, Clone, Copy)]
pub enum Attachment<'a> {
    /// Bytes that the caller held as a `Uint8Array` or `Buffer`.
    Bytes(&'a [u8]),
    /// A long base64 string or data URL.
    Text(&'a str),
    /// A file that stands for its URL, wherever the messages have that. It has no path.
    Fetched(Fetched<'a>),
}

/// A file that was fetched.
#[derive(Debug, Clone, Copy)]
pub struct Fetched<'a> {
    /// As the messages have it.
    pub url: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
    /// Its type, as the server says it.
    pub content_type: Option<&'a str>,
}

/// The attachments of a request, by the place in its JSON whose value each replaces.
///
/// The places come beside the messages, as paths. A mark inside the messages could be written by whoever controls a tool's output.
#[derive(Debug, Default)]
pub(crate) struct Attachments<'a> {
    attached: Vec<Attached<'a>>,
    fetched: Vec<Fetched<'a>>,
}

/// An attachment and the range of its placeholder in memory. All values of a request borrow from one text, so a range identifies a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attached<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) attachment: Attachment<'a>,
}

/// The range of `value` in memory.
pub(crate) fn range_of(value: &RawValue) -> (usize, usize) {
    let text = value.get();
    let start = text.as_ptr().addr();
    (start, start + text.len())
}

impl<'a> Attachments<'a> {
    /// Resolves `paths`, a list with a path for each of `attachments` that was not fetched: `[0, "content", 1, "source", "bytes"]` is a value of the first of `messages`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for paths that do not match the attachments or the messages.
    pub(crate) fn resolve(messages: &[&'a RawValue], paths: Option<&'a RawValue>, attachments: &[Attachment<'a>]) -> Result<Self, Error> {
        let mut paths = paths.map_or(Some(Vec::new()), json::array).ok_or_else(mismatch)?.into_iter();
        let mut resolved = Self::default();
        for attachment in attachments {
            if let Attachment::Fetched(fetched) = attachment {
                resolved.fetched.push(*fetched);
                continue;
            }
            let value = paths.next().and_then(|path| follow(messages, path));
            let (start, end) = range_of(value.ok_or_else(mismatch)?);
            resolved.attached.push(Attached {
                start,
                end,
                attachment: *attachment,
            });
        }
        if paths.next().is_some() {
            return Err(mismatch());
        }
        resolved.attached.sort_unstable_by_key(|attached| attached.start);
        Ok(resolved)
    }

    /// The file that was fetched from `url`.
    pub(crate) fn fetched(&self, url: &str) -> Option<Fetched<'a>> {
        self.fetched.iter().find(|fetched| fetched.url == url).copied()
    }

    /// The attachment that replaces `value`.
    pub(crate) fn get(&self, value: &RawValue) -> Option<Attachment<'a>> {
        match self.within(value) {
            [only] if (only.start, only.end) == range_of(value) => Some(only.attachment),
            _ => None,
        }
    }

    /// The attachments that replace `value` or values inside it, in their order.
    pub(crate) fn within(&self, value: &RawValue) -> &[Attached<'a>] {
        let (start, end) = range_of(value);
        let first = self.attached.partition_point(|attached| attached.start < start);
        let last = self.attached.partition_point(|attached| attached.start < end);
        self.attached.get(first..last).unwrap_or_default()
    }
}

fn follow<'a>(messages: &[&'a RawValue], path: &RawValue) -> Option<&'a RawValue> {
    let mut steps = json::array(path)?.into_iter();
    let mut value = *messages.get(index(steps.next()?)?)?;
    for step in steps {
        value = match json::text(step) {
            Some(member) => Object::read(value)?.get(&member)?,
            None => *json::array(value)?.get(index(step)?)?,
        };
    }
    Some(value)
}

fn index(step: &RawValue) -> Option<usize> {
    step.get().parse().ok()
}

fn mismatch() -> Error {
    Error::InvalidInput("request: its attachments do not match its messages".to_owned())
}
