//! Converts inputs and writes them to S3: one part is filled while a few are sent.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::record::{has_tools, record_line};
use super::split::{FinishedJob, Limits, Splitter, Step};
use super::stored::{Sent, Written, or_equal};
use crate::client::conversation::Request;
use crate::client::failure::Failure;
use crate::client::operations::S3;
use crate::client::s3::Location;
use crate::error::Error;

/// Parts under way at once.
const MAX_PARTS: usize = 3;

/// How long a file is given up at most. Whoever ends a submission waits for it.
const ABORT_DURATION: Duration = Duration::from_secs(5);

/// What a batch is.
#[derive(Debug, Clone)]
pub struct UploadOptions {
    /// Where its files go; the key is empty or ends with a slash.
    pub folder: Location,
    /// Its name, which becomes part of keys.
    pub name: String,
    /// What else makes one batch another: the settings of its jobs.
    pub seed: String,
    /// Quotas.
    pub limits: Limits,
}

/// An input.
pub struct BatchInput {
    /// The caller's id, if it is not made of the index.
    pub id: Option<String>,
    /// The request that asks it.
    pub request: Request,
}

/// What was changed in requests, as their warnings say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Changes {
    code: &'static str,
    /// In how many places.
    count: u64,
    /// The index of the first input.
    first: u64,
}

/// The inputs of a batch on their way to S3.
pub struct Upload {
    s3: S3,
    folder: Location,
    /// `None` while it works on another thread.
    work: Option<Work>,
    open: Option<OpenUpload>,
    finished: Vec<FinishedJob>,
}

/// What is done on a thread of its own.
struct Work {
    splitter: Splitter,
    inputs: u64,
    changes: BTreeMap<&'static str, Changes>,
}

/// A file in parts.
struct OpenUpload {
    at: Location,
    id: String,
    /// In their order.
    sent: Vec<Sent>,
    parts: JoinSet<Result<(usize, String), Failure>>,
    /// By the number of the part.
    etags: BTreeMap<usize, String>,
}

impl Upload {
    /// Sends nothing yet.
    #[must_use]
    pub fn new(s3: S3, options: &UploadOptions) -> Self {
        let UploadOptions { folder, name, seed, limits } = options;
        let work = Work {
            splitter: Splitter::new(*limits, &folder.key, name, seed),
            inputs: 0,
            changes: BTreeMap::new(),
        };
        Self {
            s3,
            folder: folder.clone(),
            work: Some(work),
            open: None,
            finished: Vec::new(),
        }
    }

    /// Converts and writes the next inputs. Returns when there is room for more.
    ///
    /// # Errors
    /// [`Failure::Convert`] for an input that cannot be sent, which its message names; failures of S3.
    pub async fn write(&mut self, inputs: Vec<BatchInput>) -> Result<(), Failure> {
        let steps = self.work(move |work, steps| work.write(inputs, steps)).await?;
        self.perform(steps).await
    }

    /// Writes what was held back, and waits until all is in S3.
    ///
    /// # Errors
    /// [`Failure::Convert`] for fewer inputs than a job needs; failures of S3.
    pub async fn finish(&mut self) -> Result<(), Failure> {
        let steps = self.work(|work, steps| Ok(work.splitter.finish(steps)?)).await?;
        self.perform(steps).await
    }

    /// Gives up the file that is under way, for some seconds at most: S3 charges for parts that are kept.
    pub async fn abort(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.parts.shutdown().await;
            // What S3 says of it does not matter: the failure that led here is told.
            let _ = timeout(ABORT_DURATION, self.s3.abort_upload(&open.at, &open.id)).await;
        }
    }

    /// The JSON of the jobs that have been written since the last call, and of the changes of all requests so far.
    pub fn take_report(&mut self) -> String {
        #[derive(Serialize)]
        struct Report<'a> {
            jobs: Vec<FinishedJob>,
            changes: Vec<&'a Changes>,
            inputs: u64,
        }
        let work = self.work.as_ref();
        let report = Report {
            jobs: std::mem::take(&mut self.finished),
            changes: work.map(|work| work.changes.values().collect()).unwrap_or_default(),
            inputs: work.map_or(0, |work| work.inputs),
        };
        serde_json::to_string(&report).unwrap_or_default()
    }

    /// Runs `act` on a blocking thread: conversions and hashes would hold up the thread that serves connections.
    async fn work(&mut self, act: impl FnOnce(&mut Work, &mut Vec<Step>) -> Result<(), Failure> + Send + 'static) -> Result<Vec<Step>, Failure> {
        let mut work = self.work.take().ok_or(Failure::Aborted)?;
        let done = tokio::task::spawn_blocking(move || {
            let mut steps = Vec::new();
            let outcome = act(&mut work, &mut steps);
            (work, outcome.map(|()| steps))
        });
        match done.await {
            Ok((work, steps)) => {
                self.work = Some(work);
                steps
            }
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(Failure::Aborted),
            },
        }
    }

    async fn perform(&mut self, steps: Vec<Step>) -> Result<(), Failure> {
        for step in steps {
            match step {
                Step::Job(job) => self.finished.push(job),
                Step::Part {
                    key,
                    number: 1,
                    bytes,
                    sha256,
                    is_last: true,
                } => self.put(&self.file(key), bytes, sha256).await?,
                Step::Part {
                    key,
                    number,
                    bytes,
                    sha256,
                    is_last,
                } => {
                    if self.open.is_none() {
                        let at = self.file(key);
                        let id = self.s3.create_upload(&at).await?;
                        self.open = Some(OpenUpload::new(at, id));
                    }
                    let Some(open) = &mut self.open else { continue };
                    open.send(&self.s3, number, bytes, sha256).await?;
                    if is_last {
                        self.complete().await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Stores a file as a whole.
    async fn put(&self, at: &Location, bytes: Bytes, sha256: String) -> Result<(), Failure> {
        let sent = Sent::new(&bytes, &sha256);
        let attempt = self.s3.create_object(at, bytes, sha256).await;
        or_equal(attempt, &self.s3, at, &[sent]).await.map(drop)
    }

    /// Makes the file of its parts.
    async fn complete(&mut self) -> Result<(), Failure> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.wait_for_room(1).await?;
        let etags: Vec<String> = open.etags.values().cloned().collect();
        let attempt = self.s3.complete_upload(&open.at, &open.id, &etags).await;
        match or_equal(attempt, &self.s3, &open.at, &open.sent).await? {
            Written::Now => self.open = None,
            Written::Before => self.abort().await,
        }
        Ok(())
    }

    fn file(&self, key: String) -> Location {
        Location {
            bucket: self.folder.bucket.clone(),
            key,
        }
    }
}

impl OpenUpload {
    fn new(at: Location, id: String) -> Self {
        Self {
            at,
            id,
            sent: Vec::new(),
            parts: JoinSet::new(),
            etags: BTreeMap::new(),
        }
    }

    /// Begins to send a part, once few enough are under way.
    async fn send(&mut self, s3: &S3, number: usize, bytes: Bytes, sha256: String) -> Result<(), Failure> {
        self.wait_for_room(MAX_PARTS).await?;
        self.sent.push(Sent::new(&bytes, &sha256));
        let (s3, at, id) = (s3.clone(), self.at.clone(), self.id.clone());
        self.parts.spawn(async move {
            let etag = s3.upload_part(&at, &id, number, bytes, sha256).await?;
            Ok((number, etag))
        });
        Ok(())
    }

    /// Waits until fewer than `limit` parts are under way.
    async fn wait_for_room(&mut self, limit: usize) -> Result<(), Failure> {
        while self.parts.len() >= limit {
            if let Some(part) = self.parts.join_next().await {
                let (number, etag) = part.map_err(|_| Failure::Aborted)??;
                self.etags.insert(number, etag);
            }
        }
        Ok(())
    }
}

impl Work {
    fn write(&mut self, inputs: Vec<BatchInput>, steps: &mut Vec<Step>) -> Result<(), Failure> {
        for BatchInput { id, request } in inputs {
            let index = self.inputs;
            let named = |problem: &str| {
                let id = id.as_ref().map_or(String::new(), |id| format!(" ({id})"));
                Failure::from(Error::InvalidInput(format!("BedrockBatch: input {index}{id}: {problem}")))
            };
            let converted = request.convert_now().and_then(|converted| {
                converted.check_media_are_here()?;
                Ok(converted)
            });
            let converted = converted.map_err(|failure| named(&failure.to_string()))?;
            if has_tools(&converted.body) {
                return Err(named(
                    "a job of batch inference takes no tools, neither bound to the model nor as calls in the messages. Leave them out, or ask by runLocally.",
                ));
            }
            for warning in &converted.warnings {
                let code = warning.code;
                let changes = self.changes.entry(code).or_insert(Changes {
                    code,
                    count: 0,
                    first: index,
                });
                changes.count += 1;
            }
            self.splitter.push(record_line(index, id.as_deref(), &converted.body), steps)?;
            self.inputs += 1;
        }
        Ok(())
    }
}
