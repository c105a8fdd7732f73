//! Divides records into parts of files of jobs, as Bedrock's quotas want it.

use std::collections::VecDeque;

use bytes::Bytes;
use ring::digest::{Context, SHA256};
use serde::Serialize;

use crate::client::encoding::hex;
use crate::client::operations::sha256_hex;
use crate::error::Error;

/// Bytes of records that are held back at most, so that large ones do not fill the memory.
const MAX_HELD: usize = 64 * 1024 * 1024;

/// Bedrock's quotas, and the size of a part.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Records of a job at most.
    pub records_per_job: u64,
    /// Records of a job at least.
    pub min_records_per_job: u64,
    /// Records of a file at most.
    pub records_per_file: u64,
    /// Bytes of a file at most.
    pub bytes_per_file: u64,
    /// Bytes of all files of a job at most.
    pub bytes_per_job: u64,
    /// Bytes of a part, at least 5 MiB in S3.
    pub bytes_per_part: usize,
}

/// A file that was written as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FinishedFile {
    /// The object's key.
    pub key: String,
    /// The index of its first record.
    pub first: u64,
    /// The number of its records.
    pub records: u64,
    /// Its size.
    pub bytes: u64,
}

/// A job whose files were all written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FinishedJob {
    /// The key of the folder of its files, with a slash at the end.
    pub folder: String,
    /// A hash of its records and of all that is the same for the batch: the same job has the same.
    pub token: String,
    /// The number of its records.
    pub records: u64,
    /// Its files, in the order of their records.
    pub files: Vec<FinishedFile>,
}

/// What is to be done next.
#[derive(Debug)]
pub(super) enum Step {
    /// Sends a part of the file `key`, the last one or not.
    Part {
        key: String,
        number: usize,
        bytes: Bytes,
        sha256: String,
        is_last: bool,
    },
    /// All files of a job have been sent.
    Job(FinishedJob),
}

/// The division so far. As many records as a job needs are held back, so that the last job gets them and never has fewer.
pub(super) struct Splitter {
    limits: Limits,
    /// What names the batch: key of its folder, name and settings.
    folder: String,
    seed: String,
    /// Where its files are, known with its first records.
    prefix: Option<String>,
    held: VecDeque<Vec<u8>>,
    held_bytes: usize,
    /// The number of records that were written.
    written: u64,
    jobs: u64,
    job: Option<OpenJob>,
}

struct OpenJob {
    folder: String,
    records: u64,
    bytes: u64,
    hash: Context,
    done: Vec<FinishedFile>,
    file: Option<OpenFile>,
}

struct OpenFile {
    key: String,
    first: u64,
    records: u64,
    bytes: u64,
    parts: usize,
    buffer: Vec<u8>,
}

impl Splitter {
    /// `folder` ends with a slash or is empty. `name` becomes part of keys. `seed`: what else makes one batch another.
    pub(super) fn new(limits: Limits, folder: &str, name: &str, seed: &str) -> Self {
        Self {
            limits,
            folder: format!("{folder}{name}-"),
            seed: seed.to_owned(),
            prefix: None,
            held: VecDeque::new(),
            held_bytes: 0,
            written: 0,
            jobs: 0,
            job: None,
        }
    }

    /// Takes the next record's line.
    pub(super) fn push(&mut self, line: Vec<u8>, steps: &mut Vec<Step>) -> Result<(), Error> {
        let size = length(&line);
        if size > self.limits.bytes_per_file.min(self.limits.bytes_per_job) {
            let index = self.written + length(&self.held);
            let most = self.limits.bytes_per_file.min(self.limits.bytes_per_job);
            return Err(Error::InvalidInput(format!(
                "BedrockBatch: input {index} has {size} bytes as a record, and a file of a job takes {most} at most."
            )));
        }
        self.held_bytes += line.len();
        self.held.push_back(line);
        while length(&self.held) > self.limits.min_records_per_job || (self.held_bytes > MAX_HELD && self.held.len() > 1) {
            self.release(steps)?;
        }
        Ok(())
    }

    /// Takes the end. A batch of fewer records than a job needs is refused before anything is sent.
    pub(super) fn finish(&mut self, steps: &mut Vec<Step>) -> Result<(), Error> {
        let total = self.written + length(&self.held);
        let least = self.limits.min_records_per_job;
        if total < least || total == 0 {
            return Err(Error::InvalidInput(format!(
                "BedrockBatch: a job of batch inference needs {least} inputs at least, but the batch has {total}; runLocally asks any number. (Where the \
                 quota of a model is lower, minRecordsPerJob says so.)"
            )));
        }
        let (held, held_bytes) = (length(&self.held), self.held_bytes as u64);
        let fits = self
            .job
            .as_ref()
            .is_some_and(|job| job.records + held <= self.limits.records_per_job && job.bytes + held_bytes <= self.limits.bytes_per_job);
        if !fits {
            self.end_job(steps)?;
        }
        while !self.held.is_empty() {
            self.release(steps)?;
        }
        self.end_job(steps)
    }

    /// Writes the record that was held back the longest.
    fn release(&mut self, steps: &mut Vec<Step>) -> Result<(), Error> {
        self.choose_prefix();
        let Some(line) = self.held.pop_front() else {
            return Ok(());
        };
        self.held_bytes -= line.len();
        let size = length(&line);
        let limits = self.limits;
        if self
            .job
            .as_ref()
            .is_some_and(|job| job.records == limits.records_per_job || job.bytes + size > limits.bytes_per_job)
        {
            self.end_job(steps)?;
        }
        let (written, prefix, number) = (self.written, self.prefix.as_deref().unwrap_or_default(), self.jobs + 1);
        let job = self.job.get_or_insert_with(|| OpenJob::new(format!("{prefix}/{number:04}/"), &self.seed));
        job.write(&line, written, &limits, steps);
        self.written += 1;
        Ok(())
    }

    /// The hash of the first records stands in all keys, so that a batch of other inputs does not write over files of this name which a job may still read.
    fn choose_prefix(&mut self) {
        if self.prefix.is_some() {
            return;
        }
        let mut hash = Context::new(&SHA256);
        hash.update(self.seed.as_bytes());
        for line in &self.held {
            hash.update(line);
        }
        let hash = hex(hash.finish().as_ref());
        self.prefix = Some(format!("{}{}", self.folder, hash.get(..16).unwrap_or_default()));
    }

    fn end_job(&mut self, steps: &mut Vec<Step>) -> Result<(), Error> {
        let Some(job) = self.job.take() else {
            return Ok(());
        };
        if job.records < self.limits.min_records_per_job {
            return Err(Error::InvalidInput(format!(
                "BedrockBatch: the inputs cannot be divided into jobs: one would have {} of them, fewer than the {} that it needs, and with the next it would \
                 exceed maxRecordsPerJob or maxBytesPerJob. Raise these if your quotas allow it, or ask by runLocally.",
                job.records, self.limits.min_records_per_job
            )));
        }
        self.jobs += 1;
        let finished = job.end(steps);
        steps.push(Step::Job(finished));
        Ok(())
    }
}

impl OpenJob {
    fn new(folder: String, seed: &str) -> Self {
        let mut hash = Context::new(&SHA256);
        hash.update(seed.as_bytes());
        hash.update(folder.as_bytes());
        Self {
            folder,
            records: 0,
            bytes: 0,
            hash,
            done: Vec::new(),
            file: None,
        }
    }

    fn write(&mut self, line: &[u8], index: u64, limits: &Limits, steps: &mut Vec<Step>) {
        let size = length(line);
        if self
            .file
            .as_ref()
            .is_some_and(|file| file.records == limits.records_per_file || file.bytes + size > limits.bytes_per_file)
        {
            self.end_file(steps);
        }
        let key = format!("{}{:04}.jsonl", self.folder, self.done.len() + 1);
        let file = self.file.get_or_insert_with(|| OpenFile {
            key,
            first: index,
            records: 0,
            bytes: 0,
            parts: 0,
            buffer: Vec::new(),
        });
        // Only when more follows: no part is empty.
        if file.buffer.len() >= limits.bytes_per_part {
            let part = file.part(false, &mut self.hash);
            steps.push(part);
        }
        if file.buffer.capacity() == 0 {
            // Grown by doubling, it would take up to twice as much.
            file.buffer.reserve_exact(limits.bytes_per_part.saturating_add(line.len()));
        }
        file.buffer.extend_from_slice(line);
        file.records += 1;
        file.bytes += size;
        self.records += 1;
        self.bytes += size;
    }

    fn end_file(&mut self, steps: &mut Vec<Step>) {
        if let Some(mut file) = self.file.take() {
            steps.push(file.part(true, &mut self.hash));
            self.done.push(FinishedFile {
                key: file.key,
                first: file.first,
                records: file.records,
                bytes: file.bytes,
            });
        }
    }

    fn end(mut self, steps: &mut Vec<Step>) -> FinishedJob {
        self.end_file(steps);
        FinishedJob {
            folder: self.folder,
            token: hex(self.hash.finish().as_ref()),
            records: self.records,
            files: self.done,
        }
    }
}

impl OpenFile {
    fn part(&mut self, is_last: bool, hash: &mut Context) -> Step {
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        let sha256 = sha256_hex(&bytes);
        hash.update(sha256.as_bytes());
        self.parts += 1;
        Step::Part {
            key: self.key.clone(),
            number: self.parts,
            bytes,
            sha256,
            is_last,
        }
    }
}

/// A length as the number that quotas are compared with.
fn length(of: &(impl Length + ?Sized)) -> u64 {
    u64::try_from(of.len()).unwrap_or(u64::MAX)
}

trait Length {
    fn len(&self) -> usize;
}

impl Length for [u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }
}

impl Length for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
}

impl Length for VecDeque<Vec<u8>> {
    fn len(&self) -> usize {
        VecDeque::len(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{FinishedJob, Limits, Splitter, Step};

    const SMALL: Limits = Limits {
        records_per_job: 10,
        min_records_per_job: 3,
        records_per_file: 10,
        bytes_per_file: 1000,
        bytes_per_job: 1000,
        bytes_per_part: 64,
    };

    fn line(index: usize, size: usize) -> Vec<u8> {
        format!("{index:0width$}\n", width = size - 1).into_bytes()
    }

    /// The jobs, and what their files hold.
    fn split(limits: Limits, count: usize, size: usize) -> Result<(Vec<FinishedJob>, Vec<u8>), String> {
        let mut splitter = Splitter::new(limits, "in/", "test", "seed");
        let mut steps = Vec::new();
        for index in 0..count {
            splitter.push(line(index, size), &mut steps).map_err(|error| error.to_string())?;
        }
        splitter.finish(&mut steps).map_err(|error| error.to_string())?;
        let mut written = Vec::new();
        let mut jobs = Vec::new();
        for step in steps {
            match step {
                Step::Part { bytes, .. } => written.extend_from_slice(&bytes),
                Step::Job(job) => jobs.push(job),
            }
        }
        Ok((jobs, written))
    }

    #[test]
    fn no_job_has_fewer_records_than_it_needs_and_none_is_lost() {
        for count in 3..64 {
            let (jobs, written) = split(SMALL, count, 20).unwrap();
            let expected: Vec<u8> = (0..count).flat_map(|index| line(index, 20)).collect();
            assert_eq!(written, expected, "{count}");
            assert!(jobs.iter().all(|job| (3..=10).contains(&job.records)), "{count}: {jobs:?}");
            assert_eq!(jobs.iter().map(|job| job.records).sum::<u64>(), count as u64);
            assert_eq!(jobs.len(), count.div_ceil(10), "{count}");
            let mut next = 0;
            for file in jobs.iter().flat_map(|job| &job.files) {
                assert_eq!(file.first, next);
                next += file.records;
            }
        }
    }

    #[test]
    fn bytes_divide_files_and_jobs() {
        let limits = Limits {
            bytes_per_file: 100,
            bytes_per_job: 200,
            ..SMALL
        };
        let (jobs, _) = split(limits, 23, 33).unwrap();
        assert!(jobs.iter().all(|job| job.records >= 3));
        for file in jobs.iter().flat_map(|job| &job.files) {
            assert!(file.bytes <= 100, "{file:?}");
        }
        assert!(jobs.iter().all(|job| job.files.iter().map(|file| file.bytes).sum::<u64>() <= 200));
    }

    #[test]
    fn too_few_or_too_large_records_are_refused() {
        let few = split(SMALL, 2, 20).unwrap_err();
        assert!(few.contains("needs 3 inputs at least, but the batch has 2;"), "{few}");
        assert!(split(SMALL, 0, 20).unwrap_err().contains("the batch has 0;"));
        let large = split(SMALL, 5, 1200).unwrap_err();
        assert!(large.contains("input 0 has 1200 bytes"), "{large}");
        let few_in_job = Limits { bytes_per_job: 45, ..SMALL };
        assert!(split(few_in_job, 9, 20).unwrap_err().contains("one would have 2 of them"));
    }

    #[test]
    fn the_same_records_have_the_same_keys_and_tokens() {
        let tokens = |count: usize| split(SMALL, count, 20).unwrap().0;
        assert_eq!(tokens(25), tokens(25));
        let (shorter, longer) = (tokens(20), tokens(30));
        assert_eq!(shorter.first(), longer.first());
        assert_ne!(tokens(24).last().unwrap().token, tokens(25).last().unwrap().token);
    }

    #[test]
    fn parts_are_of_their_size_and_the_last_of_a_file_says_so() {
        let mut splitter = Splitter::new(SMALL, "", "n", "");
        let mut steps = Vec::new();
        for index in 0..10 {
            splitter.push(line(index, 20), &mut steps).unwrap();
        }
        splitter.finish(&mut steps).unwrap();
        let parts: Vec<(usize, usize, bool)> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Part { number, bytes, is_last, .. } => Some((*number, bytes.len(), *is_last)),
                Step::Job(_) => None,
            })
            .collect();
        assert_eq!(parts, [(1, 80, false), (2, 80, false), (3, 40, true)]);
    }
}
