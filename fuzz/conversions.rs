//! `src/convert` as a crate of its own.

#[path = "../src/convert/mod.rs"]
pub mod convert;
#[path = "../src/error.rs"]
pub mod error;
