//! Passwords: argon2id, few at a time.
//!
//! Which account a password belongs to is unknown here.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::Semaphore;

use super::{Answer, ServiceError};
use crate::base::rng::Rng;
use crate::base::work::blocking;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// What OWASP asks for: 19 MiB, two passes.
    fn default() -> Self {
        let (memory_kib, passes) = (19 * 1024, 2);
        Self { memory_kib, passes }
    }
}

/// How many may wait for their turn; the next one is told that the server is busy.
const WAITING: usize = 64;

/// Hashes and checks passwords. Memory is bounded by the number of turns.
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    waiting: Semaphore,
    rng: Rng,
    /// Computations so far.
    done: Arc<AtomicU64>,
}

impl Passwords {
    /// `turns` are worked at the same time.
    pub fn new(cost: PasswordCost, turns: usize, rng: Rng) -> Answer<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|error| ServiceError::Internal(error.to_string().into()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(Self {
            argon2,
            turns: Arc::new(Semaphore::new(turns.max(1))),
            waiting: Semaphore::new(WAITING),
            rng,
            done: Arc::default(),
        })
    }

    /// How many hashes were computed so far, to make one or to check one.
    pub fn done(&self) -> u64 {
        self.done.load(Relaxed)
    }

    /// The hash of a password, as PHC string.
    pub async fn hash(&self, password: String) -> Answer<String> {
        let (argon2, salt) = (self.argon2.clone(), self.rng.bytes());
        self.take_turn(move || hash(&argon2, &salt, &password))
            .await?
    }

    /// Whether the password has this hash. Without a hash (of an account that doesn't exist) the
    /// password is hashed for nothing: it takes as long and is wrong.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Answer<bool> {
        let Some(known) = hash else {
            return self.hash(password).await.map(|_| false);
        };
        let argon2 = self.argon2.clone();
        self.take_turn(move || {
            let known = PasswordHash::new(&known)
                .map_err(|error| ServiceError::Internal(error.to_string().into()))?;
            Ok(argon2.verify_password(password.as_bytes(), &known).is_ok())
        })
        .await?
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Answer<T> {
        let _waiting = self
            .waiting
            .try_acquire()
            .map_err(|_| ServiceError::ServerBusy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| ServiceError::ServerBusy)?;
        let count = Arc::clone(&self.done);
        let worked = blocking(move || {
            let done = work();
            count.fetch_add(1, Relaxed);
            // Held until the work is done, also when the caller has gone meanwhile.
            drop(turn);
            done
        });
        worked
            .await
            .ok_or_else(|| ServiceError::Internal("hashing a password failed by panic".into()))
    }
}

fn hash(argon2: &Argon2<'_>, salt: &[u8; 16], password: &str) -> Answer<String> {
    SaltString::encode_b64(salt)
        .and_then(|salt| {
            let hash = argon2.hash_password(password.as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .map_err(|error| ServiceError::Internal(error.to_string().into()))
}
