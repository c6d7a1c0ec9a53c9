//! What is written to standard error.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::topic::topic;
use crate::base::logging::{LogFormat, LogLevel};

topic! {
    /// What is written to standard error.
    pub struct Log in "log" {
        /// "error", "warn", "info", "debug" or "trace".
        pub level: LogLevel = LogLevel::Info,
        /// "text" for people, "json" for machines.
        pub format: LogFormat = LogFormat::Text,
        /// What is looked at closely, for finding a fault. "realtime": every packet of every realtime
        /// connection; "realtime:user=NAME" and "realtime:conversation=ID": only those of one
        /// person, or about one conversation. What people write is never shown, only its length.
        pub debug: Vec<Debug> = Vec::new(),
    }
}

/// Something to be looked at closely.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Debug {
    /// All realtime packets.
    Realtime,
    /// Those of one person, by username.
    RealtimeOfUser(String),
    /// Those about one conversation, by id.
    RealtimeOfConversation(String),
}

/// The text names nothing that can be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not \"realtime\", \"realtime:user=NAME\" or \"realtime:conversation=ID\"")]
pub struct ParseDebugError;

impl FromStr for Debug {
    type Err = ParseDebugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(rest) = text.strip_prefix("realtime") else {
            return Err(ParseDebugError);
        };
        if rest.is_empty() {
            return Ok(Self::Realtime);
        }
        match rest.strip_prefix(':').and_then(|rest| rest.split_once('=')) {
            Some(("user", name)) if !name.is_empty() => Ok(Self::RealtimeOfUser(name.to_owned())),
            Some(("conversation", id)) if !id.is_empty() => {
                Ok(Self::RealtimeOfConversation(id.to_owned()))
            }
            _ => Err(ParseDebugError),
        }
    }
}

impl fmt::Display for Debug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Realtime => f.write_str("realtime"),
            Self::RealtimeOfUser(name) => write!(f, "realtime:user={name}"),
            Self::RealtimeOfConversation(id) => write!(f, "realtime:conversation={id}"),
        }
    }
}

impl TryFrom<String> for Debug {
    type Error = ParseDebugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Debug> for String {
    fn from(debug: Debug) -> Self {
        debug.to_string()
    }
}
