//! Asks a server as a browser would, and keeps what it showed: one connection, one request.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// What a step may take: to connect, to shake hands, to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes.
const BODY_MAX: usize = 256 * 1024;

/// Where a question went wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// Nobody listens, or nothing gets through.
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    /// What answers does not speak TLS, or not ours.
    #[error("the TLS handshake failed: {0}")]
    Tls(std::io::Error),
    /// What answers does not speak HTTP.
    #[error("the answer is no HTTP: {0}")]
    Http(String),
    /// Nothing came.
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Silence,
}

/// The chain that a server showed, its own certificate first; empty without TLS.
pub(super) type Chain = Vec<CertificateDer<'static>>;

/// An answer, read to its end.
pub(super) struct Reply {
    pub status: u16,
    pub body: Bytes,
    pub chain: Chain,
}

impl Reply {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Asks whoever listens at `at`; with a name over TLS, without over plain HTTP. Whose certificate it
/// is does not matter here: it is kept, and judged by others.
pub(super) async fn ask(
    at: SocketAddr,
    tls: Option<&ServerName<'static>>,
    request: Request<Full<Bytes>>,
) -> Result<Reply, Trouble> {
    let (mut sender, chain) = dial(at, tls).await?;
    let answer = within(sender.send_request(request)).await?;
    let (parts, body) = answer.map_err(no_http)?.into_parts();
    let body = within(Limited::new(body, BODY_MAX).collect()).await?;
    let body = body.map_err(no_http)?.to_bytes();
    let status = parts.status.as_u16();
    Ok(Reply {
        status,
        body,
        chain,
    })
}

/// Opens a WebSocket and reads the first text that comes over it; the status that was answered
/// instead is the error within.
pub(super) async fn first_words(
    at: SocketAddr,
    tls: Option<&ServerName<'static>>,
    request: Request<Full<Bytes>>,
) -> Result<Result<String, u16>, Trouble> {
    let (mut sender, _) = dial(at, tls).await?;
    let answer = within(sender.send_request(request)).await?;
    let answer: Response<_> = answer.map_err(no_http)?;
    if answer.status().as_u16() != 101 {
        return Ok(Err(answer.status().as_u16()));
    }
    let stream = within(hyper::upgrade::on(answer)).await?;
    let mut stream = TokioIo::new(stream.map_err(no_http)?);
    within(frame(&mut stream))
        .await?
        .map(Ok)
        .map_err(|error| Trouble::Http(error.to_string()))
}

/// The payload of one short frame of a server, which does not mask.
async fn frame(stream: &mut TokioIo<Upgraded>) -> std::io::Result<String> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).await?;
    let length = match head[1] & 0x7f {
        126 => stream.read_u16().await?.into(),
        127 => return Err(std::io::ErrorKind::FileTooLarge.into()),
        short => usize::from(short),
    };
    let mut words = vec![0; length];
    stream.read_exact(&mut words).await?;
    Ok(String::from_utf8_lossy(&words).into_owned())
}

async fn dial(
    at: SocketAddr,
    tls: Option<&ServerName<'static>>,
) -> Result<(http1::SendRequest<Full<Bytes>>, Chain), Trouble> {
    let tcp = within(TcpStream::connect(at)).await?;
    let tcp = tcp.map_err(Trouble::Connect)?;
    let Some(name) = tls else {
        return Ok((speak(tcp).await?, Chain::new()));
    };
    let seen = Arc::new(Witness::default());
    let config = client(Arc::clone(&seen)).map_err(|error| Trouble::Tls(io_error(error)))?;
    let tls = TlsConnector::from(Arc::new(config)).connect(name.clone(), tcp);
    let tls = within(tls).await?.map_err(Trouble::Tls)?;
    let chain = std::mem::take(&mut *seen.chain.lock());
    Ok((speak(tls).await?, chain))
}

async fn speak<S>(stream: S) -> Result<http1::SendRequest<Full<Bytes>>, Trouble>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let made = within(http1::handshake(TokioIo::new(stream))).await?;
    let (sender, connection) = made.map_err(no_http)?;
    // Ends with the sender, or with the stream that an upgrade took over.
    tokio::spawn(connection.with_upgrades());
    Ok(sender)
}

async fn within<T>(work: impl Future<Output = T>) -> Result<T, Trouble> {
    timeout(PATIENCE, work).await.map_err(|_| Trouble::Silence)
}

fn no_http(error: impl fmt::Display) -> Trouble {
    Trouble::Http(error.to_string())
}

fn io_error(error: rustls::Error) -> std::io::Error {
    std::io::Error::other(error)
}

fn client(witness: Arc<Witness>) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(witness)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Takes any certificate and keeps it: nothing secret is sent, and what it is worth is found out
/// afterwards. That its owner has the key is checked as always.
#[derive(Debug)]
struct Witness {
    chain: Mutex<Chain>,
    provider: CryptoProvider,
}

impl Default for Witness {
    fn default() -> Self {
        Self {
            chain: Mutex::default(),
            provider: ring::default_provider(),
        }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let all = std::iter::once(end_entity).chain(intermediates);
        *self.chain.lock() = all.map(|one| one.clone().into_owned()).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
