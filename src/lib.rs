//! The Rust core of `langchain-aws-native`: a LangChain chat model for the Amazon Bedrock Converse API.
//!
//! Three layers, and each knows only those below it:
//!
//! * [`binding`] is what JavaScript sees, and the only folder that names napi.
//! * [`client`] is the AWS SDK's client: configuration, the two calls, failures.
//! * [`convert`] is pure functions between LangChain's JSON and Converse's.

pub mod binding;
pub mod client;
pub mod convert;
pub mod error;
