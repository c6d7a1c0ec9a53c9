//! What must hold for any bytes: the body of the fuzz target, which the tests feed with the
//! committed corpus. It panics when the room breaks its word. Nothing of the product uses it.
#![expect(clippy::missing_panics_doc, reason = "to panic is what it is for")]

use std::io::Cursor;

use image::ImageFormat;

use super::strip::strip;
use super::{Class, Kind, MAX_SIDE, MediaError, movie_secrets, picture, sniff};

/// Any file: it is something, what is stripped once stays as it is, what is shown has a size,
/// and blanking a movie moves nothing.
pub fn media(input: &[u8]) {
    let kind = sniff(input, "name.txt");
    assert!(!kind.inline || matches!(kind.class, Class::Image | Class::Video | Class::Audio));
    for mime in ["image/png", "image/jpeg", "image/gif", "image/webp"] {
        stripped(mime, input);
    }
    if kind.class == Class::Image {
        shown(&kind, input);
    }
    if let Ok(secrets) = movie_secrets(Cursor::new(input)) {
        let mut whole = input.to_vec();
        secrets.blank(0, &mut whole);
        let mut pieces = input.to_vec();
        for (index, piece) in pieces.chunks_mut(7).enumerate() {
            secrets.blank(index as u64 * 7, piece);
        }
        assert_eq!(pieces, whole, "in pieces as in one");
    }
}

fn stripped(mime: &str, input: &[u8]) {
    let format = ImageFormat::from_mime_type(mime).expect("a format of pictures");
    if let Some(once) = strip(format, input) {
        assert!(once.bytes.len() <= input.len() + 64, "nothing grows");
        let twice = strip(format, &once.bytes).expect("what is written is a picture");
        assert_eq!(twice.orientation, once.orientation);
        assert_eq!(twice.bytes, once.bytes, "there is nothing left to strip");
    }
}

fn shown(kind: &Kind, input: &[u8]) {
    match picture(kind, input.to_vec()) {
        Ok(shown) => {
            let (width, height) = (shown.width, shown.height);
            assert!((1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height));
            assert!(!shown.thumbnails.is_empty() && !shown.placeholder.is_empty());
            for thumbnail in shown.thumbnails {
                assert!(thumbnail.width <= width && thumbnail.height <= height);
            }
        }
        Err(MediaError::Unreadable { bytes }) => assert!(!bytes.is_empty()),
        Err(_) => {}
    }
}
