//! LangChain messages and options → the body of a Converse request.
//!
//! One pass over the messages makes content blocks that borrow from the caller's JSON; the rules over the whole history ([`turns`]) then change
//! the blocks, and the body is written once.

mod ai_message;
mod assistant_media;
mod attachment;
mod blob;
mod block;
mod cache_points;
mod cached_prefix;
mod citations;
pub mod compact_messages;
mod content;
mod content_blocks;
mod converse_request;
mod count_tokens;
mod data;
mod document_names;
mod fetched_media;
mod guard_last_turn;
mod left_out;
mod lone_surrogates;
mod media;
mod media_blocks;
mod media_description;
mod media_signatures;
mod media_urls;
mod messages;
mod model_rules;
mod pairing;
mod place;
mod plain_blocks;
mod reasoning_replay;
mod repair;
mod report;
mod request_json;
mod request_members;
mod scope;
mod shapes;
mod subject;
mod system_message;
mod texts;
mod tool_calls;
mod tool_declarations;
mod tool_results;
mod turn;
mod turns;
mod values;

pub use self::attachment::{Attachment, Fetched};
pub use self::cached_prefix::{CachedPrefix, Place};
pub use self::converse_request::{ConvertedRequest, convert_to_converse_request};
pub use self::count_tokens::convert_to_count_tokens_body;
pub use self::media_description::{MediaDescription, describe_media};
pub use self::media_urls::MediaUrl;
pub use self::repair::{Piece, RepairedHistory, RepairedMessage, repair_history};
pub use self::subject::Subject;
