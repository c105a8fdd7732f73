//! Prompts that are too short for the prompt cache: Bedrock ignores a cache point behind fewer tokens than the model caches at least, and says nothing.

use std::io;

use crate::convert::request::block::Block;
use crate::convert::request::scope::Scope;
use crate::convert::request::turn::Turn;
use crate::convert::request::values::Json;
use crate::models::Model;

/// What Bedrock may add to a prompt with tools, in tokens.
const ADDED_TOKENS: usize = 1024;

/// Which prefixes of a request have certainly fewer tokens than the model caches at least.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::convert::request) struct TooShort {
    pub(in crate::convert::request) tools: bool,
    pub(in crate::convert::request) system: bool,
    /// All of the request.
    pub(in crate::convert::request) messages: bool,
}

impl TooShort {
    /// A token has at least one byte, so that no tokens have to be counted. Of media nothing is known.
    pub(in crate::convert::request) fn of(turns: &[Turn<'_>], system: &[Block<'_>], tools: Option<&Vec<Json<'_>>>, model: &Model) -> Self {
        let minimum = model.facts.cache_minimum.and_then(|tokens| usize::try_from(tokens).ok());
        let Some(left) = minimum.and_then(|minimum| minimum.checked_sub(ADDED_TOKENS)).filter(|left| *left > 0) else {
            return Self::default();
        };
        let mut room = Room { left };
        let mut too_short = Self {
            tools: tools.is_none_or(|tools| tools.iter().all(|tool| room.takes(tool))),
            ..Self::default()
        };
        too_short.system = too_short.tools && system.iter().all(|block| room.takes_block(block));
        too_short.messages = too_short.system && turns.iter().flat_map(|turn| &turn.content).all(|block| room.takes_block(block));
        too_short
    }

    /// Says why nothing is cached.
    pub(in crate::convert::request) fn report(self, scope: Scope<'_>) {
        if self.messages {
            let minimum = scope.model.facts.cache_minimum.unwrap_or_default();
            let message = format!("No cache point was put, since the model caches {minimum} tokens at least, and the prompt has fewer.");
            scope.member("cache_control").note("cache_prefix_too_short", message);
        }
    }
}

/// Counts the bytes of JSON, and gives up beyond a number.
struct Room {
    left: usize,
}

impl Room {
    fn takes(&mut self, value: &impl serde::Serialize) -> bool {
        serde_json::to_writer(self, value).is_ok()
    }

    fn takes_block(&mut self, block: &Block<'_>) -> bool {
        let is_medium = match block {
            Block::Document(_) => true,
            Block::Other(member, _) => matches!(member.as_ref(), "image" | "video" | "audio"),
            Block::ToolResult(result) => return result.content.iter().all(|inner| self.takes_block(inner)),
            _ => false,
        };
        !is_medium && self.takes(block)
    }
}

impl io::Write for &mut Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.left.checked_sub(bytes.len()) {
            Some(left) => {
                self.left = left;
                Ok(bytes.len())
            }
            None => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
