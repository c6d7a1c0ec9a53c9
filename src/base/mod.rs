//! The floor that everything stands on: time, randomness, logs and the way a process ends.
//!
//! Nothing here knows what Inkspot does. Nothing here imports another room.

pub mod allocator;
pub mod clock;
pub mod database;
pub mod disk;
pub mod logging;
pub mod networks;
pub mod passphrase;
pub mod process;
pub mod rng;
pub mod shutdown;
pub mod succession;
pub mod work;
