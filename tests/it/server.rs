//! The outer shell: connections, protocols, limits, and the plain-HTTP listener.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use inkspot::base::clock::Clock;
use inkspot::base::shutdown::Shutdown;
use inkspot::config::{Config, TlsMode};
use inkspot::model::certificate::CertificateState;
use inkspot::model::peer::{Admission, Peer};
use inkspot::server::{
    Bounds, GateLimits, Handler, Handlers, Links, Listening, StartError, Timeouts,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;

/// A running shell around [`answers`].
pub struct Shell {
    pub links: Links,
    pub shutdown: Shutdown,
    /// How the certificate of a public authority is doing.
    pub certificate: Option<watch::Receiver<CertificateState>>,
    running: JoinHandle<Result<(), StartError>>,
    dir: Option<tempfile::TempDir>,
}

pub fn loopback(data: &Path) -> Config {
    let mut config = Config::default();
    config.server.data = data.join("data");
    config.server.listen = Some(vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
    config.server.plain_listen = Some(vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
    config
}

pub fn bounds() -> Bounds {
    let gate = GateLimits {
        total: 100,
        per_address: 50,
        handshakes: 10,
        handshakes_per_address: 50,
    };
    Bounds {
        gate,
        timeouts: Timeouts::default(),
    }
}

impl Shell {
    pub fn start() -> Self {
        Self::start_with(|_, _| {})
    }

    pub fn start_with(change: impl FnOnce(&mut Config, &mut Bounds)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (mut config, mut bounds) = (loopback(dir.path()), bounds());
        change(&mut config, &mut bounds);
        let mut shell = Self::run(config, Clock::system(), bounds);
        shell.dir = Some(dir);
        shell
    }

    pub fn run(config: Config, clock: Clock, bounds: Bounds) -> Self {
        let listening = Listening::bind(config, clock, bounds).unwrap();
        let server = listening.secure().unwrap();
        let links = server.links().clone();
        let certificate = server.certificate();
        let shutdown = Shutdown::new();
        let running = tokio::spawn(server.serve(answers(), shutdown.clone()));
        Self {
            links,
            shutdown,
            certificate,
            running,
            dir: None,
        }
    }

    pub fn addr(&self) -> SocketAddr {
        self.links
            .local
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    pub fn plain_addr(&self) -> SocketAddr {
        self.links
            .plain
            .as_ref()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// A TLS client that trusts what `DATA/tls/ca.crt` vouches for.
    pub fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        alpn: &[&str],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(self.links.ca_file.as_ref().unwrap()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config.with_protocol_versions(versions).unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    pub async fn tls(&self, host: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let config = self.client(rustls::ALL_VERSIONS, &["http/1.1"]);
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from(host.to_owned()).unwrap();
        connector
            .connect(name, TcpStream::connect(self.addr()).await.unwrap())
            .await
    }

    pub async fn get(&self, path: &str) -> String {
        exchange(self.tls("localhost").await.unwrap(), &request(path)).await
    }

    pub async fn plain(&self, request: String) -> String {
        exchange(
            TcpStream::connect(self.plain_addr()).await.unwrap(),
            &request,
        )
        .await
    }

    pub async fn end(self) {
        self.shutdown.begin();
        self.running.await.unwrap().unwrap();
    }
}

/// Tells what arrived; `/panic`, `/never`, `/big` and `/held` do what they say.
fn answers() -> Handlers {
    let http = Handler::new(|request| async move {
        let peer = *request.extensions().get::<Peer>().unwrap();
        let (parts, body) = request.into_parts();
        let answer = match parts.uri.path() {
            "/panic" => panic!("as asked"),
            "/never" => std::future::pending().await,
            "/body" => {
                let body = body.collect().await.map_or(0, |body| body.to_bytes().len());
                format!("read {body}")
            }
            "/big" => "x".repeat(32 << 20),
            path => format!("http {path} {} {}", peer.addr, peer.secure),
        };
        Response::new(Full::new(Bytes::from(answer)))
    });
    let socket = Handler::new(|mut request| async move {
        let admission = request.extensions().get::<Admission>().unwrap().clone();
        let mut response = Response::new(Full::new(Bytes::from("socket")));
        if request.headers().contains_key("upgrade") {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                type Io = hyper_util::rt::TokioIo<inkspot::tls::TlsStream>;
                let upgraded = upgrade.await.unwrap();
                let parts = hyper_util::server::conn::auto::upgrade::downcast::<Io>(upgraded);
                let mut io = parts.unwrap().io.into_inner();
                let mut byte = [0];
                while io.read(&mut byte).await.is_ok_and(|read| read == 1) {
                    io.write_all(&byte).await.unwrap();
                }
                drop(admission);
            });
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            response
                .headers_mut()
                .insert("upgrade", "echo".parse().unwrap());
            response
                .headers_mut()
                .insert("connection", "upgrade".parse().unwrap());
        }
        response
    });
    Handlers { http, socket }
}

pub fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

/// Sends and reads until the server closes; a reset counts as closed.
pub async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &str) -> String {
    // The server may refuse before it has read everything.
    let _ = stream.write_all(request.as_bytes()).await;
    closed(stream).await
}

pub async fn closed<S: AsyncRead + Unpin>(mut stream: S) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn requests_reach_the_handler_of_their_path_and_know_their_peer() {
    let shell = Shell::start();
    let answer = shell.get("/api/health").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.ends_with("http /api/health 127.0.0.1 true"),
        "{answer}"
    );
    for path in ["/api/socketio", "/api/socketio/", "/api/socketio/?EIO=4"] {
        assert!(shell.get(path).await.ends_with("\r\n\r\nsocket"), "{path}");
    }
    for path in [
        "/api/socketio/x",
        "/api/socketiox",
        "/x/api/socketio",
        "/api//socketio",
    ] {
        assert!(shell.get(path).await.contains("\r\n\r\nhttp "), "{path}");
    }
}

#[tokio::test]
async fn http2_is_spoken_with_who_asks_for_it() {
    let shell = Shell::start();
    let tls = shell.client(rustls::ALL_VERSIONS, &["h2", "http/1.1"]);
    let client = reqwest::Client::builder()
        .use_preconfigured_tls(tls)
        .build()
        .unwrap();
    let answer = client
        .get(format!("{}/x", shell.links.local))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.version(), http::Version::HTTP_2);
    assert_eq!(answer.text().await.unwrap(), "http /x 127.0.0.1 true");
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    let shell = Shell::start();
    for version in rustls::ALL_VERSIONS {
        let config = shell.client(&[version], &[]);
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("localhost").unwrap();
        let tcp = TcpStream::connect(shell.addr()).await.unwrap();
        let stream = connector.connect(name, tcp).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        assert!(
            exchange(stream, &request("/old"))
                .await
                .contains("http /old")
        );
    }
    // The same hello with TLS 1.2 and 1.1: only the version decides. 22 is a handshake answer;
    // 21 is an alert, fatal (2), protocol_version (70).
    let hello = |minor: u8| {
        let mut hello = vec![22, 3, 1, 0, 69, 1, 0, 0, 65, 3, minor];
        hello.extend([7; 32]);
        hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0, 0, 22]);
        hello.extend([
            0, 13, 0, 4, 0, 2, 4, 3, 0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0,
        ]);
        hello
    };
    let mut stream = TcpStream::connect(shell.addr()).await.unwrap();
    stream.write_all(&hello(3)).await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), 22);
    let mut stream = TcpStream::connect(shell.addr()).await.unwrap();
    stream.write_all(&hello(2)).await.unwrap();
    let mut alert = Vec::new();
    let _ = stream.read_to_end(&mut alert).await;
    assert_eq!((alert[0], &alert[5..]), (21, &[2, 70][..]), "{alert:?}");
}

#[tokio::test]
async fn an_upgraded_connection_is_handed_over_as_the_raw_stream() {
    let shell = Shell::start();
    let mut stream = shell.tls("localhost").await.unwrap();
    let upgrade =
        "GET /api/socketio/ HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    let head = head_of(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream.write_all(b"hi").await.unwrap();
    let mut echo = [0; 2];
    stream.read_exact(&mut echo).await.unwrap();
    assert_eq!(&echo, b"hi");
}

pub async fn head_of<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn a_panic_costs_one_request_and_shows_nothing() {
    let shell = Shell::start();
    let mut stream = shell.tls("localhost").await.unwrap();
    stream
        .write_all(b"GET /panic HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let answer = exchange(stream, &request("/next")).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(
        answer.contains("\"code\":\"internal\"") && !answer.contains("as asked"),
        "{answer}"
    );
    assert!(answer.contains("http /next"), "{answer}");
}

#[tokio::test]
async fn headers_have_a_size_and_a_number() {
    let shell = Shell::start();
    let with = |headers: String| {
        format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n")
    };
    for (headers, status) in [
        (format!("x: {}\r\n", "y".repeat(60 * 1024)), "HTTP/1.1 200"),
        (format!("x: {}\r\n", "y".repeat(66 * 1024)), "HTTP/1.1 431"),
        ("x: y\r\n".repeat(98), "HTTP/1.1 200"),
        ("x: y\r\n".repeat(99), "HTTP/1.1 431"),
    ] {
        let stream = shell.tls("localhost").await.unwrap();
        let answer = exchange(stream, &with(headers)).await;
        assert!(answer.starts_with(status), "{status}: {answer}");
    }
}

#[tokio::test]
async fn requests_that_mean_two_things_are_refused() {
    let shell = Shell::start();
    for request in [
        "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcde",
        "POST /body HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length : 5\r\n\r\nabcde",
        "POST /body HTTP/1.1\r\nhost: a\r\n content-length: 5\r\n\r\nabcde",
        "GET / HTTP/1.1\rhost: a\r\r",
        "GET / HTTP/9.9\r\nhost: a\r\n\r\n",
        "\0\0\0",
    ] {
        let answer = exchange(shell.tls("localhost").await.unwrap(), request).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{request:?}: {answer}"
        );
    }
}

#[tokio::test]
async fn the_length_of_a_chunked_body_is_the_chunks_and_the_connection_ends_after_both() {
    let shell = Shell::start();
    let smuggling = "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\
        transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n";
    let answer = exchange(shell.tls("localhost").await.unwrap(), smuggling).await;
    assert!(!answer.contains("/smuggled"), "{answer}");
}

#[tokio::test]
async fn who_says_nothing_is_let_go() {
    let short = Duration::from_millis(100);
    let shell = Shell::start_with(|_, bounds| {
        bounds.timeouts.handshake = short;
        bounds.timeouts.header = short;
        bounds.timeouts.first_request = short;
        bounds.timeouts.answer = short;
    });
    // No handshake, or a begun one that stalls.
    let silent = TcpStream::connect(shell.addr()).await.unwrap();
    assert_eq!(closed(silent).await, "");
    let mut stalled = TcpStream::connect(shell.addr()).await.unwrap();
    stalled.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    closed(stalled).await;
    // No request, or a header that never ends.
    assert_eq!(closed(shell.tls("localhost").await.unwrap()).await, "");
    let slow = exchange(
        shell.tls("localhost").await.unwrap(),
        "GET / HTTP/1.1\r\nhost: a\r\nx: ",
    )
    .await;
    assert!(!slow.contains(" 200 "), "{slow}");
    // HTTP/2 without a word.
    let config = shell.client(rustls::ALL_VERSIONS, &["h2"]);
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let tcp = TcpStream::connect(shell.addr()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    closed(connector.connect(name, tcp).await.unwrap()).await;
    // A body that never comes, and an answer that never comes.
    let body =
        "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabc";
    for request in [body.to_owned(), request("/never")] {
        let answer = exchange(shell.tls("localhost").await.unwrap(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(
            answer.contains("server_busy") && answer.contains("retry-after: 5"),
            "{answer}"
        );
    }
    // The plain listener has the same patience.
    let silent = TcpStream::connect(shell.plain_addr()).await.unwrap();
    closed(silent).await;
}

#[tokio::test]
async fn who_does_not_read_is_let_go() {
    let shell = Shell::start_with(|_, bounds| {
        bounds.timeouts.unread = Duration::from_millis(200);
    });
    let mut stream = shell.tls("localhost").await.unwrap();
    assert!(shell_is_working(&shell));
    stream
        .write_all(b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    // Only when the connection is gone does nobody work any more.
    while shell_is_working(&shell) {
        tokio::task::yield_now().await;
    }
    drop(stream);
}

fn shell_is_working(shell: &Shell) -> bool {
    use futures_util::FutureExt;
    shell.shutdown.drained().now_or_never().is_none()
}

/// What a new connection is answered.
async fn answer_to_one_more(shell: &Shell) -> String {
    match shell.tls("localhost").await {
        Ok(stream) => exchange(stream, &request("/x")).await,
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn one_address_gets_its_share_of_connections_and_no_more() {
    let shell = Shell::start_with(|_, bounds| bounds.gate.per_address = 2);
    let one = shell.tls("localhost").await.unwrap();
    let _two = shell.tls("localhost").await.unwrap();
    let refused = answer_to_one_more(&shell).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("Your network has as many"), "{refused}");
    // A closed connection makes room for the next.
    assert!(exchange(one, &request("/x")).await.contains("http /x"));
    while !answer_to_one_more(&shell).await.contains("http /x") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_upgraded_connection_still_counts() {
    let shell = Shell::start_with(|_, bounds| bounds.gate.per_address = 1);
    let mut stream = shell.tls("localhost").await.unwrap();
    let upgrade =
        "GET /api/socketio/ HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    head_of(&mut stream).await;
    for _ in 0..5 {
        let refused = answer_to_one_more(&shell).await;
        assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    }
    drop(stream);
    while !answer_to_one_more(&shell).await.contains("http /x") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn when_all_connections_are_taken_new_ones_are_told_and_old_ones_stay() {
    let shell = Shell::start_with(|_, bounds| bounds.gate.total = 1);
    let one = shell.tls("localhost").await.unwrap();
    for _ in 0..3 {
        let told = answer_to_one_more(&shell).await;
        assert!(told.starts_with("HTTP/1.1 503"), "{told}");
        assert!(told.contains("retry-after: 10"), "{told}");
        assert!(told.contains("\"code\":\"server_busy\""), "{told}");
        assert!(
            told.contains("as many connections as it can carry"),
            "{told}"
        );
    }
    // In plain HTTP, too, and at both doors.
    for at in [shell.addr(), shell.plain_addr()] {
        let stream = TcpStream::connect(at).await.unwrap();
        let told = exchange(stream, &request("/x")).await;
        assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    }
    // Who says nothing keeps nobody from being told, up to a number.
    let mut silent = Vec::new();
    for _ in 0..15 {
        silent.push(TcpStream::connect(shell.addr()).await.unwrap());
    }
    let told = answer_to_one_more(&shell).await;
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    assert!(exchange(one, &request("/x")).await.contains("http /x"));
}

#[tokio::test]
async fn plain_http_leads_to_https_with_the_client_s_host() {
    let shell = Shell::start();
    let port = shell.addr().port();
    let plain = |request: String| shell.plain(request);
    let answer = plain(request("/conversations/1?a=b")).await;
    assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");
    assert!(
        answer.contains(&format!(
            "location: https://localhost:{port}/conversations/1?a=b\r\n"
        )),
        "{answer}"
    );
    assert!(answer.contains("cache-control: no-store"), "{answer}");
    // Nothing of the product answers there.
    for path in [
        "/api/health",
        "/api/socketio/?EIO=4&transport=polling",
        "/trust/../x",
    ] {
        assert!(
            plain(request(path)).await.starts_with("HTTP/1.1 307"),
            "{path}"
        );
    }
    for hosts in [
        "",
        "host: user@evil.example\r\n",
        "host: a\r\nhost: b\r\n",
        "host: a/b\r\n",
    ] {
        let answer = plain(format!(
            "GET / HTTP/1.1\r\n{hosts}connection: close\r\n\r\n"
        ))
        .await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{hosts}: {answer}");
    }
    // Plain HTTP spoken to the TLS port is led on, too.
    let mistaken = TcpStream::connect(shell.addr()).await.unwrap();
    let answer = exchange(mistaken, &request("/x")).await;
    assert!(
        answer.contains(&format!("location: https://localhost:{port}/x\r\n")),
        "{answer}"
    );
}

#[tokio::test]
async fn the_trust_page_hands_out_the_authority_and_nothing_secret() {
    let shell = Shell::start_with(|config, _| config.server.name = "<b>Home</b>".to_owned());
    let plain = |request: String| shell.plain(request);
    let page = plain(request("/trust")).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(
        page.contains("&lt;b&gt;Home&lt;/b&gt;") && !page.contains("<b>Home"),
        "{page}"
    );
    assert!(page.contains(&format!(
        "href=\"https://localhost:{}/\"",
        shell.addr().port()
    )));
    assert!(page.contains("content-security-policy: default-src 'none'; style-src 'sha256-"));
    let pem = plain(request("/trust/inkspot-ca.crt")).await;
    assert!(
        pem.contains("content-type: application/x-x509-ca-cert"),
        "{pem}"
    );
    let file = std::fs::read_to_string(shell.links.ca_file.as_ref().unwrap()).unwrap();
    assert!(pem.ends_with(&file) && !pem.contains("PRIVATE"), "{pem}");
    let profile = plain(request("/trust/inkspot.mobileconfig?lang=de")).await;
    assert!(
        profile.contains("content-type: application/x-apple-aspen-config\r\n"),
        "{profile}"
    );
    let der = CertificateDer::from_pem_slice(file.as_bytes()).unwrap();
    let inside = profile
        .split("<data>")
        .nth(1)
        .unwrap()
        .split("</data>")
        .next()
        .unwrap();
    assert_eq!(STANDARD.decode(inside).unwrap(), der.as_ref());
    assert!(
        profile.contains("Damit vertraut dieses Gerät &lt;b&gt;Home&lt;/b&gt;."),
        "{profile}"
    );
    let again = plain(request("/trust/inkspot.mobileconfig?lang=de")).await;
    let of = |text: &str| text.split("\r\n\r\n").nth(1).unwrap().to_owned();
    assert_eq!(of(&profile), of(&again), "its ids are stable");
    let refused =
        plain("POST /trust HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned()).await;
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
}

#[tokio::test]
async fn what_tells_trust_from_none_is_had_over_tls_by_any_page() {
    let shell = Shell::start();
    let mark = exchange(
        shell.tls("localhost").await.unwrap(),
        &request("/trust/mark.svg"),
    )
    .await;
    assert!(mark.starts_with("HTTP/1.1 200"), "{mark}");
    assert!(
        mark.contains("cross-origin-resource-policy: cross-origin\r\n"),
        "{mark}"
    );
    let page = exchange(shell.tls("localhost").await.unwrap(), &request("/trust")).await;
    let plain = shell.links.trust.as_ref().unwrap();
    assert!(page.contains(&format!(">{plain}</bdi>")), "{page}");
    // Behind a mapping of ports, the one that the device uses counts.
    for (host, origin) in [
        ("chat.example:9443", "https://chat.example:9443"),
        ("chat.example", "https://chat.example"),
    ] {
        let asked = request("/trust").replace("localhost", host);
        let page = exchange(shell.tls("localhost").await.unwrap(), &asked).await;
        assert!(page.contains(&format!("href=\"{origin}/\"")), "{page}");
        assert!(
            page.contains(&format!("connect-src {origin}/trust/mark.svg;")),
            "{page}"
        );
    }
    // All else below it is the product's.
    let other = exchange(shell.tls("localhost").await.unwrap(), &request("/trust/x")).await;
    assert!(!other.contains("cross-origin\r\n"), "{other}");
    let off = |config: &mut Config, _: &mut Bounds| config.tls.mode = TlsMode::Off;
    let shell = Shell::start_with(off);
    let io = TcpStream::connect(shell.addr()).await.unwrap();
    let page = exchange(io, &request("/trust")).await;
    assert!(!page.contains("data-mark"), "{page}");
}

#[tokio::test]
async fn forwarded_headers_count_from_a_trusted_proxy_only() {
    let forwarded = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
        x-forwarded-for: 203.0.113.7\r\nx-forwarded-proto: https\r\n\r\n";
    let off = |config: &mut Config| config.tls.mode = TlsMode::Off;
    let shell = Shell::start_with(|config, _| off(config));
    assert_eq!(shell.links.ca_file, None);
    let answer = exchange(TcpStream::connect(shell.addr()).await.unwrap(), forwarded).await;
    assert!(answer.ends_with("http / 127.0.0.1 false"), "{answer}");

    let shell = Shell::start_with(|config, _| {
        off(config);
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.server.path_prefix = "/chat".to_owned();
    });
    let answer = exchange(TcpStream::connect(shell.addr()).await.unwrap(), forwarded).await;
    assert!(answer.ends_with("http / 203.0.113.7 true"), "{answer}");
    let prefixed = exchange(
        TcpStream::connect(shell.addr()).await.unwrap(),
        &request("/chat/api/socketio/"),
    )
    .await;
    assert!(prefixed.ends_with("socket"), "{prefixed}");
    let bare = exchange(
        TcpStream::connect(shell.addr()).await.unwrap(),
        &request("/chat?a=1"),
    )
    .await;
    assert!(bare.starts_with("HTTP/1.1 308"), "{bare}");
    assert!(bare.contains("location: /chat/?a=1\r\n"), "{bare}");
}

#[tokio::test]
async fn a_taken_port_is_one_sentence_and_leaves_no_trace() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut config = loopback(dir.path());
    config.server.plain_listen = Some(vec![taken.local_addr().unwrap()]);
    let error = Listening::bind(config.clone(), Clock::system(), bounds())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("another program already listens on 127.0.0.1:"),
        "{error}"
    );
    assert!(!config.server.data.exists());
}
