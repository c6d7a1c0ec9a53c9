//! How a file of the app is sent: packed in which way, as which kind.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// Which way to send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

/// The smallest form that the client takes. One that takes none of ours gets the plain file:
/// refusing would help nobody.
pub(super) fn choose(headers: &HeaderMap, brotli: bool, gzip: bool) -> Encoding {
    let accepted = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let accepted: Vec<(&str, bool)> = accepted
        .flat_map(|value| value.split(','))
        .map(|item| {
            let (name, quality) = item.split_once(';').unwrap_or((item, ""));
            let refused = quality
                .trim()
                .strip_prefix("q=")
                .is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q == 0.0));
            (name.trim(), !refused)
        })
        .collect();
    let takes = |wanted: &str| {
        let named = accepted
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named
            .or_else(|| accepted.iter().find(|(name, _)| *name == "*"))
            .is_some_and(|(_, ok)| *ok)
    };
    if brotli && takes("br") {
        Encoding::Brotli
    } else if gzip && takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

/// The kind of a file, by the end of its name.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
