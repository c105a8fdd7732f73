//! Batches on their way to S3, and their results from there.

use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::mailbox::{Outcome, Reply};
use super::request::JsRequest;
use crate::client::batch::{BatchInput, Limits, Output, OutputOptions, Upload, UploadOptions};
use crate::client::conversation::Request;
use crate::client::failure::Failure;
use crate::client::operations::S3;
use crate::client::s3::Location;
use crate::client::until_cancelled;

/// An object, or a folder of objects, in S3.
#[napi(object, object_to_js = false)]
pub struct JsLocation {
    /// The bucket's name.
    pub bucket: String,
    /// The key; of a folder with a slash at the end, or empty.
    pub key: String,
}

impl From<JsLocation> for Location {
    fn from(JsLocation { bucket, key }: JsLocation) -> Self {
        Self { bucket, key }
    }
}

/// An object that is read, or written.
#[napi(object, object_to_js = false)]
pub struct JsObject {
    /// Where it is.
    pub at: JsLocation,
    /// What is written; by default it is read.
    pub text: Option<String>,
    /// A URL in place of S3's.
    pub endpoint: Option<String>,
}

/// See [`UploadOptions`] and [`Limits`] for the meaning of each.
#[napi(object, object_to_js = false)]
pub struct JsBatchOptions {
    /// The folder of the files.
    pub folder: JsLocation,
    /// The name of the batch.
    pub name: String,
    /// What else makes one batch another.
    pub seed: String,
    /// Records of a job at most.
    pub max_records_per_job: f64,
    /// Records of a job at least.
    pub min_records_per_job: f64,
    /// Records of a file at most.
    pub max_records_per_file: f64,
    /// Bytes of a file at most.
    pub max_bytes_per_file: f64,
    /// Bytes of a job at most.
    pub max_bytes_per_job: f64,
    /// Bytes of a part of an upload.
    pub part_size: u32,
}

impl From<JsBatchOptions> for UploadOptions {
    fn from(options: JsBatchOptions) -> Self {
        Self {
            folder: options.folder.into(),
            name: options.name,
            seed: options.seed,
            limits: Limits {
                records_per_job: whole(options.max_records_per_job),
                min_records_per_job: whole(options.min_records_per_job),
                records_per_file: whole(options.max_records_per_file),
                bytes_per_file: whole(options.max_bytes_per_file),
                bytes_per_job: whole(options.max_bytes_per_job),
                bytes_per_part: usize::try_from(options.part_size).unwrap_or(usize::MAX),
            },
        }
    }
}

/// TypeScript has checked that it is whole, and not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// An input of a batch.
#[napi(object, object_to_js = false)]
pub struct JsBatchInput<'a> {
    /// The caller's id.
    pub id: Option<String>,
    /// The request that asks it.
    pub request: Either<String, JsRequest<'a>>,
}

/// See [`OutputOptions`] for the meaning of each.
#[napi(object, object_to_js = false)]
pub struct JsBatchOutputOptions<'a> {
    /// The input file.
    pub input: JsLocation,
    /// The folder of the job's output.
    pub output: Option<JsLocation>,
    /// The index of the file's first record.
    pub first: f64,
    /// The number of the file's records.
    pub records: f64,
    /// Whether results come in the order of the inputs.
    pub in_order: bool,
    /// Whether only what failed is read, with its input.
    pub only_failed: bool,
    /// A request of the same options.
    pub sample: Either<String, JsRequest<'a>>,
}

enum Command {
    Write(Vec<BatchInput>, Reply),
    Finish(Reply),
    /// Asks for the end of everything that is under way.
    Close(Reply),
}

/// The inputs of a batch on their way to S3. One that is dropped is given up.
#[napi(js_name = "BatchUpload")]
pub struct JsBatchUpload {
    commands: mpsc::UnboundedSender<Command>,
    cancelled: CancellationToken,
}

impl JsBatchUpload {
    /// `cancelled` ends it.
    pub(super) fn new(s3: S3, options: &UploadOptions, cancelled: CancellationToken) -> Self {
        // JavaScript waits for the outcome of one write before it makes the next but one.
        let (commands, received) = mpsc::unbounded_channel();
        napi::bindgen_prelude::spawn(run(Upload::new(s3, options), received, cancelled.clone()));
        Self { commands, cancelled }
    }

    pub(super) fn write(&self, inputs: Vec<JsBatchInput<'_>>, reply: Reply) {
        let inputs = inputs
            .into_iter()
            .map(|JsBatchInput { id, request }| BatchInput { id, request: request.into() });
        self.send(Command::Write(inputs.collect(), reply));
    }

    pub(super) fn finish(&self, reply: Reply) {
        self.send(Command::Finish(reply));
    }

    pub(super) fn close(&self, reply: Reply) {
        self.send(Command::Close(reply));
        self.cancelled.cancel();
    }

    /// Where the upload has ended, the reply is dropped, and reports that.
    fn send(&self, command: Command) {
        let _ = self.commands.send(command);
    }
}

/// Also runs when JavaScript collects the object and when a worker ends.
impl Drop for JsBatchUpload {
    fn drop(&mut self) {
        self.cancelled.cancel();
    }
}

/// Carries out commands in their order, until the first failure or until `cancelled`. Then what is under way is given up, and so are later commands.
async fn run(mut upload: Upload, mut commands: mpsc::UnboundedReceiver<Command>, cancelled: CancellationToken) {
    let mut closed = None;
    while let Ok(Some(command)) = until_cancelled(&cancelled, async { Ok(commands.recv().await) }).await {
        let (reply, done) = match command {
            Command::Write(inputs, reply) => (reply, until_cancelled(&cancelled, upload.write(inputs)).await),
            Command::Finish(reply) => (reply, until_cancelled(&cancelled, upload.finish()).await),
            Command::Close(reply) => {
                closed = Some(reply);
                break;
            }
        };
        match done {
            Ok(()) => reply.send(Some(Outcome::B(upload.take_report()))),
            Err(failure) => {
                reply.send(Some(Outcome::A(failure.into())));
                break;
            }
        }
    }
    upload.abort().await;
    if let Some(reply) = closed {
        reply.send(None);
    }
    commands.close();
    while let Some(command) = commands.recv().await {
        match command {
            Command::Write(_, reply) | Command::Finish(reply) => reply.send(Some(Outcome::A(Failure::Aborted.into()))),
            Command::Close(reply) => reply.send(None),
        }
    }
}

/// The results of one file of a job.
#[napi(js_name = "BatchOutput")]
pub struct JsBatchOutput(Arc<Mutex<Output>>);

impl JsBatchOutput {
    pub(super) fn new(s3: S3, options: JsBatchOutputOptions<'_>) -> Self {
        let options = OutputOptions {
            input: options.input.into(),
            output: options.output.map(Into::into),
            first: whole(options.first),
            records: whole(options.records),
            in_order: options.in_order,
            only_failed: options.only_failed,
            sample: Request::from(options.sample),
        };
        Self(Arc::new(Mutex::new(Output::new(s3, options))))
    }

    pub(super) fn next(&self, cancelled: CancellationToken, reply: Reply) {
        let output = Arc::clone(&self.0);
        napi::bindgen_prelude::spawn(async move {
            let mut output = output.lock().await;
            let batch = until_cancelled(&cancelled, output.next()).await;
            reply.send(match batch {
                Ok(batch) => batch.map(Outcome::B),
                Err(failure) => Some(Outcome::A(failure.into())),
            });
        });
    }
}

/// An object of S3, as text; `undefined` if there is none.
pub(super) async fn read_object(s3: &S3, at: &Location) -> Result<Option<String>, Failure> {
    match s3.get_range(at, 0, MAX_TEXT, None).await {
        Ok(range) => Ok(Some(String::from_utf8_lossy(&range.bytes).into_owned())),
        Err(Failure::Service(exception)) if matches!(exception.name.as_str(), "NoSuchKey" | "NotFound") => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Bytes of an object that is read as a whole.
const MAX_TEXT: u64 = 32 * 1024 * 1024;
