//! Nothing that tells where and with what a picture was taken is left, and nothing else is lost.

use image::metadata::Orientation;
use image::{AnimationDecoder, ImageFormat};
use std::io::Cursor;

use super::super::strip::{Stripped, strip};
use super::samples::*;

fn stripped(format: ImageFormat, bytes: &[u8]) -> Stripped {
    assert!(contains(bytes, SECRET), "there is something to find");
    let stripped = strip(format, bytes).unwrap();
    assert!(!contains(&stripped.bytes, SECRET));
    assert!(!contains(&stripped.bytes, b"ZIPPED"));
    stripped
}

fn same_pixels(format: ImageFormat, before: &[u8], after: &[u8]) {
    let load = |bytes| image::load_from_memory_with_format(bytes, format).unwrap();
    assert_eq!(load(before), load(after));
}

#[test]
fn of_a_jpeg() {
    let plain = jpeg(50, 30);
    let profile = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", b"colours"]);
    let small_picture = [
        &[0xFF, 0xE0, 0, 16 + 3][..],
        b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01",
        b"abc",
    ];
    let before = jpeg_with(
        &plain,
        &[
            small_picture.concat(),
            segment(0xE1, &[b"Exif\0\0", &exif(6)]),
            segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET]),
            profile.clone(),
            segment(0xE2, &[b"MPF\0", SECRET]),
            segment(0xED, &[b"Photoshop 3.0\0", SECRET]),
            segment(0xFE, &[SECRET]),
            segment(0xEB, &[SECRET]),
        ],
    );
    // A film, or a second picture with metadata of its own, after the end.
    let before = [&before[..], &turned_jpeg(1, 8, 8), b"ZIPPED"].concat();
    let after = stripped(ImageFormat::Jpeg, &before);
    assert_eq!(after.orientation, Orientation::Rotate90);
    assert!(contains(&after.bytes, &profile));
    assert!(!contains(&after.bytes, b"abc"));
    assert!(
        contains(&after.bytes, &plain[plain.len() - 100..]),
        "the same pixels"
    );
    assert!(after.bytes.ends_with(&[0xFF, 0xD9]));
    let turned = strip(ImageFormat::Jpeg, &after.bytes).unwrap();
    assert_eq!(
        (turned.orientation, turned.bytes),
        (after.orientation, after.bytes.clone())
    );
    same_pixels(ImageFormat::Jpeg, &before, &after.bytes);
}

#[test]
fn of_a_jpeg_between_its_scans() {
    let plain = jpeg(16, 16);
    let at = plain.windows(2).position(|it| it == [0xFF, 0xDA]).unwrap();
    let comment = segment(0xFE, &[SECRET]);
    let scan = &plain[at..plain.len() - 2];
    let before = [&plain[..at], scan, &comment, scan, &comment, &[0xFF, 0xD9]].concat();
    let after = stripped(ImageFormat::Jpeg, &before);
    assert!(contains(&after.bytes, &scan.repeat(2)));
    assert_eq!(after.extra, 16 * 16 * 3 * 2);
}

#[test]
fn restarts_and_coded_ff_stay_in_a_scan() {
    let head = &jpeg(8, 8)[..20];
    let scan = b"\xFF\xDA\0\x03\0ab\xFF\0cd\xFF\xD0ef\xFF\xFF\0gh\xFF\xD7";
    let before = [head, &scan[..], b"\xFF\xFF\xD9after"].concat();
    let after = strip(ImageFormat::Jpeg, &before).unwrap();
    assert_eq!(after.bytes, [head, &scan[..], b"\xFF\xD9"].concat());
}

#[test]
fn of_a_png() {
    let plain = encoded(quarters(50, 30), ImageFormat::Png);
    let chunks = [
        chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        chunk(b"eXIf", &exif(8)),
        chunk(b"tEXt", &[b"Comment\0", SECRET].concat()),
        chunk(b"zTXt", &[b"Comment\0\0ZIPPED", SECRET].concat()),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", SECRET].concat()),
        chunk(b"tIME", &[7, 0xEA, 1, 2, 3, 4, 5]),
        chunk(b"prVt", SECRET),
    ];
    let before = [&png_with(&plain, &chunks)[..], SECRET].concat();
    let after = stripped(ImageFormat::Png, &before);
    assert_eq!(after.orientation, Orientation::Rotate270);
    assert!(contains(&after.bytes, b"gAMA"));
    assert!(!contains(&after.bytes, b"tIME"));
    same_pixels(ImageFormat::Png, &before, &after.bytes);
}

#[test]
fn of_a_webp() {
    let before = [&webp_with_secrets(3, 20, 10)[..], SECRET].concat();
    let after = stripped(ImageFormat::WebP, &before);
    assert_eq!(after.orientation, Orientation::Rotate180);
    assert_eq!(after.bytes[20], 0x08, "it has EXIF and no XMP");
    same_pixels(ImageFormat::WebP, &before, &after.bytes);
    // One that is not turned keeps no EXIF at all.
    let after = stripped(ImageFormat::WebP, &webp_with_secrets(1, 20, 10));
    assert_eq!(after.bytes[20], 0);
    assert!(!contains(&after.bytes, b"EXIF"));
}

#[test]
fn of_the_frames_of_a_webp() {
    let plain = encoded(quarters(20, 10), ImageFormat::WebP);
    let place = [0, 0, 0, 0, 0, 0, 19, 0, 0, 9, 0, 0, 100, 0, 0, 0];
    let frame = |more: &[u8]| riff_chunk(b"ANMF", &[&place, &plain[12..], more].concat());
    let before = webp_of(&[
        riff_chunk(b"VP8X", &[2, 0, 0, 0, 19, 0, 0, 9, 0, 0]),
        riff_chunk(b"ANIM", &[0, 0, 0, 0, 3, 0]),
        frame(&riff_chunk(b"hide", SECRET)),
        frame(b""),
    ]);
    let after = stripped(ImageFormat::WebP, &before);
    assert_eq!(after.frames, 2);
    let decoder = image::codecs::webp::WebPDecoder::new(Cursor::new(after.bytes)).unwrap();
    assert_eq!(decoder.into_frames().collect_frames().unwrap().len(), 2);
}

#[test]
fn of_a_gif() {
    let plain = gif(3);
    let at = plain.windows(2).position(|it| it == [0x21, 0xFF]).unwrap();
    let block = |kind: &[u8]| {
        let len = u8::try_from(SECRET.len()).unwrap();
        [kind, &[len], SECRET, &[0]].concat()
    };
    let secrets = [
        block(&[0x21, 0xFE]),
        block(b"\x21\xFF\x0bXMP DataXMP"),
        block(b"\x21\xFF\x0bNETSCAPE2.0"),
        block(b"\x21\x01"),
    ];
    let before = [&plain[..at], &secrets.concat(), &plain[at..], SECRET].concat();
    let after = stripped(ImageFormat::Gif, &before);
    assert_eq!(
        after.bytes, plain,
        "frames, timing and loops are as they were"
    );
    assert!(contains(&after.bytes, b"NETSCAPE2.0\x03\x01\x07\0"));
}
