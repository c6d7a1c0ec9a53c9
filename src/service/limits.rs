//! How often somebody may do something: token buckets on the house's clock.
//!
//! Every rate of the product is on this one screen. Sizes of single values are in `fields`.

use std::time::Duration;

/// Something that is limited in rate. It carries its own rate, burst and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitedAction {
    /// Signing in to one account from devices that it doesn't know; by account.
    SignIn,
    /// Signing in to one account from a device that it knows; by account and device.
    SignInKnown,
    /// Signing in from devices that their accounts don't know; by network.
    SignInNetwork,
    /// Opening setup and invite links, and making an account by them; by network.
    Join,
    /// Giving one's password again; by user.
    Password,
    /// Changing one's own account, sessions or invites; by user.
    Account,
    /// Changing other people's accounts; by administrator.
    Manage,
    /// Creating and changing conversations and who is in them; by user.
    Conversation,
    /// Sending messages; by user.
    Send,
    /// Moving read marks; by user.
    Receipt,
    /// Saying that one types; by user.
    Typing,
    /// Reading lists and pages; by user.
    Read,
}

impl LimitedAction {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SignIn,
        Self::SignInKnown,
        Self::SignInNetwork,
        Self::Join,
        Self::Password,
        Self::Account,
        Self::Manage,
        Self::Conversation,
        Self::Send,
        Self::Receipt,
        Self::Typing,
        Self::Read,
    ];

    /// How many at once, and how long until one more is allowed.
    pub const fn rate(self) -> (u32, Duration) {
        match self {
            Self::SignIn => (10, Duration::from_secs(60)),
            Self::SignInKnown => (10, Duration::from_secs(30)),
            Self::SignInNetwork | Self::Join => (30, Duration::from_secs(5)),
            Self::Password => (5, Duration::from_secs(30)),
            Self::Account => (20, Duration::from_secs(3)),
            Self::Manage => (60, Duration::from_secs(1)),
            Self::Conversation => (30, Duration::from_secs(1)),
            Self::Send => (40, Duration::from_millis(200)),
            Self::Receipt => (60, Duration::from_millis(100)),
            Self::Typing => (20, Duration::from_millis(200)),
            Self::Read => (200, Duration::from_millis(25)),
        }
    }

    /// What is said to who is too fast, as a whole sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::SignIn | Self::SignInKnown | Self::SignInNetwork => "Too many sign-ins.",
            Self::Join => "Too many visits from your network.",
            Self::Password => "The password was asked for too often.",
            Self::Account | Self::Manage | Self::Conversation => "Too many changes.",
            Self::Send => "You are sending too fast.",
            Self::Receipt | Self::Typing | Self::Read => "Too many requests.",
        }
    }
}
