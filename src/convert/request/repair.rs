//! A history after its repairs, message by message: which messages stay as they are, and what stands for the others.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::assistant_media::move_assistant_media;
use super::attachment::{Attachment, Attachments};
use super::block::{Block, ToolResult};
use super::lone_surrogates::{replace_lone_surrogates, report_lone_surrogates};
use super::messages::convert_message;
use super::model_rules::limits::fit_media_counts;
use super::model_rules::media_kinds::fit_media_kinds;
use super::place::Place;
use super::report::Report;
use super::request_json::read_request;
use super::scope::Scope;
use super::turn::{Role, Turn};
use super::turns::{push_message, repair_turns};
use crate::convert::json::{self, Object};
use crate::convert::warnings::Warning;
use crate::error::Error;
use crate::models::{Model, Refusals};

/// A repaired history.
#[derive(Debug)]
pub struct RepairedHistory {
    /// Its messages, in their order.
    pub pieces: Vec<Piece>,
    /// What was changed.
    pub warnings: Vec<Warning>,
}

/// One message of a repaired history.
#[derive(Debug)]
pub enum Piece {
    /// The message of this index, as it is.
    Kept(usize),
    /// Another message, which stands for the one of the index `of` if there is one.
    Changed {
        /// The index of the message whose other fields stay.
        of: Option<usize>,
        /// What it says.
        message: RepairedMessage,
    },
}

/// A message, its blocks in Converse's shape.
#[derive(Debug)]
pub enum RepairedMessage {
    /// Of the user.
    Human(Vec<Box<RawValue>>),
    /// Of the assistant.
    Ai(Vec<Box<RawValue>>),
    /// The result of a tool.
    Tool {
        /// The id of the call.
        id: String,
        /// Whether the tool failed.
        is_error: bool,
        /// What it returned.
        content: Vec<Box<RawValue>>,
    },
}

/// Repairs the history of a request, as [`convert_to_converse_request`](super::convert_to_converse_request) takes it.
///
/// # Errors
///
/// [`Error::InvalidInput`] for messages that cannot be repaired, and for the first change where the caller asked for refusals.
pub fn repair_history(request: &str, attachments: &[Attachment<'_>]) -> Result<RepairedHistory, Error> {
    let original = request;
    let replaced = replace_lone_surrogates(original);
    let request = read_request(replaced.as_deref().unwrap_or(original))?;
    let messages = request.get("messages").and_then(json::array).unwrap_or_default();
    let attachments = Attachments::resolve(&messages, request.get("attachments"), attachments)?;
    let report = Report::new(request.text("adaptation").as_deref());
    let model = Model::of(&request.text("modelId").unwrap_or_default(), Refusals::default());
    let scope = Scope {
        attachments: &attachments,
        model: &model,
        is_prompt: false,
        report: &report,
        place: Place::Member("messages"),
        // Nothing is sent: URLs stay what they are.
        fetches_media: true,
    };
    let mut broken = Vec::new();
    if replaced.is_some() {
        report_lone_surrogates(original, &request, scope)?;
        broken = changed_messages(original, &messages)?;
    }
    let mut history = History::default();
    for (index, message) in messages.iter().enumerate() {
        history.push(index, message, broken.contains(&index), scope)?;
    }
    let mut turns = history.turns.split_off(0);
    fit_media_kinds(&mut turns, scope)?;
    fit_media_counts(&mut turns, scope)?;
    move_assistant_media(&mut turns, scope)?;
    repair_turns(&mut turns, scope)?;
    let mut pieces = Vec::new();
    for turn in &turns {
        history.push_pieces(turn, &mut pieces);
    }
    history.insert_silent(&mut pieces);
    Ok(RepairedHistory {
        pieces: pieces.into_iter().map(|(_, piece)| piece).collect(),
        warnings: report.into_warnings(),
    })
}

fn changed_messages(original: &str, replaced: &[&RawValue]) -> Result<Vec<usize>, Error> {
    let original = read_request(original)?;
    let messages = original.get("messages").and_then(json::array).unwrap_or_default();
    let differs = |(index, (before, after)): (usize, (&&RawValue, &&RawValue))| (before.get() != after.get()).then_some(index);
    Ok(messages.iter().zip(replaced).enumerate().filter_map(differs).collect())
}

/// A piece, and the index of the message at which it stands.
type Placed = (usize, Piece);

/// The place directly behind the last piece.
fn place_behind(pieces: &[Placed]) -> usize {
    pieces.last().map_or(0, |(place, _)| *place)
}

/// The messages of a history before its repairs.
#[derive(Default)]
struct History<'a> {
    turns: Vec<Turn<'a>>,
    /// Of each message, its type and the JSON of its blocks; of one that stands in no turn, none.
    said: Vec<Said>,
    /// The messages by the JSON of their first block.
    by_start: HashMap<String, Vec<usize>>,
}

struct Said {
    role: Role,
    is_tool: bool,
    blocks: Vec<String>,
    /// Whether the message itself has to change.
    is_broken: bool,
    is_used: bool,
}

impl<'a> History<'a> {
    fn push(&mut self, index: usize, message: &'a RawValue, is_broken: bool, scope: Scope<'a>) -> Result<(), Error> {
        let scope = scope.message(index);
        let message = Object::read(message).ok_or_else(|| scope.refuse("A message must be an object."))?;
        let changes = scope.report.changes();
        let (role, content) = convert_message(&message, scope)?;
        let mut blocks = Vec::new();
        if role != Role::System {
            let before = self.turns.last().filter(|turn| turn.role == role).map_or(0, |turn| turn.content.len());
            push_message(&mut self.turns, role, content, index);
            let turn = self.turns.last().filter(|turn| turn.role == role);
            blocks = turn
                .and_then(|turn| turn.content.get(before..))
                .unwrap_or_default()
                .iter()
                .map(json_of)
                .collect();
        }
        let is_broken = is_broken || scope.report.changes() > changes;
        if let Some(first) = blocks.first().filter(|_| !is_broken) {
            self.by_start.entry(first.clone()).or_default().push(index);
        }
        self.said.push(Said {
            role,
            is_tool: message.text("type").as_deref() == Some("tool"),
            blocks,
            is_broken,
            is_used: false,
        });
        Ok(())
    }

    /// Adds the messages of a repaired turn: those that are as they were, and new ones of what stands between them.
    fn push_pieces(&mut self, turn: &Turn<'_>, pieces: &mut Vec<Placed>) {
        let role = turn.role;
        let blocks: Vec<Spoken> = turn.content.iter().map(Spoken::of).collect();
        let mut changed: Vec<Spoken> = Vec::new();
        let mut at = turn.first_message;
        let mut rest = blocks.as_slice();
        while let Some((first, others)) = rest.split_first() {
            if let Some(index) = self.kept(role, rest) {
                self.push_changed(role, at, &mut changed, pieces);
                at = index;
                rest = rest.get(self.use_message(index)..).unwrap_or_default();
                let place = if self.came_late(index, turn) { place_behind(pieces) } else { index };
                pieces.push((place, Piece::Kept(index)));
            } else {
                changed.push(first.clone());
                rest = others;
            }
        }
        self.push_changed(role, at, &mut changed, pieces);
    }

    /// Whether a result was moved to an earlier turn.
    fn came_late(&self, index: usize, turn: &Turn<'_>) -> bool {
        let since = self.said.get(turn.first_message..index).unwrap_or_default();
        turn.role == Role::User && since.iter().any(|said| said.role == Role::Assistant)
    }

    /// The first unused message of the role whose blocks are the next ones.
    fn kept(&self, role: Role, blocks: &[Spoken]) -> Option<usize> {
        let first = blocks.first()?;
        let is_it = |index: &&usize| {
            self.said.get(**index).is_some_and(|said| {
                let is_next = said.blocks.len() <= blocks.len() && said.blocks.iter().zip(blocks).all(|(said, block)| *said == block.json);
                !said.is_used && said.role == role && is_next
            })
        };
        self.by_start.get(&first.json)?.iter().find(is_it).copied()
    }

    /// Marks a message as used. Returns the number of its blocks.
    fn use_message(&mut self, index: usize) -> usize {
        self.said.get_mut(index).map_or(1, |said| {
            said.is_used = true;
            said.blocks.len()
        })
    }

    fn push_changed(&mut self, role: Role, at: usize, changed: &mut Vec<Spoken>, pieces: &mut Vec<Placed>) {
        let mut spoken = Vec::new();
        let mut has_calls = false;
        for Spoken { json, kind } in changed.drain(..) {
            // A message has its calls behind its content.
            if has_calls && kind == Kind::Other {
                self.push_spoken(role, at, &mut spoken, pieces);
                has_calls = false;
            }
            has_calls |= kind == Kind::Call;
            match kind {
                Kind::Result(result) if role == Role::User => self.push_result(result, pieces),
                _ => spoken.extend(RawValue::from_string(json).ok()),
            }
        }
        self.push_spoken(role, at, &mut spoken, pieces);
    }

    /// A result stands directly behind what is before it, also before a system message.
    fn push_result(&mut self, result: ResultOf, pieces: &mut Vec<Placed>) {
        let is_free = |index: &usize| self.said.get(*index).is_some_and(|said| said.is_tool && !said.is_used);
        let of = result.message.filter(is_free);
        of.map(|index| self.use_message(index));
        let message = result.message_of();
        pieces.push((place_behind(pieces), Piece::Changed { of, message }));
    }

    fn push_spoken(&mut self, role: Role, at: usize, spoken: &mut Vec<Box<RawValue>>, pieces: &mut Vec<Placed>) {
        if spoken.is_empty() {
            return;
        }
        let of = self.replaced(role, at);
        of.map(|index| self.use_message(index));
        let blocks = std::mem::take(spoken);
        let message = match role {
            Role::Assistant => RepairedMessage::Ai(blocks),
            Role::User | Role::System => RepairedMessage::Human(blocks),
        };
        pieces.push((of.unwrap_or(at), Piece::Changed { of, message }));
    }

    /// The message whose place what is said takes: the first of the role from `at` on that is not used, of the same turn.
    fn replaced(&self, role: Role, at: usize) -> Option<usize> {
        let said = self.said.iter().enumerate().skip(at);
        let mut turn = said.take_while(|(_, said)| said.role == role || said.role == Role::System);
        turn.find(|(_, said)| said.role == role && !said.is_tool && !said.is_used && !said.blocks.is_empty())
            .map(|(index, _)| index)
    }

    /// Puts the messages that stand in no turn into their places: system messages, and answers that say nothing.
    fn insert_silent(&self, pieces: &mut Vec<Placed>) {
        for (index, said) in self.said.iter().enumerate() {
            if said.role == Role::System || (said.blocks.is_empty() && !said.is_broken) {
                let place = pieces.iter().position(|(at, _)| *at > index).unwrap_or(pieces.len());
                pieces.insert(place, (index, Piece::Kept(index)));
            }
        }
    }
}

/// A block of a repaired turn.
#[derive(Clone)]
struct Spoken {
    json: String,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Call,
    CachePoint,
    Result(ResultOf),
    Other,
}

impl Spoken {
    fn of(block: &Block<'_>) -> Self {
        let kind = match block {
            Block::ToolUse(tool_use) if !tool_use.is_server_tool() => Kind::Call,
            Block::CachePoint(_) => Kind::CachePoint,
            Block::ToolResult(result) => Kind::Result(ResultOf::of(result)),
            _ => Kind::Other,
        };
        Self { json: json_of(block), kind }
    }
}

/// What of a tool result a message has in members of its own.
#[derive(Clone, PartialEq, Eq)]
struct ResultOf {
    id: String,
    is_error: bool,
    content: Vec<String>,
    /// The index of the message that has it.
    message: Option<usize>,
}

impl ResultOf {
    fn of(result: &ToolResult<'_>) -> Self {
        Self {
            id: result.id.clone().into_owned(),
            is_error: result
                .members
                .get("status")
                .is_some_and(|status| status.text().as_deref() == Some("error")),
            content: result.content.iter().map(json_of).collect(),
            message: match result.place {
                Place::Message(index) => Some(index),
                _ => None,
            },
        }
    }

    fn message_of(self) -> RepairedMessage {
        RepairedMessage::Tool {
            id: self.id,
            is_error: self.is_error,
            content: self.content.into_iter().filter_map(|block| RawValue::from_string(block).ok()).collect(),
        }
    }
}

fn json_of(block: &Block<'_>) -> String {
    serde_json::to_string(block).unwrap_or_default()
}
