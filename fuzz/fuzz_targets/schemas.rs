//! `cargo fuzz run --sanitizer none schemas`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/schemas.rs"]
mod schemas;

libfuzzer_sys::fuzz_target!(|data: &[u8]| schemas::check(data));
