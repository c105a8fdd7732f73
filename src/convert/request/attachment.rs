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
}

/// The attachments of a request, by the place in its JSON whose value each replaces.
///
/// The places come beside the messages, as paths. A mark inside the messages could be written by whoever controls a tool's output.
#[derive(Debug, Default)]
pub(crate) struct Attachments<'a>(Vec<Attached<'a>>);

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
    /// Resolves `paths`, a list with a path for each of `attachments`: `[0, "content", 1, "source", "bytes"]` is a value of the first of `messages`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for paths that do not match the attachments or the messages.
    pub(crate) fn resolve(messages: &[&'a RawValue], paths: Option<&'a RawValue>, attachments: &[Attachment<'a>]) -> Result<Self, Error> {
        let paths = paths
            .map_or(Some(Vec::new()), json::array)
            .filter(|paths| paths.len() == attachments.len());
        let mut attached = Vec::with_capacity(attachments.len());
        for (path, attachment) in paths.ok_or_else(mismatch)?.into_iter().zip(attachments) {
            let (start, end) = range_of(follow(messages, path).ok_or_else(mismatch)?);
            attached.push(Attached {
                start,
                end,
                attachment: *attachment,
            });
        }
        attached.sort_unstable_by_key(|attached| attached.start);
        Ok(Self(attached))
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
        let first = self.0.partition_point(|attached| attached.start < start);
        let last = self.0.partition_point(|attached| attached.start < end);
        self.0.get(first..last).unwrap_or_default()
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
