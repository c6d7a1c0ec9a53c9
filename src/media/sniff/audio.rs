//! Sounds that have no proper magic: MPEG audio is a row of frames, each with a short header.

/// Bytes of the frame that begins here, if one does.
type FrameLen = fn(&[u8]) -> Option<usize>;

/// The media type of MP3 or AAC frames. Two headers in a row, or a tag before them, make it
/// certain: one alone is also how texts in UTF-16 begin.
pub(super) fn frames(head: &[u8]) -> Option<&'static str> {
    if let [b'I', b'D', b'3', major, minor, _, size @ ..] = head {
        let size: &[u8; 4] = size.first_chunk()?;
        let tag = *major < 0xFF && *minor < 0xFF && size.iter().all(|byte| *byte < 0x80);
        return tag.then_some("audio/mpeg");
    }
    let twice = |len: FrameLen| len(head.get(len(head)?..)?);
    if twice(mp3_len).is_some() {
        Some("audio/mpeg")
    } else {
        twice(aac_len).map(|_| "audio/aac")
    }
}

/// Bytes of the MP3 frame (layer III of MPEG 1, 2 or 2.5) that begins here.
fn mp3_len(bytes: &[u8]) -> Option<usize> {
    const RATES_1: [usize; 14] = [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    const RATES_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [0xFF, second, third, ..] = *bytes else {
        return None;
    };
    if second & 0xE6 != 0xE2 {
        return None;
    }
    let (rates, samples, divisor) = match second >> 3 & 3 {
        3 => (RATES_1, 144, 1),
        2 => (RATES_2, 72, 2),
        0 => (RATES_2, 72, 4),
        _ => return None,
    };
    let kilobits = rates.get(usize::from(third >> 4).checked_sub(1)?)?;
    let hertz = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / divisor;
    let padding = usize::from(third >> 1 & 1);
    Some(samples * kilobits * 1000 / hertz + padding)
}

/// Bytes of the AAC frame (ADTS) that begins here.
fn aac_len(bytes: &[u8]) -> Option<usize> {
    let [0xFF, second, _, fourth, fifth, sixth, ..] = *bytes else {
        return None;
    };
    let len = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    (second & 0xF6 == 0xF0 && len >= 7).then_some(len)
}
