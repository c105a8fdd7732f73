//! What batch inference needs of S3: objects in parts, ranges of objects, lists.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;

use super::encoding::encode;
use super::failure::{Failure, ServiceException};
use super::operations::{Method, S3, S3Answer, S3Request, read_error};
use super::xml;
use crate::convert::response::ResponseMetadata;
use crate::error::Error;

/// Where an object, or a folder of objects, is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key.
    pub key: String,
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The object's key.
    pub key: String,
    /// Bytes.
    pub size: u64,
}

/// A range of an object.
#[derive(Debug)]
pub struct Range {
    /// Bytes from the start of the range.
    pub bytes: Bytes,
    /// The size of the whole object in bytes.
    pub size: u64,
    /// The version of the object, by which the next range is asked for.
    pub etag: Option<String>,
}

/// How often the end of an upload is asked for, where S3 reports an error inside a success, and the pause before the second time.
const MAX_COMPLETIONS: u32 = 3;
const COMPLETION_PAUSE: Duration = Duration::from_millis(200);

impl Location {
    fn request(&self, method: Method) -> S3Request {
        S3Request {
            method,
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            ..S3Request::default()
        }
    }
}

impl S3 {
    /// Stores an object, in place of the one that is there.
    ///
    /// # Errors
    /// See [`S3::send`].
    pub async fn put_object(&self, at: &Location, body: Bytes) -> Result<(), Failure> {
        let request = S3Request {
            body,
            ..at.request(Method::Put)
        };
        self.send(request).await.map(drop)
    }

    /// Stores an object where there is none. `sha256`: the hash of `body`.
    ///
    /// # Errors
    /// See [`S3::send`]. `PreconditionFailed` when there is one.
    pub async fn create_object(&self, at: &Location, body: Bytes, sha256: String) -> Result<(), Failure> {
        let request = S3Request {
            headers: vec![if_absent()],
            body,
            sha256: Some(sha256),
            ..at.request(Method::Put)
        };
        self.send(request).await.map(drop)
    }

    /// Begins an object in parts. Returns the upload's id.
    ///
    /// # Errors
    /// See [`S3::send`]; [`Failure::Convert`] for an answer without the id.
    pub async fn create_upload(&self, at: &Location) -> Result<String, Failure> {
        let answer = self
            .send(S3Request {
                query: "uploads=".to_owned(),
                ..at.request(Method::Post)
            })
            .await?;
        xml::text(&String::from_utf8_lossy(&answer.body), "UploadId").ok_or_else(|| missing("CreateMultipartUpload", "UploadId"))
    }

    /// Stores a part, the first of which has the number 1. Returns its entity tag.
    ///
    /// # Errors
    /// See [`S3::send`]; [`Failure::Convert`] for an answer without the tag.
    pub async fn upload_part(&self, at: &Location, upload: &str, number: usize, body: Bytes, sha256: String) -> Result<String, Failure> {
        let query = format!("partNumber={number}&uploadId={}", encode(upload, ""));
        let sha256 = Some(sha256);
        let answer = self
            .send(S3Request {
                query,
                body,
                sha256,
                ..at.request(Method::Put)
            })
            .await?;
        answer.header("etag").map(str::to_owned).ok_or_else(|| missing("UploadPart", "ETag"))
    }

    /// Makes the object of its parts, whose tags these are, where there is none.
    ///
    /// # Errors
    /// See [`S3::send`]. `PreconditionFailed` when there is one. `NoSuchUpload` also when an earlier answer was lost, by which the object was made.
    pub async fn complete_upload(&self, at: &Location, upload: &str, etags: &[String]) -> Result<(), Failure> {
        let parts = etags.iter().zip(1..).fold(String::new(), |mut parts, (etag, number): (_, usize)| {
            let _ = write!(parts, "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag></Part>", xml::escape(etag));
            parts
        });
        let body = format!(r#"<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{parts}</CompleteMultipartUpload>"#);
        let request = S3Request {
            query: format!("uploadId={}", encode(upload, "")),
            headers: vec![("content-type", "application/xml".to_owned()), if_absent()],
            body: body.into(),
            ..at.request(Method::Post)
        };
        let mut completion = 1;
        loop {
            let answer = self.send(request.clone()).await?;
            // S3 begins to answer before it knows the outcome.
            let Some((code, message)) = read_error(&answer.body) else {
                return Ok(());
            };
            if completion == MAX_COMPLETIONS || !is_transient(&code) {
                return Err(service(code, &message, at));
            }
            tokio::time::sleep(COMPLETION_PAUSE * completion).await;
            completion += 1;
        }
    }

    /// Gives up an object in parts: S3 charges for parts that are kept.
    ///
    /// # Errors
    /// See [`S3::send`].
    pub async fn abort_upload(&self, at: &Location, upload: &str) -> Result<(), Failure> {
        let query = format!("uploadId={}", encode(upload, ""));
        self.send(S3Request {
            query,
            ..at.request(Method::Delete)
        })
        .await
        .map(drop)
    }

    /// Reads at most `length` bytes from `start` on, of the version `etag` if one is given. An object that ends before `start` gives no bytes.
    ///
    /// # Errors
    /// See [`S3::send`]. `PreconditionFailed` when the object is another version now.
    pub async fn get_range(&self, at: &Location, start: u64, length: u64, etag: Option<&str>) -> Result<Range, Failure> {
        let mut headers = vec![("range", format!("bytes={start}-{}", start.saturating_add(length).saturating_sub(1)))];
        headers.extend(etag.map(|etag| ("if-match", etag.to_owned())));
        match self
            .send(S3Request {
                headers,
                ..at.request(Method::Get)
            })
            .await
        {
            Ok(answer) => Ok(range(answer, start)),
            // No byte is there: the object is empty, or has been read to its end.
            Err(Failure::Service(exception)) if exception.name == "InvalidRange" => Ok(Range {
                bytes: Bytes::new(),
                size: start,
                etag: etag.map(str::to_owned),
            }),
            Err(failure) => Err(failure),
        }
    }

    /// Whether there is an object. It is not asked by `HEAD`, since an answer to that has no body, which would say why S3 refuses.
    ///
    /// # Errors
    /// See [`S3::send`]. `AccessDenied` also when there is none and objects may not be listed.
    pub async fn has_object(&self, at: &Location) -> Result<bool, Failure> {
        match self.get_range(at, 0, 1, None).await {
            Ok(_) => Ok(true),
            Err(Failure::Service(exception)) if matches!(exception.name.as_str(), "NoSuchKey" | "NotFound") => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// All objects whose keys begin with the key of `folder`, in the order of their keys.
    ///
    /// # Errors
    /// See [`S3::send`].
    pub async fn list_objects(&self, folder: &Location) -> Result<Vec<Listed>, Failure> {
        let mut listed = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut query = format!("list-type=2&prefix={}", encode(&folder.key, ""));
            if let Some(token) = &token {
                query = format!("continuation-token={}&{query}", encode(token, ""));
            }
            let bucket = Location {
                bucket: folder.bucket.clone(),
                key: String::new(),
            };
            let answer = self
                .send(S3Request {
                    query,
                    ..bucket.request(Method::Get)
                })
                .await?;
            let text = String::from_utf8_lossy(&answer.body);
            listed.extend(xml::elements(&text, "Contents").filter_map(|object| {
                let size = xml::text(object, "Size")?.parse().ok()?;
                Some(Listed {
                    key: xml::text(object, "Key")?,
                    size,
                })
            }));
            token = xml::text(&text, "NextContinuationToken").filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(listed);
            }
        }
    }
}

/// A server that ignores `Range` answers with the whole object.
fn range(answer: S3Answer, start: u64) -> Range {
    let etag = answer.header("etag").map(str::to_owned);
    let total = answer.header("content-range").and_then(|range| range.rsplit('/').next()?.parse().ok());
    if let Some(size) = total {
        return Range {
            bytes: answer.body,
            size,
            etag,
        };
    }
    let size = u64::try_from(answer.body.len()).unwrap_or(u64::MAX);
    let skipped = usize::try_from(start.min(size)).unwrap_or(usize::MAX);
    Range {
        bytes: answer.body.slice(skipped..),
        size,
        etag,
    }
}

/// Writes an object only where there is none
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>).
fn if_absent() -> (&'static str, String) {
    ("if-none-match", "*".to_owned())
}

/// What S3 says inside a success when the same request may succeed later.
fn is_transient(code: &str) -> bool {
    matches!(code, "InternalError" | "ServiceUnavailable" | "SlowDown" | "RequestTimeout")
}

fn missing(operation: &str, member: &str) -> Failure {
    Error::InvalidOutput(format!("S3's answer to {operation} has no {member}.")).into()
}

fn service(name: String, message: &str, at: &Location) -> Failure {
    Failure::Service(Box::new(ServiceException {
        name,
        message: format!("{} (s3://{}/{}).", message.trim_end_matches('.'), at.bucket, at.key),
        fault: "server",
        retryable: true,
        resend: None,
        retry_after: None,
        members: serde_json::Map::new(),
        metadata: ResponseMetadata::default(),
    }))
}
