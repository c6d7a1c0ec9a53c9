//! GIF: the screen, the frames with their timing, and how often it repeats stay.

use image::metadata::Orientation;

use super::{Input, Stripped};

const LOOP: &[u8] = b"\x0bNETSCAPE2.0";

pub(super) fn strip(bytes: &[u8]) -> Option<Stripped> {
    let mut input = Input(bytes);
    let mut out = Vec::with_capacity(bytes.len() + 1);
    let head = input.take(13)?;
    if !matches!(&head[..6], b"GIF87a" | b"GIF89a") {
        return None;
    }
    out.extend_from_slice(head);
    out.extend_from_slice(input.take(color_table_len(head[10]))?);
    let mut frames = 0_u32;
    while let Some(block) = input.byte() {
        match block {
            0x21 => {
                let Some(kept) = extension(&mut input) else {
                    break;
                };
                out.extend_from_slice(&kept);
            }
            0x2C => {
                let Some(frame) = frame(&mut input) else {
                    break;
                };
                frames = frames.saturating_add(1);
                out.push(0x2C);
                out.extend_from_slice(frame);
            }
            0x3B => break,
            // Padding that some encoders leave between blocks.
            0 => {}
            _ => return None,
        }
    }
    if frames == 0 {
        return None;
    }
    out.push(0x3B);
    Some(Stripped {
        bytes: out,
        orientation: Orientation::NoTransforms,
        frames,
        extra: 0,
    })
}

/// Bytes of the palette that these flags announce.
fn color_table_len(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

/// What stays of an extension: nothing, unless it is timing or the number of loops.
fn extension(input: &mut Input<'_>) -> Option<Vec<u8>> {
    let label = input.byte()?;
    let blocks = blocks(input)?;
    Some(match (label, blocks) {
        (0xF9, [4, control @ .., 0]) if control.len() == 4 => [&[0x21, 0xF9], blocks].concat(),
        (0xFF, blocks) if blocks.starts_with(LOOP) => match &blocks[LOOP.len()..] {
            count @ [3, 1, _, _, 0] => [&[0x21, 0xFF], LOOP, count].concat(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    })
}

/// A frame after its first byte: place, palette, pixels.
fn frame<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let whole = input.0;
    let place = input.take(9)?;
    input.take(color_table_len(place[8]))?;
    input.byte()?; // the size of the smallest code
    blocks(input)?;
    Some(&whole[..whole.len() - input.0.len()])
}

/// A row of blocks, each with its length before it, and the empty one at the end.
fn blocks<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let whole = input.0;
    while let len @ 1.. = input.byte()? {
        input.take(usize::from(len))?;
    }
    Some(&whole[..whole.len() - input.0.len()])
}
