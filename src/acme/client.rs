//! The connection to the authority: HTTPS, bounded in time and size.
//!
//! Each question has a connection of its own: there are some dozen in two months, and a pool would
//! bring a client's half of HTTP/2 with it.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, RETRY_AFTER};
use http::uri::{Authority, Scheme};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use parking_lot::Mutex;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::trouble::{Cause, Trouble, whole};
use crate::model::certificate::Advice;

/// How long one answer may take. The machine's time, not that of a [`Clock`](crate::base::clock):
/// it is about packets, and decides nothing but that it is tried again later.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one of its addresses may take until it speaks TLS, before the next is tried: on some machines
/// nothing, or nothing large, gets through over IPv6, and nobody says so.
const NEXT_ADDRESS: Duration = Duration::from_secs(5);
/// The port of HTTPS.
const PORT: u16 = 443;
/// The most bytes of an answer; a chain of certificates has some thousands.
const ANSWER_MAX: usize = 1 << 20;

/// Why there was no answer that could be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("{0}")]
    Unreachable(String),
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Late,
    #[error("it answers with status {0}")]
    Status(StatusCode),
}

/// A client that trusts the world's authorities, or those of a file only.
#[derive(Clone)]
pub(super) struct Client {
    tls: TlsConnector,
    /// How long the last answer asked to wait.
    wait: Arc<Mutex<Option<Duration>>>,
}

impl Client {
    /// `roots`: PEM of the authorities that the directory's own certificate comes from.
    pub fn new(roots: Option<&Path>) -> Result<Self, Trouble> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Trouble::internal(error.to_string()))?;
        let roots = match roots {
            Some(file) => read_roots(file)?,
            None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
        };
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            wait: Arc::default(),
        })
    }

    /// How long the last answer asked to wait.
    pub fn wait(&self) -> Option<Duration> {
        *self.wait.lock()
    }

    async fn ask(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Unanswered> {
        *self.wait.lock() = None;
        let whole_answer = async {
            let (parts, body) = request.into_parts();
            // It lies in memory. So wrapped, this is the same code as the doctor's.
            let Ok(body) = body.collect().await;
            let request = Request::from_parts(parts, Full::new(body.to_bytes()));
            let answer = self.send(request).await?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_MAX).collect().await;
            let body = body.map_err(|error| Unanswered::Unreachable(whole(&*error)))?;
            Ok((parts, body.to_bytes()))
        };
        let (parts, body) = timeout(PATIENCE, whole_answer)
            .await
            .map_err(|_| Unanswered::Late)??;
        let wait = parts.headers.get(RETRY_AFTER);
        let seconds = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
        *self.wait.lock() = seconds.map(Duration::from_secs);
        // What stands before an authority that is out of order speaks HTML.
        let failed = parts.status.is_client_error() || parts.status.is_server_error();
        if failed && serde_json::from_slice::<serde_json::Map<_, _>>(&body).is_err() {
            return Err(Unanswered::Status(parts.status));
        }
        Ok(Response::from_parts(parts, Full::new(body)).into())
    }

    /// Over a connection of its own, which ends with the answer.
    async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let stream = self.dial(request.uri()).await?;
        let made = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = made.map_err(unreachable)?;
        tokio::spawn(connection.with_upgrades());
        let host = request.uri().authority().map_or("", Authority::as_str);
        if let Ok(host) = HeaderValue::from_str(host) {
            request.headers_mut().insert(HOST, host);
        }
        // The server that is asked wants to hear the path only.
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
        sender.send_request(request).await.map_err(unreachable)
    }

    async fn dial(&self, uri: &Uri) -> Result<TlsStream<TcpStream>, Unanswered> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned());
        let Some(name) = name.ok().filter(|_| uri.scheme() == Some(&Scheme::HTTPS)) else {
            return Err(Unanswered::Unreachable(format!(
                "{uri} is no address of HTTPS"
            )));
        };
        let port = uri.port_u16().unwrap_or(PORT);
        let addresses = lookup_host((host, port)).await.map_err(unreachable)?;
        let reached = self.first_of(addresses, &name).await;
        reached.map_err(|failure| {
            Unanswered::Unreachable(failure.unwrap_or_else(|| format!("{host} has no address")))
        })
    }

    /// The first address that speaks TLS by this name; otherwise why the last one doesn't.
    async fn first_of(
        &self,
        addresses: impl Iterator<Item = SocketAddr>,
        name: &ServerName<'static>,
    ) -> Result<TlsStream<TcpStream>, Option<String>> {
        let mut failure = None;
        for address in addresses {
            match timeout(NEXT_ADDRESS, self.reach(address, name.clone())).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = Some(format!("{address}: {}", whole(&error))),
                Err(_) => failure = Some(format!("{address} does not answer")),
            }
        }
        Err(failure)
    }

    async fn reach(
        &self,
        address: SocketAddr,
        name: ServerName<'static>,
    ) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(address).await?;
        self.tls.connect(name, stream).await
    }
}

fn unreachable(error: impl std::error::Error) -> Unanswered {
    Unanswered::Unreachable(whole(&error))
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let asked = self.clone().ask(request);
        Box::pin(async move { asked.await.map_err(|error| Error::Other(Box::new(error))) })
    }
}

fn read_roots(file: &Path) -> Result<RootCertStore, Trouble> {
    let unusable = |problem: String| {
        Trouble::new(
            Cause::Refused,
            format!("cannot use {}: {problem}", file.display()),
            Advice::RootFile,
        )
    };
    let certs = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    if roots.add_parsable_certificates(certs).0 == 0 {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    #[tokio::test]
    async fn an_address_that_speaks_no_tls_is_followed_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["acme.example".to_owned()]).unwrap();
        let cert = params.self_signed(&key).unwrap();
        let roots = folder.path().join("roots.pem");
        std::fs::write(&roots, cert.pem()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![cert.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let [silent, speaking] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0"));
        let (silent, speaking) = (silent.await.unwrap(), speaking.await.unwrap());
        let [first, second] = [&silent, &speaking].map(|it| it.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = silent.accept().await {
                drop(stream);
            }
        });
        tokio::spawn(async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            let mut kept = Vec::new();
            while let Ok((stream, _)) = speaking.accept().await {
                kept.push(acceptor.accept(stream).await);
            }
        });
        let client = Client::new(Some(&roots)).unwrap_or_else(|_| panic!("the roots are good"));
        let name = ServerName::try_from("acme.example").unwrap();
        let reached = client.first_of([first, second].into_iter(), &name).await;
        assert_eq!(reached.unwrap().get_ref().0.peer_addr().unwrap(), second);
        let failure = client.first_of([first].into_iter(), &name).await;
        let failure = failure.unwrap_err().unwrap();
        assert!(failure.starts_with(&first.to_string()), "{failure}");
    }
}
