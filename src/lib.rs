//! The Rust core of `langchain-aws-native`: a LangChain chat model for the Amazon Bedrock Converse API.
//!
//! The layers, of which each uses only those below it:
//!
//! * [`binding`]: the JavaScript interface, the only folder that names napi.
//! * [`client`]: the AWS SDK's client: configuration, network, operations, failures.
//! * [`convert`]: pure functions between LangChain's JSON and Converse's.
//! * [`models`]: what is known of models, by their ids.

pub mod binding;
pub mod client;
pub mod convert;
pub mod error;
pub mod models;
