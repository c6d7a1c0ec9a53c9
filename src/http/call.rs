//! One request to the API, as a handler sees it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Arc;

use futures_util::StreamExt;
use http::header::{HeaderName, USER_AGENT};
use http::uri::Authority;
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::FullPath;

use super::body::{self, Body};
use super::error::Failure;
use super::openapi::Description;
use super::search::Searches;
use super::{Door, Settings};
use crate::base::clock::Timestamp;
use crate::base::work::detached;
use crate::doctor::Way;
use crate::model::Peer;
use crate::model::certificate::CertificateState;
use crate::model::peer::{Asker, Progress};
use crate::protocol::credentials::{self, DEVICE_COOKIE, Site, Token};
use crate::service::{Caller, Device, Service, ServiceError};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Most characters of a client's description of itself that are kept.
const USER_AGENT_MAX: usize = 200;

/// A request that found its route.
pub(super) struct Call {
    door: Arc<Door>,
    request: Request,
    params: Vec<(&'static str, String)>,
}

/// A request that has not found its route yet.
pub(super) struct Request {
    /// What is asked for.
    pub(super) method: Method,
    /// Where, as it came.
    pub(super) path: String,
    headers: HeaderMap,
    query: String,
    host: Option<Authority>,
    peer: Peer,
    progress: Progress,
    asker: Asker,
    body: Option<Body>,
}

/// Takes a request apart. Never refuses one.
pub(super) fn request() -> BoxedFilter<(Request,)> {
    let nobody = Peer {
        addr: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        secure: false,
    };
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::host::optional().or(warp::any().map(|| None)).unify())
        .and(warp::ext::optional::<Peer>())
        .and(warp::ext::optional::<Progress>())
        .and(warp::ext::optional::<Asker>())
        .and(warp::body::stream().map(body::boxed))
        .map(
            move |method,
                  path: FullPath,
                  headers,
                  query,
                  host,
                  peer: Option<Peer>,
                  progress: Option<Progress>,
                  asker: Option<Asker>,
                  body| Request {
                method,
                path: path.as_str().to_owned(),
                headers,
                query,
                host,
                peer: peer.unwrap_or(nobody),
                progress: progress.unwrap_or_default(),
                asker: asker.unwrap_or_default(),
                body: Some(body),
            },
        )
        .boxed()
}

impl Call {
    /// A request, with what its route's pattern took from the path.
    pub(super) fn new(
        door: Arc<Door>,
        request: Request,
        params: Vec<(&'static str, String)>,
    ) -> Self {
        Self {
            door,
            request,
            params,
        }
    }

    /// The rules of the house.
    pub(super) fn service(&self) -> &Service {
        &self.door.service
    }

    /// What this door was told.
    pub(super) fn settings(&self) -> &Settings {
        &self.door.settings
    }

    /// The description of the API.
    pub(super) fn description(&self) -> &Description {
        &self.door.description
    }

    /// The search.
    pub(super) fn searches(&self) -> &Searches {
        &self.door.searches
    }

    /// When the server started.
    pub(super) fn started_at(&self) -> Timestamp {
        self.door.started_at
    }

    /// How the certificate of a public authority is doing, if one is asked.
    pub(super) fn certificate(&self) -> Option<CertificateState> {
        let state = self.door.settings.certificate.as_ref();
        state.map(|state| state.borrow().clone())
    }

    /// A turn for a question that reads much, once there is one. `None` never comes: nobody
    /// closes the turns.
    pub(super) async fn admin_turn(&self) -> Option<OwnedSemaphorePermit> {
        let turns = Arc::clone(&self.door.admin_turns);
        turns.acquire_owned().await.ok()
    }

    /// The host that the client asked for.
    pub(super) fn host(&self) -> Option<&Authority> {
        self.request.host.as_ref()
    }

    /// A part of the path; empty if the pattern has none of this name.
    pub(super) fn param(&self, name: &str) -> &str {
        let param = self.params.iter().find(|(key, _)| *key == name);
        param.map_or("", |(_, value)| value)
    }

    /// An id in the path. What is no id names nothing.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.param(name).parse().map_err(|_| Failure::not_found())
    }

    /// The query parameters, decoded. Giving one twice is refused.
    pub(super) fn query(&self) -> Result<HashMap<String, String>, Failure> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&self.request.query)
            .map_err(|_| Failure::invalid_field("query", "The query can't be read."))?;
        let mut query = HashMap::new();
        for (name, value) in pairs {
            if query.insert(name.clone(), value).is_some() {
                return Err(Failure::invalid_field(&name, "Give this parameter once."));
            }
        }
        Ok(query)
    }

    /// The method that was asked by.
    pub(super) fn method(&self) -> &Method {
        &self.request.method
    }

    /// All headers.
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.request.headers
    }

    /// A header, if it is there and text.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.request.headers.get(name)?.to_str().ok()
    }

    /// The body as it comes, for the first time. As long as something comes the request may take
    /// as long as it likes: its reader must be patient within limits.
    pub(super) fn stream(&mut self) -> Result<Body, Failure> {
        let body = self.request.body.take().ok_or_else(Failure::broken_body)?;
        let progress = self.request.progress.clone();
        Ok(Box::pin(body.inspect(move |_| progress.made())))
    }

    /// Does something that goes on when the client has gone.
    pub(super) async fn detached<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let broke = || ServiceError::Internal("a request's work broke off".into());
        detached(work).await.ok_or_else(broke)?
    }

    /// The JSON body, read for the first time.
    pub(super) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let body = self.request.body.take().ok_or_else(Failure::broken_body)?;
        let Door {
            settings, bodies, ..
        } = &*self.door;
        body::json(&self.request.headers, body, bodies, &settings.clock).await
    }

    /// The text of the JSON body, read for the first time: for who needs to know one field of it
    /// whatever the others are.
    pub(super) async fn json_text(&mut self) -> Result<Vec<u8>, Failure> {
        let body = self.request.body.take().ok_or_else(Failure::broken_body)?;
        let Door {
            settings, bodies, ..
        } = &*self.door;
        body::text(&self.request.headers, body, bodies, &settings.clock).await
    }

    /// Who asks. With the cookie, what changes something must come from our own pages.
    pub(super) fn caller(&self) -> Result<Caller, Failure> {
        let token = match credentials::token(&self.request.headers) {
            Some(Token::Bearer(token)) => token,
            Some(Token::Cookie(token)) => {
                if self.changes() && self.site() != Site::Own {
                    return Err(Failure::origin_refused());
                }
                token
            }
            None => return Err(Failure::unauthorized()),
        };
        let caller = self.service().authenticate(&token)?;
        self.request.asker.is(caller.user);
        Ok(caller)
    }

    /// The session that the browser's cookie stands for, where it is one that a new cookie takes the place of:
    /// programs have as many sessions as they like.
    pub(super) fn cookie_session(&self) -> Option<Caller> {
        match credentials::token(&self.request.headers)? {
            Token::Cookie(token) if self.site() == Site::Own => {
                self.service().authenticate(&token).ok()
            }
            _ => None,
        }
    }

    /// Lets only our own pages, and programs that are no browsers, past here: for what needs no
    /// session but makes one.
    pub(super) fn not_from_elsewhere(&self) -> Result<(), Failure> {
        match self.site() {
            Site::Foreign => Err(Failure::origin_refused()),
            Site::Own | Site::Unsaid => Ok(()),
        }
    }

    /// The address that asks.
    pub(super) fn address(&self) -> IpAddr {
        self.request.peer.addr
    }

    /// How this request came here.
    pub(super) fn way(&self) -> Way<'_> {
        Way {
            from: self.address(),
            secure: self.request.peer.secure,
            forwarded: self.header(&FORWARDED_FOR),
        }
    }

    /// The device that asks, for the session list and for the throttle of sign-ins.
    pub(super) fn device(&self) -> Device {
        let headers = &self.request.headers;
        let said = headers
            .get(USER_AGENT)
            .map(|v| String::from_utf8_lossy(v.as_bytes()));
        let said = said.unwrap_or_default();
        Device {
            address: self.address(),
            user_agent: said
                .chars()
                .filter(|c| !c.is_control())
                .take(USER_AGENT_MAX)
                .collect(),
            token: credentials::cookie(headers, DEVICE_COOKIE),
        }
    }

    fn changes(&self) -> bool {
        !matches!(self.request.method, Method::GET | Method::HEAD)
    }

    fn site(&self) -> Site {
        credentials::site(&self.request.headers, self.host(), self.request.peer)
    }
}
