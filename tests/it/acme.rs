//! Certificates of a public authority: asked of Debian's `pebble`, proven, shown, renewed, and what
//! is said when there are none.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::config::{Config, TlsMode};
use inkspot::doctor::Doctor;
use inkspot::model::certificate::{Advice, CertificateState};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::acme_front::Front;
use crate::process::{Process, inkspot};
use crate::server::{Shell, bounds, exchange, loopback, request};

const DAY: Duration = Duration::from_hours(24);
const NAME: &str = "chat.example.com";

/// A port that nobody listens on at the moment.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Where the test's authority is, whether it runs or not.
pub struct Place {
    pub port: u16,
    management: u16,
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let cert = params.self_signed(&key).unwrap();
        std::fs::write(dir.path().join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(dir.path().join("key.pem"), key.serialize_pem()).unwrap();
        Self {
            port: free_port(),
            management: free_port(),
            dir,
        }
    }

    /// What vouches for the authority's own address.
    pub fn file(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    /// Has the authority look at these ports.
    async fn start(&self, http: u16, tls: u16, names: &Names) -> Authority {
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": self.file("cert.pem"),
            "privateKey": self.file("key.pem"),
            "httpPort": http,
            "tlsPort": tls,
            "certificateValidityPeriod": 90 * 24 * 3600,
        }});
        let file = self.file("pebble.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let mut command = Command::new("pebble");
        command.arg("-config").arg(file);
        command.args(["-dnsserver", &format!("127.0.0.1:{}", names.port)]);
        command.env("PEBBLE_VA_NOSLEEP", "1");
        command.env("PEBBLE_AUTHZREUSE", "0");
        let child = spawn(command);
        let client = self.client();
        let url = format!("https://127.0.0.1:{}/roots/0", self.management);
        let root = answer(&client, &url).await;
        // Its other door opens at the same time, but not in the same moment.
        answer(&client, &format!("https://127.0.0.1:{}/dir", self.port)).await;
        Authority { child, root }
    }

    /// A client that trusts the authority's own address.
    pub fn client(&self) -> reqwest::Client {
        let cert = CertificateDer::from_pem_file(self.file("cert.pem")).unwrap();
        let config = trusting(cert);
        let client = reqwest::Client::builder().use_preconfigured_tls(config);
        client.no_proxy().build().unwrap()
    }
}

fn spawn(mut command: Command) -> Child {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let problem = "the Debian package `pebble` is needed for this test: apt-get install pebble";
    command.spawn().expect(problem)
}

/// What stands at an address once somebody answers there.
async fn answer(client: &reqwest::Client, url: &str) -> String {
    loop {
        match client.get(url).send().await {
            Ok(answer) => break answer.text().await.unwrap(),
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// A running authority. It ends when dropped.
struct Authority {
    child: Child,
    /// What vouches for what it issues, in PEM.
    root: String,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the authority looks names up: each is 127.0.0.1 unless a test says otherwise.
struct Names {
    child: Child,
    port: u16,
    management: u16,
}

impl Names {
    async fn start() -> Self {
        let (port, management) = (free_port(), free_port());
        let mut command = Command::new("pebble-challtestsrv");
        command.args(["-defaultIPv6", "", "-http01", "", "-https01", ""]);
        command.args(["-tlsalpn01", "", "-dns01", &format!("127.0.0.1:{port}")]);
        command.args(["-management", &format!("127.0.0.1:{management}")]);
        let child = spawn(command);
        let names = Self {
            child,
            port,
            management,
        };
        names
            .set("clear-a", json!({"host": "nobody.example"}))
            .await;
        names
    }

    async fn set(&self, what: &str, body: serde_json::Value) {
        let body = body.to_string();
        let request = format!(
            "POST /{what} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = loop {
            match TcpStream::connect(("127.0.0.1", self.management)).await {
                Ok(stream) => break exchange(stream, &request).await,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn trusting(root: CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap();
    config.with_root_certificates(roots).with_no_client_auth()
}

/// A server that asks the authority at `place`, by its directory or by that of a front.
fn config(dir: &Path, place: &Place, directory: u16) -> Config {
    let mut config = loopback(dir);
    config.server.hostnames = vec![NAME.to_owned()];
    config.tls.mode = TlsMode::Acme;
    config.tls.acme_directory = format!("https://127.0.0.1:{directory}/dir");
    config.tls.acme_ca = Some(place.file("cert.pem"));
    config.tls.acme_email = Some("admin@example.com".to_owned());
    config
}

/// The same that can be found by a certificate only.
fn without_plain(mut config: Config) -> Config {
    config.server.plain_listen = Some(Vec::new());
    config
}

/// A clock that the test moves, near the machine's, which the authority goes by.
fn clock() -> Clock {
    Clock::manual(Clock::system().now())
}

/// Waits until the certificate is as wanted, and moves the clock over each pause on the way.
async fn until(
    shell: &Shell,
    clock: &Clock,
    wanted: impl Fn(&CertificateState) -> bool,
) -> CertificateState {
    let mut states = shell.certificate.clone().unwrap();
    loop {
        let state = states.borrow_and_update().clone();
        if wanted(&state) {
            return state;
        }
        if let Some(trouble) = &state.trouble {
            clock.advance(trouble.next_try_at.since(clock.now()));
        }
        states.changed().await.unwrap();
    }
}

async fn first(shell: &Shell, clock: &Clock) -> CertificateState {
    until(shell, clock, |state| state.valid_until.is_some()).await
}

/// A connection by someone who trusts `root` only, to who answers as `name`.
async fn connect(shell: &Shell, root: &str, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let root = CertificateDer::from_pem_slice(root.as_bytes()).unwrap();
    let connector = TlsConnector::from(Arc::new(trusting(root)));
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let tcp = TcpStream::connect(shell.addr()).await.unwrap();
    connector.connect(name, tcp).await
}

fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone()
}

/// A folder for a server, an authority that is not there yet, and what stands before it.
async fn behind_a_front() -> (tempfile::TempDir, Place, Names, Front) {
    let (place, names) = (Place::new(), Names::start().await);
    let front = Front::start(&place).await;
    (tempfile::tempdir().unwrap(), place, names, front)
}

#[tokio::test]
async fn a_certificate_is_proven_over_plain_http_kept_and_used_again() {
    let (dir, place, names) = (
        tempfile::tempdir().unwrap(),
        Place::new(),
        Names::start().await,
    );
    let (clock, config) = (clock(), config(dir.path(), &place, place.port));
    let shell = Shell::run(config.clone(), clock.clone(), bounds());
    // Nobody is there to be asked. The server is reached all the same, by its own certificate.
    let state = until(&shell, &clock, |state| state.trouble.is_some()).await;
    let trouble = state.trouble.unwrap();
    let asked = format!("127.0.0.1:{} can't be asked for a certificate", place.port);
    assert!(trouble.detail.starts_with(&asked), "{trouble:?}");
    assert_eq!(trouble.remedy, Advice::WayOut, "{trouble:?}");
    assert!(shell.tls("localhost").await.is_ok());

    // The other way to prove it leads nowhere.
    let authority = place.start(shell.plain_addr().port(), 1, &names).await;
    let state = first(&shell, &clock).await;
    let life = state.valid_until.unwrap().since(clock.now());
    assert!(life > 89 * DAY, "{life:?}");
    let stream = connect(&shell, &authority.root, NAME).await.unwrap();
    let cert = shown(&stream);
    let answer = exchange(stream, &request("/x")).await;
    assert!(answer.contains("http /x"), "{answer}");
    // Who comes by another name or by an address is shown the server's own.
    assert!(connect(&shell, &authority.root, "127.0.0.1").await.is_err());
    assert!(shell.tls("localhost").await.is_ok() && shell.tls("127.0.0.1").await.is_ok());
    // What the authority looked for is gone, and the page about trust is not for this server.
    for path in ["/.well-known/acme-challenge/x", "/trust"] {
        let answer = shell.plain(request(path)).await;
        assert!(answer.starts_with("HTTP/1.1 307"), "{path}: {answer}");
    }
    for file in ["acme.pem", "acme-account.json"] {
        let path = dir.path().join("data/tls").join(file);
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }

    // The next start needs no authority.
    let root = authority.root.clone();
    drop(authority);
    shell.end().await;
    let shell = Shell::run(config, clock.clone(), bounds());
    assert_eq!(shown(&connect(&shell, &root, NAME).await.unwrap()), cert);
}

#[tokio::test]
async fn a_certificate_is_proven_by_a_certificate_and_renewed_while_a_connection_stays() {
    let (dir, place, names) = (
        tempfile::tempdir().unwrap(),
        Place::new(),
        Names::start().await,
    );
    let (clock, config) = (clock(), config(dir.path(), &place, place.port));
    let shell = Shell::run(without_plain(config), clock.clone(), bounds());
    let authority = place.start(1, shell.addr().port(), &names).await;
    let before = first(&shell, &clock).await;
    let due = before.renewal_at.unwrap().since(clock.now());
    assert!(due > 55 * DAY && due < 61 * DAY, "{due:?}");
    let mut open = connect(&shell, &authority.root, NAME).await.unwrap();
    let cert = shown(&open);
    let upgrade = "GET /api/socketio HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
                   upgrade: echo\r\n\r\n";
    open.write_all(upgrade.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(open.read_u8().await.unwrap());
    }

    clock.advance(due);
    let renewed = |state: &CertificateState| state.renewal_at > before.renewal_at;
    until(&shell, &clock, renewed).await;
    let fresh = connect(&shell, &authority.root, NAME).await.unwrap();
    assert_ne!(shown(&fresh), cert);
    open.write_all(b"x").await.unwrap();
    assert_eq!(open.read_u8().await.unwrap(), b'x');
}

#[tokio::test]
async fn the_certificate_stays_while_the_authority_is_out_of_order() {
    let (dir, place, names, front) = behind_a_front().await;
    let (clock, config) = (clock(), config(dir.path(), &place, front.port));
    let shell = Shell::run(config, clock.clone(), bounds());
    let ports = (shell.plain_addr().port(), shell.addr().port());
    let authority = place.start(ports.0, ports.1, &names).await;
    let state = first(&shell, &clock).await;
    let cert = shown(&connect(&shell, &authority.root, NAME).await.unwrap());

    // It is asked too often, and says when it may be asked again.
    front.refuse(
        429,
        "rateLimited",
        "too many certificates for this name",
        Some(7200),
    );
    clock.advance(state.renewal_at.unwrap().since(clock.now()));
    let state = until(&shell, &clock, |state| state.trouble.is_some()).await;
    let trouble = state.trouble.unwrap();
    assert!(
        trouble
            .detail
            .ends_with("says: too many certificates for this name"),
        "{trouble:?}"
    );
    let wait = trouble.next_try_at.since(clock.now()).as_secs();
    assert!((7200..=9000).contains(&wait), "{wait}");
    assert_eq!(
        shown(&connect(&shell, &authority.root, NAME).await.unwrap()),
        cert
    );

    // What stands before it says something in HTML.
    front.break_down();
    clock.advance(trouble.next_try_at.since(clock.now()));
    let other = |state: &CertificateState| {
        let trouble = state.trouble.as_ref();
        trouble.is_some_and(|trouble| trouble.detail.contains("answers with status 503"))
    };
    until(&shell, &clock, other).await;
    assert_eq!(
        shown(&connect(&shell, &authority.root, NAME).await.unwrap()),
        cert
    );

    front.recover();
    until(&shell, &clock, |state| state.trouble.is_none()).await;
    assert_ne!(
        shown(&connect(&shell, &authority.root, NAME).await.unwrap()),
        cert
    );
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_is_told_with_the_remedy() {
    let (dir, place, names) = (
        tempfile::tempdir().unwrap(),
        Place::new(),
        Names::start().await,
    );
    let elsewhere = json!({"host": NAME, "addresses": ["127.0.0.99"]});
    names.set("add-a", elsewhere.clone()).await;
    let (clock, config) = (clock(), config(dir.path(), &place, place.port));
    let shell = Shell::run(config.clone(), clock.clone(), bounds());
    let ports = (shell.plain_addr().port(), shell.addr().port());
    let authority = place.start(ports.0, ports.1, &names).await;
    // The doctor says the same, and not that the server's own certificate is for other names.
    let doctor = Doctor::new(config, clock.clone(), vec![shell.addr()]);
    let doctor = doctor.certified(shell.certificate.clone());
    let told = |state: &CertificateState| {
        let trouble = state.trouble.as_ref();
        trouble.is_some_and(|trouble| trouble.detail.contains(NAME))
    };
    let trouble = until(&shell, &clock, told).await.trouble.unwrap();
    assert!(trouble.detail.contains("127.0.0.99"), "{trouble:?}");
    assert_eq!(trouble.remedy, Advice::WayIn, "{trouble:?}");
    let found = doctor.examine().await;
    let certificate = found.iter().find(|check| check.id == "certificate");
    let certificate = certificate.unwrap();
    assert_eq!(certificate.code, "certificate-not-given", "{certificate:?}");
    assert!(certificate.detail.contains("127.0.0.99"), "{certificate:?}");
    let remedy = certificate.remedy.as_deref().unwrap();
    assert!(remedy.contains("must lead to this server"), "{remedy}");
    assert!(shell.tls("localhost").await.is_ok());
    // Once it is put right nothing else needs to be done.
    names.set("clear-a", json!({"host": NAME})).await;
    first(&shell, &clock).await;
    assert!(connect(&shell, &authority.root, NAME).await.is_ok());
}

#[tokio::test]
async fn an_address_gets_a_certificate_of_the_kind_for_addresses() {
    let (dir, place, names) = (
        tempfile::tempdir().unwrap(),
        Place::new(),
        Names::start().await,
    );
    let front = Front::start(&place).await;
    let (clock, mut config) = (clock(), config(dir.path(), &place, front.port));
    config.server.hostnames = vec!["127.0.0.1".to_owned()];
    let shell = Shell::run(without_plain(config), clock.clone(), bounds());
    let authority = place.start(1, shell.addr().port(), &names).await;
    first(&shell, &clock).await;
    assert!(connect(&shell, &authority.root, "127.0.0.1").await.is_ok());
    assert!(shell.tls("localhost").await.is_ok());
    let asked = front.orders().pop().unwrap();
    assert_eq!(asked["profile"], "shortlived");
    let address = json!([{"type": "ip", "value": "127.0.0.1"}]);
    assert_eq!(asked["identifiers"], address);
}

#[tokio::test]
async fn the_authority_s_advice_about_the_renewal_is_followed() {
    let (dir, place, names, front) = behind_a_front().await;
    let (clock, config) = (clock(), config(dir.path(), &place, front.port));
    let start = clock.now().plus(10 * DAY);
    front.advise(start, start.plus(DAY));
    let shell = Shell::run(config, clock.clone(), bounds());
    let ports = (shell.plain_addr().port(), shell.addr().port());
    let authority = place.start(ports.0, ports.1, &names).await;
    let whole = |at: Timestamp| at.as_secs();
    let in_window = |state: &CertificateState| {
        let at = state.renewal_at.map_or(0, whole);
        (whole(start)..=whole(start.plus(DAY))).contains(&at)
    };
    let state = until(&shell, &clock, in_window).await;
    let cert = shown(&connect(&shell, &authority.root, NAME).await.unwrap());
    let orders = front.orders().len();
    assert!(
        front
            .orders()
            .iter()
            .all(|order| order["replaces"].is_null())
    );
    clock.advance(state.renewal_at.unwrap().since(clock.now()));
    let renewed = |now: &CertificateState| now.renewal_at > state.renewal_at;
    until(&shell, &clock, renewed).await;
    assert!(front.orders().len() > orders);
    assert_ne!(
        shown(&connect(&shell, &authority.root, NAME).await.unwrap()),
        cert
    );
    let replaces = front.orders().pop().unwrap()["replaces"].clone();
    assert!(
        replaces.as_str().is_some_and(|id| id.contains('.')),
        "{replaces}"
    );
}

#[tokio::test]
async fn the_program_needs_nothing_but_the_name() {
    let (dir, place, names) = (
        tempfile::tempdir().unwrap(),
        Place::new(),
        Names::start().await,
    );
    let (http, data) = (free_port(), dir.path().join("data"));
    let (plain, directory) = (
        format!("127.0.0.1:{http}"),
        format!("https://127.0.0.1:{}/dir", place.port),
    );
    let ca = place.file("cert.pem");
    let authority = place.start(http, 1, &names).await;
    let args = [
        NAME,
        "--plain-listen",
        &plain,
        "--tls-acme-directory",
        &directory,
        "--tls-acme-ca",
        ca.to_str().unwrap(),
    ];
    let process = Process::start_with(inkspot(), &data, &args).await;
    let root = CertificateDer::from_pem_slice(authority.root.as_bytes()).unwrap();
    let client = reqwest::Client::builder().use_preconfigured_tls(trusting(root));
    let at = SocketAddr::from(([127, 0, 0, 1], process.port()));
    let client = client.no_proxy().resolve(NAME, at).build().unwrap();
    let url = format!("https://{NAME}:{}/api/health", at.port());
    // As soon as it has been found, devices trust it, and learn never to come without encryption.
    let health = loop {
        match client.get(&url).send().await {
            Ok(answer) => break answer,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!(health.status(), 200);
    let policy = &health.headers()["strict-transport-security"];
    assert_eq!(policy, "max-age=63072000");
}
