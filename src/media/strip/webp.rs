//! WebP: pixels, transparency, animation and colour profile stay.

use image::metadata::Orientation;

use super::{Input, Stripped, exif, orientation};

/// What the header of an extended file says of the chunks that come.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

pub(super) fn strip(bytes: &[u8]) -> Option<Stripped> {
    let mut input = Input(bytes);
    let [b'R', b'I', b'F', b'F', len @ .., b'W', b'E', b'B', b'P'] = input.array::<12>()? else {
        return None;
    };
    let len = usize::try_from(u32::from_le_bytes(len)).ok()?;
    // The length counts from "WEBP" on.
    let mut input = Input(&input.0[..input.0.len().min(len.checked_sub(4)?)]);
    let mut out = Vec::with_capacity(bytes.len() + 64);
    out.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    let mut turned = None;
    let mut flags_at = None;
    let mut frames = 0_u32;
    while let Some((kind, data)) = chunk(&mut input) {
        match &kind {
            b"EXIF" => turned = turned.or_else(|| orientation(data)),
            b"VP8X" if !data.is_empty() => {
                flags_at = Some(out.len() + 8);
                push(&mut out, kind, data);
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ICCP" => push(&mut out, kind, data),
            b"ANMF" => {
                frames = frames.saturating_add(1);
                push(&mut out, kind, &frame(data)?);
            }
            _ => {}
        }
    }
    if out.len() == 12 {
        return None;
    }
    // A file without the header of extended ones can't have said how to turn it.
    let orientation = turned
        .filter(|_| flags_at.is_some())
        .unwrap_or(Orientation::NoTransforms);
    if let Some(at) = flags_at {
        out[at] &= !(HAS_EXIF | HAS_XMP);
        if orientation != Orientation::NoTransforms {
            out[at] |= HAS_EXIF;
            push(&mut out, *b"EXIF", &exif(orientation));
        }
    }
    let len = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&len.to_le_bytes());
    Some(Stripped {
        bytes: out,
        orientation,
        frames: frames.max(1),
        extra: 0,
    })
}

/// The next chunk: its name and what is in it.
fn chunk<'a>(input: &mut Input<'a>) -> Option<([u8; 4], &'a [u8])> {
    let kind = input.array()?;
    let len = usize::try_from(u32::from_le_bytes(input.array()?)).ok()?;
    let data = input.take(len)?;
    if len % 2 == 1 {
        input.byte();
    }
    Some((kind, data))
}

fn push(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&kind);
    // It was read from a chunk, or is shorter.
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}

/// A frame of an animation: place and timing (16 bytes), then chunks of its own.
fn frame(data: &[u8]) -> Option<Vec<u8>> {
    let (place, chunks) = data.split_at_checked(16)?;
    let mut out = place.to_vec();
    let mut input = Input(chunks);
    while let Some((kind, data)) = chunk(&mut input) {
        if matches!(&kind, b"VP8 " | b"VP8L" | b"ALPH") {
            push(&mut out, kind, data);
        }
    }
    Some(out)
}
