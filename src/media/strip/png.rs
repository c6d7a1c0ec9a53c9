//! PNG: header, palette, pixels, animation, and what says which colours are meant stay.

use image::metadata::Orientation;

use super::{Input, Stripped, exif, orientation};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const KEPT: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"acTL", b"fcTL", b"fdAT",
];

pub(super) fn strip(bytes: &[u8]) -> Option<Stripped> {
    let mut input = Input(bytes.strip_prefix(SIGNATURE)?);
    if !input.0.get(4..)?.starts_with(b"IHDR") {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len() + 64);
    out.extend_from_slice(SIGNATURE);
    let mut turned = None;
    let mut pixels_at = None;
    let mut frames = 0_u32;
    while let Some((kind, chunk)) = chunk(&mut input) {
        match &kind {
            b"eXIf" => turned = turned.or_else(|| orientation(&chunk[8..chunk.len() - 4])),
            b"IDAT" => pixels_at = pixels_at.or(Some(out.len())),
            b"fcTL" => frames = frames.saturating_add(1),
            _ => {}
        }
        if KEPT.contains(&&kind) {
            out.extend_from_slice(chunk);
        }
        if &kind == b"IEND" {
            break;
        }
    }
    let pixels_at = pixels_at?;
    let orientation = turned.unwrap_or(Orientation::NoTransforms);
    if orientation != Orientation::NoTransforms {
        out.splice(pixels_at..pixels_at, exif_chunk(orientation));
    }
    Some(Stripped {
        bytes: out,
        orientation,
        frames: frames.max(1),
        extra: 0,
    })
}

/// The next chunk's type, and the whole of it: length, type, data, checksum.
fn chunk<'a>(input: &mut Input<'a>) -> Option<([u8; 4], &'a [u8])> {
    let len = u32::from_be_bytes(*input.0.first_chunk()?);
    let kind = *input.0.get(4..)?.first_chunk()?;
    let chunk = input.take(usize::try_from(len).ok()?.checked_add(12)?)?;
    Some((kind, chunk))
}

fn exif_chunk(orientation: Orientation) -> Vec<u8> {
    let data = exif(orientation);
    let mut checksum = flate2::Crc::new();
    checksum.update(b"eXIf");
    checksum.update(&data);
    let len = [0, 0, 0, 26];
    [&len, &b"eXIf"[..], &data, &checksum.sum().to_be_bytes()].concat()
}
