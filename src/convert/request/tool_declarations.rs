//! Tools over the whole request: legal names and ids, and declarations for the tools of a history.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::block::Block;
use super::turn::{Role, Turn};
use super::values::{Json, Members};
use crate::convert::tool_names::{ToolNames, make_legal};

/// Gives each tool use without an id one of its own, and tool results without an id those of the tool uses before them, in their order.
///
/// They contain NUL, which no caller's id does, so that they are unique, also after ids were made legal.
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

/// Makes tool names and tool use ids legal, in the tools, the tool choice and the history.
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

/// A tool that stands in where all used tools are in the model's own fields.
const PLACEHOLDER: &str = "not_available";

/// Declares the tools that the history uses, for a request without tools: Bedrock refuses a history with tool use otherwise.
///
/// `fields` are the model's own. A tool that they have (one that Anthropic defines) is not declared again, since names must be unique; if they have all,
/// there is a placeholder.
pub(super) fn declare_used_tools<'a>(turns: &[Turn<'a>], fields: Option<&Json<'a>>) -> Option<Json<'a>> {
    let mut names: Vec<&Cow<'a, str>> = Vec::new();
    for block in turns.iter().flat_map(|turn| &turn.content) {
        match block {
            Block::ToolUse(tool_use) if !tool_use.is_server_tool() && !names.contains(&&tool_use.name) => names.push(&tool_use.name),
            _ => {}
        }
    }
    if names.is_empty() {
        return None;
    }
    let in_fields = fields.map(tools_in_fields).unwrap_or_default();
    names.retain(|name| !in_fields.iter().any(|known| known == name.as_ref()));
    let placeholder = Cow::Borrowed(PLACEHOLDER);
    if names.is_empty() {
        names.push(&placeholder);
    }
    let tools: Vec<_> = names.into_iter().map(|name| declare_tool(name.clone())).collect();
    Some(Json::one("tools", Json::List(tools)))
}

/// The names of the tools in the model's own fields.
fn tools_in_fields(fields: &Json<'_>) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Fields {
        tools: Vec<Tool>,
    }
    #[derive(serde::Deserialize)]
    struct Tool {
        name: String,
    }
    let json = serde_json::to_string(fields).unwrap_or_default();
    let tools = serde_json::from_str(&json).map(|Fields { tools }| tools).unwrap_or_default();
    tools.into_iter().map(|tool| tool.name).collect()
}

fn declare_tool(name: Cow<'_, str>) -> Json<'_> {
    let mut tool_spec = Members::default();
    tool_spec.push("name", Json::Text(name));
    tool_spec.push("inputSchema", Json::one("json", Json::one("type", "object".into())));
    Json::one("toolSpec", Json::Object(tool_spec))
}
