//! `Content-Disposition`: the name of a file, intact in any script and harmless in any header.

use std::fmt::Write;

use http::HeaderValue;

/// Longest name for clients that know ASCII only, in bytes.
const PLAIN_MAX: usize = 200;

/// How a file is to be taken (RFC 6266), with its name in both spellings (RFC 8187).
pub(super) fn disposition(inline: bool, name: &str) -> HeaderValue {
    let how = if inline { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' | '/' => '_',
            ' '..='~' => c,
            _ => '_',
        })
        .take(PLAIN_MAX)
        .collect();
    let mut text = format!("{how}; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_37_names_pass_the_header_unharmed() {
        for (name, expected) in [
            ("a.txt", "filename=\"a.txt\"; filename*=UTF-8''a.txt"),
            (
                "grüße 世.txt",
                "filename=\"gr__e _.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe%20%E4%B8%96.txt",
            ),
            (
                "a\"; filename=b.exe",
                "filename=\"a_; filename=b.exe\"; filename*=UTF-8''a%22%3B%20filename%3Db.exe",
            ),
            ("a\r\nb", "filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
            (
                "100%'*.txt",
                "filename=\"100_'*.txt\"; filename*=UTF-8''100%25%27%2A.txt",
            ),
        ] {
            let found = disposition(false, name);
            assert_eq!(found.to_str().unwrap(), format!("attachment; {expected}"));
        }
        assert!(
            disposition(true, "a")
                .to_str()
                .unwrap()
                .starts_with("inline; ")
        );
    }

    proptest! {
        #[test]
        fn any_name_comes_back_out_of_the_header(name in any::<String>()) {
            let header = disposition(false, &name);
            let text = header.to_str().unwrap();
            let (_, encoded) = text.rsplit_once("filename*=UTF-8''").unwrap();
            let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, name);
            prop_assert_eq!(text.matches('"').count(), 2);
        }
    }
}
