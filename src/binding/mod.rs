//! The JavaScript interface: the only folder that names napi. It converts values and has no other logic.

mod batch;
mod cancellation;
mod client;
mod conversion;
mod credentials;
mod embeddings;

mod mailbox;
mod media;
mod models;
mod options;
mod outcome;
mod request;
mod runtime;
mod shared_buffer;
mod stream;
mod targets;
mod written_messages;
