//! A whole server in this process, and people who use it.
//!
//! Real TLS, a real store in a temporary folder, port 0, and a clock that the test moves. A test
//! reads like the feature: `alice.post("/api/conversations", json!({…})).await.gives(201)`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use inkspot::app::{App, AppError};
use inkspot::backup::Shelf;
use inkspot::base::clock::Clock;
use inkspot::base::rng::Rng;
use inkspot::base::shutdown::Shutdown;
use inkspot::config::{Backups, Config, LimitProfile};
use inkspot::doctor::Doctor;
use inkspot::model::Role;
use inkspot::model::view::UserView;
use inkspot::search::Search;
use inkspot::server::Links;
use inkspot::service::{NewAccount, Service};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use warp::filters::BoxedFilter;

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery";

/// A whole program that runs as long as its test.
pub struct TestServer {
    /// Where it is reached.
    pub links: Links,
    /// Its time.
    pub clock: Clock,
    /// Its rules.
    pub service: Service,
    /// Its search.
    pub search: Search,
    /// Where its numbers are, if it listens for that.
    pub metrics: Option<SocketAddr>,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), AppError>>,
    dir: TempDir,
}

impl TestServer {
    /// A fresh one, without limits of rate.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A fresh one with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        // Certificates are made at this clock's time and checked at the machine's.
        let clock = Clock::manual(Clock::system().now());
        Self::open(tempfile::tempdir().unwrap(), clock, change).await
    }

    /// A fresh one on the machine's own time, for what needs it to pass.
    pub async fn start_in_real_time() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Clock::system(), |_| {}).await
    }

    /// One that ended in order, started again on the same data at another port.
    pub async fn restart(self) -> Self {
        let clock = self.clock.clone();
        self.restart_at(clock).await
    }

    /// The same, with another clock from then on.
    pub async fn restart_at(self, clock: Clock) -> Self {
        self.shutdown.begin();
        drop((self.service, self.search));
        self.running.await.unwrap().unwrap();
        Self::open(self.dir, clock, |_| {}).await
    }

    /// One that ended in order, started again on the same data but for the search index.
    pub async fn restart_without_index(self) -> Self {
        self.shutdown.begin();
        drop((self.service, self.search));
        self.running.await.unwrap().unwrap();
        std::fs::remove_dir_all(self.dir.path().join("data/search")).unwrap();
        Self::open(self.dir, self.clock, |_| {}).await
    }

    async fn open(dir: TempDir, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.server.data = dir.path().join("data");
        config.server.listen = Some(vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
        config.limits.profile = LimitProfile::Off;
        change(&mut config);
        let app = App::start(&config, &clock, &Rng::system()).unwrap();
        let (links, service) = (app.links().clone(), app.service().clone());
        let search = app.search().clone();
        let (shutdown, metrics) = (app.shutdown().clone(), app.metrics_address());
        let running = tokio::spawn(app.run());
        let server = Self {
            links,
            clock,
            service,
            search,
            metrics,
            shutdown,
            running,
            dir,
        };
        server.visitor().get("/api/health").await.gives(200);
        server
    }

    /// Where it keeps everything.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Nobody yet, with a browser that speaks HTTP/2.
    pub fn visitor(&self) -> Client {
        Client::nobody(&self.links.local, self.links.ca_file.as_deref(), "h2")
    }

    /// Nobody yet, with a program that speaks HTTP/1.1.
    pub fn old_visitor(&self) -> Client {
        Client::nobody(&self.links.local, self.links.ca_file.as_deref(), "http/1.1")
    }

    /// Somebody new with an account, signed in.
    pub async fn person(&self, username: &str) -> Client {
        self.account(username, Role::Member).await;
        self.visitor().sign_in(username, PASSWORD).await
    }

    /// Somebody new who manages the server, signed in.
    pub async fn admin(&self, username: &str) -> Client {
        self.account(username, Role::Admin).await;
        self.visitor().sign_in(username, PASSWORD).await
    }

    /// A new account that nobody uses yet.
    pub async fn account(&self, username: &str, role: Role) -> UserView {
        let account = NewAccount {
            username: username.to_owned(),
            display_name: None,
            password: PASSWORD.to_owned(),
        };
        self.service.add_user(account, role).await.unwrap()
    }

    /// What answers its requests, without the connections around it.
    pub fn routes(&self) -> BoxedFilter<(warp::reply::Response,)> {
        let settings = inkspot::http::Settings {
            trust_link: Some("http://192.0.2.1:8080/trust".to_owned()),
            url: self.links.local.clone(),
            path_prefix: String::new(),
            socket_path: "/api/socketio".to_owned(),
            public_certificate: false,
            certificate: None,
            clock: self.clock.clone(),
            scrape: None,
            doctor: Arc::new(Doctor::new(
                Config::default(),
                self.clock.clone(),
                Vec::new(),
            )),
            backups: Shelf::new(self.data(), watch::channel(Backups::default()).1),
        };
        inkspot::http::routes(self.service.clone(), self.search.clone(), settings)
    }

    /// Moves time.
    pub fn wait(&self, duration: Duration) {
        self.clock.advance(duration);
    }
}

/// Somebody with a program that speaks HTTP: signed in by a bearer token, or nobody.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    tls: Arc<ClientConfig>,
    url: String,
    /// The session's token.
    pub token: Option<String>,
    /// Who it is, as signing in said.
    pub user: Value,
}

impl Client {
    /// Nobody, who speaks this protocol and trusts this authority, if there is one.
    pub fn nobody(url: &str, ca: Option<&Path>, protocol: &str) -> Self {
        let mut roots = RootCertStore::empty();
        if let Some(ca) = ca {
            let cert = CertificateDer::from_pem_file(ca).unwrap();
            roots.add(cert).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let tls = config.with_root_certificates(roots).with_no_client_auth();
        let mut config = tls.clone();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let http = reqwest::Client::builder().use_preconfigured_tls(config);
        let http = http.redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self {
            http: http.build().unwrap(),
            tls: Arc::new(tls),
            url: url.to_owned(),
            token: None,
            user: Value::Null,
        }
    }

    /// The same program in the hands of somebody else.
    #[must_use]
    pub fn signed_in(&self, answer: &Value) -> Self {
        let token = answer["token"].as_str().unwrap().to_owned();
        Self {
            token: Some(token),
            user: answer["user"].clone(),
            ..self.clone()
        }
    }

    /// The same program with a token from elsewhere.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same program with nobody signed in.
    #[must_use]
    pub fn signed_out(&self) -> Self {
        Self {
            token: None,
            user: Value::Null,
            ..self.clone()
        }
    }

    /// Signs in and gives who that is.
    pub async fn sign_in(&self, username: &str, password: &str) -> Self {
        let body = json!({"username": username, "password": password});
        let answer = self
            .signed_out()
            .post("/api/auth/login", body)
            .await
            .gives(200);
        self.signed_in(&answer)
    }

    /// Gives the password again, for a purpose.
    pub async fn confirm(&self, purpose: &str) {
        let body = json!({"password": PASSWORD, "purpose": purpose});
        self.post("/api/auth/confirm", body).await.gives(204);
    }

    /// Host and port of the server, and whom to trust there; for connections other than HTTP.
    pub fn place(&self) -> (String, &Arc<ClientConfig>) {
        let host = self.url.trim_start_matches("https://").to_owned();
        (host, &self.tls)
    }

    /// The id of who is signed in.
    pub fn id(&self) -> &str {
        self.user["id"].as_str().unwrap()
    }

    /// The username of who is signed in.
    pub fn name(&self) -> &str {
        self.user["username"].as_str().unwrap()
    }

    /// A request with whatever else a test adds to it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::to(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::to(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        Reply::to(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::to(self.request(Method::DELETE, path)).await
    }

    /// Makes a group of the caller and others. Gives its id.
    pub async fn group(&self, title: &str, others: &[&Client]) -> String {
        let names: Vec<_> = others.iter().map(|other| other.name()).collect();
        let body = json!({"title": title, "isGroup": true, "members": names});
        let group = self.post("/api/conversations", body).await.gives(201);
        group["id"].as_str().unwrap().to_owned()
    }

    /// Sends a message. Gives it as stored.
    pub async fn send(&self, conversation: &str, content: &str) -> Value {
        let body = json!({"conversationId": conversation, "content": content});
        self.post("/api/messages/realtime", body).await.gives(201)
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body; `null` when it is not JSON.
    pub json: Value,
    pub text: String,
}

impl Reply {
    /// Sends a request and reads its answer to the end.
    pub async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            json,
            text,
        }
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn gives(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// The error of an answer that must have this status and this code.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, &self.json["error"]["code"]),
            (status, &json!(code)),
            "{}",
            self.text
        );
        assert!(
            self.json["error"]["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        self.json["error"].clone()
    }

    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}
