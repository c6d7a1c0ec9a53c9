//! The authority as a configuration profile, as Apple's systems install it.
//!
//! Keys after Apple's "Configuration Profile Reference" (Configuration, com.apple.security.root). All ids
//! follow from the certificate, so installing it again replaces it, and two servers are two profiles.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::escape;
use super::words::Words;

/// The profile, a property list in XML. It is not signed: what could sign it is what it brings.
pub(super) fn profile(
    server: &str,
    authority: &str,
    fingerprint: &str,
    der: &[u8],
    words: &Words,
) -> String {
    let id: String = fingerprint
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(16)
        .collect();
    let id = format!("inkspot.trust.{}", id.to_ascii_lowercase());
    let certificate = STANDARD.encode(der);
    let (profile_uuid, certificate_uuid) = (uuid("profile", der), uuid("certificate", der));
    let (server, authority) = (escape(server), escape(authority));
    let fill = |text: &str| escape(text).replace("{name}", &server);
    let (description, power) = (fill(words.profile), fill(words.power));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadCertificateFileName</key>
			<string>inkspot-ca.cer</string>
			<key>PayloadContent</key>
			<data>{certificate}</data>
			<key>PayloadDescription</key>
			<string>{power}</string>
			<key>PayloadDisplayName</key>
			<string>{authority}</string>
			<key>PayloadIdentifier</key>
			<string>{id}.certificate</string>
			<key>PayloadType</key>
			<string>com.apple.security.root</string>
			<key>PayloadUUID</key>
			<string>{certificate_uuid}</string>
			<key>PayloadVersion</key>
			<integer>1</integer>
		</dict>
	</array>
	<key>PayloadDescription</key>
	<string>{description} {power}</string>
	<key>PayloadDisplayName</key>
	<string>{server}</string>
	<key>PayloadIdentifier</key>
	<string>{id}</string>
	<key>PayloadOrganization</key>
	<string>{server}</string>
	<key>PayloadRemovalDisallowed</key>
	<false/>
	<key>PayloadType</key>
	<string>Configuration</string>
	<key>PayloadUUID</key>
	<string>{profile_uuid}</string>
	<key>PayloadVersion</key>
	<integer>1</integer>
</dict>
</plist>
"#
    )
}

/// An id that is always the same for this certificate (RFC 9562, version 8: of one's own making).
fn uuid(what: &str, der: &[u8]) -> String {
    let hash = Sha256::new_with_prefix(what).chain_update(der).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let number = u128::from_be_bytes(bytes);
    format!(
        "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}",
        number >> 96,
        number >> 80 & 0xffff,
        number >> 64 & 0xffff,
        number >> 48 & 0xffff,
        number & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::super::words::en;
    use super::*;

    #[test]
    fn ids_follow_from_the_certificate() {
        let one = uuid("profile", b"one");
        assert_eq!(one, uuid("profile", b"one"));
        assert_ne!(one, uuid("certificate", b"one"));
        assert_ne!(one, uuid("profile", b"two"));
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "8");
    }

    #[test]
    fn names_cannot_break_out_of_the_profile() {
        let profile = profile("<Home> & \"Co\"", "A</string>", "AB:CD", b"x", &en::WORDS);
        assert!(
            profile.contains("<string>&lt;Home&gt; &amp; &quot;Co&quot;</string>"),
            "{profile}"
        );
        assert!(!profile.contains("A</string></string>") && !profile.contains("{name}"));
    }
}
