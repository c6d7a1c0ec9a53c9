//! See `inkspot::media::check::media`, which the normal tests feed with the corpus.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| inkspot::media::check::media(input));
