//! LangChain's messages as turns and system text.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::ai_message::convert_ai_message;
use super::block::Block;
use super::content::{convert_content, refuse_block};
use super::content_blocks::push_content_block;
use super::model_rules::system_turns::takes_system_turn;
use super::scope::Scope;
use super::system_message::{convert_system_message, is_tool_change};
use super::tool_results::convert_tool_message;
use super::turn::{Role, Turn};
use super::turns::push_message;
use crate::convert::json::Object;
use crate::error::Error;

/// The messages of a request.
pub(super) struct Messages<'a> {
    pub(super) turns: Vec<Turn<'a>>,
    pub(super) system: Vec<Block<'a>>,
    /// System text and changes of tools that are sent in their place in the conversation, and the indexes of their messages.
    pub(super) system_turns: Vec<(usize, Vec<Block<'a>>)>,
}

/// Converts the messages.
///
/// System text anywhere in the conversation goes to `system`, as in `@langchain/aws`, unless the model takes turns of the role `system`. The blocks that
/// add and remove tools, which the API has nowhere else, are sent in such a turn to every model.
pub(super) fn convert_messages<'a>(messages: &[&'a RawValue], scope: Scope<'a>) -> Result<Messages<'a>, Error> {
    let mut turns = Vec::with_capacity(messages.len());
    let mut system = Vec::new();
    let mut system_turns = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let scope = scope.message(index);
        let message = Object::read(message).ok_or_else(|| scope.refuse("A message must be an object."))?;
        let (role, content) = convert_message(&message, scope)?;
        let is_later_system = role == Role::System && !turns.is_empty();
        if is_later_system && takes_system_turn(&content, scope)? {
            system_turns.push((index, content));
        } else if role != Role::System || content.iter().any(is_tool_change) {
            push_message(&mut turns, role, content, index);
        } else {
            system.extend(content);
        }
    }
    Ok(Messages { turns, system, system_turns })
}

pub(super) fn convert_message<'a>(message: &Object<'a>, scope: Scope<'a>) -> Result<(Role, Vec<Block<'a>>), Error> {
    let message_type = message.text("type").unwrap_or(Cow::Borrowed("undefined"));
    let role = match message_type.as_ref() {
        "generic" => message.text("role").unwrap_or_default(),
        _ => Cow::Borrowed(message_type.as_ref()),
    };
    match role.as_ref() {
        "human" | "user" => Ok((Role::User, convert_human_message(message, &message_type, scope)?)),
        "ai" | "assistant" => Ok((Role::Assistant, convert_ai_message(message, scope)?)),
        "system" => Ok((Role::System, convert_system_message(message, scope)?)),
        "tool" if message_type == "tool" => Ok((Role::User, vec![convert_tool_message(message, scope)?])),
        _ if message_type == "generic" => Err(scope.refuse(format_args!(
            "Unsupported role of a ChatMessage: {role:?} (accepted are user, human, assistant, ai and system)."
        ))),
        _ => Err(scope.refuse(format_args!(
            "Unsupported message type: {message_type} (accepted are human, ai, system, tool and generic)."
        ))),
    }
}

fn convert_human_message<'a>(message: &Object<'a>, message_type: &str, scope: Scope<'a>) -> Result<Vec<Block<'a>>, Error> {
    let content = convert_content(message, scope, |content, block, scope| {
        let is_known = push_content_block(content, block, scope)?;
        if is_known { Ok(()) } else { Err(refuse_block(block, scope)) }
    })?;
    if content.is_empty() {
        return Err(scope.refuse(format_args!(
            "Invalid message content: empty string. '{message_type}' must contain non-empty content."
        )));
    }
    Ok(content)
}
