//! Backups under a passphrase: the file format of [age](https://age-encryption.org/v1) with one scrypt
//! recipient, so that `age -d` reads them without us.
//!
//! Only that corner of the format is here (ADR 20): header, key and stream are each a few lines on ring and
//! scrypt, and everything else of age's would never be used.

mod header;
mod passphrase;
mod stream;

use std::io::{self, Chain, Cursor, Read, Write};

use super::BackupError;
use crate::base::rng::Rng;

pub use passphrase::Passphrase;

use header::FileKey;
use stream::{Opener, Sealer};

/// What a sealed file begins with, as long as a plain one's name is.
const BEGINNING: &[u8; 16] = b"age-encryption.o";

/// Where a backup is written to: as it is, or sealed.
pub enum Out<W: Write> {
    /// As it is.
    Plain(W),
    /// Under a passphrase.
    Sealed(Box<Sealer<W>>),
}

impl<W: Write> Out<W> {
    /// Begins a file, under a passphrase if there is one.
    pub fn begin(
        mut out: W,
        passphrase: Option<&Passphrase>,
        rng: &Rng,
    ) -> Result<Self, BackupError> {
        let Some(passphrase) = passphrase else {
            return Ok(Self::Plain(out));
        };
        let key = FileKey::new(rng);
        header::write(&mut out, &key, (passphrase, header::WORK), rng)
            .map_err(BackupError::writing)?;
        let sealer = Sealer::begin(out, &key, rng).map_err(BackupError::writing)?;
        Ok(Self::Sealed(Box::new(sealer)))
    }

    /// Ends the file; it is whole only then. Gives back what it was written to.
    pub fn finish(self) -> Result<W, BackupError> {
        match self {
            Self::Plain(out) => Ok(out),
            Self::Sealed(sealer) => sealer.finish().map_err(BackupError::writing),
        }
    }
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Sealed(sealer) => sealer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            // What waits for more is written at the end.
            Self::Sealed(_) => Ok(()),
        }
    }
}

/// Where a backup is read from: as it is, or opened with its passphrase.
pub enum In<R: Read> {
    /// As it is.
    Plain(Begun<R>),
    /// Under a passphrase.
    Sealed(Box<Opener<Begun<R>>>),
}

/// A file whose beginning was looked at.
type Begun<R> = Chain<Cursor<Vec<u8>>, R>;

impl<R: Read> In<R> {
    /// Begins to read a file. `passphrase` is asked only if it takes one.
    ///
    /// # Errors
    /// [`BackupError::Sealed`] if there is none, [`BackupError::WrongPassphrase`] if it is another one.
    pub fn begin<E: From<BackupError>>(
        mut from: R,
        passphrase: impl FnOnce() -> Result<Option<Passphrase>, E>,
    ) -> Result<Self, E> {
        let mut beginning = Vec::with_capacity(BEGINNING.len());
        let read = (&mut from)
            .take(BEGINNING.len() as u64)
            .read_to_end(&mut beginning);
        read.map_err(BackupError::reading)?;
        let sealed = beginning == BEGINNING;
        let mut from = Cursor::new(beginning).chain(from);
        if !sealed {
            return Ok(Self::Plain(from));
        }
        let passphrase = passphrase()?.ok_or(BackupError::Sealed)?;
        let key = header::read(&mut from, &passphrase)?;
        let opener = Opener::begin(from, &key).map_err(BackupError::reading)?;
        Ok(Self::Sealed(Box::new(opener)))
    }
}

impl<R: Read> Read for In<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(from) => from.read(buffer),
            Self::Sealed(opener) => opener.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "correct horse battery";

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::given(text.to_owned())
    }

    /// What [`Out`] writes, but cheaper to open.
    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let (mut out, rng) = (Vec::new(), Rng::seeded(7));
        let key = FileKey::new(&rng);
        header::write(&mut out, &key, (&passphrase(RIGHT), 2), &rng).unwrap();
        let mut sealer = Sealer::begin(out, &key, &rng).unwrap();
        sealer.write_all(bytes).unwrap();
        sealer.finish().unwrap()
    }

    fn open(bytes: &[u8], secret: Option<&str>) -> Result<Vec<u8>, BackupError> {
        let mut from = In::begin::<BackupError>(bytes, || Ok(secret.map(passphrase)))?;
        let mut all = Vec::new();
        from.read_to_end(&mut all).map_err(BackupError::reading)?;
        Ok(all)
    }

    #[test]
    fn what_was_sealed_is_opened_whatever_its_length() {
        const CHUNK: usize = 64 << 10;
        for length in [0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 200_000] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            assert!(
                open(&sealed(&bytes), Some(RIGHT)).unwrap() == bytes,
                "{length}"
            );
        }
        let secret = passphrase(RIGHT);
        let mut out = Out::begin(Vec::new(), Some(&secret), &Rng::seeded(7)).unwrap();
        out.write_all(b"as the server does").unwrap();
        let file = out.finish().unwrap();
        assert_eq!(open(&file, Some(RIGHT)).unwrap(), b"as the server does");
    }

    #[test]
    fn what_is_plain_asks_for_nothing() {
        for bytes in [&b""[..], b"age", b"INKSPOT-BACKUP1\nand so on"] {
            assert_eq!(open(bytes, None).unwrap(), bytes);
        }
    }

    #[test]
    fn a_missing_and_a_wrong_passphrase_are_told_apart() {
        let file = sealed(b"secret");
        assert!(matches!(open(&file, None), Err(BackupError::Sealed)));
        let wrong = open(&file, Some("wrong horse battery"));
        assert!(matches!(wrong, Err(BackupError::WrongPassphrase)));
    }

    #[test]
    fn what_is_cut_or_changed_is_never_taken_for_whole() {
        let bytes = vec![42; 140_000];
        let file = sealed(&bytes);
        let chunk = (64 << 10) + 16;
        let ends = (BEGINNING.len()..file.len()).step_by(977);
        for end in ends.chain([file.len() - 1, file.len() - chunk]) {
            assert!(open(&file[..end], Some(RIGHT)).is_err(), "cut at {end}");
        }
        for at in (0..300).chain((300..file.len()).step_by(1013)) {
            let mut changed = file.clone();
            changed[at] ^= 1;
            let opened = open(&changed, Some(RIGHT));
            // A beginning that is another one is no sealed file, and read as it is.
            let plain = at < BEGINNING.len() && opened.as_ref().is_ok_and(|got| *got == changed);
            assert!(opened.is_err() || plain, "changed at {at}");
        }
        let more = [&file[..], b"x"].concat();
        assert!(open(&more, Some(RIGHT)).is_err());
    }

    #[test]
    fn a_beginning_that_asks_for_too_much_or_is_not_ours_is_refused() {
        let file = sealed(b"secret");
        let text = String::from_utf8_lossy(&file[..140]).into_owned();
        let stanza = text.lines().nth(1).unwrap();
        let salt = stanza.split(' ').nth(2).unwrap();
        let with = |line: &str| {
            let mut file = file.clone();
            let at = "age-encryption.org/v1\n".len();
            file.splice(at..at + stanza.len(), line.bytes());
            open(&file, Some(RIGHT)).unwrap_err()
        };
        for work in ["0", "21", "63", "255", "256", "02", "+2", "-1", "x", ""] {
            let refused = with(&format!("-> scrypt {salt} {work}"));
            assert!(
                matches!(refused, BackupError::Damaged(_)),
                "{work}: {refused}"
            );
        }
        let other = with("-> X25519 moFD+JzVGsuWvLS/H4zDBVXLqI5RUeJxnnYDaJOSrGo");
        assert!(matches!(other, BackupError::OtherKey));
        for line in [
            "",
            "scrypt",
            &"x".repeat(1000),
            "-> scrypt AAAA 2",
            "-> scrypt é 2",
        ] {
            assert!(open_is_refused(&with(line)), "{line}");
        }
    }

    fn open_is_refused(error: &BackupError) -> bool {
        matches!(error, BackupError::Damaged(_) | BackupError::OtherKey)
    }
}
