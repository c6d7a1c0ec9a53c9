//! How much one person may ask for.

use serde::{Deserialize, Serialize};

use super::topic::topic;

topic! {
    /// How much one person may ask for.
    pub struct Limits in "limits" {
        /// "default": rates and numbers that people don't meet and attackers do. "off": no rate
        /// limits, for measuring on this machine; refused unless every address that the server
        /// listens on is a loopback address.
        pub profile: LimitProfile = LimitProfile::Default,
    }
}

/// Whether rates are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitProfile {
    /// They are.
    #[default]
    Default,
    /// They are not.
    Off,
}
