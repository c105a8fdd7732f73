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

/// glibc keeps what a burst of streams has used (docs/performance.md, "Memory"); other systems' allocators are left alone. So are builds for development,
/// in which checkers of memory see each allocation.
#[cfg(all(target_os = "linux", target_env = "gnu", not(debug_assertions)))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
