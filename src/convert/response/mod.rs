//! Converse's answers → LangChain messages.

pub(crate) mod content_blocks;
mod message;
mod metadata;
pub(crate) mod standard_blocks;
pub(crate) mod usage;

pub use self::message::convert_converse_response;
pub(crate) use self::metadata::MODEL_PROVIDER;
pub use self::metadata::ResponseMetadata;
pub use self::usage::CacheUsage;
