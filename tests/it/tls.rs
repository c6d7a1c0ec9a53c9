//! The certificate: made, kept, reissued, read from files, and who is told what when it can't be.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use inkspot::base::clock::Clock;
use inkspot::config::{Config, TlsMode};
use inkspot::server::Listening;
use parking_lot::Mutex;
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tracing::subscriber::DefaultGuard;
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::server::{Shell, bounds, exchange, loopback, request};

const DAY: Duration = Duration::from_hours(24);

/// The certificate that a client is shown.
async fn shown(shell: &Shell) -> CertificateDer<'static> {
    let stream = shell.tls("localhost").await.unwrap();
    let certs = stream.get_ref().1.peer_certificates().unwrap();
    assert_eq!(certs.len(), 1);
    certs[0].clone().into_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What starting with these settings is refused with.
fn refusal(config: Config) -> String {
    let listening = Listening::bind(config, Clock::system(), bounds());
    match listening.and_then(Listening::secure) {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn the_first_start_makes_an_authority_for_the_owner_s_eyes_only() {
    let dir = tempfile::tempdir().unwrap();
    let shell = Shell::run(loopback(dir.path()), Clock::system(), bounds());
    let tls = dir.path().join("data/tls");
    assert_eq!(mode(&tls), 0o700);
    for file in ["ca.key", "ca.crt", "server.pem"] {
        assert_eq!(mode(&tls.join(file)), 0o600, "{file}");
    }
    assert_eq!(
        shell.links.ca_file,
        Some(tls.join("ca.crt").canonicalize().unwrap())
    );
    for host in ["localhost", "127.0.0.1", "::1"] {
        assert!(shell.tls(host).await.is_ok(), "{host}");
    }
    assert!(shell.tls("example.com").await.is_err());
}

#[tokio::test]
async fn a_restart_keeps_authority_and_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let shell = Shell::run(loopback(dir.path()), Clock::system(), bounds());
    let (authority, cert) = (
        fs::read(dir.path().join("data/tls/ca.crt")).unwrap(),
        shown(&shell).await,
    );
    shell.end().await;
    let shell = Shell::run(loopback(dir.path()), Clock::system(), bounds());
    assert_eq!(
        fs::read(dir.path().join("data/tls/ca.crt")).unwrap(),
        authority
    );
    assert_eq!(shown(&shell).await, cert);
}

#[tokio::test]
async fn a_new_name_that_the_authority_may_speak_for_is_in_the_next_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let shell = Shell::run(loopback(dir.path()), Clock::system(), bounds());
    assert!(shell.tls("chat.home.arpa").await.is_err());
    shell.end().await;
    let mut config = loopback(dir.path());
    config.server.hostnames = vec!["Chat.home.arpa".to_owned(), "late.example".to_owned()];
    let shell = Shell::run(config, Clock::system(), bounds());
    assert!(shell.tls("chat.home.arpa").await.is_ok());
    // It was made before this public name was configured, and is not for other people's names.
    assert!(shell.tls("late.example").await.is_err());
}

#[tokio::test]
async fn the_authority_is_bound_to_local_names_and_those_it_was_made_with() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = loopback(dir.path());
    config.server.hostnames = vec!["chat.example".to_owned()];
    let shell = Shell::run(config, Clock::system(), bounds());
    assert!(shell.tls("chat.example").await.is_ok());
    let pem = fs::read(dir.path().join("data/tls/ca.crt")).unwrap();
    let (_, pem) = x509_parser::pem::parse_x509_pem(&pem).unwrap();
    let authority = pem.parse_x509().unwrap();
    let basic = authority.basic_constraints().unwrap().unwrap();
    assert!(basic.critical && basic.value.ca && basic.value.path_len_constraint == Some(0));
    let constraints = authority.name_constraints().unwrap().unwrap();
    assert!(constraints.critical);
    let permitted = constraints.value.permitted_subtrees.as_ref().unwrap();
    let domains: Vec<&str> = permitted
        .iter()
        .filter_map(|tree| match tree.base {
            GeneralName::DNSName(name) => Some(name),
            _ => None,
        })
        .collect();
    assert!(
        domains.contains(&"chat.example") && domains.contains(&"local"),
        "{domains:?}"
    );
    assert!(
        !domains
            .iter()
            .any(|domain| ["", ".", "com", "example"].contains(domain))
    );
    let everywhere = |tree: &GeneralName<'_>| matches!(tree, GeneralName::IPAddress(net) if net[net.len() / 2..].iter().all(|b| *b == 0));
    assert!(!permitted.iter().any(|tree| everywhere(&tree.base)));
}

#[tokio::test]
async fn a_certificate_lives_within_397_days_and_is_renewed_30_days_before_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::manual(Clock::system().now());
    let shell = Shell::run(loopback(dir.path()), clock.clone(), bounds());
    let first = shown(&shell).await;
    let (_, parsed) = X509Certificate::from_der(&first).unwrap();
    let life = parsed.validity().not_after.timestamp() - parsed.validity().not_before.timestamp();
    assert!(life <= 397 * 24 * 3600, "{life}");
    let server_auth = parsed.extensions().iter().any(|extension| {
        matches!(extension.parsed_extension(), ParsedExtension::ExtendedKeyUsage(usage) if usage.server_auth)
    });
    assert!(server_auth);
    shell.end().await;

    clock.advance(DAY * 364);
    let shell = Shell::run(loopback(dir.path()), clock.clone(), bounds());
    assert_eq!(shown(&shell).await, first);
    // While it runs: the certificate is swapped for new connections without a restart.
    let path = dir.path().join("data/tls/server.pem");
    let before = fs::read(&path).unwrap();
    clock.advance(DAY * 2);
    while fs::read(&path).unwrap() == before {
        tokio::task::yield_now().await;
        clock.advance(Duration::from_mins(1));
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_authority_s_files_is_said_and_nothing_is_replaced() {
    for (file, content, sentence) in [
        (
            "ca.key",
            None,
            "ca.key: the file is missing; restore the tls directory from a backup",
        ),
        (
            "ca.key",
            Some("nonsense"),
            "ca.key: it holds no private key",
        ),
        (
            "ca.crt",
            Some("nonsense"),
            "ca.crt: it holds no certificate",
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        Shell::run(loopback(dir.path()), Clock::system(), bounds())
            .end()
            .await;
        let path = dir.path().join("data/tls").join(file);
        match content {
            Some(content) => fs::write(&path, content).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let error = refusal(loopback(dir.path()));
        assert!(
            error.starts_with("cannot use ") && error.contains(sentence),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), content);
    }
    // The key of another authority.
    let dir = tempfile::tempdir().unwrap();
    Shell::run(loopback(dir.path()), Clock::system(), bounds())
        .end()
        .await;
    let other = KeyPair::generate().unwrap().serialize_pem();
    fs::write(dir.path().join("data/tls/ca.key"), other).unwrap();
    assert!(refusal(loopback(dir.path())).contains("it does not belong to ca.key"));
}

#[tokio::test]
async fn a_broken_server_certificate_is_issued_again() {
    let dir = tempfile::tempdir().unwrap();
    Shell::run(loopback(dir.path()), Clock::system(), bounds())
        .end()
        .await;
    fs::write(dir.path().join("data/tls/server.pem"), "nonsense").unwrap();
    let shell = Shell::run(loopback(dir.path()), Clock::system(), bounds());
    assert!(shell.tls("localhost").await.is_ok());
}

/// A certificate for `localhost` in two files.
fn files(dir: &Path) -> Config {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    fs::write(
        dir.join("cert.pem"),
        params.self_signed(&key).unwrap().pem(),
    )
    .unwrap();
    fs::write(dir.join("key.pem"), key.serialize_pem()).unwrap();
    let mut config = loopback(dir);
    config.tls.mode = TlsMode::Files;
    config.tls.cert = Some(dir.join("cert.pem"));
    config.tls.key = Some(dir.join("key.pem"));
    config
}

/// What is logged on this thread, where all of a test's server runs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Until the guard is dropped.
    fn begin() -> (Self, DefaultGuard) {
        let log = Self::default();
        let into = log.clone();
        let lines = tracing_subscriber::fmt().with_writer(move || into.clone());
        (log, tracing::subscriber::set_default(lines.finish()))
    }

    /// Waits for a line with this; `again` is done before each look.
    async fn says(&self, what: &str, mut again: impl FnMut()) {
        // Far longer than any machine takes.
        for _ in 0..12_000 {
            again();
            if String::from_utf8_lossy(&self.0.lock()).contains(what) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it never said that {what}");
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn files_are_used_and_read_again_on_sighup() {
    let (log, _guard) = Log::begin();
    let dir = tempfile::tempdir().unwrap();
    let shell = Shell::run(files(dir.path()), Clock::system(), bounds());
    let first = shown(&shell).await;
    assert!(!dir.path().join("data").exists(), "no authority is made");
    // The plain listener has no authority to hand out: it redirects.
    let answer = shell.plain(request("/trust")).await;
    assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");

    let hangup =
        || rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::HUP);
    // A broken file: the old certificate stays.
    let key = fs::read(dir.path().join("key.pem")).unwrap();
    fs::write(dir.path().join("key.pem"), "nonsense").unwrap();
    hangup().unwrap();
    log.says("the certificate in use stays", || {}).await;
    assert_eq!(shown(&shell).await, first);
    fs::write(dir.path().join("key.pem"), key).unwrap();
    // New files: the client trusts them once it is shown them.
    files(dir.path());
    hangup().unwrap();
    let stream = loop {
        match shell.tls("localhost").await {
            Ok(stream) => break stream,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_ne!(stream.get_ref().1.peer_certificates().unwrap()[0], first);
    assert!(exchange(stream, &request("/x")).await.contains("http /x"));
}

#[tokio::test]
async fn files_that_have_changed_are_read_again() {
    let (log, _guard) = Log::begin();
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::manual(Clock::system().now());
    let shell = Shell::run(files(dir.path()), clock.clone(), bounds());
    let first = shown(&shell).await;
    // One of the two is new: the pair does not fit, and the old one stays.
    let other = KeyPair::generate().unwrap().serialize_pem();
    fs::write(dir.path().join("key.pem"), other).unwrap();
    let minute = || clock.advance(Duration::from_mins(1));
    log.says("the certificate in use stays", minute).await;
    assert_eq!(shown(&shell).await, first);
    files(dir.path());
    let stream = loop {
        clock.advance(Duration::from_mins(1));
        match shell.tls("localhost").await {
            Ok(stream) => break stream,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_ne!(stream.get_ref().1.peer_certificates().unwrap()[0], first);
}

/// What `openssl verify` says of a certificate for `name` that the authority's key has signed.
fn verified(tls: &Path, name: &str) -> (bool, String) {
    let key = KeyPair::from_pem(&fs::read_to_string(tls.join("ca.key")).unwrap()).unwrap();
    let ca = CertificateDer::from_pem_file(tls.join("ca.crt")).unwrap();
    let issuer = Issuer::from_ca_cert_der(&ca, key).unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.use_authority_key_identifier_extension = true;
    params.distinguished_name = rcgen::DistinguishedName::new();
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, &issuer).unwrap().pem();
    let file = tls.join("leaf.pem");
    fs::write(&file, leaf).unwrap();
    let output = std::process::Command::new("openssl")
        .args(["verify", "-x509_strict", "-CAfile"])
        .args([tls.join("ca.crt"), file])
        .output()
        .expect("the Debian package `openssl` is needed for this test");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.success(), said)
}

#[tokio::test]
async fn a_stolen_key_vouches_for_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = loopback(dir.path());
    config.server.hostnames = vec!["chat.example".to_owned()];
    Shell::run(config, Clock::system(), bounds()).end().await;
    let tls = dir.path().join("data/tls");
    for name in [
        "chat.example",
        "nas.local",
        "10.1.2.3",
        "192.168.7.7",
        "fd00::7",
        "::1",
    ] {
        let (good, said) = verified(&tls, name);
        assert!(good, "{name}: {said}");
    }
    for name in [
        "bank.example",
        "example",
        "evilchat.example",
        "8.8.8.8",
        "172.32.0.1",
        "2001:db8::1",
    ] {
        let (good, said) = verified(&tls, name);
        assert!(
            !good && said.contains("permitted subtree violation"),
            "{name}: {said}"
        );
    }
}

#[tokio::test]
async fn unusable_files_are_named_with_the_remedy_and_leave_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let config = files(dir.path());
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    let good = fs::read(&key).unwrap();
    for (path, content, sentence) in [
        (
            &key,
            "",
            "key.pem: it does not hold what is expected; tls.key must name a PEM private key",
        ),
        (
            &cert,
            "",
            "cert.pem: it holds no certificate; tls.cert must name a PEM certificate chain",
        ),
        (
            &cert,
            "-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n",
            "cert.pem: it is no valid PEM file",
        ),
    ] {
        let config = files(dir.path());
        fs::write(path, content).unwrap();
        let error = refusal(config);
        assert!(
            error.starts_with("cannot use ") && error.contains(sentence),
            "{error}"
        );
    }
    files(dir.path());
    fs::write(&key, good).unwrap();
    let error = refusal(config.clone());
    assert!(
        error.contains("tls.cert and tls.key must belong together"),
        "{error}"
    );
    fs::remove_file(&cert).unwrap();
    let error = refusal(config.clone());
    assert!(
        error.starts_with(&format!("cannot read {}: ", cert.display())),
        "{error}"
    );
    assert!(!config.server.data.exists());
}
