//! The JavaScript interface: the only folder that names napi. It converts values and has no other logic.

mod cancellation;
mod client;
mod credentials;
mod embeddings;
mod mailbox;
mod options;
mod outcome;
mod runtime;
mod shared_buffer;
mod stream;
