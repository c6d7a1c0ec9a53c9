//! What stands before the test's authority: it passes everything on, and can do what Debian's
//! `pebble` can't: advise about renewals (RFC 9773), have kinds of certificates, refuse, break down.

use std::convert::Infallible;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, RETRY_AFTER};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use inkspot::base::clock::Timestamp;
use parking_lot::Mutex;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::acme::Place;

/// A front that answers as long as its test runs.
pub struct Front {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    port: u16,
    behind: u16,
    client: reqwest::Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    window: Option<(Timestamp, Timestamp)>,
    /// Status, type, body and how long to wait for who places an order.
    refusal: Option<(u16, &'static str, String, Option<u64>)>,
    orders: Vec<Value>,
}

impl Front {
    pub async fn start(place: &Place) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cert = CertificateDer::from_pem_file(place.file("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(place.file("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config
            .with_no_client_auth()
            .with_single_cert(vec![cert], key);
        let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
        let shared = Arc::new(Shared {
            port,
            behind: place.port,
            client: place.client(),
            state: Mutex::default(),
        });
        let answering = shared.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, shared) = (acceptor.clone(), answering.clone());
                tokio::spawn(async move {
                    let Ok(tls) = acceptor.accept(tcp).await else {
                        return;
                    };
                    let service = service_fn(move |request| {
                        let shared = shared.clone();
                        async move { Ok::<_, Infallible>(shared.answer(request).await) }
                    });
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(tls), service).await;
                });
            }
        });
        Self { port, shared }
    }

    /// When certificates are to be renewed.
    pub fn advise(&self, start: Timestamp, end: Timestamp) {
        self.shared.state.lock().window = Some((start, end));
    }

    /// Refuses orders.
    pub fn refuse(&self, status: u16, kind: &str, detail: &str, wait: Option<u64>) {
        let kind = format!("urn:ietf:params:acme:error:{kind}");
        let body = json!({"type": kind, "detail": detail}).to_string();
        let refusal = (status, "application/problem+json", body, wait);
        self.shared.state.lock().refusal = Some(refusal);
    }

    /// Has something else answer in its place.
    pub fn break_down(&self) {
        let refusal = (503, "text/html", "<h1>Sorry</h1>".to_owned(), None);
        self.shared.state.lock().refusal = Some(refusal);
    }

    pub fn recover(&self) {
        self.shared.state.lock().refusal = None;
    }

    /// What was ordered so far.
    pub fn orders(&self) -> Vec<Value> {
        self.shared.state.lock().orders.clone()
    }
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let body = body.collect().await.unwrap().to_bytes();
        if path.starts_with("/renewal/") {
            return self.advice();
        }
        let mut replaces = Value::Null;
        if path == "/order-plz" {
            let order = ordered(&body);
            replaces = order["replaces"].clone();
            let mut state = self.state.lock();
            if let Some((status, kind, body, wait)) = state.refusal.clone() {
                let mut answer = Response::builder()
                    .status(status)
                    .header(CONTENT_TYPE, kind);
                if let Some(wait) = wait {
                    answer = answer.header(RETRY_AFTER, wait);
                }
                return answer.body(Full::from(body)).unwrap();
            }
            state.orders.push(order);
        }
        let url = format!("https://127.0.0.1:{}{path}", self.behind);
        let asked = self.client.request(parts.method, url).body(body);
        let mut headers = parts.headers;
        headers.remove(CONTENT_LENGTH);
        // What is signed names this address.
        let own = format!("127.0.0.1:{}", self.port);
        headers.insert(HOST, own.parse().unwrap());
        let Ok(told) = asked.headers(headers).send().await else {
            return Response::builder()
                .status(502)
                .body(Full::default())
                .unwrap();
        };
        let (status, mut headers) = (told.status(), told.headers().clone());
        headers.remove(CONTENT_LENGTH);
        let mut body = told.bytes().await.unwrap();
        if let Ok(mut json) = serde_json::from_slice::<Value>(&body) {
            if path == "/dir" {
                let url = format!("https://127.0.0.1:{}/renewal", self.port);
                json["renewalInfo"] = json!(url);
                json["meta"]["profiles"] = json!({"shortlived": "a week"});
                body = json.to_string().into();
            } else if !replaces.is_null() {
                json["replaces"] = replaces;
                body = json.to_string().into();
            }
        }
        let mut answer = Response::new(Full::from(body));
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        answer
    }

    fn advice(&self) -> Response<Full<Bytes>> {
        let Some((start, end)) = self.state.lock().window else {
            return Response::builder()
                .status(404)
                .body(Full::default())
                .unwrap();
        };
        let window = json!({"start": start.to_string(), "end": end.to_string()});
        let body = json!({"suggestedWindow": window}).to_string();
        let answer = Response::builder().header(RETRY_AFTER, 21600);
        answer.body(Full::from(body)).unwrap()
    }
}

/// The order in a signed request.
fn ordered(body: &[u8]) -> Value {
    let signed: Value = serde_json::from_slice(body).unwrap();
    let payload = signed["payload"].as_str().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
