//! What a file is, and what others may get to see of it: type by magic bytes, pictures without
//! metadata, thumbnails, placeholders, and what to blank in movies.
//!
//! Pure: bytes in, bytes out. Nothing here opens a file, knows a user or a status code. What
//! comes in was made by anybody, so every walk is bounded by its input and every decoder by
//! the limits below.
//!
//! | what | cleaned of metadata | shown in place |
//! |---|---|---|
//! | JPEG, PNG (and APNG), GIF, `WebP` | all of it; colour profile, orientation, animation stay | yes |
//! | MP4, M4A, MOV | what says where and with what it was taken ([`movie_secrets`]); a track of positions, as action cameras write it, stays | yes |
//! | `WebM`, Ogg, MP3, WAV, FLAC, AAC | nothing | yes |
//! | HEIC, AVIF, TIFF, raw pictures, SVG, PDF, the rest | nothing | no: ordinary files to download |
//!
//! Memory: [`picture`] needs at most [`MAX_DECODED`] for the decoded picture, three times the file's
//! own size and 60 MB for what it makes of it. Measured at the peak: 126 MB for a JPEG photo of 40
//! megapixels (7 MB), of which 120 MB are its pixels; 240 MB for the same as a progressive one,
//! which comes in several scans; 203 MB for a PNG of 24.5 megapixels with 16 bits a channel.
//! Whoever calls decides how many may be worked on at once.

pub mod check;
mod movie;
mod picture;
mod shrink;
mod sniff;
mod strip;
#[cfg(test)]
mod tests;

pub use movie::{MovieSecrets, movie_secrets};
pub use picture::{Picture, Thumbnail, picture};
pub use sniff::{Class, Kind, SNIFF_LEN, sniff};

/// Bytes that the file of a picture may have: 32 MiB.
pub const MAX_PICTURE: u64 = 32 << 20;
/// Pixels that a picture may have: the 50 megapixels of a telephone's camera.
pub const MAX_PIXELS: u64 = 50_000_000;
/// Pixels that a side of a picture may have.
pub const MAX_SIDE: u32 = 16_384;
/// Frames that an animation may have.
pub const MAX_FRAMES: u32 = 10_000;
/// Bytes that a picture may have while it is decoded, coefficients of a progressive JPEG
/// included. Only pictures with 16 bits a channel or with many scans come to it before
/// [`MAX_PIXELS`].
pub const MAX_DECODED: u64 = 320_000_000;
/// The longest side of the small and of the large thumbnail, in pixels.
pub const THUMBNAIL_SIDES: [u32; 2] = [320, 1280];

/// Why a picture is not taken as a picture. The texts are for the one who sent it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MediaError {
    /// The file has more than [`MAX_PICTURE`] bytes.
    #[error(
        "A picture may have at most {} MiB. Make it smaller, or send it packed in a ZIP.",
        limit >> 20
    )]
    TooLarge {
        /// Bytes that it may have.
        limit: u64,
    },
    /// It has more than [`MAX_PIXELS`], a side longer than [`MAX_SIDE`], or needs more than
    /// [`MAX_DECODED`] to be decoded.
    #[error(
        "This picture has too many pixels: {} million are allowed, and {MAX_SIDE} on a side. Make it smaller, or send it packed in a ZIP.",
        limit / 1_000_000
    )]
    TooManyPixels {
        /// Pixels that it may have.
        limit: u64,
    },
    /// It has more than [`MAX_FRAMES`].
    #[error(
        "An animation may have at most {limit} frames. Shorten it, or send it packed in a ZIP."
    )]
    TooManyFrames {
        /// Frames that it may have.
        limit: u32,
    },
    /// It is put together as its format wants, but can't be decoded: broken inside, cut off,
    /// or of a rare kind. It may be taken as an ordinary file with these bytes, which are what
    /// was understood of it, without metadata.
    #[error("This picture can't be read.")]
    Unreadable {
        /// The file without metadata.
        bytes: Vec<u8>,
    },
    /// It only begins like a picture (or the kind is none of a picture). Its bytes are not
    /// cleaned: it is refused, or taken as it is as an ordinary file.
    #[error("This picture is damaged.")]
    Damaged,
}
