//! `node scripts/fuzz.mjs schemas`; see `fuzz/README.md`.
#![no_main]

#[path = "../checks/schemas.rs"]
mod schemas;

libfuzzer_sys::fuzz_target!(|data: &[u8]| schemas::check(data));
