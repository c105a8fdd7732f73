//! Pure functions between LangChain messages and the Converse API's JSON. No I/O, no clock, no environment, no Node.js, no runtime.

mod block_types;
mod blocks;
mod cache_points;
mod content_blocks;
pub mod json;
mod json_writer;
mod media;
pub mod message_inputs;
pub mod message_outputs;
mod open_blocks;
pub mod short_messages;
mod standard_blocks;
pub mod stream_chunks;
pub mod stream_converter;
pub mod stream_events;
pub mod tool_names;
mod usage;
