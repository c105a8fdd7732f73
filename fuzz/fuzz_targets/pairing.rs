//! `cargo fuzz run --sanitizer none pairing`; see `fuzz/README.md` for how to do without cargo-fuzz.
#![no_main]

#[path = "../checks/pairing.rs"]
mod pairing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pairing::check(data));
