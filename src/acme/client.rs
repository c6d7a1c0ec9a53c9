//! The connection to the authority: HTTPS, bounded in time and size.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use parking_lot::Mutex;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::trouble::{Cause, Trouble, whole};

/// How long one answer may take. The machine's time, not that of a [`Clock`](crate::base::clock):
/// it is about packets, and decides nothing but that it is tried again later.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of an answer; a chain of certificates has some thousands.
const ANSWER_MAX: usize = 1 << 20;

type Https = HyperClient<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>;

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
    https: Https,
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
        let config = match roots {
            Some(file) => config.with_root_certificates(read_roots(file)?),
            None => config.with_webpki_roots(),
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config.with_no_client_auth())
            .https_only()
            .enable_http1()
            .build();
        Ok(Self {
            https: HyperClient::builder(TokioExecutor::new()).build(connector),
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
            let unreachable =
                |error: hyper_util::client::legacy::Error| Unanswered::Unreachable(whole(&error));
            let answer = self.https.request(request).await.map_err(unreachable)?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_MAX).collect().await;
            let body = body.map_err(|error| Unanswered::Unreachable(whole(&*error)))?;
            Ok((parts, body.to_bytes()))
        };
        let (parts, body) = tokio::time::timeout(PATIENCE, whole_answer)
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
            "tls.acme_ca must name a PEM file with the root of the authority in tls.acme_directory",
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
