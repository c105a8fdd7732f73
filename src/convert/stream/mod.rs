//! The events of a `ConverseStream` → LangChain's two kinds of stream.

mod chunks;
mod converter;
mod events;
mod of_answer;
mod open_blocks;

pub use self::chunks::StreamChunks;
pub use self::converter::StreamConverter;
pub(crate) use self::converter::as_json;
pub use self::events::StreamEvents;
pub use self::of_answer::events_of_answer;
