//! A picture as others get it: without metadata, with its size, thumbnails and placeholder.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::error::ImageError;
use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
    RgbImage, RgbaImage,
};

use super::shrink::Small;
use super::sniff::Kind;
use super::strip::{Stripped, strip};
use super::{
    MAX_DECODED, MAX_FRAMES, MAX_PICTURE, MAX_PIXELS, MAX_SIDE, MediaError, THUMBNAIL_SIDES,
};

/// The quality of thumbnails without transparency.
const JPEG_QUALITY: u8 = 80;
/// Bytes of a colour profile that a thumbnail takes along; a larger one is left out, as are
/// those that aren't for RGB. The colours are then a little off, in the thumbnail only.
const MAX_PROFILE: usize = 16 << 10;
/// The longest side of what the placeholder is made of, as `ThumbHash` wants it.
const PLACEHOLDER_SIDE: u32 = 100;

/// A picture that can be shown.
#[derive(Debug)]
pub struct Picture {
    /// The file without metadata: the same pixels, frames, colour profile and orientation.
    pub bytes: Vec<u8>,
    /// Pixels across, as it is shown (turned as its orientation says).
    pub width: u32,
    /// Pixels down, as it is shown.
    pub height: u32,
    /// A `ThumbHash` of it: about 25 bytes.
    pub placeholder: Vec<u8>,
    /// Stills, the small one first: at most [`THUMBNAIL_SIDES`] long and never larger than the
    /// picture. The small one is always there, the large one only when the picture is larger.
    pub thumbnails: Vec<Thumbnail>,
}

/// A small still of a picture, already turned the right way.
#[derive(Debug)]
pub struct Thumbnail {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `image/jpeg`, or `image/png` when something in it is transparent.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Makes a file that [`sniff`](super::sniff) took for a PNG, JPEG, GIF or WebP presentable.
///
/// Keeps a core busy for up to a few seconds and needs memory (see the [room](super)): to be
/// called where that blocks nobody, by one who limits how many do so at once.
pub fn picture(kind: &Kind, bytes: Vec<u8>) -> Result<Picture, MediaError> {
    if bytes.len() as u64 > MAX_PICTURE {
        return Err(MediaError::TooLarge { limit: MAX_PICTURE });
    }
    let format = ImageFormat::from_mime_type(kind.mime).ok_or(MediaError::Damaged)?;
    let stripped = strip(format, &bytes).ok_or(MediaError::Damaged)?;
    drop(bytes);
    if stripped.frames > MAX_FRAMES {
        return Err(MediaError::TooManyFrames { limit: MAX_FRAMES });
    }
    // The decoders are other people's and read what anybody sends: one that gives up in panic
    // has found a picture that can't be read.
    let shown = catch_unwind(AssertUnwindSafe(|| show(format, &stripped)));
    match shown.unwrap_or(Err(Trouble::Unreadable)) {
        Ok(shown) => Ok(Picture {
            bytes: stripped.bytes,
            width: shown.width,
            height: shown.height,
            placeholder: shown.placeholder,
            thumbnails: shown.thumbnails,
        }),
        Err(Trouble::TooManyPixels(limit)) => Err(MediaError::TooManyPixels { limit }),
        Err(Trouble::Unreadable) => Err(MediaError::Unreadable {
            bytes: stripped.bytes,
        }),
    }
}

enum Trouble {
    TooManyPixels(u64),
    Unreadable,
}

impl From<ImageError> for Trouble {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels(MAX_PIXELS),
            _ => Self::Unreadable,
        }
    }
}

/// What is seen of a picture.
struct Shown {
    width: u32,
    height: u32,
    placeholder: Vec<u8>,
    thumbnails: Vec<Thumbnail>,
}

fn show(format: ImageFormat, stripped: &Stripped) -> Result<Shown, Trouble> {
    let (decoded, profile) = decode(format, stripped)?;
    let (width, height) = if swaps_sides(stripped.orientation) {
        (decoded.height(), decoded.width())
    } else {
        (decoded.width(), decoded.height())
    };
    let [small_side, large_side] = THUMBNAIL_SIDES;
    let whole = Small::of(&decoded, large_side);
    drop(decoded);
    let large = whole.turned(stripped.orientation).within(large_side);
    let small = large.within(small_side);
    let placeholder = placeholder(&small.within(PLACEHOLDER_SIDE).into_rgba());
    let mut thumbnails = vec![thumbnail(small, profile.as_deref())?];
    if width.max(height) > large_side {
        thumbnails.push(thumbnail(large, profile.as_deref())?);
    }
    Ok(Shown {
        width,
        height,
        placeholder,
        thumbnails,
    })
}

/// The picture (the first frame of an animation) and its colour profile, if thumbnails can use it.
fn decode(
    format: ImageFormat,
    stripped: &Stripped,
) -> Result<(DynamicImage, Option<Vec<u8>>), Trouble> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(match format {
        // Besides the picture itself: a colour profile, which is packed and may be a bomb.
        ImageFormat::Png => 16 << 20,
        _ => MAX_DECODED,
    });
    let mut reader = ImageReader::with_format(Cursor::new(&*stripped.bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixel = u64::from(decoder.color_type().bytes_per_pixel());
    let limit = MAX_PIXELS.min(MAX_DECODED.saturating_sub(stripped.extra) / pixel.max(1));
    match u64::from(width) * u64::from(height) {
        0 => return Err(Trouble::Unreadable),
        pixels if pixels > limit => return Err(Trouble::TooManyPixels(limit)),
        _ => {}
    }
    let profile = decoder.icc_profile().ok().flatten();
    // Bytes 16 to 19 of a profile name the colours that it is for.
    let usable = |profile: &Vec<u8>| {
        profile.len() <= MAX_PROFILE && profile.get(16..20).is_some_and(|it| it == b"RGB ")
    };
    Ok((DynamicImage::from_decoder(decoder)?, profile.filter(usable)))
}

fn swaps_sides(orientation: Orientation) -> bool {
    orientation.to_exif() >= 5
}

fn thumbnail(picture: Small, profile: Option<&[u8]>) -> Result<Thumbnail, Trouble> {
    let picture = picture.into_rgba();
    let (width, height) = picture.dimensions();
    let opaque = picture.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let profile = profile.map(<[u8]>::to_vec);
    let mut bytes = Vec::new();
    if opaque {
        let picture: RgbImage = DynamicImage::ImageRgba8(picture).into_rgb8();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        keep_profile(&mut encoder, profile);
        encoder.write_image(&picture, width, height, ExtendedColorType::Rgb8)?;
    } else {
        let mut encoder = PngEncoder::new(&mut bytes);
        keep_profile(&mut encoder, profile);
        encoder.write_image(&picture, width, height, ExtendedColorType::Rgba8)?;
    }
    Ok(Thumbnail {
        width,
        height,
        mime: if opaque { "image/jpeg" } else { "image/png" },
        bytes,
    })
}

fn keep_profile(encoder: &mut impl ImageEncoder, profile: Option<Vec<u8>>) {
    if let Some(profile) = profile {
        // Both formats can hold one; without it the thumbnail's colours would only be off.
        let _ = encoder.set_icc_profile(profile);
    }
}

fn placeholder(picture: &RgbaImage) -> Vec<u8> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    thumbhash::rgba_to_thumb_hash(width, height, picture.as_raw())
}
