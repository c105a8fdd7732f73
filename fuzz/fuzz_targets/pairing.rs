//! `node scripts/fuzz.mjs pairing`; see `fuzz/README.md`.
#![no_main]

#[path = "../checks/pairing.rs"]
mod pairing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pairing::check(data));
