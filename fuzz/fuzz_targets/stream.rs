//! `node scripts/fuzz.mjs stream`; see `fuzz/README.md`.
#![no_main]

#[path = "../checks/stream.rs"]
mod stream;

libfuzzer_sys::fuzz_target!(|data: &[u8]| stream::check(data));
