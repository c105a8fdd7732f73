//! `cargo fuzz run --sanitizer none stream`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/stream.rs"]
mod stream;

libfuzzer_sys::fuzz_target!(|data: &[u8]| stream::check(data));
