//! System messages in the midst of a conversation, for models that take them there. In `system` their text would change the beginning of the prompt, and
//! so the prompt cache of the whole conversation.
//!
//! Source of the rules: <https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-mid-conversation-system.html> (read 2026-11-26).

use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::system_message::is_tool_change;
use crate::convert::request::turn::{Role, Turn};
use crate::error::Error;
use crate::models::Refusal;

/// Whether a system message behind the first turn is sent as a turn of its own, which may hold nothing but text and changes of tools.
///
/// # Errors
/// That it is not, since the model refused one, where the caller asked for refusals.
pub(in crate::convert::request) fn takes_system_turn(content: &[Block<'_>], scope: Scope<'_>) -> Result<bool, Error> {
    if scope.is_sent_as_it_is() || scope.is_prompt {
        return Ok(false);
    }
    if scope.model.refusals.has(Refusal::SystemTurn) {
        let what = "System text in the midst of the conversation was put into the system text before it, since the model refused it in its place.";
        scope.change_once("system_turn_moved", what)?;
    }
    let is_accepted = |block: &Block<'_>| matches!(block, Block::Text(_)) || is_tool_change(block);
    Ok(scope.model.facts.system_turns == Some(true) && content.iter().all(is_accepted))
}

/// Puts each system message behind the turn of the user that the model answers next: a turn of the role `system` may not stand behind an assistant's,
/// before a user's, or beside another one. Where there is no such turn, text goes to `system`; a change of tools, which `system` does not take, stays.
///
/// `messages` have their indexes.
pub(in crate::convert::request) fn place_system_turns<'a>(
    turns: &mut Vec<Turn<'a>>,
    system: &mut Vec<Block<'a>>,
    messages: Vec<(usize, Vec<Block<'a>>)>,
) {
    for (message, content) in messages {
        let answer = turns.iter().position(|turn| turn.role == Role::Assistant && turn.first_message > message);
        let place = answer.unwrap_or(turns.len());
        match turns.get_mut(..place).and_then(<[_]>::last_mut) {
            Some(turn) if turn.role == Role::System => turn.content.extend(content),
            Some(turn) if turn.role == Role::User || content.iter().any(is_tool_change) => turns.insert(
                place,
                Turn {
                    role: Role::System,
                    content,
                    first_message: message,
                },
            ),
            _ => system.extend(content),
        }
    }
}
