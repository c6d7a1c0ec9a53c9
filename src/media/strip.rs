//! Takes the metadata out of a picture without touching its pixels.
//!
//! Each format has a walker that knows what a picture needs to be shown and leaves out the
//! rest: known metadata, unknown blocks, and everything after the picture's end (where cameras
//! put second pictures and films). What a walker writes is a picture of the same format.
//! A file that ends too early is closed where it ends; whether that can be shown is for the
//! decoder to say.

mod gif;
mod jpeg;
mod png;
mod webp;

use image::ImageFormat;
use image::metadata::Orientation;

/// A picture without its metadata.
#[derive(Debug)]
pub(super) struct Stripped {
    /// The file.
    pub bytes: Vec<u8>,
    /// How it wants to be turned. Still said in `bytes`.
    pub orientation: Orientation,
    /// Frames of an animation; at least 1.
    pub frames: u32,
    /// Bytes that decoding needs besides the picture itself.
    pub extra: u64,
}

/// Strips a picture of the given format. None when it isn't put together as one.
pub(super) fn strip(format: ImageFormat, bytes: &[u8]) -> Option<Stripped> {
    match format {
        ImageFormat::Jpeg => jpeg::strip(bytes),
        ImageFormat::Png => png::strip(bytes),
        ImageFormat::Gif => gif::strip(bytes),
        ImageFormat::WebP => webp::strip(bytes),
        _ => None,
    }
}

/// What is left of a file to walk through.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// The next bytes, or None (and nothing is taken) when there aren't as many.
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }
}

/// How the picture wants to be turned, by its EXIF data, with or without the JPEG prefix.
fn orientation(exif: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(exif.strip_prefix(EXIF_PREFIX).unwrap_or(exif))
}

const EXIF_PREFIX: &[u8] = b"Exif\0\0";

/// EXIF data that say how the picture wants to be turned, and nothing else.
fn exif(orientation: Orientation) -> [u8; 26] {
    let mut exif = *b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0";
    exif[18] = orientation.to_exif();
    exif
}
