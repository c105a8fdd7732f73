//! Jobs of batch inference: their inputs are converted and written to S3 in parts, their outputs read from there, line by line.
//!
//! A line is a record (<https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html>): `{ recordId, modelInput }`, in an output with
//! `modelOutput` or `error` beside it.

mod lines;
mod output;
mod record;
mod split;
mod stored;
mod upload;

pub use self::output::{Output, OutputOptions};
pub use self::split::{FinishedFile, FinishedJob, Limits};
pub use self::upload::{BatchInput, Upload, UploadOptions};
