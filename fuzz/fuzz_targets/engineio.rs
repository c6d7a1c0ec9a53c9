//! See `inkspot::protocol::check::engineio`, which the normal tests feed with the corpus.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| inkspot::protocol::check::engineio(input));
