//! The Bedrock client, over the AWS SDK: configuration, network, operations, failures.
//!
//! The SDK does credentials, region, endpoints, signing, retries and modelled errors. Bodies pass through it as bytes ([`operations`]); only
//! [`convert`](crate::convert) writes and reads their JSON.

pub mod batch;
pub mod cache_memory;
mod call_options;
pub mod config;
pub mod conversation;
pub mod embeddings;
mod encoding;
mod error_chain;
pub mod event_batch;
pub mod failure;
mod headers;
pub mod learned;
mod limits;
pub mod media_fetch;
pub mod network;
pub mod operations;
pub mod read_ahead;
mod retry_after;
mod retry_partitions;
pub mod s3;
mod sdk_client;
pub mod targets;
mod xml;

pub use self::call_options::CallOptions;
pub use self::limits::until_cancelled;
pub use self::sdk_client::Client;
