//! `node scripts/fuzz.mjs response`; see `fuzz/README.md`.
#![no_main]

#[path = "../checks/response.rs"]
mod response;

libfuzzer_sys::fuzz_target!(|data: &[u8]| response::check(data));
