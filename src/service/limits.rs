//! How often somebody may do something: token buckets on the house's clock.
//!
//! Every rate of the product is on this one screen. Sizes of single values are in `fields`.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest, Sha256};

use super::{Answer, ServiceError};
use crate::base::clock::{Clock, Timestamp};
use crate::model::ids::UserId;

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
    /// Making an account where everybody may; by network.
    Register,
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
    /// Changing and deleting messages; by user.
    Edit,
    /// Keeping drafts; by user.
    Draft,
    /// Moving read marks; by user.
    Receipt,
    /// Saying that one types; by user.
    Typing,
    /// Reading lists and pages; by user.
    Read,
    /// Beginning and giving up uploads; by user.
    Upload,
    /// Sending pieces of uploads; by user.
    Transfer,
    /// Reading files; by user.
    Download,
    /// Searching; by user.
    Search,
    /// Opening links to a new password and hand-offs, and using them; by network.
    Reset,
}

impl LimitedAction {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::SignIn,
        Self::SignInKnown,
        Self::SignInNetwork,
        Self::Join,
        Self::Register,
        Self::Password,
        Self::Account,
        Self::Manage,
        Self::Conversation,
        Self::Send,
        Self::Edit,
        Self::Draft,
        Self::Receipt,
        Self::Typing,
        Self::Read,
        Self::Upload,
        Self::Transfer,
        Self::Download,
        Self::Search,
        Self::Reset,
    ];

    /// How many at once, and how long until one more is allowed.
    pub const fn rate(self) -> (u32, Duration) {
        match self {
            Self::SignIn => (10, Duration::from_mins(1)),
            Self::SignInKnown => (10, Duration::from_secs(30)),
            Self::SignInNetwork | Self::Join => (30, Duration::from_secs(5)),
            Self::Register => (10, Duration::from_mins(2)),
            Self::Password => (5, Duration::from_secs(30)),
            Self::Account => (20, Duration::from_secs(3)),
            Self::Manage => (60, Duration::from_secs(1)),
            Self::Conversation => (30, Duration::from_secs(1)),
            Self::Send => (40, Duration::from_millis(200)),
            Self::Edit => (40, Duration::from_millis(500)),
            Self::Draft => (40, Duration::from_secs(3)),
            Self::Receipt => (60, Duration::from_millis(100)),
            Self::Typing => (20, Duration::from_millis(200)),
            Self::Read => (200, Duration::from_millis(25)),
            Self::Upload => (100, Duration::from_millis(500)),
            Self::Transfer => (200, Duration::from_millis(20)),
            Self::Download => (400, Duration::from_millis(10)),
            Self::Search => (60, Duration::from_millis(150)),
            Self::Reset => (10, Duration::from_secs(10)),
        }
    }

    /// What is said to who is too fast, as a whole sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::SignIn | Self::SignInKnown | Self::SignInNetwork => "Too many sign-ins.",
            Self::Join | Self::Reset => "Too many visits from your network.",
            Self::Register => "Many accounts were made from your network.",
            Self::Password => "The password was asked for too often.",
            Self::Account | Self::Manage | Self::Conversation | Self::Edit | Self::Draft => {
                "Too many changes."
            }
            Self::Send => "You are sending too fast.",
            Self::Receipt | Self::Typing | Self::Read | Self::Transfer | Self::Download => {
                "Too many requests."
            }
            Self::Upload => "Too many uploads.",
            Self::Search => "You are searching too fast.",
        }
    }
}

/// Whose bucket it is. Each action has keys of one kind only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitKey(u128);

impl LimitKey {
    /// A person, over all their devices and both doors.
    pub fn user(user: UserId) -> Self {
        Self(u128::from(user.0))
    }

    /// A network: an IPv4 address, or the 64 bits that name an IPv6 network.
    pub fn network(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
            IpAddr::V6(v6) => v6.to_bits() >> 64 << 64,
        })
    }

    /// An account by its folded name, whether it exists or not.
    pub fn account(folded: &str) -> Self {
        Self::hash(folded.as_bytes())
    }

    /// A device that an account knows.
    pub fn device(user: UserId, device: u128) -> Self {
        let mut name = user.0.to_be_bytes().to_vec();
        name.extend(device.to_be_bytes());
        Self::hash(&name)
    }

    fn hash(name: &[u8]) -> Self {
        let hash = Sha256::digest(name);
        let half = hash.iter().take(16);
        Self(half.fold(0, |key, byte| key << 8 | u128::from(*byte)))
    }
}

/// The house's clock, as `governor` asks for it.
#[derive(Clone, Debug)]
struct HouseClock {
    clock: Clock,
    start: Timestamp,
}

impl governor::clock::Clock for HouseClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.clock.now().since(self.start)
    }
}

type Buckets = RateLimiter<u128, DashMapStateStore<u128>, HouseClock, NoOpMiddleware<Duration>>;

/// All buckets.
pub struct Limits {
    /// In the order of [`LimitedAction::ALL`].
    buckets: Vec<Buckets>,
    limited: AtomicBool,
    clock: HouseClock,
}

impl Limits {
    /// Full buckets. With `limited` false nothing is limited.
    pub fn new(limited: bool, clock: &Clock) -> Self {
        let clock = HouseClock {
            clock: clock.clone(),
            start: clock.now(),
        };
        let buckets = |action: &LimitedAction| {
            let (burst, every) = action.rate();
            let quota = Quota::with_period(every)?.allow_burst(NonZeroU32::new(burst)?);
            Some(RateLimiter::dashmap_with_clock(quota, clock.clone()))
        };
        Self {
            buckets: LimitedAction::ALL.iter().filter_map(buckets).collect(),
            limited: AtomicBool::new(limited),
            clock,
        }
    }

    /// From now on everything is limited, or nothing.
    pub fn set(&self, limited: bool) {
        self.limited.store(limited, Relaxed);
    }

    /// Takes one from the bucket, or says when there is one again.
    pub fn check(&self, action: LimitedAction, key: LimitKey) -> Answer<()> {
        if !self.limited.load(Relaxed) {
            return Ok(());
        }
        let Some(buckets) = self.buckets.get(action as usize) else {
            return Ok(());
        };
        buckets.check_key(&key.0).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            ServiceError::RateLimited { action, wait }
        })
    }

    /// Forgets buckets that are full again. Called on a timer.
    pub fn forget_full(&self) {
        for buckets in &self.buckets {
            buckets.retain_recent();
            buckets.shrink_to_fit();
        }
    }

    /// How many buckets are kept.
    pub fn kept(&self) -> usize {
        self.buckets.iter().map(RateLimiter::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> (Limits, Clock) {
        let clock = Clock::manual(Timestamp(1_000_000));
        (Limits::new(true, &clock), clock)
    }

    #[test]
    fn every_action_allows_its_burst_then_one_each_period_and_says_how_long_to_wait() {
        for action in LimitedAction::ALL {
            let (limits, clock) = limits();
            let (key, other) = (LimitKey(1), LimitKey(2));
            let (burst, every) = action.rate();
            for _ in 0..burst {
                assert_eq!(limits.check(action, key), Ok(()), "{action:?}");
            }
            let refused = Err(ServiceError::RateLimited {
                action,
                wait: every,
            });
            assert_eq!(limits.check(action, key), refused);
            assert_eq!(limits.check(action, other), Ok(()), "another one's bucket");
            clock.advance(every.saturating_sub(Duration::from_millis(1)));
            assert!(limits.check(action, key).is_err(), "{action:?}");
            clock.advance(Duration::from_millis(1));
            assert_eq!(limits.check(action, key), Ok(()), "{action:?}");
            assert!(limits.check(action, key).is_err(), "{action:?}");
        }
    }

    #[test]
    fn each_action_finds_its_own_bucket() {
        for (index, action) in LimitedAction::ALL.into_iter().enumerate() {
            assert_eq!(action as usize, index);
        }
    }

    #[test]
    fn nothing_is_limited_when_limits_are_off() {
        let clock = Clock::manual(Timestamp(0));
        let limits = Limits::new(false, &clock);
        for _ in 0..10_000 {
            assert_eq!(limits.check(LimitedAction::SignIn, LimitKey(1)), Ok(()));
        }
        assert_eq!(limits.kept(), 0);
        limits.set(true);
        let (burst, _) = LimitedAction::SignIn.rate();
        for _ in 0..burst {
            assert_eq!(limits.check(LimitedAction::SignIn, LimitKey(1)), Ok(()));
        }
        assert!(limits.check(LimitedAction::SignIn, LimitKey(1)).is_err());
        limits.set(false);
        assert_eq!(limits.check(LimitedAction::SignIn, LimitKey(1)), Ok(()));
    }

    #[test]
    fn buckets_that_are_full_again_take_no_memory() {
        let (limits, clock) = limits();
        for key in 0..1000 {
            assert_eq!(limits.check(LimitedAction::Join, LimitKey(key)), Ok(()));
        }
        assert_eq!(limits.kept(), 1000);
        limits.forget_full();
        assert_eq!(limits.kept(), 1000, "they still count");
        clock.advance(Duration::from_mins(1));
        limits.forget_full();
        assert_eq!(limits.kept(), 0);
    }

    #[test]
    fn a_network_is_an_ipv4_address_or_half_an_ipv6_address() {
        let key = |text: &str| LimitKey::network(text.parse().unwrap());
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("::1"), key("127.0.0.1"));
    }
}
