//! Files that are in S3 already when a batch is to write them: its own, of a submission that did not come to its end, or those of another batch.

use ring::digest::{Context, SHA256};

use crate::client::encoding::hex;
use crate::client::failure::Failure;
use crate::client::operations::S3;
use crate::client::s3::Location;
use crate::error::Error;

/// Bytes that are read at once.
const RANGE: u64 = 4 * 1024 * 1024;

/// What is known of bytes that were sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Sent {
    pub(super) fn new(bytes: &[u8], sha256: &str) -> Self {
        Self {
            bytes: bytes.len() as u64,
            sha256: sha256.to_owned(),
        }
    }
}

/// What came of the wish to write a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Now,
    /// The same file was there.
    Before,
}

/// Takes a file that is there already for the one that was to be written, of these parts, if it is equal.
///
/// # Errors
/// [`Failure::Convert`] if another file is there; the failure of `attempt` if none is; failures of S3.
pub(super) async fn or_equal(attempt: Result<(), Failure>, s3: &S3, at: &Location, parts: &[Sent]) -> Result<Written, Failure> {
    let failure = match attempt {
        Ok(()) => return Ok(Written::Now),
        Err(Failure::Service(exception)) if may_be_there(&exception.name) => Failure::Service(exception),
        Err(failure) => return Err(failure),
    };
    match consists_of(s3, at, parts).await {
        Ok(true) => Ok(Written::Before),
        Ok(false) => Err(Error::InvalidInput(format!(
            "BedrockBatch: s3://{}/{} is there already, with other inputs: those of another batch with this name, these settings and the same first inputs. \
             Give this batch another name.",
            at.bucket, at.key
        ))
        .into()),
        Err(Failure::Service(exception)) if exception.name == "NoSuchKey" => Err(failure),
        Err(failure) => Err(failure),
    }
}

/// Whether the object may be there when S3 refuses to write it: it was before, a lost answer told of it, or another process writes the same at this moment.
fn may_be_there(refusal: &str) -> bool {
    matches!(refusal, "PreconditionFailed" | "NoSuchUpload" | "ConditionalRequestConflict")
}

/// Whether the object has these bytes and no others. Entity tags would not tell: they depend on the object's encryption.
async fn consists_of(s3: &S3, at: &Location, parts: &[Sent]) -> Result<bool, Failure> {
    let total: u64 = parts.iter().map(|part| part.bytes).sum();
    let mut position = 0;
    let mut etag: Option<String> = None;
    for part in parts {
        let mut hash = Context::new(&SHA256);
        let end = position + part.bytes;
        while position < end {
            let range = s3.get_range(at, position, RANGE.min(end - position), etag.as_deref()).await?;
            if range.size != total || range.bytes.is_empty() {
                return Ok(false);
            }
            hash.update(&range.bytes);
            position += range.bytes.len() as u64;
            etag = range.etag;
        }
        if hex(hash.finish().as_ref()) != part.sha256 {
            return Ok(false);
        }
    }
    Ok(true)
}
