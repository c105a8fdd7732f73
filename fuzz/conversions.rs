//! `src/convert` and `src/models` as a crate of their own.

#[path = "../src/convert/mod.rs"]
pub mod convert;
#[path = "../src/error.rs"]
pub mod error;
#[path = "../src/models/mod.rs"]
pub mod models;
