//! What the server hands requests to.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Incoming};
use tower_service::Service;

/// Any error of a body; it ends the connection.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// The body of any answer.
pub type BoxBody = UnsyncBoxBody<Bytes, BoxError>;

type Answer = Pin<Box<dyn Future<Output = Response<BoxBody>> + Send>>;

/// Answers requests. Cheap to clone.
///
/// Each request carries the extensions [`crate::model::peer::Peer`] and
/// [`crate::model::peer::Admission`].
#[derive(Clone)]
pub struct Handler(Arc<dyn Fn(Request<Incoming>) -> Answer + Send + Sync>);

impl Handler {
    /// From an async function.
    pub fn new<F, A, B>(answer: F) -> Self
    where
        F: Fn(Request<Incoming>) -> A + Send + Sync + 'static,
        A: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Arc::new(move |request| {
            let answer = answer(request);
            Box::pin(async move { answer.await.map(boxed) })
        }))
    }

    /// From a service such as `warp::service(routes)`.
    pub fn from_service<S, B>(service: S) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S: Clone + Send + Sync + 'static,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Arc::new(move |request| {
            let mut service = service.clone();
            Box::pin(async move {
                match service.call(request).await {
                    Ok(response) => response.map(boxed),
                    Err(never) => match never {},
                }
            })
        }))
    }

    pub(super) fn answer(&self, request: Request<Incoming>) -> Answer {
        (self.0)(request)
    }
}

/// Any body as the one type that all answers have.
pub fn boxed<B>(body: B) -> BoxBody
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    body.map_err(Into::into).boxed_unsync()
}
