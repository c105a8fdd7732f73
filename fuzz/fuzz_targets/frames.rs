//! `cargo fuzz run --sanitizer none frames`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/frames.rs"]
mod frames;

libfuzzer_sys::fuzz_target!(|data: &[u8]| frames::check(data));
