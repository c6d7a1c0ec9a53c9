//! JPEG: tables, frame, scans, colour profile and Adobe's word on the colours stay.

use image::metadata::Orientation;

use super::{EXIF_PREFIX, Input, Stripped, exif, orientation};

/// Scans that a progressive picture may have; encoders write about ten. Each is a pass over
/// all the pixels, and one that says nothing costs only a few bytes.
const MAX_SCANS: u32 = 100;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;

pub(super) fn strip(bytes: &[u8]) -> Option<Stripped> {
    let mut input = Input(bytes);
    if input.array()? != [0xFF, SOI] {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len() + 64);
    out.extend([0xFF, SOI]);
    let mut exif_at = out.len();
    let mut turned = None;
    let mut scans = 0;
    let mut coefficients = None;
    while let Some(marker) = next_marker(&mut input) {
        match marker {
            EOI => break,
            0..0xC0 | 0xD0..=SOI => continue,
            _ => {}
        }
        let Some(content) = content(&mut input) else {
            break;
        };
        if let Some(parts) = kept(marker, content) {
            push(&mut out, marker, &parts);
            if marker == APP0 {
                exif_at = out.len();
            }
        }
        match marker {
            APP1 if content.starts_with(EXIF_PREFIX) => {
                turned = turned.or_else(|| orientation(content));
            }
            SOS => {
                scans += 1;
                out.extend_from_slice(entropy(&mut input));
            }
            _ if is_frame(marker) => {
                coefficients = coefficients.or(Some(coefficient_bytes(content)?));
            }
            _ => {}
        }
    }
    if scans == 0 || scans > MAX_SCANS {
        return None;
    }
    out.extend([0xFF, EOI]);
    let orientation = turned.unwrap_or(Orientation::NoTransforms);
    if orientation != Orientation::NoTransforms {
        let mut segment = Vec::new();
        push(&mut segment, APP1, &[EXIF_PREFIX, &exif(orientation)]);
        out.splice(exif_at..exif_at, segment);
    }
    Some(Stripped {
        bytes: out,
        orientation,
        frames: 1,
        extra: if scans > 1 { coefficients? } else { 0 },
    })
}

/// What stays of a segment, if anything does: tables, frames, scans, and what is said of the
/// colours. Of the JFIF header without the small picture that may be in it.
fn kept(marker: u8, content: &[u8]) -> Option<[&[u8]; 2]> {
    match marker {
        0xC0..=0xCF | SOS..=0xDF => Some([content, &[]]),
        APP0 if content.starts_with(b"JFIF\0") && content.len() >= 14 => {
            Some([&content[..12], &[0, 0]])
        }
        APP2 if content.starts_with(b"ICC_PROFILE\0") => Some([content, &[]]),
        APP14 if content.starts_with(b"Adobe") => Some([&content[..content.len().min(12)], &[]]),
        _ => None,
    }
}

/// The next marker, after whatever is before it.
fn next_marker(input: &mut Input<'_>) -> Option<u8> {
    while input.byte()? != 0xFF {}
    loop {
        let byte = input.byte()?;
        if byte != 0xFF {
            return Some(byte);
        }
    }
}

fn content<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let len = u16::from_be_bytes(input.array()?);
    input.take(usize::from(len).checked_sub(2)?)
}

fn push(out: &mut Vec<u8>, marker: u8, content: &[&[u8]]) {
    let len: usize = content.iter().map(|part| part.len()).sum();
    // What is written was read from such a segment, or is shorter.
    let len = u16::try_from(len + 2).unwrap_or(u16::MAX);
    out.extend([0xFF, marker]);
    out.extend(len.to_be_bytes());
    for part in content {
        out.extend_from_slice(part);
    }
}

/// The coded pixels up to the next marker, which stays in the input.
fn entropy<'a>(input: &mut Input<'a>) -> &'a [u8] {
    let bytes = input.0;
    let mut at = 0;
    let end = loop {
        let Some(found) = bytes[at..].iter().position(|byte| *byte == 0xFF) else {
            break bytes.len();
        };
        let start = at + found;
        let fill = bytes[start..].iter().take_while(|byte| **byte == 0xFF);
        at = start + fill.count();
        match bytes.get(at) {
            // A coded 0xFF, or a restart.
            Some(0 | 0xD0..=0xD7) => at += 1,
            _ => break start,
        }
    };
    input.0 = &bytes[end..];
    &bytes[..end]
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// What a decoder keeps of a frame that comes in several scans: 2 bytes a sample.
fn coefficient_bytes(frame: &[u8]) -> Option<u64> {
    let [_, height @ .., w0, w1, count] = frame.get(..6)? else {
        return None;
    };
    let height = u64::from(u16::from_be_bytes(height.try_into().ok()?));
    let width = u64::from(u16::from_be_bytes([*w0, *w1]));
    let components = frame.get(6..6 + 3 * usize::from(*count))?.chunks_exact(3);
    let sampling = components.map(|part| (u64::from(part[1] >> 4), u64::from(part[1] & 15)));
    let (mut widest, mut highest, mut samples) = (1, 1, 0);
    for (across, down) in sampling {
        widest = widest.max(across);
        highest = highest.max(down);
        samples += across * down;
    }
    Some(width * height * samples * 2 / (widest * highest))
}
