//! Randomness: the one place that asks the machine for it.
//!
//! Everybody else holds an [`Rng`], so that a test can seed it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;

/// A source of random bytes. Cheap to clone; clones of a seeded one share their sequence.
#[derive(Clone, Debug)]
pub struct Rng(Source);

#[derive(Clone, Debug)]
enum Source {
    /// The kernel's generator, fit for secrets.
    System,
    /// `SplitMix64`, for tests only.
    Seeded(Arc<Mutex<u64>>),
}

impl Rng {
    /// The kernel's generator: fit for secrets.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A repeatable sequence for tests. Never for secrets: it can be foretold.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(seed))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the kernel has no randomness to give, which no supported system does after boot.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => {
                getrandom::fill(&mut bytes).expect("the kernel's random generator is available");
            }
            Source::Seeded(state) => {
                let mut state = state.lock();
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(&mut state).to_le_bytes()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// A random number, all 64 bits of it.
    pub fn u64(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// A random number of 128 bits.
    pub fn u128(&self) -> u128 {
        u128::from_le_bytes(self.bytes())
    }

    /// A secret of 256 bits as 43 base64url characters: for sessions, invites, the setup link.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_sequence_and_clones_share_it() {
        let (one, other) = (Rng::seeded(1), Rng::seeded(1));
        assert_eq!(one.bytes::<13>(), other.bytes::<13>());
        assert_eq!(one.clone().u64(), other.u64());
        assert_eq!(one.u64(), other.u64());
        assert_ne!(one.u64(), one.u64());
        assert_ne!(Rng::seeded(1).u64(), Rng::seeded(2).u64());
    }

    #[test]
    fn tokens_are_256_bits_of_url_safe_text_and_never_the_same() {
        let rng = Rng::system();
        let (one, other) = (rng.token(), rng.token());
        assert_ne!(one, other);
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 32);
        assert_eq!(one.len(), 43);
    }
}
