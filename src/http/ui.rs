//! The web app, embedded: exact names, packed files, one page for all of its own addresses.
//!
//! One file is made for the place where the app lives: the page, which tells the others. They know
//! each other by relative names, so that the same bundle lives at the root and below any path.
//!
//! Nothing here touches the disk: what is not in the bundle does not exist.

use std::collections::HashMap;
use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use http::{Method, StatusCode};
use sha2::{Digest, Sha256};
use warp::Reply;
use warp::reply::Response;

use super::bundle::{self, Stored};
use super::error::Failure;
use super::packing::{Encoding, choose, media_type};

/// Answers for all of the app's own addresses (`/conversations/…`, `/invite/…`).
const PAGE: &str = "index.html";
/// How the page says where the app lives before anybody told it.
const BASE_UNSAID: &str = "data-base=\"\"";
const SOCKET_UNSAID: &str = "data-socket=\"/api/socketio\"";
/// Names in here carry a hash of what they name, so they never change.
const HASHED: &str = "assets/";
/// Longest file of the bundle, unpacked, in bytes.
const UNPACKED_MAX: u64 = 16 * 1024 * 1024;

/// Where the app lives, as the page tells it to the app.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    /// What stands before all its paths: empty or `/prefix`.
    pub(super) base: &'p str,
    /// The path of the realtime connection, below the base.
    pub(super) socket: &'p str,
}

/// The files of the app, by their names.
pub(super) struct Ui {
    files: HashMap<String, File>,
}

#[derive(Default)]
struct File {
    brotli: Option<Packed>,
    gzip: Option<Packed>,
}

/// One way to send a file.
struct Packed {
    bytes: Bytes,
    tag: String,
}

impl Ui {
    /// The bundle that was built into this program, at this place.
    pub(super) fn embedded(place: Place<'_>) -> Self {
        let mut ui = Self::bundle();
        if let Some(page) = ui.files.get_mut(PAGE) {
            page.settle(place);
        }
        ui
    }

    fn bundle() -> Self {
        let mut files = HashMap::<String, File>::new();
        for Stored { path, bytes, hash } in bundle::files() {
            let tag = tag(&hash);
            let packed = Packed { bytes, tag };
            if let Some(name) = path.strip_suffix(".br") {
                files.entry(name.to_owned()).or_default().brotli = Some(packed);
            } else if let Some(name) = path.strip_suffix(".gz") {
                files.entry(name.to_owned()).or_default().gzip = Some(packed);
            }
        }
        Self { files }
    }

    /// The answer to a request that is not for the API. `path` is as it came, still encoded.
    pub(super) fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        if method != Method::GET && method != Method::HEAD {
            let mut refusal = Failure::method_not_allowed().into_response();
            refusal
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        let name = path.strip_prefix('/').unwrap_or(path);
        let named = (!name.is_empty())
            .then(|| self.files.get_key_value(name))
            .flatten();
        match named {
            Some((name, file)) => send(name, file, headers),
            None if name.is_empty() || wants_page(name, headers) => match self.files.get(PAGE) {
                Some(page) => send(PAGE, page, headers),
                None => Failure::not_found().into_response(),
            },
            None => Failure::not_found().into_response(),
        }
    }
}

impl File {
    /// Writes the place into the page. It is small, so that one packed form does.
    fn settle(&mut self, place: Place<'_>) {
        let page = self.gzip.as_ref().and_then(|gzip| plain(&gzip.bytes));
        let Some(page) = page.and_then(|page| String::from_utf8(page).ok()) else {
            return;
        };
        // Both hold only letters, digits and `-._~/`, as the settings are checked.
        let page = page
            .replace("=\"./", &format!("=\"{}/", place.base))
            .replace(BASE_UNSAID, &format!("data-base=\"{}\"", place.base))
            .replace(SOCKET_UNSAID, &format!("data-socket=\"{}\"", place.socket));
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail.
        if packer.write_all(page.as_bytes()).is_ok()
            && let Ok(bytes) = packer.finish()
        {
            let tag = tag(&Sha256::digest(&page).into());
            let bytes = bytes.into();
            *self = Self {
                brotli: None,
                gzip: Some(Packed { bytes, tag }),
            };
        }
    }
}

/// Whether somebody navigates here, as opposed to a page that loads one of its parts.
fn wants_page(name: &str, headers: &HeaderMap) -> bool {
    let mut accepted = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    !name.starts_with(HASHED) && accepted.any(|value| value.contains("text/html"))
}

fn send(name: &str, file: &File, headers: &HeaderMap) -> Response {
    let encoding = choose(headers, file.brotli.is_some(), file.gzip.is_some());
    let (packed, unpack) = match encoding {
        Encoding::Brotli => (file.brotli.as_ref(), false),
        Encoding::Gzip => (file.gzip.as_ref(), false),
        Encoding::Plain => (file.gzip.as_ref(), true),
    };
    let Some(packed) = packed else {
        return Failure::not_found().into_response();
    };
    let tag = if unpack {
        packed.tag.replacen('"', "\"plain-", 1)
    } else {
        packed.tag.clone()
    };
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if unpack {
        match plain(&packed.bytes) {
            Some(bytes) => Response::new(bytes.into()),
            None => return Failure::internal("an embedded file can't be unpacked").into_response(),
        }
    } else {
        Response::new(packed.bytes.clone().into())
    };
    describe(response.headers_mut(), name, encoding, &tag);
    response
}

fn describe(headers: &mut HeaderMap, name: &str, encoding: Encoding, tag: &str) {
    let keep = if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    match encoding {
        Encoding::Brotli => headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br")),
        Encoding::Gzip => headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        Encoding::Plain => headers.remove(CONTENT_ENCODING),
    };
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn plain(gzip: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip)
        .take(UNPACKED_MAX)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}

fn tag(hash: &[u8; 32]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..18]);
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::ACCEPT_ENCODING;
    use http_body_util::BodyExt;

    /// An app of a page and a script, the script also as Brotli (which nobody here unpacks).
    fn app() -> Ui {
        let gzip = |text: &str| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::best());
            packer.write_all(text.as_bytes()).unwrap();
            packer.finish().unwrap().into()
        };
        let packed = |bytes: Bytes, tag: &str| {
            Some(Packed {
                bytes,
                tag: format!("\"{tag}\""),
            })
        };
        let page = File {
            brotli: None,
            gzip: packed(gzip("<p>page"), "page"),
        };
        let script = File {
            brotli: packed(Bytes::from_static(b"brotli"), "br"),
            gzip: packed(gzip("script()"), "gz"),
        };
        let worker = File {
            brotli: None,
            gzip: packed(gzip("worker()"), "sw"),
        };
        let files = [
            ("index.html", page),
            ("assets/app-1a2b3c4d.js", script),
            ("sw.js", worker),
        ];
        Ui {
            files: files
                .into_iter()
                .map(|(name, file)| (name.to_owned(), file))
                .collect(),
        }
    }

    fn get(path: &str, headers: &[(http::HeaderName, &'static str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(n, v)| (n.clone(), HeaderValue::from_static(v)));
        app().answer(&Method::GET, path, &headers.collect())
    }

    async fn text(response: Response) -> String {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    const SCRIPT: &str = "/assets/app-1a2b3c4d.js";

    #[tokio::test]
    async fn the_best_form_that_the_client_takes_is_sent() {
        for (accepts, encoding, tag) in [
            ("gzip, deflate, br, zstd", Some("br"), "\"br\""),
            ("gzip", Some("gzip"), "\"gz\""),
            ("br;q=0, *", Some("gzip"), "\"gz\""),
            ("br; q=0.0, gzip;q=0", None, "\"plain-gz\""),
            ("identity", None, "\"plain-gz\""),
            ("", None, "\"plain-gz\""),
        ] {
            let response = get(SCRIPT, &[(ACCEPT_ENCODING, accepts)]);
            let sent = response
                .headers()
                .get(CONTENT_ENCODING)
                .map(|v| v.to_str().unwrap());
            assert_eq!(sent, encoding, "{accepts}");
            assert_eq!(response.headers()[ETAG], tag, "{accepts}");
            assert_eq!(response.headers()[VARY], "accept-encoding");
            if encoding.is_none() {
                assert_eq!(text(response).await, "script()");
            }
        }
    }

    #[test]
    fn what_is_named_by_its_content_is_kept_and_the_page_is_asked_for_again() {
        let script = get(SCRIPT, &[]);
        assert_eq!(
            script.headers()[CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            script.headers()[CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        let page = get("/", &[]);
        assert_eq!(page.headers()[CACHE_CONTROL], "no-cache");
        assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");

        for known in ["\"gz\"", "W/\"gz\"", "\"x\", \"gz\"", "*"] {
            let again = get(SCRIPT, &[(ACCEPT_ENCODING, "gzip"), (IF_NONE_MATCH, known)]);
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(again.headers()[ETAG], "\"gz\"");
        }
        let other = get(
            SCRIPT,
            &[(ACCEPT_ENCODING, "br"), (IF_NONE_MATCH, "\"gz\"")],
        );
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn the_page_answers_where_somebody_navigates_and_nowhere_else() {
        let navigates = (ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        for path in [
            "/",
            "/conversations/7",
            "/invite/x.y",
            "/..%2f..%2fetc/passwd",
        ] {
            let response = get(path, std::slice::from_ref(&navigates));
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(text(response).await, "<p>page");
        }
        for path in ["/conversations/7", "/missing.js", "/favicon.ico"] {
            assert_eq!(
                get(path, &[(ACCEPT, "*/*")]).status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        let missing = get("/assets/missing.js", &[navigates]);
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn case_56_nothing_outside_the_bundle_has_a_name() {
        for path in [
            "/../Cargo.toml",
            "/assets/../index.html",
            "/assets/%2e%2e/index.html",
            "//index.html",
            "/./index.html",
            "/index.html.gz",
            "/index.html/",
            "/assets/",
            "/assets",
            "/assets/app-1a2b3c4d.js.map",
            "/index.html%00",
            "/INDEX.HTML",
        ] {
            assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
        let files = bundle::files().into_iter();
        let maps = files.filter(|file| file.path.contains(".map"));
        assert_eq!(maps.count(), 0, "source maps are not shipped");
    }

    #[test]
    fn case_56_there_is_one_service_worker_asked_for_anew_and_only_at_the_root() {
        let worker = get("/sw.js", &[]);
        assert_eq!(worker.status(), StatusCode::OK);
        assert_eq!(worker.headers()[CACHE_CONTROL], "no-cache");
        assert_eq!(
            worker.headers()[CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        assert!(!worker.headers().contains_key("service-worker-allowed"));
        for path in ["/assets/sw.js", "/conversations/sw.js", "/sw.js/", "/SW.js"] {
            assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn only_reading_is_possible() {
        let refused = app().answer(&Method::POST, "/", &HeaderMap::new());
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.headers()[ALLOW], "GET, HEAD");
    }

    #[tokio::test]
    async fn the_page_says_where_the_app_lives_and_nothing_else_has_to() {
        let page = |base, socket| {
            let ui = Ui::embedded(Place { base, socket });
            text(ui.answer(&Method::GET, "/", &HeaderMap::new()))
        };
        let root = page("", "/api/socketio").await;
        assert_eq!(root.matches(BASE_UNSAID).count(), 1, "{root}");
        assert_eq!(root.matches(SOCKET_UNSAID).count(), 1, "{root}");
        assert!(root.contains("src=\"/assets/"), "{root}");
        let below = page("/chat", "/live").await;
        assert!(
            below.contains("data-base=\"/chat\" data-socket=\"/live\""),
            "{below}"
        );
        assert!(
            !below.contains("=\"/assets/") && !below.contains("=\"./"),
            "{below}"
        );
        assert!(
            below.contains("href=\"/chat/manifest.webmanifest\""),
            "{below}"
        );

        let tag = |base| {
            let place = Place {
                base,
                socket: "/live",
            };
            let answer = Ui::embedded(place).answer(&Method::GET, "/", &HeaderMap::new());
            answer.headers()[ETAG].clone()
        };
        assert_ne!(tag("/chat"), tag("/talk"));
        let manifest =
            Ui::bundle().answer(&Method::GET, "/manifest.webmanifest", &HeaderMap::new());
        let manifest: serde_json::Value = serde_json::from_str(&text(manifest).await).unwrap();
        assert_eq!(manifest["start_url"], "./");
        assert_eq!(manifest["scope"], "./");
    }

    #[test]
    fn the_embedded_bundle_can_be_unpacked_and_starts_with_a_page() {
        let ui = Ui::bundle();
        assert!(ui.files.contains_key(PAGE));
        for (name, file) in &ui.files {
            let gzip = file
                .gzip
                .as_ref()
                .unwrap_or_else(|| panic!("{name} has no gzip form"));
            assert!(
                plain(&gzip.bytes).is_some_and(|bytes| !bytes.is_empty()),
                "{name}"
            );
            assert_ne!(media_type(name), "application/octet-stream", "{name}");
        }
    }
}
