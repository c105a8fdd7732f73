//! The AWS SDK's client with bodies of our own: configuration, network, operations, failures.
//!
//! The SDK does credentials, region, endpoints, signing, retries and modelled errors. Bodies pass through it ([`operations`]) as the JSON that
//! [`convert`](crate::convert) makes and reads.

mod call_options;
pub mod config;
pub mod conversation;
mod error_chain;
pub mod failure;
mod headers;
mod limits;
pub mod network;
pub mod operations;
pub mod read_ahead;
mod sdk_client;

pub use self::call_options::CallOptions;
pub use self::limits::until_cancelled;
pub use self::sdk_client::Client;
