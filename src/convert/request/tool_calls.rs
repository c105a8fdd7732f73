//! The tool calls of an AI message, in `tool_calls` and among its content blocks.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::block::ToolUse;
use super::data::carry;
use super::scope::Scope;
use super::values::{Json, Members};
use crate::convert::json::{self, Object, is_object};

/// One tool call.
#[derive(Debug, Clone)]
pub(super) struct Call<'a> {
    pub(super) id: Cow<'a, str>,
    name: Cow<'a, str>,
    args: Option<&'a RawValue>,
    /// Whether LangChain could not parse its arguments.
    is_unreadable: bool,
}

impl<'a> Call<'a> {
    /// Reads a tool call, or a block for one in any dialect; `None` when it has no name or its arguments are not an object.
    pub(super) fn read(block: &Object<'a>) -> Option<Self> {
        let inner = block.object("functionCall");
        let call = inner.as_ref().unwrap_or(block);
        let args = ["args", "input", "arguments"].into_iter().find_map(|name| call.get(name));
        let is_complete = args.is_none_or(|args| is_object(args) || parse_object(args).is_some());
        Some(Self {
            id: ["call_id", "id"]
                .into_iter()
                .find_map(|name| call.id_text(name).or_else(|| block.id_text(name)))
                .unwrap_or_default(),
            name: call.text("name").filter(|_| is_complete)?,
            args,
            is_unreadable: false,
        })
    }

    /// Reads an element of `tool_calls`.
    fn listed(call: &Object<'a>) -> Self {
        Self {
            id: call.id_text("id").unwrap_or_default(),
            name: call.text("name").unwrap_or_default(),
            args: call.get("args"),
            is_unreadable: false,
        }
    }

    /// Reads a call that LangChain could not parse.
    pub(super) fn unreadable(call: &Object<'a>) -> Self {
        Self {
            id: call.id_text("id").unwrap_or_default(),
            name: call.text("name").unwrap_or(Cow::Borrowed(UNKNOWN_TOOL)),
            args: call.get("args"),
            is_unreadable: true,
        }
    }

    pub(super) fn into_tool_use(self, scope: Scope<'a>) -> ToolUse<'a> {
        ToolUse {
            id: self.id,
            name: self.name,
            input: self.args.map_or_else(Json::empty, |args| convert_input(args, scope)),
            members: Members::default(),
            is_unreadable: self.is_unreadable,
            place: scope.place,
        }
    }
}

/// A tool's input. Some providers write it as JSON in a string.
fn convert_input<'a>(args: &'a RawValue, scope: Scope<'a>) -> Json<'a> {
    parse_object(args).map_or_else(|| carry(args, scope), Json::Parsed)
}

/// The object whose JSON is in a string; an empty string counts as an empty object.
fn parse_object(args: &RawValue) -> Option<Box<RawValue>> {
    let text = json::text(args)?;
    let text = if text.trim().is_empty() { "{}" } else { text.trim() };
    let parsed: Box<RawValue> = serde_json::from_str(text).ok()?;
    is_object(&parsed).then_some(parsed)
}

/// The name of a tool whose name could not be parsed.
const UNKNOWN_TOOL: &str = "unknown";

/// The tool calls of a message. Each is sent once: at the place of its block in the content, else at the end.
pub(super) struct ToolCalls<'a>(Vec<(Call<'a>, bool)>);

/// How a block for a tool call relates to `tool_calls`.
pub(super) enum Claim<'a> {
    First(Call<'a>),
    Again,
    Unknown,
}

impl<'a> ToolCalls<'a> {
    /// Reads `tool_calls`, and `invalid_tool_calls` unless all is sent as it is.
    pub(super) fn read(message: &Object<'a>, scope: Scope<'a>) -> Self {
        let members = [("tool_calls", false), ("invalid_tool_calls", true)];
        let members = members
            .into_iter()
            .filter(|(_, is_unreadable)| !(*is_unreadable && scope.is_sent_as_it_is()));
        let calls = members.flat_map(|(member, is_unreadable)| {
            let calls = message.get(member).and_then(json::array).unwrap_or_default();
            let read = if is_unreadable { Call::unreadable } else { Call::listed };
            calls.into_iter().filter_map(Object::read).map(move |call| read(&call))
        });
        Self(calls.map(|call| (call, false)).collect())
    }

    /// Takes the call that `block` repeats: the one with its id, or, for a block without an id, the next one of its name.
    pub(super) fn claim(&mut self, block: &Object<'a>) -> Claim<'a> {
        let ids: Vec<_> = ["id", "call_id"]
            .into_iter()
            .filter_map(|name| block.id_text(name))
            .filter(|id| !id.is_empty())
            .collect();
        if !ids.is_empty() {
            return self.claim_where(|call, _| ids.contains(&call.id));
        }
        let name = block.text("name").or_else(|| block.object("functionCall")?.text("name"));
        self.claim_where(|call, is_sent| !is_sent && Some(&call.name) == name.as_ref())
    }

    pub(super) fn claim_where(&mut self, is_right: impl Fn(&Call<'a>, bool) -> bool) -> Claim<'a> {
        match self.0.iter_mut().find(|(call, is_sent)| is_right(call, *is_sent)) {
            None => Claim::Unknown,
            Some((_, true)) => Claim::Again,
            Some((call, is_sent)) => {
                *is_sent = true;
                Claim::First(call.clone())
            }
        }
    }

    /// Whether `tool_calls` has the call of a block, by its id.
    pub(super) fn has(&self, block: &Object<'a>) -> bool {
        let ids = ["id", "call_id"].into_iter().filter_map(|name| block.id_text(name));
        ids.filter(|id| !id.is_empty()).any(|id| self.0.iter().any(|(call, _)| call.id == id))
    }

    /// Whether the message has no `tool_calls`, which otherwise count instead of its blocks.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|(call, _)| call.is_unreadable)
    }

    pub(super) fn unsent(self) -> impl Iterator<Item = Call<'a>> {
        self.0.into_iter().filter_map(|(call, is_sent)| (!is_sent).then_some(call))
    }
}
