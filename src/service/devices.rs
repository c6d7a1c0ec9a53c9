//! Known devices: a signed value that says "somebody signed in to this account from here before".
//!
//! It lets the true user's own devices pass the throttle that holds strangers off their account
//! (OWASP's device cookies). It signs nobody in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::base::rng::Rng;
use crate::model::ids::UserId;

/// Bytes of the account, of the device's own random name, of the signature.
const USER: usize = 8;
const NAME: usize = 16;
const SIGNATURE: usize = 32;

/// Issues and checks such values.
pub struct Devices {
    secret: [u8; 32],
    rng: Rng,
}

impl Devices {
    /// With the installation's secret: values of another one mean nothing here.
    pub fn new(secret: [u8; 32], rng: Rng) -> Self {
        Self { secret, rng }
    }

    /// A new value for a device that just signed in to this account.
    pub fn issue(&self, user: UserId) -> String {
        let mut value = user.0.to_be_bytes().to_vec();
        value.extend(self.rng.bytes::<NAME>());
        let signature = self.mac(&value).finalize().into_bytes();
        value.extend(signature);
        URL_SAFE_NO_PAD.encode(value)
    }

    /// The device's name, if the value was issued for this account.
    pub fn verify(&self, user: UserId, value: &str) -> Option<u128> {
        // Longer ones are not even decoded.
        const TEXT: usize = (USER + NAME + SIGNATURE) * 4 / 3 + 1;
        if value.len() > TEXT {
            return None;
        }
        let value = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (signed, signature) = value.split_at_checked(USER + NAME)?;
        self.mac(signed).verify_slice(signature).ok()?;
        let name = signed.strip_prefix(&user.0.to_be_bytes())?;
        Some(u128::from_be_bytes(name.try_into().ok()?))
    }

    fn mac(&self, value: &[u8]) -> Hmac<Sha256> {
        // HMAC fills a short key up with zeros.
        let mut key = [0; 64];
        key[..self.secret.len()].copy_from_slice(&self.secret);
        let mut mac = <Hmac<Sha256> as Mac>::new(&key.into());
        mac.update(b"inkspot device 1\0");
        mac.update(value);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_good_for_its_account_and_installation_only() {
        let rng = Rng::seeded(1);
        let devices = Devices::new(rng.bytes(), rng.clone());
        let (anna, bert) = (UserId(1), UserId(2));
        let value = devices.issue(anna);
        let name = devices.verify(anna, &value);
        assert!(name.is_some());
        assert_ne!(devices.verify(anna, &devices.issue(anna)), name);
        assert_eq!(devices.verify(bert, &value), None);
        let other = Devices::new(rng.bytes(), rng);
        assert_eq!(other.verify(anna, &value), None);
    }

    #[test]
    fn a_value_that_was_tampered_with_is_no_value() {
        let devices = Devices::new([7; 32], Rng::seeded(1));
        let user = UserId(1);
        let value = devices.issue(user);
        for at in 0..value.len() {
            let mut other = value.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(devices.verify(user, &other), None, "{at}");
        }
        for other in ["", "A", "!", &value[1..], &value[..value.len() - 1]] {
            assert_eq!(devices.verify(user, other), None, "{other}");
        }
        assert_eq!(devices.verify(user, &"A".repeat(100_000)), None);
    }
}
