//! The header: lines of text that hold the file's key under the passphrase.
//!
//! ```text
//! age-encryption.org/v1
//! -> scrypt SALT WORK
//! BODY
//! --- MAC
//! ```
//!
//! SALT (16 bytes), BODY (the key, 16 bytes, sealed by ChaCha20-Poly1305) and MAC (HMAC-SHA-256 of all before
//! it) are base64 without padding; WORK is the binary logarithm of what scrypt's N is.

use std::io::{self, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use scrypt::{Params, scrypt};

use super::super::BackupError;
use super::Passphrase;
use crate::base::rng::Rng;

const VERSION: &str = "age-encryption.org/v1";
const SALT_LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
/// 2¹⁶ blocks of 1 KiB: 64 MiB for a moment, which the smallest machine has, and a fraction of a second.
pub const WORK: u8 = 16;
/// `age` itself takes 18; what asks for more than 1 GiB is refused.
const WORK_MOST: u8 = 20;
/// The longest line that is read, in bytes. Ours have 43 at most.
const LINE: usize = 128;

/// The key of one file.
pub struct FileKey([u8; 16]);

impl FileKey {
    pub fn new(rng: &Rng) -> Self {
        Self(rng.bytes())
    }

    /// A key made of this one, for a purpose.
    pub fn derive(&self, salt: &[u8], purpose: &[u8]) -> io::Result<[u8; 32]> {
        let mut key = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(&self.0)
            .expand(&[purpose], hkdf::HKDF_SHA256)
            .and_then(|made| made.fill(&mut key))
            .map_err(|_| io::Error::other("a key could not be made"))?;
        Ok(key)
    }

    fn mac(&self, header: &str) -> io::Result<hmac::Tag> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(&[], b"header")?);
        Ok(hmac::sign(&key, header.as_bytes()))
    }

    fn is_mac(&self, header: &str, tag: &[u8]) -> io::Result<bool> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(&[], b"header")?);
        Ok(hmac::verify(&key, header.as_bytes(), tag).is_ok())
    }
}

/// Something sealed or opened with a 32-byte key.
pub fn cipher(key: &[u8; 32]) -> io::Result<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key)
        .map(LessSafeKey::new)
        .map_err(|_| io::Error::other("a key could not be used"))
}

fn wrapping(passphrase: &Passphrase, salt: &[u8], work: u8) -> io::Result<LessSafeKey> {
    let broken = |()| io::Error::other("a key could not be made of the passphrase");
    let params = Params::new(work, 8, 1, 32).map_err(|_| broken(()))?;
    let mut key = [0; 32];
    let salt = [SALT_LABEL, salt].concat();
    scrypt(passphrase.bytes(), &salt, &params, &mut key).map_err(|_| broken(()))?;
    cipher(&key)
}

pub fn write(
    out: &mut impl Write,
    key: &FileKey,
    (passphrase, work): (&Passphrase, u8),
    rng: &Rng,
) -> io::Result<()> {
    let salt: [u8; 16] = rng.bytes();
    let mut body = key.0.to_vec();
    let none = Nonce::assume_unique_for_key([0; 12]);
    wrapping(passphrase, &salt, work)?
        .seal_in_place_append_tag(none, Aad::empty(), &mut body)
        .map_err(|_| io::Error::other("the key could not be sealed"))?;
    let (salt, body) = (BASE64.encode(salt), BASE64.encode(body));
    let header = format!("{VERSION}\n-> scrypt {salt} {work}\n{body}\n---");
    let mac = BASE64.encode(key.mac(&header)?);
    writeln!(out, "{header} {mac}")
}

/// Reads it up to its end, and finds the key.
pub fn read(from: &mut impl Read, passphrase: &Passphrase) -> Result<FileKey, BackupError> {
    const STRANGE: BackupError = BackupError::Damaged("its beginning can't be understood");
    let [version, stanza] = [line(from)?, line(from)?];
    if version != VERSION {
        return Err(BackupError::Newer);
    }
    let words: Vec<&str> = stanza.split(' ').collect();
    let ["->", "scrypt", salt, work] = words[..] else {
        return Err(match words[..] {
            ["->", ..] => BackupError::OtherKey,
            _ => STRANGE,
        });
    };
    let [body, end] = [line(from)?, line(from)?];
    let work = match work.parse() {
        Ok(number @ 1..=WORK_MOST) if !work.starts_with(['0', '+']) => number,
        Ok(number) if number > WORK_MOST => {
            return Err(BackupError::Damaged("opening it takes too much memory"));
        }
        _ => return Err(STRANGE),
    };
    let bytes = |text| BASE64.decode(text).map_err(|_| STRANGE);
    let (salt, mut wrapped) = (bytes(salt)?, bytes(&body)?);
    let mac = bytes(end.strip_prefix("--- ").ok_or(STRANGE)?)?;
    if salt.len() != 16 || wrapped.len() != 32 {
        return Err(STRANGE);
    }
    let none = Nonce::assume_unique_for_key([0; 12]);
    let opened = wrapping(passphrase, &salt, work)
        .map_err(BackupError::reading)?
        .open_in_place(none, Aad::empty(), &mut wrapped)
        .map_err(|_| BackupError::WrongPassphrase)?;
    let key = FileKey((&*opened).try_into().map_err(|_| STRANGE)?);
    let header = format!("{version}\n{stanza}\n{body}\n---");
    match key.is_mac(&header, &mac) {
        Ok(true) => Ok(key),
        _ => Err(BackupError::Damaged("its beginning was changed")),
    }
}

/// The next line, without its end. What is behind it stays where it is.
fn line(from: &mut impl Read) -> Result<String, BackupError> {
    let (mut line, mut byte) = (String::new(), [0]);
    while line.len() < LINE {
        from.read_exact(&mut byte).map_err(BackupError::reading)?;
        match byte[0] {
            b'\n' => return Ok(line),
            byte if byte.is_ascii_graphic() || byte == b' ' => line.push(byte.into()),
            _ => break,
        }
    }
    Err(BackupError::Damaged("its beginning can't be understood"))
}
