//! `cargo fuzz run --sanitizer none message_outputs`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/message_outputs.rs"]
mod message_outputs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| message_outputs::check(data));
