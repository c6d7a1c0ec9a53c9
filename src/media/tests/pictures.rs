//! Sizes, thumbnails, and what is refused.

use image::metadata::Orientation;
use image::{GenericImageView, ImageDecoder, ImageFormat, ImageReader, Rgba, RgbaImage};
use std::io::Cursor;

use super::super::{MAX_FRAMES, MAX_PICTURE, MAX_SIDE, MediaError, Picture, Thumbnail, picture};
use super::samples::*;

fn shown(mime: &'static str, bytes: Vec<u8>) -> Picture {
    picture(&kind(mime), bytes).unwrap()
}

fn pixels(thumbnail: &Thumbnail) -> RgbaImage {
    let format = ImageFormat::from_mime_type(thumbnail.mime).unwrap();
    let picture = image::load_from_memory_with_format(&thumbnail.bytes, format).unwrap();
    assert_eq!(picture.dimensions(), (thumbnail.width, thumbnail.height));
    picture.into_rgba8()
}

/// The name of the colour in the middle of each quarter, row by row.
fn quarters_of(picture: &RgbaImage) -> [&'static str; 4] {
    let (width, height) = picture.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        match picture
            .get_pixel(width * x / 4, height * y / 4)
            .0
            .map(|it| it > 128)
        {
            [true, false, false, true] => "red",
            [false, true, false, true] => "green",
            [false, false, true, true] => "blue",
            [true, true, true, true] => "white",
            _ => "something else",
        }
    })
}

#[test]
fn thumbnails_are_never_larger_than_the_picture() {
    let sizes = |width, height| {
        let picture = shown("image/jpeg", jpeg(width, height));
        assert_eq!((picture.width, picture.height), (width, height));
        let thumbnails = picture.thumbnails.iter();
        thumbnails
            .map(|it| (pixels(it).width(), it.height))
            .collect::<Vec<_>>()
    };
    assert_eq!(sizes(40, 30), [(40, 30)]);
    assert_eq!(sizes(320, 7), [(320, 7)]);
    assert_eq!(sizes(640, 480), [(320, 240)]);
    assert_eq!(sizes(1280, 1), [(320, 1)]);
    assert_eq!(sizes(1281, 1000), [(320, 250), (1280, 999)]);
    assert_eq!(sizes(500, 2600), [(62, 320), (246, 1280)]);
}

#[test]
fn every_orientation_is_applied() {
    let expected = [
        ["red", "green", "blue", "white"],
        ["green", "red", "white", "blue"],
        ["white", "blue", "green", "red"],
        ["blue", "white", "red", "green"],
        ["red", "blue", "green", "white"],
        ["blue", "red", "white", "green"],
        ["white", "green", "blue", "red"],
        ["green", "white", "red", "blue"],
    ];
    for (orientation, expected) in (1..).zip(expected) {
        let exif = chunk(b"eXIf", &exif(orientation));
        let png = png_with(&encoded(quarters(60, 40), ImageFormat::Png), &[exif]);
        for (mime, bytes) in [
            ("image/jpeg", turned_jpeg(orientation, 60, 40)),
            ("image/png", png),
            ("image/webp", webp_with_secrets(orientation, 60, 40)),
        ] {
            let picture = shown(mime, bytes);
            let size = if orientation < 5 { (60, 40) } else { (40, 60) };
            assert_eq!(
                (picture.width, picture.height),
                size,
                "{mime} {orientation}"
            );
            let small = pixels(&picture.thumbnails[0]);
            assert_eq!(quarters_of(&small), expected, "{mime} {orientation}");
            let format = ImageFormat::from_mime_type(mime).unwrap();
            let reader = ImageReader::with_format(Cursor::new(picture.bytes), format);
            let kept = reader.into_decoder().unwrap().orientation().unwrap();
            assert_eq!(Some(kept), Orientation::from_exif(orientation), "{mime}");
        }
    }
}

#[test]
fn what_is_transparent_does_not_darken_its_neighbours() {
    // White on black that can't be seen, in stripes that a thumbnail mixes.
    let stripes = RgbaImage::from_fn(3000, 3000, |x, _| match x % 3 {
        0 => Rgba([255, 255, 255, 255]),
        _ => Rgba([0, 0, 0, 0]),
    });
    let picture = shown("image/png", encoded(stripes, ImageFormat::Png));
    for thumbnail in &picture.thumbnails {
        assert_eq!(thumbnail.mime, "image/png");
        let pixels = pixels(thumbnail);
        let seen = pixels.pixels().filter(|it| it.0[3] > 32);
        assert!(seen.clone().count() > 1000);
        for pixel in seen {
            assert!(pixel.0[0] > 247, "{pixel:?}");
        }
    }
}

#[test]
fn an_opaque_picture_with_an_alpha_channel_becomes_a_jpeg() {
    let opaque = RgbaImage::from_pixel(9, 9, Rgba([1, 2, 3, 255]));
    let picture = shown("image/png", encoded(opaque, ImageFormat::Png));
    assert_eq!(picture.thumbnails[0].mime, "image/jpeg");
}

#[test]
fn a_thumbnail_keeps_the_colour_profile() {
    let mut profile = vec![7; 500];
    profile[16..20].copy_from_slice(b"RGB ");
    let mut printed = profile.clone();
    printed[16..20].copy_from_slice(b"CMYK");
    for (profile, kept) in [(profile, true), (printed, false)] {
        let segment = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", &profile]);
        let bytes = jpeg_with(&jpeg(30, 20), &[segment]);
        let picture = shown("image/jpeg", bytes);
        assert!(contains(&picture.bytes, &profile));
        assert_eq!(contains(&picture.thumbnails[0].bytes, &profile), kept);
    }
}

#[test]
fn the_placeholder_looks_like_the_picture() {
    let picture = shown("image/jpeg", jpeg(1000, 500));
    assert!(picture.placeholder.len() < 30);
    let ratio = thumbhash::thumb_hash_to_approximate_aspect_ratio(&picture.placeholder).unwrap();
    assert!((1.5..2.5).contains(&ratio));
    let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(&picture.placeholder).unwrap();
    let (width, height) = (
        u32::try_from(width).unwrap(),
        u32::try_from(height).unwrap(),
    );
    let small = RgbaImage::from_raw(width, height, rgba).unwrap();
    assert_eq!(quarters_of(&small), ["red", "green", "blue", "white"]);
}

#[test]
fn the_first_frame_of_an_animation_stands_for_it() {
    let picture = shown("image/gif", gif(5));
    assert_eq!((picture.width, picture.height), (6, 4));
    assert_eq!(picture.thumbnails.len(), 1);
    assert_eq!(
        super::super::strip::strip(ImageFormat::Gif, &picture.bytes)
            .unwrap()
            .frames,
        5
    );
}

#[test]
fn bombs_are_refused() {
    let refused = |mime, bytes| picture(&kind(mime), bytes).unwrap_err();
    let side = MAX_SIDE + 1;
    for (width, height, bits, colour) in [
        (12_000, 12_000, 8, 2),
        (side, 1, 8, 0),
        (1, side, 8, 0),
        (u32::MAX >> 1, u32::MAX >> 1, 16, 6),
        (7000, 7000, 16, 6), // few enough pixels, but 392 MB
    ] {
        let png = png_claiming(width, height, bits, colour);
        assert!(
            matches!(refused("image/png", png), MediaError::TooManyPixels { .. }),
            "{width} × {height}"
        );
    }
    let mut screen = gif(1);
    screen[6..10].fill(0xFF);
    assert!(matches!(
        refused("image/gif", screen),
        MediaError::TooManyPixels { .. }
    ));
    let frames = usize::try_from(MAX_FRAMES).unwrap() + 1;
    let limit = MAX_FRAMES;
    assert_eq!(
        refused("image/gif", gif(frames)),
        MediaError::TooManyFrames { limit }
    );
    let long = vec![0; usize::try_from(MAX_PICTURE).unwrap() + 1];
    let limit = MAX_PICTURE;
    assert_eq!(refused("image/png", long), MediaError::TooLarge { limit });
}

#[test]
fn scans_without_end_are_refused() {
    let jpeg = jpeg(64, 64);
    let at = jpeg.windows(2).position(|it| it == [0xFF, 0xDA]).unwrap();
    let scan = &jpeg[at..jpeg.len() - 2];
    let many = [&jpeg[..at], &scan.repeat(101), &[0xFF, 0xD9]].concat();
    assert_eq!(
        picture(&kind("image/jpeg"), many).unwrap_err(),
        MediaError::Damaged
    );
}

#[test]
fn a_packed_profile_of_gigabytes_does_no_harm() {
    let bomb = [&b"p\0\0"[..], &deflated(&vec![0; 64 << 20])].concat();
    let png = encoded(quarters(8, 8), ImageFormat::Png);
    let png = png_with(&png, &[chunk(b"iCCP", &bomb)]);
    let shown = picture(&kind("image/png"), png);
    assert!(matches!(shown, Ok(_) | Err(MediaError::Unreadable { .. })));
}

#[test]
fn what_is_no_picture_is_said_so() {
    for bytes in [
        &b"GIF89a is how it begins"[..],
        b"",
        b"\xFF\xD8\xFF",
        b"\x89PNG\r\n\x1a\n",
    ] {
        for mime in [
            "image/gif",
            "image/jpeg",
            "image/png",
            "image/webp",
            "text/plain",
        ] {
            let error = picture(&kind(mime), bytes.to_vec()).unwrap_err();
            assert_eq!(error, MediaError::Damaged);
        }
    }
    // Put together well, but with pixels that can't be.
    let png = png_claiming(300, 300, 8, 2);
    let error = picture(&kind("image/png"), png.clone()).unwrap_err();
    assert_eq!(error, MediaError::Unreadable { bytes: png });
}

#[test]
fn a_photo_that_was_cut_off_is_shown_without_its_metadata() {
    let whole = turned_jpeg(6, 400, 300);
    let picture = shown("image/jpeg", whole[..whole.len() * 2 / 3].to_vec());
    assert_eq!((picture.width, picture.height), (300, 400));
    assert!(!contains(&picture.bytes, SECRET));
}
