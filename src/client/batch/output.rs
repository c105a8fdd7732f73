//! Reads what a job answered: the output of one of its files, and of the file itself what the output lacks.

use std::collections::{BTreeMap, VecDeque};
use std::panic::resume_unwind;
use std::sync::Arc;

use super::lines::{Line, Lines};
use super::record::{Record, read_record_id, record_id};
use crate::client::conversation::Request;
use crate::client::failure::Failure;
use crate::client::operations::S3;
use crate::client::s3::Location;
use crate::convert::answer_form::AnswerForm;
use crate::convert::history::messages_of_body;
use crate::convert::json::writer::ObjectWriter;
use crate::convert::response::{ResponseMetadata, convert_converse_response};
use crate::convert::tool_names::ToolNames;

/// Characters of results that cross to JavaScript together: to parse so many takes about a millisecond.
const BATCH: usize = 64 * 1024;

/// Bytes of converted results that wait for an earlier one. Of more only the places are kept, and they are read again.
const MAX_WAITING: usize = 64 * 1024 * 1024;

/// What is read.
pub struct OutputOptions {
    /// The input file.
    pub input: Location,
    /// The folder of the job's output; its key ends with a slash. `None` if the job has none, since it was never started.
    pub output: Option<Location>,
    /// The index of the file's first record.
    pub first: u64,
    /// The number of the file's records.
    pub records: u64,
    /// Whether results come in the order of the inputs.
    pub in_order: bool,
    /// Whether only what failed is read, with its input.
    pub only_failed: bool,
    /// A request of the same options, which says how answers are read.
    pub sample: Request,
}

/// The results of one file.
pub struct Output {
    s3: S3,
    options: Arc<OutputOptions>,
    stage: Stage,
    /// The output, where there is one.
    source: Option<Source>,
    /// Batches that are ready, JSON without brackets.
    ready: VecDeque<String>,
    seen: Places,
    /// Of results in order: the place of the next one.
    next: u64,
    waiting: Waiting,
}

enum Stage {
    Start,
    Output(Box<Lines>, Arc<Form>),
    /// The input file, for the records that the output lacks.
    Missing(Box<Lines>),
    End,
}

/// An output that is read.
struct Source {
    at: Location,
    form: Arc<Form>,
    /// The version of which the lines are.
    etag: Option<String>,
}

/// How answers are read.
struct Form {
    tool_names: ToolNames,
    answer: AnswerForm,
}

/// Places of records in the file: one bit each.
#[derive(Clone)]
struct Places {
    words: Vec<u64>,
    count: u64,
}

/// Results that came before an earlier one, by their places.
#[derive(Default)]
struct Waiting {
    results: BTreeMap<u64, Held>,
    bytes: usize,
}

enum Held {
    Json(String),
    /// A line of the output, which is read again.
    Line {
        offset: u64,
        length: u64,
    },
}

/// What a line says.
struct Converted {
    place: u64,
    offset: u64,
    length: u64,
    /// `None` for what is not wanted.
    json: Option<String>,
}

impl Output {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(s3: S3, options: OutputOptions) -> Self {
        Self {
            s3,
            seen: Places::new(options.records),
            options: Arc::new(options),
            stage: Stage::Start,
            source: None,
            ready: VecDeque::new(),
            next: 0,
            waiting: Waiting::default(),
        }
    }

    /// The next results, at least one, as a JSON array; nothing at the end. Each has `index` and `id`, and `message` (an `AIMessage`'s fields), `error` (as
    /// Bedrock wrote it) or `missing`; if only what failed is read, `input` too.
    ///
    /// # Errors
    /// Failures of S3.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Ok(Some(format!("[{batch}]")));
            }
            if self.waiting.has(self.next) {
                self.emit_waiting().await?;
                continue;
            }
            self.stage = match std::mem::replace(&mut self.stage, Stage::End) {
                Stage::End => return Ok(None),
                Stage::Start => self.start().await?,
                Stage::Output(mut lines, form) => match lines.next().await? {
                    Some(batch) => {
                        if let Some(source) = &mut self.source {
                            source.etag = lines.etag().map(str::to_owned);
                        }
                        self.read_output(batch, Arc::clone(&form)).await?;
                        Stage::Output(lines, form)
                    }
                    None => self.end_of_output(),
                },
                Stage::Missing(mut lines) => match lines.next().await {
                    Ok(Some(batch)) => {
                        self.read_missing(batch).await?;
                        Stage::Missing(lines)
                    }
                    Ok(None) => self.end_of_input(),
                    // Its ids cannot be told then.
                    Err(Failure::Service(exception)) if !self.options.only_failed && is_gone(&exception.name) => self.end_of_input(),
                    Err(failure) => return Err(failure),
                },
            };
        }
    }

    async fn start(&mut self) -> Result<Stage, Failure> {
        let converted = self.options.sample.convert_now()?;
        let form = Arc::new(Form {
            tool_names: converted.tool_names,
            answer: converted.answer,
        });
        let Some(at) = self.find_output().await? else {
            return Ok(self.end_of_output());
        };
        self.source = Some(Source {
            at: at.clone(),
            form: Arc::clone(&form),
            etag: None,
        });
        Ok(Stage::Output(Box::new(Lines::new(self.s3.clone(), at)), form))
    }

    /// `<folder>/<file>.out`, or wherever below the folder it is: of a job whose input is a folder, the output may repeat its folders.
    async fn find_output(&self) -> Result<Option<Location>, Failure> {
        let Some(folder) = &self.options.output else {
            return Ok(None);
        };
        let name = self.options.input.key.rsplit('/').next().unwrap_or_default();
        let at = |key: String| Location {
            bucket: folder.bucket.clone(),
            key,
        };
        let direct = at(format!("{}{name}.out", folder.key));
        match self.s3.has_object(&direct).await {
            Ok(true) => return Ok(Some(direct)),
            Ok(false) => {}
            // Without the permission to list, S3 does not say that there is no object.
            Err(Failure::Service(exception)) if exception.name == "AccessDenied" => {}
            Err(failure) => return Err(failure),
        }
        let end = format!("/{name}.out");
        let objects = self.s3.list_objects(folder).await?;
        Ok(objects.into_iter().find(|object| object.key.ends_with(&end)).map(|object| at(object.key)))
    }

    async fn read_output(&mut self, lines: Vec<Line>, form: Arc<Form>) -> Result<(), Failure> {
        let options = Arc::clone(&self.options);
        let converted = on_blocking_thread(move || {
            let converted = lines.iter().filter_map(|line| convert_line(line, &form, &options));
            converted.collect::<Vec<_>>()
        })
        .await?;
        for result in converted {
            if !self.seen.add(result.place) {
                continue;
            }
            let Some(json) = result.json else { continue };
            if !self.options.in_order {
                self.emit(&json);
            } else if result.place == self.next {
                self.emit(&json);
                self.next += 1;
            } else {
                self.waiting.hold(result.place, json, result.offset, result.length);
            }
        }
        Ok(())
    }

    /// Emits results that waited for the one before, until a batch is full: the others go on waiting, since all of them may be more than memory should have.
    async fn emit_waiting(&mut self) -> Result<(), Failure> {
        while self.ready.len() < 2
            && let Some(held) = self.waiting.take(self.next)
        {
            self.emit_held(held).await?;
            self.next += 1;
        }
        Ok(())
    }

    async fn emit_held(&mut self, held: Held) -> Result<(), Failure> {
        match held {
            Held::Json(json) => self.emit(&json),
            Held::Line { offset, length } => {
                let Some(Source { at, form, etag }) = &self.source else {
                    return Ok(());
                };
                let bytes = self.s3.get_range(at, offset, length, etag.as_deref()).await?.bytes;
                let (form, options) = (Arc::clone(form), Arc::clone(&self.options));
                let converted = on_blocking_thread(move || convert_line(&Line { offset, bytes }, &form, &options)).await?;
                if let Some(json) = converted.and_then(|converted| converted.json) {
                    self.emit(&json);
                }
            }
        }
        Ok(())
    }

    fn end_of_output(&self) -> Stage {
        if self.seen.count == self.options.records {
            return Stage::End;
        }
        Stage::Missing(Box::new(Lines::new(self.s3.clone(), self.options.input.clone())))
    }

    /// Lines of the input, which are in order.
    async fn read_missing(&mut self, lines: Vec<Line>) -> Result<(), Failure> {
        let (options, seen) = (Arc::clone(&self.options), self.seen.clone());
        let missing = on_blocking_thread(move || {
            let missing = lines.iter().filter_map(|line| missing_record(line, &seen, &options));
            missing.collect::<Vec<_>>()
        })
        .await?;
        for (place, json) in missing {
            self.add_missing(place, json);
        }
        Ok(())
    }

    fn add_missing(&mut self, place: u64, json: String) {
        if !self.seen.add(place) {
            return;
        }
        if self.options.in_order {
            self.waiting.keep(place, json);
        } else {
            self.emit(&json);
        }
    }

    /// What neither file has told of.
    fn end_of_input(&mut self) -> Stage {
        for place in 0..self.options.records {
            if !self.seen.has(place) {
                let index = self.options.first + place;
                let json = result_json(index, &record_id(index, None), "missing", "true", None);
                self.add_missing(place, json);
            }
        }
        Stage::End
    }

    fn emit(&mut self, json: &str) {
        match self.ready.back_mut() {
            Some(batch) if batch.len() + json.len() < BATCH => {
                batch.push(',');
                batch.push_str(json);
            }
            _ => self.ready.push_back(json.to_owned()),
        }
    }
}

/// Whether S3 says that an object was deleted, or may not be read.
fn is_gone(exception: &str) -> bool {
    matches!(exception, "NoSuchKey" | "NotFound" | "NoSuchBucket" | "AccessDenied")
}

impl Places {
    fn new(records: u64) -> Self {
        let words = usize::try_from(records.div_ceil(64)).unwrap_or_default();
        Self {
            words: vec![0; words],
            count: 0,
        }
    }

    fn has(&self, place: u64) -> bool {
        let (word, bit) = Self::bit(place);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Returns whether the place is new.
    fn add(&mut self, place: u64) -> bool {
        let (word, bit) = Self::bit(place);
        let Some(word) = self.words.get_mut(word).filter(|word| **word & bit == 0) else {
            return false;
        };
        *word |= bit;
        self.count += 1;
        true
    }

    fn bit(place: u64) -> (usize, u64) {
        (usize::try_from(place / 64).unwrap_or(usize::MAX), 1 << (place % 64))
    }
}

impl Waiting {
    fn hold(&mut self, place: u64, json: String, offset: u64, length: u64) {
        if self.bytes + json.len() <= MAX_WAITING {
            self.keep(place, json);
        } else {
            self.results.insert(place, Held::Line { offset, length });
        }
    }

    /// Holds what cannot be read again.
    fn keep(&mut self, place: u64, json: String) {
        self.bytes += json.len();
        self.results.insert(place, Held::Json(json));
    }

    fn has(&self, place: u64) -> bool {
        self.results.contains_key(&place)
    }

    fn take(&mut self, place: u64) -> Option<Held> {
        let held = self.results.remove(&place)?;
        if let Held::Json(json) = &held {
            self.bytes -= json.len();
        }
        Some(held)
    }
}

/// `None` for a line that is no record of this file, such as one that was cut off: its record is missing then.
fn convert_line(line: &Line, form: &Form, options: &OutputOptions) -> Option<Converted> {
    let text = String::from_utf8_lossy(&line.bytes);
    let record: Record<'_> = serde_json::from_str(&text).ok()?;
    let (index, id) = read_record_id(&record.id)?;
    let place = index.checked_sub(options.first).filter(|place| *place < options.records)?;
    let input = || if options.only_failed { messages_of_body(record.input?) } else { None };
    let failed = |error: &str| Some(result_json(index, &id, "error", error, input().as_deref()));
    let json = match (record.output, record.error) {
        (_, Some(error)) => failed(error.get()),
        (Some(body), None) => {
            let metadata = ResponseMetadata::default();
            match convert_converse_response(body.get().as_bytes(), &metadata, &form.tool_names, &form.answer) {
                Ok(message) if !options.only_failed => Some(result_json(index, &id, "message", &message, None)),
                Ok(_) => None,
                Err(error) => failed(&error_json(&error.to_string())),
            }
        }
        (None, None) => failed(&error_json("The output has neither an answer nor an error for this record.")),
    };
    Some(Converted {
        place,
        offset: line.offset,
        length: line.bytes.len() as u64,
        json,
    })
}

fn missing_record(line: &Line, seen: &Places, options: &OutputOptions) -> Option<(u64, String)> {
    let text = String::from_utf8_lossy(&line.bytes);
    let record: Record<'_> = serde_json::from_str(&text).ok()?;
    let (index, id) = read_record_id(&record.id)?;
    let place = index
        .checked_sub(options.first)
        .filter(|place| *place < options.records && !seen.has(*place))?;
    let input = if options.only_failed { messages_of_body(record.input?) } else { None };
    Some((place, result_json(index, &id, "missing", "true", input.as_deref())))
}

fn error_json(message: &str) -> String {
    let mut out = String::new();
    ObjectWriter::new(&mut out).text("errorMessage", message).end();
    out
}

fn result_json(index: u64, id: &str, member: &str, json: &str, input: Option<&str>) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    ObjectWriter::new(&mut out)
        .raw("index", &index.to_string())
        .text("id", id)
        .raw(member, json)
        .optional("input", input)
        .end();
    out
}

async fn on_blocking_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Ok(value),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(Failure::Aborted),
        },
    }
}
