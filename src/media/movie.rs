//! What an MP4, M4A or MOV file says about where, when and with what it was taken: found
//! without reading the film, and blanked where it stands, so that nothing moves.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Boxes that are looked at before a file is given up. Two hours in pieces of a second have
/// 15,000.
const MAX_BOXES: usize = 100_000;

/// The parts of a movie file that tell too much, in its order. Made by [`movie_secrets`].
#[derive(Debug, Default, PartialEq, Eq)]
pub struct MovieSecrets(Vec<Secret>);

/// A box: where its type stands (4 bytes), and what it holds.
#[derive(Debug, PartialEq, Eq)]
struct Secret {
    name: u64,
    content: Range<u64>,
}

impl MovieSecrets {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Blanks what is secret in a piece of the file, which begins at `offset` bytes. To be
    /// called with every piece, of any size and in any order; what isn't secret stays.
    ///
    /// Players skip what is blanked: the boxes become free space of the same length.
    pub fn blank(&self, offset: u64, piece: &mut [u8]) {
        let first = self.0.partition_point(|it| it.content.end <= offset);
        let end = offset.saturating_add(piece.len() as u64);
        let touched = self.0[first..].iter().take_while(|it| it.name < end);
        for Secret { name, content } in touched {
            for (at, byte) in (*name..).zip(b"free") {
                write(offset, piece, at..at + 1, *byte);
            }
            write(offset, piece, content.clone(), 0);
        }
    }
}

/// Fills the part of the piece that lies within the range.
fn write(offset: u64, piece: &mut [u8], range: Range<u64>, value: u8) {
    let within = |at: u64| {
        let at = usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
        at.min(piece.len())
    };
    let (start, end) = (within(range.start), within(range.end));
    piece[start..end].fill(value);
}

/// Finds what a movie (a file that [`sniff`](super::sniff) took for `video/mp4`,
/// `video/quicktime` or `audio/mp4`) tells besides pictures and sound: the boxes `udta`, `meta`
/// and `uuid` of the file, of the movie and of its tracks (place, camera, software, titles).
///
/// Reads 16 bytes of each box, of at most 100,000 boxes, and seeks over the rest. Not found are
/// the times in the headers of the movie, which have their place there, and positions that are
/// a track of their own, as some action cameras record them.
///
/// Errors are those of the reader, and `InvalidData` for a file with more boxes than that, which
/// can't be cleaned.
pub fn movie_secrets<R: Read + Seek>(mut file: R) -> io::Result<MovieSecrets> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut secrets = Vec::new();
    let mut unread = Vec::from([Range { start: 0, end: len }]);
    let mut seen = 0;
    // Always forward: whoever reads ahead reads nothing twice.
    while let Some(mut rest) = unread.pop() {
        let Some(found) = read_box(&mut file, rest.clone())? else {
            continue;
        };
        seen += 1;
        if seen > MAX_BOXES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a movie file with too many boxes",
            ));
        }
        rest.start = found.content.end;
        unread.push(rest);
        match &found.kind {
            b"moov" | b"trak" | b"mdia" => unread.push(found.content),
            b"udta" | b"meta" | b"uuid" => secrets.push(Secret {
                name: found.name,
                content: found.content,
            }),
            _ => {}
        }
    }
    Ok(MovieSecrets(secrets))
}

struct Found {
    kind: [u8; 4],
    name: u64,
    content: Range<u64>,
}

/// The box at the beginning of the range, cut where the range ends. None when there is none.
fn read_box<R: Read + Seek>(file: &mut R, range: Range<u64>) -> io::Result<Option<Found>> {
    if range.end.saturating_sub(range.start) < 8 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(range.start))?;
    let mut head = [0; 8];
    file.read_exact(&mut head)?;
    let [size @ .., a, b, c, d] = head;
    let (header, size) = match u32::from_be_bytes(size) {
        0 => (8, u64::MAX),
        1 if range.end - range.start >= 16 => {
            let mut size = [0; 8];
            file.read_exact(&mut size)?;
            (16, u64::from_be_bytes(size))
        }
        size => (8, u64::from(size)),
    };
    if size < header {
        return Ok(None);
    }
    Ok(Some(Found {
        kind: [a, b, c, d],
        name: range.start + 4,
        content: range.start + header..range.start.saturating_add(size).min(range.end),
    }))
}
