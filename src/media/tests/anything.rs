//! Whatever is sent, nothing panics.

use image::ImageFormat;
use proptest::prelude::*;

use super::super::check;
use super::samples::*;

/// One little file of each kind, with everything in it.
fn samples() -> Vec<Vec<u8>> {
    let png = encoded(quarters(9, 7), ImageFormat::Png);
    let mvhd = movie_box(b"mvhd", &[vec![3; 20]]);
    let udta = movie_box(b"udta", &[SECRET.to_vec()]);
    vec![
        turned_jpeg(6, 17, 9),
        png_with(&png, &[chunk(b"eXIf", &exif(3)), chunk(b"tEXt", SECRET)]),
        webp_with_secrets(7, 9, 7),
        gif(3),
        [
            movie_box(b"ftyp", &[b"isom".to_vec()]),
            movie_box(b"moov", &[mvhd, udta]),
        ]
        .concat(),
        b"OggS\0\x02 OpusHead".to_vec(),
        b"\xFF\xFB\x90\x64".to_vec(),
    ]
}

#[test]
fn every_beginning_of_a_file_holds() {
    for sample in samples() {
        for len in 0..=sample.len() {
            check::media(&sample[..len]);
        }
    }
}

#[test]
fn the_corpus_holds() {
    let folder = format!("{}/fuzz/corpus/media", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert!(!files.is_empty(), "{folder} is empty");
    for file in files {
        check::media(&std::fs::read(file.unwrap().path()).unwrap());
    }
}

proptest! {
    #[test]
    fn changed_bytes_hold(
        which in 0_usize..7,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut sample = samples().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(sample.len());
            sample[at] = value;
        }
        check::media(&sample);
    }
}
