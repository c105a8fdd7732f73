//! The sources of keys beside those of AWS's SDK for Rust: the same files and variables through both, with the same requests and the same keys.

#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
mod chain;
mod machine;
mod profiles;
mod single_sign_on;
mod support;
mod token_service;
