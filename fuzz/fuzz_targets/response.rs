//! `cargo fuzz run --sanitizer none response`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/response.rs"]
mod response;

libfuzzer_sys::fuzz_target!(|data: &[u8]| response::check(data));
