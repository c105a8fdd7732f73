//! System messages.

use super::block::Block;
use super::content::convert_content;
use super::content_blocks::push_content_block;
use super::scope::Scope;
use crate::convert::json::Object;
use crate::error::Error;

/// Converts a system message. The result may be empty.
pub(super) fn convert_system_message<'a>(message: &Object<'a>, scope: Scope<'a>) -> Result<Vec<Block<'a>>, Error> {
    convert_content(message, scope, |content, block, scope| {
        let start = content.len();
        let is_known = push_content_block(content, block, scope)?;
        if is_known && content.iter().skip(start).all(is_accepted) {
            return Ok(());
        }
        Err(scope.refuse(
            "System message content must be either a string, or an array of text blocks, optionally including cache points and guard content.",
        ))
    })
}

fn is_accepted(block: &Block<'_>) -> bool {
    match block {
        Block::Text(_) | Block::CachePoint(_) => true,
        Block::Other(member, _) => member == "guardContent" || is_tool_change(block),
        _ => false,
    }
}

/// Whether `block` adds or removes a tool, which the API has only in messages whose role is `system`, not in the system text.
pub(super) fn is_tool_change(block: &Block<'_>) -> bool {
    matches!(block, Block::Other(member, _) if member == "toolAddition" || member == "toolRemoval")
}
