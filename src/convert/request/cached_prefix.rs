//! What of a request Bedrock caches, as hashes: enough to say where it differs from an earlier request, without keeping what it says.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::convert::json::Object;

/// Blocks that are compared: more than a context window has in practice. Behind them no difference is seen.
const MAX_BLOCKS: usize = 4096;

/// The longest JSON of a block that may be a cache point, in bytes.
const MAX_POINT_LENGTH: usize = 256;

/// A request with cache points: its tools, system text and messages, in the order in which a prefix is cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedPrefix {
    /// One for each block, of its role and its JSON. Cache points are no blocks.
    pub hashes: Vec<u64>,
    /// Of each cache point, how many blocks stand before it.
    pub points: Vec<usize>,
    /// The hash of the first message.
    pub opening: u64,
    /// Whether a cache point has a lifetime of an hour; of five minutes otherwise.
    pub lives_long: bool,
    /// Whether the assistant has said something in it.
    pub has_assistant: bool,
    /// Where each block stands.
    places: Vec<Place>,
}

/// Where a block stands in the body. It displays as in the cache points of `explainRequest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An element of `toolConfig.tools`.
    Tool(usize),
    /// An element of `system`.
    System(usize),
    /// A block of a message.
    Message {
        /// The index of the message.
        message: usize,
        /// The index of the block.
        block: usize,
        /// Whether the assistant said it.
        is_assistant: bool,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(index) => write!(formatter, "toolConfig.tools[{index}]"),
            Self::System(index) => write!(formatter, "system[{index}]"),
            Self::Message { message, block, .. } => write!(formatter, "messages[{message}].content[{block}]"),
        }
    }
}

impl Place {
    /// Blocks of the same JSON differ where they stand in another part, or are of another role.
    fn seed(self) -> u8 {
        match self {
            Self::Tool(_) => 0,
            Self::System(_) => 1,
            Self::Message { is_assistant: false, .. } => 2,
            Self::Message { is_assistant: true, .. } => 3,
        }
    }

    fn is_assistant(self) -> bool {
        matches!(self, Self::Message { is_assistant: true, .. })
    }

    fn is_opening(self) -> bool {
        matches!(self, Self::Message { message: 0, .. })
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default, rename = "toolConfig")]
    tool_config: ToolConfig<'a>,
    #[serde(borrow, default)]
    system: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    messages: Vec<Message<'a>>,
}

#[derive(Default, Deserialize)]
struct ToolConfig<'a> {
    #[serde(borrow, default)]
    tools: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    role: &'a RawValue,
    #[serde(borrow)]
    content: Vec<&'a RawValue>,
}

impl CachedPrefix {
    /// Reads the body of a request; `None` if it has no cache point.
    pub(crate) fn of(body: &[u8]) -> Option<Self> {
        let body: Body<'_> = serde_json::from_slice(body).ok()?;
        let mut prefix = Self {
            hashes: Vec::new(),
            points: Vec::new(),
            opening: 0,
            lives_long: false,
            has_assistant: false,
            places: Vec::new(),
        };
        let mut opening = DefaultHasher::new();
        for (place, block) in blocks(&body) {
            if let Some(cache_point) = cache_point(block) {
                prefix.points.push(prefix.hashes.len());
                prefix.lives_long |= cache_point.text("ttl").as_deref() == Some("1h");
            } else if prefix.hashes.len() < MAX_BLOCKS {
                let hash = hash_of(place, block);
                prefix.hashes.push(hash);
                prefix.places.push(place);
                prefix.has_assistant |= place.is_assistant();
                if place.is_opening() {
                    opening.write_u64(hash);
                }
            }
        }
        prefix.opening = opening.finish();
        (!prefix.points.is_empty()).then_some(prefix)
    }

    /// How many blocks stand before the last cache point.
    #[must_use]
    pub fn end(&self) -> usize {
        self.points.last().copied().unwrap_or_default()
    }

    /// What is cached.
    #[must_use]
    pub fn cached(&self) -> &[u64] {
        self.hashes.get(..self.end()).unwrap_or_default()
    }

    /// The hashes of what the assistant has said. Two requests with one of these in common belong to one conversation: users repeat themselves, and
    /// each other.
    #[must_use]
    pub fn of_assistant(&self) -> HashSet<u64> {
        let blocks = self.hashes.iter().zip(&self.places);
        blocks.filter(|(_, place)| place.is_assistant()).map(|(hash, _)| *hash).collect()
    }

    /// For an earlier request, whose places nobody asks for: they take more memory than the hashes.
    #[must_use]
    pub fn without_places(mut self) -> Self {
        self.places = Vec::new();
        self.hashes.shrink_to_fit();
        self
    }

    /// Where the block with this number stands.
    #[must_use]
    pub fn place(&self, block: usize) -> Option<Place> {
        self.places.get(block).copied()
    }
}

/// The blocks of a body, cache points among them.
fn blocks<'b, 'a>(body: &'b Body<'a>) -> impl Iterator<Item = (Place, &'a RawValue)> + use<'b, 'a> {
    let tools = body.tool_config.tools.iter().enumerate().map(|(index, tool)| (Place::Tool(index), *tool));
    let system = body.system.iter().enumerate().map(|(index, block)| (Place::System(index), *block));
    let messages = body.messages.iter().enumerate().flat_map(|(message, turn)| {
        let is_assistant = turn.role.get() == "\"assistant\"";
        turn.content.iter().enumerate().map(move |(block, value)| {
            let place = Place::Message {
                message,
                block,
                is_assistant,
            };
            (place, *value)
        })
    });
    tools.chain(system).chain(messages)
}

fn cache_point(block: &RawValue) -> Option<Object<'_>> {
    let json = block.get();
    if json.len() > MAX_POINT_LENGTH || !json.contains("\"cachePoint\"") {
        return None;
    }
    Object::read(block)?.object("cachePoint")
}

fn hash_of(place: Place, block: &RawValue) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u8(place.seed());
    hasher.write(block.get().as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str = r#"{"cachePoint":{"type":"default"}}"#;

    fn prefix(body: &str) -> CachedPrefix {
        CachedPrefix::of(body.as_bytes()).unwrap()
    }

    #[test]
    fn blocks_are_counted_in_the_order_of_the_cache_without_points() {
        let read = prefix(&format!(
            r#"{{"messages":[{{"role":"user","content":[{{"text":"a"}},{POINT}]}},{{"role":"assistant","content":[{{"text":"b"}}]}}],
                "system":[{{"text":"s"}},{POINT}],"toolConfig":{{"tools":[{{"toolSpec":{{"name":"t"}}}},{POINT}]}}}}"#
        ));
        assert_eq!(read.points, [1, 2, 3]);
        assert_eq!((read.hashes.len(), read.end(), read.cached().len()), (4, 3, 3));
        let places: Vec<String> = read.places.iter().map(ToString::to_string).collect();
        let expected = ["toolConfig.tools[0]", "system[0]", "messages[0].content[0]", "messages[1].content[0]"];
        assert_eq!(places, expected);
        assert_eq!(read.of_assistant().len(), 1);
        assert!(!read.lives_long);
    }

    #[test]
    fn an_index_counts_the_cache_points_before_it_as_the_body_does() {
        let read = prefix(&format!(r#"{{"system":[{{"text":"s"}},{POINT},{{"text":"t"}},{POINT}]}}"#));
        assert_eq!(read.place(1).unwrap().to_string(), "system[2]");
        assert_eq!(read.place(2), None);
    }

    #[test]
    fn the_same_text_is_another_block_in_another_role() {
        let of = |role: &str| prefix(&format!(r#"{{"messages":[{{"role":"{role}","content":[{{"text":"a"}},{POINT}]}}]}}"#));
        assert_ne!(of("user").hashes, of("assistant").hashes);
        assert_ne!(of("user").opening, of("assistant").opening);
        assert_eq!(of("user"), of("user"));
    }

    #[test]
    fn a_lifetime_is_read_and_a_text_about_cache_points_is_a_text() {
        assert!(prefix(r#"{"system":[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}]}"#).lives_long);
        assert_eq!(
            CachedPrefix::of(br#"{"system":[{"text":"the \"cachePoint\""},{"text":"cachePoint"}]}"#),
            None
        );
        assert_eq!(CachedPrefix::of(b"[]"), None);
    }

    #[test]
    fn blocks_beyond_the_limit_are_not_kept() {
        let texts = vec![r#"{"text":"a"}"#; MAX_BLOCKS + 3].join(",");
        let read = prefix(&format!(r#"{{"system":[{texts},{POINT}]}}"#));
        assert_eq!((read.hashes.len(), read.end()), (MAX_BLOCKS, MAX_BLOCKS));
    }
}
