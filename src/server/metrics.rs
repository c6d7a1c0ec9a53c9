//! The listener that a monitoring system asks: plain HTTP on an address of its own, for this machine
//! only, or for who knows a token.

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::handler::BoxBody;
use super::listener::{self, Acceptor, Given};
use super::{StartError, answer};
use crate::base::clock::Clock;
use crate::base::shutdown::Shutdown;
use crate::config::{Listen, Metrics};
use crate::metrics::{CONTENT_TYPE, Scrape};

/// Connections at a time; others wait.
const CONNECTIONS: usize = 8;
/// How long a connection may wait for its next question.
const PATIENCE: Duration = Duration::from_mins(3);
/// The shortest token, in characters.
const TOKEN_LEAST: usize = 16;

/// SHA-256 of who may ask; `None` for everybody.
type Allowed = Option<[u8; 32]>;

/// The listener, which does not answer yet. Connections wait.
pub struct MetricsDoor {
    listener: TcpListener,
    allowed: watch::Sender<Allowed>,
}

/// Reads the token again when the settings are read again.
#[derive(Clone, Debug)]
pub struct MetricsToken(watch::Sender<Allowed>);

impl MetricsDoor {
    /// Listens where the settings say; `None`: nowhere.
    pub fn bind(settings: &Metrics) -> Result<Option<Self>, StartError> {
        let Some(addr) = settings.listen else {
            return Ok(None);
        };
        let allowed = watch::Sender::new(allowed(settings)?);
        let required = true;
        let bound = listener::bind_all(&[Listen { addr, required }], &mut Given::none())?;
        Ok(bound
            .into_iter()
            .next()
            .map(|listener| Self { listener, allowed }))
    }

    /// Where it listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// What can change while it answers.
    pub fn token(&self) -> MetricsToken {
        MetricsToken(self.allowed.clone())
    }

    /// Answers until the shutdown begins.
    pub async fn serve(self, scrape: Scrape, clock: Clock, shutdown: Shutdown) {
        let mut acceptor = Acceptor::new(self.listener, clock.clone());
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let accept = async {
            // Nobody closes the places.
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                let (stream, _) = acceptor.accept().await;
                let (scrape, allowed) = (scrape.clone(), self.allowed.subscribe());
                let (clock, shutdown) = (clock.clone(), shutdown.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = converse(stream, scrape, allowed, clock) => {}
                        () = shutdown.begun() => {}
                    }
                    drop(place);
                });
            }
        };
        tokio::select! {
            () = accept => {}
            () = shutdown.begun() => {}
        }
    }
}

impl MetricsToken {
    /// From now on the token that the settings name counts. On an error the one before does.
    pub fn settle(&self, settings: &Metrics) -> Result<(), StartError> {
        self.0.send_replace(allowed(settings)?);
        Ok(())
    }
}

fn allowed(settings: &Metrics) -> Result<Allowed, StartError> {
    settings.token_file.as_deref().map(read_token).transpose()
}

fn read_token(path: &Path) -> Result<[u8; 32], StartError> {
    let text = fs::read_to_string(path).map_err(|e| StartError::file("read", path, e))?;
    let token = text.trim();
    if token.chars().count() < TOKEN_LEAST || token.contains(char::is_whitespace) {
        let path = path.to_owned();
        return Err(StartError::MetricsToken { path });
    }
    Ok(Sha256::digest(token.as_bytes()).into())
}

async fn converse(
    stream: TcpStream,
    scrape: Scrape,
    allowed: watch::Receiver<Allowed>,
    clock: Clock,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (scrape, allowed) = (scrape.clone(), *allowed.borrow());
        async move { Ok::<_, Infallible>(respond(&request, &scrape, allowed).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // How it ends is the affair of who asks; that it ends at some time is ours.
    let limit = Duration::from_hours(1);
    let _ = clock.timeout(limit, connection).await;
}

async fn respond(
    request: &Request<Incoming>,
    scrape: &Scrape,
    allowed: Allowed,
) -> Response<BoxBody> {
    if !may_ask(request, allowed) {
        let text = "This needs the token: Authorization: Bearer TOKEN\n";
        let mut response = answer::sentence(StatusCode::UNAUTHORIZED, text);
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        return response;
    }
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => match scrape.page().await {
            Some(page) => answer::content(StatusCode::OK, CONTENT_TYPE, page),
            None => answer::internal(),
        },
        (&Method::GET, "/") => answer::sentence(StatusCode::OK, "The numbers are at /metrics.\n"),
        (_, "/" | "/metrics") => answer::sentence(StatusCode::METHOD_NOT_ALLOWED, "Ask by GET.\n"),
        _ => answer::sentence(StatusCode::NOT_FOUND, "The numbers are at /metrics.\n"),
    }
}

/// Takes the same time for each wrong token.
fn may_ask(request: &Request<Incoming>, allowed: Allowed) -> bool {
    let Some(allowed) = allowed else {
        return true;
    };
    let given = request.headers().get(AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok());
    let token = given.and_then(|given| {
        let (scheme, token) = given.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.is_some_and(|token| {
        Sha256::digest(token.as_bytes())[..]
            .ct_eq(&allowed[..])
            .into()
    })
}
