//! How long people stay signed in.

use std::time::Duration;

use super::ConfigError;
use super::topic::topic;

topic! {
    /// How long people stay signed in.
    pub struct Sessions in "sessions" {
        /// Days after which a session that was not used ends, 1 to 3650, until an administrator
        /// changes it in the browser.
        pub idle_days: u32 = 90,
    }
}

impl Sessions {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (1..=3650).contains(&self.idle_days) {
            Ok(())
        } else {
            Err(ConfigError::value(
                "sessions.idle_days",
                "a number from 1 to 3650",
            ))
        }
    }

    /// How long an unused session lives.
    pub fn idle(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.idle_days))
    }
}
