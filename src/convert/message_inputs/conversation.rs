//! Rules over the whole history: Bedrock wants turns that alternate, tool results first, and names that are legal and unique.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};

use super::scope::Scope;
use crate::convert::blocks::{Block, Document, Json, Members, ToolResult};
use crate::convert::tool_names::{ToolNames, make_legal};
use crate::error::Error;

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    User,
    Assistant,
    System,
}

/// A message of the Converse API: all that one side says before the other answers.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Turn<'a> {
    pub(crate) role: Role,
    pub(crate) content: Vec<Block<'a>>,
    /// The index of the first LangChain message in it.
    #[serde(skip)]
    pub(crate) first_message: usize,
}

/// Adds what a message says. Bedrock refuses two turns of one role in a row, so that messages of one role share a turn.
pub(super) fn push_message<'a>(turns: &mut Vec<Turn<'a>>, role: Role, content: Vec<Block<'a>>, message: usize) {
    if content.is_empty() {
        return;
    }
    if turns.last().is_none_or(|turn| turn.role != role) {
        turns.push(Turn {
            role,
            content: Vec::with_capacity(content.len()),
            first_message: message,
        });
    }
    if let Some(turn) = turns.last_mut() {
        for block in content {
            push_block(&mut turn.content, block);
        }
    }
}

/// Adds a block; cache points inside a tool result move behind it.
fn push_block<'a>(content: &mut Vec<Block<'a>>, block: Block<'a>) {
    match block {
        Block::ToolResult(ToolResult { id, content: inner, members }) if inner.iter().any(Block::is_cache_point) => {
            let (cache_points, inner): (Vec<_>, Vec<_>) = inner.into_iter().partition(Block::is_cache_point);
            content.push(Block::ToolResult(ToolResult { id, content: inner, members }));
            content.extend(cache_points);
        }
        _ => content.push(block),
    }
}

/// Brings the turns into the form that Bedrock accepts, or says why there is none.
pub(super) fn settle_turns(turns: &mut Vec<Turn<'_>>, scope: Scope<'_>) -> Result<(), Error> {
    trim_prefill(turns);
    for turn in turns.iter_mut().filter(|turn| turn.role == Role::User) {
        put_tool_results_first(&mut turn.content);
        if turn.content.iter().all(Block::is_cache_point) {
            return Err(scope
                .message(turn.first_message)
                .refuse("Invalid message content: nothing but cache points. A user turn must contain non-empty content."));
        }
        add_text_to_documents(&mut turn.content);
    }
    name_documents(turns);
    if scope.model.is_prompt {
        return Ok(());
    }
    match turns.first() {
        None => Err(scope.refuse("A conversation needs at least one human message, since Bedrock refuses a request without messages.")),
        Some(turn) if turn.role == Role::Assistant => Err(scope
            .message(turn.first_message)
            .refuse("A conversation must start with a human message, not with an AI message.")),
        Some(_) => Ok(()),
    }
}

/// Drops white space at the end of an answer that the model is to continue: Claude refuses it.
fn trim_prefill(turns: &mut Vec<Turn<'_>>) {
    let Some(turn) = turns.last_mut().filter(|turn| turn.role == Role::Assistant) else {
        return;
    };
    if let Some(Block::Text(text)) = turn.content.iter_mut().rfind(|block| !block.is_cache_point()) {
        text.trim_end();
    }
}

/// Puts the tool results of a turn before everything else, each with the cache points behind it.
fn put_tool_results_first(content: &mut Vec<Block<'_>>) {
    let is_result_part: Vec<bool> = content
        .iter()
        .scan(false, |is_result, block| {
            *is_result = block.is_tool_result() || (*is_result && block.is_cache_point());
            Some(*is_result)
        })
        .collect();
    if is_result_part.is_sorted_by(|first, second| first >= second) {
        return;
    }
    let mut parts = is_result_part.into_iter();
    let (mut first, rest): (Vec<_>, Vec<_>) = content.drain(..).partition(|_| parts.next().unwrap_or_default());
    first.extend(rest);
    *content = first;
}

/// What stands beside documents that come without text, which Bedrock refuses. A file dropped into a chat is a whole message to its user, and
/// the history that holds it must stay usable.
const DOCUMENT_TEXT: &str = ".";

fn add_text_to_documents(content: &mut Vec<Block<'_>>) {
    let has_document = content.iter().any(|block| matches!(block, Block::Document(_)));
    if has_document && !content.iter().any(|block| matches!(block, Block::Text(_))) {
        let end = content.iter().rposition(|block| !block.is_cache_point()).map_or(0, |last| last + 1);
        content.insert(end, Block::Text(DOCUMENT_TEXT.into()));
    }
}

/// Gives every document of the request a name that Bedrock accepts and no other has. Names depend on what came before only, so that the same
/// history always begins with the same bytes.
fn name_documents(turns: &mut [Turn<'_>]) {
    let mut taken = HashSet::new();
    let mut nameless = 0_u32;
    for block in turns.iter_mut().flat_map(|turn| &mut turn.content) {
        match block {
            Block::Document(document) => name_document(document, &mut nameless, &mut taken),
            Block::ToolResult(ToolResult { content, .. }) => {
                for block in content {
                    if let Block::Document(document) = block {
                        name_document(document, &mut nameless, &mut taken);
                    }
                }
            }
            _ => {}
        }
    }
}

fn name_document(document: &mut Document<'_>, nameless: &mut u32, taken: &mut HashSet<String>) {
    if !is_legal_document_name(&document.name) {
        document.name = Cow::Owned(legal_document_name(&document.name));
    }
    if document.name.is_empty() {
        *nameless += 1;
        document.name = Cow::Owned(format!("document-{nameless}"));
    }
    if taken.contains(document.name.as_ref()) {
        let numbered = (2..).map(|number| format!("{} ({number})", document.name));
        if let Some(name) = numbered.into_iter().find(|name| !taken.contains(name)) {
            document.name = Cow::Owned(name);
        }
    }
    taken.insert(document.name.to_string());
}

/// How long a name may get before it is made unique; Bedrock's own limit is 200.
const MAX_DOCUMENT_NAME: usize = 190;

/// Letters, digits, single spaces, hyphens, parentheses and square brackets.
fn is_legal_document_name(name: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b" -()[]".contains(&byte);
    name.len() <= MAX_DOCUMENT_NAME && name.bytes().all(is_legal) && !name.contains("  ") && name.trim_ascii() == name
}

/// The nearest legal name, which is empty when nothing is left: white space becomes one space, other runs of what is not legal a hyphen.
fn legal_document_name(name: &str) -> String {
    let mut legal = String::new();
    for char in name.chars() {
        let char = match char {
            char if char.is_ascii_alphanumeric() || "()[]-".contains(char) => char,
            char if char.is_whitespace() => ' ',
            _ if legal.ends_with('-') => continue,
            _ => '-',
        };
        if char != ' ' || !legal.ends_with(' ') {
            legal.push(char);
        }
    }
    legal.truncate(MAX_DOCUMENT_NAME);
    legal.trim_matches([' ', '-']).to_owned()
}

/// Gives each tool use without an id one of its own, and tool results without an id those of the tool uses before them, in their order.
///
/// A caller's own id holds no NUL, so these are nobody else's, and stay so when they are made legal.
fn identify_tool_uses<'a>(turns: &mut [Turn<'a>]) {
    let mut count = 0_u32;
    let mut open: VecDeque<Cow<'a, str>> = VecDeque::new();
    for turn in turns {
        if turn.role == Role::Assistant {
            open.clear();
        }
        for block in &mut turn.content {
            match block {
                Block::ToolUse(tool_use) if tool_use.id.is_empty() => {
                    count += 1;
                    tool_use.id = Cow::Owned(format!("tool\0{count}"));
                    open.push_back(tool_use.id.clone());
                }
                Block::ToolResult(tool_result) if tool_result.id.is_empty() => tool_result.id = open.pop_front().unwrap_or_default(),
                _ => {}
            }
        }
    }
}

/// Makes tool names and tool use ids legal, wherever they stand: in the tools, the tool choice and the history.
pub(super) fn make_tools_legal<'a>(turns: &mut [Turn<'a>], tool_config: &mut Option<Json<'a>>) -> ToolNames {
    identify_tool_uses(turns);
    let mut ids = Vec::new();
    let mut history = Vec::new();
    for block in turns.iter_mut().flat_map(|turn| &mut turn.content) {
        match block {
            Block::ToolUse(tool_use) => {
                ids.push(&mut tool_use.id);
                history.push(&mut tool_use.name);
            }
            Block::ToolResult(tool_result) => ids.push(&mut tool_result.id),
            Block::Other(member, change) if member == "toolAddition" || member == "toolRemoval" => history.extend(tool_name(change, "tool")),
            _ => {}
        }
    }
    make_legal(0, &mut ids);
    let mut names = Vec::new();
    let mut chosen = None;
    if let Some(Json::Object(config)) = tool_config {
        for (member, value) in &mut config.0 {
            match (member.as_ref(), value) {
                ("tools", Json::List(tools)) => names.extend(tools.iter_mut().filter_map(|tool| tool_name(tool, "toolSpec"))),
                ("toolChoice", choice) => chosen = tool_name(choice, "tool"),
                _ => {}
            }
        }
    }
    let declared = names.len();
    names.extend(chosen.into_iter().chain(history));
    make_legal(declared, &mut names)
}

/// The `name` in the member `member` of `value`.
fn tool_name<'v, 'a>(value: &'v mut Json<'a>, member: &str) -> Option<&'v mut Cow<'a, str>> {
    match value.member_mut(member)?.member_mut("name")? {
        Json::Text(name) => Some(name),
        _ => None,
    }
}

/// Declares the tools that the history uses, for a request without tools: Bedrock refuses a history with tool use otherwise.
pub(super) fn declare_used_tools<'a>(turns: &[Turn<'a>]) -> Option<Json<'a>> {
    let mut names: Vec<&Cow<'a, str>> = Vec::new();
    for block in turns.iter().flat_map(|turn| &turn.content) {
        match block {
            Block::ToolUse(tool_use) if !tool_use.is_server_tool() && !names.contains(&&tool_use.name) => names.push(&tool_use.name),
            _ => {}
        }
    }
    let tools: Vec<_> = names.into_iter().map(|name| declare_tool(name.clone())).collect();
    (!tools.is_empty()).then(|| Json::one("tools", Json::List(tools)))
}

fn declare_tool(name: Cow<'_, str>) -> Json<'_> {
    let mut tool_spec = Members::default();
    tool_spec.push("name", Json::Text(name));
    tool_spec.push("inputSchema", Json::one("json", Json::one("type", "object".into())));
    Json::one("toolSpec", Json::Object(tool_spec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_names_become_legal() {
        for (name, legal) in [
            ("q3_report.final.pdf", "q3-report-final-pdf"),
            ("a  b", "a b"),
            ("a\u{3000}b", "a b"),
            ("報告書", ""),
            ("報告書 2024", "2024"),
            ("[x] (1)", "[x] (1)"),
            (" ", ""),
            ("a__b", "a-b"),
        ] {
            assert_eq!(legal_document_name(name), legal, "{name}");
            assert!(legal.is_empty() || is_legal_document_name(legal), "{legal}");
        }
        assert!(!is_legal_document_name(&"x".repeat(201)));
    }
}
