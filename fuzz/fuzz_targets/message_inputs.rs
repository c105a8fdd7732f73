//! `cargo fuzz run --sanitizer none message_inputs`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/message_inputs.rs"]
mod message_inputs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| message_inputs::check(data));
