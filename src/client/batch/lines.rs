//! An object's lines, read in ranges: one range is fetched while the lines of the one before are handled.

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::client::failure::Failure;
use crate::client::operations::S3;
use crate::client::s3::{Location, Range};
use crate::error::Error;

/// Bytes of a range.
const RANGE: u64 = 4 * 1024 * 1024;

/// Bytes of a line at most. No record of Bedrock is so long: it has the input, and images there.
const MAX_LINE: usize = 512 * 1024 * 1024;

/// A line, without its line break.
pub(super) struct Line {
    /// Bytes from the start of the object.
    pub(super) offset: u64,
    pub(super) bytes: Bytes,
}

/// Reads an object from its start.
pub(super) struct Lines {
    s3: S3,
    at: Location,
    /// Where the next range starts.
    position: u64,
    etag: Option<String>,
    fetching: Option<JoinHandle<Result<Range, Failure>>>,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
}

impl Lines {
    pub(super) fn new(s3: S3, at: Location) -> Self {
        let mut lines = Self {
            s3,
            at,
            position: 0,
            etag: None,
            fetching: None,
            rest: Vec::new(),
        };
        lines.fetch();
        lines
    }

    /// The lines of the next range, at least one; nothing at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Line>>, Failure> {
        loop {
            let Some(fetching) = &mut self.fetching else {
                return Ok(None);
            };
            // It stays here meanwhile: if this future is dropped, so is the request.
            let fetched = fetching.await;
            self.fetching = None;
            let Range { bytes, size, etag } = fetched.map_err(|_| Failure::Aborted)??;
            let start = self.position;
            self.position += bytes.len() as u64;
            self.etag = etag;
            let is_end = bytes.is_empty() || self.position >= size;
            if !is_end {
                self.fetch();
            }
            let lines = self.cut(&bytes, start, is_end)?;
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
    }

    /// The version of the object that is read; `None` before the first range.
    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    fn fetch(&mut self) {
        let (s3, at, position, etag) = (self.s3.clone(), self.at.clone(), self.position, self.etag.clone());
        self.fetching = Some(tokio::spawn(async move { s3.get_range(&at, position, RANGE, etag.as_deref()).await }));
    }

    fn cut(&mut self, bytes: &Bytes, start: u64, is_end: bool) -> Result<Vec<Line>, Failure> {
        let mut lines = Vec::new();
        let mut position = 0;
        for (end, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            let piece = bytes.slice(position..end);
            lines.push(self.line(piece, start + position as u64));
            position = end + 1;
        }
        let behind = bytes.slice(position..);
        if is_end {
            lines.push(self.line(behind, start + position as u64));
        } else {
            self.rest.extend_from_slice(&behind);
            if self.rest.len() > MAX_LINE {
                let message = format!("A line of s3://{}/{} is longer than 512 MB.", self.at.bucket, self.at.key);
                return Err(Error::InvalidOutput(message).into());
            }
        }
        lines.retain(|line| !line.bytes.trim_ascii().is_empty());
        Ok(lines)
    }

    /// A line that ends with `piece`.
    fn line(&mut self, piece: Bytes, start: u64) -> Line {
        if self.rest.is_empty() {
            return Line { offset: start, bytes: piece };
        }
        let mut whole = std::mem::take(&mut self.rest);
        let offset = start - whole.len() as u64;
        whole.extend_from_slice(&piece);
        Line { offset, bytes: whole.into() }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some(fetching) = &self.fetching {
            fetching.abort();
        }
    }
}
