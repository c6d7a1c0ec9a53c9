//! What is written to standard error.

use super::topic::topic;
use crate::base::logging::{LogFormat, LogLevel};

topic! {
    /// What is written to standard error.
    pub struct Log in "log" {
        /// "error", "warn", "info", "debug" or "trace".
        pub level: LogLevel = LogLevel::Info,
        /// "text" for people, "json" for machines.
        pub format: LogFormat = LogFormat::Text,
    }
}
