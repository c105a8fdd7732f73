//! Pure functions between LangChain messages and the Converse API's JSON. No I/O, no clock, no environment, no Node.js, no runtime.

pub mod answer_form;
mod block_types;
pub mod embeddings;
pub mod history;
pub(crate) mod inline_reasoning;
pub mod json;
mod media_formats;
pub mod request;
pub mod response;
pub mod stream;
pub mod tool_names;
pub mod warnings;
