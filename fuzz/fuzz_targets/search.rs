//! See `inkspot::text::check::search`, which the normal tests feed with the corpus.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| inkspot::text::check::search(input));
