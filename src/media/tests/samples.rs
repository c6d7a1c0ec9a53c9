//! Little files, made by hand around what the encoders write.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, RgbaImage};

use super::super::{Class, Kind};

/// What no file may have in it after it was stripped.
pub const SECRET: &[u8] = b"52.5200N-Zugspitze";

pub fn kind(mime: &'static str) -> Kind {
    Kind {
        mime,
        class: Class::Image,
        inline: true,
    }
}

pub fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|it| it == wanted)
}

/// Four quarters: red and green above, blue and white below.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        match (x < width / 2, y < height / 2) {
            (true, true) => Rgb([255, 0, 0]),
            (false, true) => Rgb([0, 255, 0]),
            (true, false) => Rgb([0, 0, 255]),
            (false, false) => Rgb([255, 255, 255]),
        }
    })
}

pub fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    quarters(width, height).write_with_encoder(encoder).unwrap();
    bytes
}

pub fn gif(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Finite(7)).unwrap();
    let frame = RgbaImage::from_pixel(6, 4, image::Rgba([200, 30, 90, 255]));
    let frames = (0..frames).map(|_| Frame::new(frame.clone()));
    encoder.encode_frames(frames).unwrap();
    drop(encoder);
    bytes
}

/// EXIF data of a camera: how it was held, its maker, and where it was.
pub fn exif(orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut entry = Vec::new();
        entry.extend(tag.to_be_bytes());
        entry.extend(kind.to_be_bytes());
        entry.extend(count.to_be_bytes());
        entry.extend(value.to_be_bytes());
        entry
    };
    let secret = u32::try_from(SECRET.len()).unwrap();
    let mut exif = b"MM\0*\0\0\0\x08\0\x03".to_vec();
    exif.extend(entry(0x010F, 2, secret, 68)); // the maker: text further on
    exif.extend(entry(0x0112, 3, 1, u32::from(orientation) << 16));
    exif.extend(entry(0x8825, 4, 1, 50)); // where the position is
    exif.extend([0; 4]);
    exif.extend([0, 1]);
    exif.extend(entry(0x0002, 5, 3, 68)); // latitude
    exif.extend([0; 4]);
    assert_eq!(exif.len(), 68);
    exif.extend(SECRET);
    exif
}

pub fn segment(marker: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let len = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker][..], &len, &content].concat()
}

/// A JPEG with these segments after its beginning.
pub fn jpeg_with(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

pub fn turned_jpeg(orientation: u8, width: u32, height: u32) -> Vec<u8> {
    let exif = segment(0xE1, &[b"Exif\0\0", &exif(orientation)]);
    jpeg_with(&jpeg(width, height), &[exif])
}

pub fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let mut checksum = flate2::Crc::new();
    checksum.update(kind);
    checksum.update(data);
    let len = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&len, kind, data, &checksum.sum().to_be_bytes()].concat()
}

/// A PNG with these chunks after its header.
pub fn png_with(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// A PNG that says how large it is and has hardly any pixels.
pub fn png_claiming(width: u32, height: u32, bits: u8, colour: u8) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([bits, colour, 0, 0, 0]);
    let parts = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &deflated(&[0; 64])),
        chunk(b"IEND", &[]),
    ];
    parts.concat()
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn riff_chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let len = u32::try_from(data.len()).unwrap().to_le_bytes();
    let padding = vec![0; data.len() % 2];
    [kind, &len, data, &padding].concat()
}

pub fn webp_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    let len = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &len[..], b"WEBP", &chunks].concat()
}

/// A WebP with metadata: extended header, pixels, EXIF, XMP and something unknown.
pub fn webp_with_secrets(orientation: u8, width: u32, height: u32) -> Vec<u8> {
    let plain = encoded(quarters(width, height), ImageFormat::WebP);
    let side = |len: u32| (len - 1).to_le_bytes()[..3].to_vec();
    let header = [vec![0x0C, 0, 0, 0], side(width), side(height)].concat();
    webp_of(&[
        riff_chunk(b"VP8X", &header),
        plain[12..].to_vec(),
        riff_chunk(b"EXIF", &exif(orientation)),
        riff_chunk(b"XMP ", SECRET),
        riff_chunk(b"wear", SECRET),
    ])
}

/// A box of a movie.
pub fn movie_box(kind: &[u8], content: &[Vec<u8>]) -> Vec<u8> {
    let content = content.concat();
    let len = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
    [&len, kind, &content].concat()
}
