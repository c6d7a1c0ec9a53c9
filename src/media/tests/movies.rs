//! Places are gone from movies, and everything else is where it was.

use std::io::Cursor;

use super::super::movie_secrets;
use super::samples::*;

fn movie() -> Vec<u8> {
    let place = || movie_box(b"\xA9xyz", &[b"\0\x12\x15\xC7".to_vec(), SECRET.to_vec()]);
    let keys = movie_box(b"keys", &[b"com.apple.quicktime.location.ISO6709".to_vec()]);
    let track = movie_box(
        b"trak",
        &[
            movie_box(b"tkhd", &[vec![1; 84]]),
            movie_box(b"udta", &[place()]),
            movie_box(b"mdia", &[movie_box(b"mdhd", &[vec![2; 24]])]),
        ],
    );
    let moov = movie_box(
        b"moov",
        &[
            movie_box(b"mvhd", &[vec![3; 100]]),
            track,
            movie_box(b"udta", &[place()]),
            movie_box(b"meta", &[keys, SECRET.to_vec()]),
        ],
    );
    let large = [
        b"\0\0\0\x01uuid".to_vec(),
        66_u64.to_be_bytes().to_vec(),
        [SECRET, &[9; 32]].concat(),
    ];
    [
        movie_box(b"ftyp", &[b"isommp42".to_vec()]),
        movie_box(b"mdat", &[b"udta".to_vec(), vec![4; 500]]),
        large.concat(),
        moov,
    ]
    .concat()
}

fn blanked(movie: &[u8]) -> Vec<u8> {
    let secrets = movie_secrets(Cursor::new(movie)).unwrap();
    let mut blanked = movie.to_vec();
    secrets.blank(0, &mut blanked);
    blanked
}

#[test]
fn places_are_blanked_and_nothing_moves() {
    let before = movie();
    let after = blanked(&before);
    assert_eq!(after.len(), before.len());
    assert!(!contains(&after, SECRET));
    assert!(!contains(&after, b"com.apple"));
    assert!(
        contains(&after, &[&b"udta"[..], &[4; 500]].concat()),
        "the film itself"
    );
    for kept in [
        b"ftyp", b"mdat", b"moov", b"mvhd", b"trak", b"tkhd", b"mdhd",
    ] {
        let at = |bytes: &[u8]| bytes.windows(4).position(|it| it == kept);
        assert_eq!(at(&after), at(&before));
    }
    assert_eq!(after.windows(4).filter(|it| it == b"free").count(), 4);
    assert!(movie_secrets(Cursor::new(&after)).unwrap().is_empty());
}

#[test]
fn pieces_of_any_size_come_to_the_same() {
    let before = movie();
    let whole = blanked(&before);
    let secrets = movie_secrets(Cursor::new(&before)).unwrap();
    for size in [1, 2, 3, 5, 64, 4096] {
        let mut pieces = before.clone();
        for (index, piece) in pieces.chunks_mut(size).enumerate().rev() {
            secrets.blank((index * size) as u64, piece);
        }
        assert_eq!(pieces, whole, "in pieces of {size}");
    }
}

#[test]
fn the_walk_goes_forward_only() {
    struct Forward(Cursor<Vec<u8>>);
    impl std::io::Read for Forward {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(buf)
        }
    }
    impl std::io::Seek for Forward {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            let before = self.0.position();
            let at = self.0.seek(to)?;
            let len = self.0.get_ref().len() as u64;
            assert!(at >= before || before == len, "from {before} back to {at}");
            Ok(at)
        }
    }
    assert!(
        !movie_secrets(Forward(Cursor::new(movie())))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn sizes_that_lie_end_the_walk() {
    let place = movie_box(b"udta", &[SECRET.to_vec()]);
    let ftyp = movie_box(b"ftyp", &[b"qt  ".to_vec()]);
    // To the end of the file, beyond it, and too small to be.
    let open = [&ftyp, &b"\0\0\0\0moov"[..], &place].concat();
    let beyond = [&ftyp, &b"\x7F\0\0\0moov"[..], &place].concat();
    let endless = [
        &ftyp,
        &b"\0\0\0\x01moov\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"[..],
        &place,
    ]
    .concat();
    for movie in [open, beyond, endless] {
        assert!(!contains(&blanked(&movie), SECRET));
    }
    let small = [&ftyp, &b"\0\0\0\x07moov"[..], &place].concat();
    assert!(movie_secrets(Cursor::new(small)).unwrap().is_empty());
}

#[test]
fn boxes_without_end_are_given_up() {
    let many = movie_box(b"free", &[]).repeat(100_001);
    assert!(movie_secrets(Cursor::new(many)).is_err());
}
