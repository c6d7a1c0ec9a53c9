//! The HTTP door: the API under `/api`, and the web app everywhere else.
//!
//! It translates between HTTP and the service and holds no rules of its own. It never touches the
//! store and knows nothing of sockets: the listener gives it requests, with the
//! [`Peer`](crate::model::Peer) of each in its extensions, and takes the answers.

mod admin;
mod answer;
mod attachments;
mod auth;
mod avatars;
mod backups;
mod body;
mod bundle;
mod call;
mod confirm;
mod conversations;
mod disposition;
mod error;
mod fields;
mod files;
mod handoffs;
mod headers;
mod health;
mod invites;
mod link;
mod members;
mod messages;
mod openapi;
mod own;
mod packing;
mod paging;
mod resets;
mod routes;
mod search;
mod setup;
mod turns;
mod ui;
mod uploads;
mod users;

use std::convert::Infallible;
use std::sync::Arc;

use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode};
use http_body::Body;
use tokio::sync::{Semaphore, watch};
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::backup::Shelf;
use crate::base::clock::{Clock, Timestamp};
use crate::doctor::Doctor;
use crate::metrics::Scrape;
use crate::model::certificate::CertificateState;
use crate::search::Search;
use crate::service::Service;

/// What the door must be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people find this server when the address that they used leads nobody else here:
    /// `https://host:port`, with the path prefix if there is one, without a slash at its end.
    pub url: String,
    /// What stands in front of `/api` for clients; empty or `/prefix`.
    pub path_prefix: String,
    /// The path of the realtime connection, below the prefix.
    pub socket_path: String,
    /// Whether every device trusts our certificate without doing anything for it.
    pub public_certificate: bool,
    /// Where a device learns to trust this server's own authority, if it has one.
    pub trust_link: Option<String>,
    /// How the certificate of a public authority is doing, if one is asked.
    pub certificate: Option<watch::Receiver<CertificateState>>,
    /// How long a request's body may take is measured on it.
    pub clock: Clock,
    /// The page of numbers, for administrators.
    pub scrape: Option<Scrape>,
    /// Looks at what is around this server.
    pub doctor: Arc<Doctor>,
    /// Where the server keeps its backups.
    pub backups: Shelf,
}

/// What all handlers share.
struct Door {
    service: Service,
    settings: Settings,
    bodies: body::Room,
    searches: search::Searches,
    description: openapi::Description,
    started_at: Timestamp,
    /// Those of [`admin::TURNS`] that are free.
    admin_turns: Arc<Semaphore>,
}

/// Everything that this door answers. It answers each request and never fails.
pub fn routes(service: Service, search: Search, settings: Settings) -> BoxedFilter<(Response,)> {
    let public_certificate = settings.public_certificate;
    let app = app(ui::Place {
        base: &settings.path_prefix,
        socket: &settings.socket_path,
    });
    let door = Arc::new(Door {
        service,
        started_at: settings.clock.now(),
        admin_turns: Arc::new(Semaphore::new(admin::TURNS)),
        settings,
        bodies: body::Room::default(),
        searches: search::Searches::new(search),
        description: openapi::Description::default(),
    });
    let answers = api(door)
        .or(up())
        .unify()
        .or(app)
        .unify()
        .recover(refuse)
        .unify();
    warp::method()
        .and(answers)
        .map(move |method: Method, mut response: Response| {
            headers::secure(response.headers_mut(), public_certificate);
            if method == Method::HEAD {
                head_of(response)
            } else {
                response
            }
        })
        .boxed()
}

/// The addresses of the API, each with its method: what `/api/openapi.json` describes.
pub fn addresses() -> Vec<(Method, &'static str)> {
    let routes = routes::table().into_iter();
    routes.map(|route| (route.method, route.pattern)).collect()
}

/// All of `/api`, also what does not exist there.
fn api(door: Arc<Door>) -> BoxedFilter<(Response,)> {
    let table = Arc::new(routes::table());
    warp::path("api")
        .and(call::request())
        .then(move |request| {
            let (table, door) = (Arc::clone(&table), Arc::clone(&door));
            async move { routes::answer(&table, door, request).await }
        })
        .boxed()
}

/// `/up`: 200 while requests are answered, for whoever watches containers.
fn up() -> BoxedFilter<(Response,)> {
    warp::path!("up")
        .map(warp::reply)
        .map(Reply::into_response)
        .boxed()
}

/// The web app.
fn app(place: ui::Place<'_>) -> BoxedFilter<(Response,)> {
    let ui = Arc::new(ui::Ui::embedded(place));
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .map(
            move |method: Method, path: FullPath, headers: http::HeaderMap| {
                ui.answer(&method, path.as_str(), &headers)
            },
        )
        .boxed()
}

/// The two above refuse nothing; should warp ever do, nobody sees its own pages.
async fn refuse(_: Rejection) -> Result<Response, Infallible> {
    Ok(error::Failure::not_found().into_response())
}

/// The same answer without its body, but with its length.
fn head_of(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let has_length = !matches!(
        parts.status,
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    );
    if let Some(length) = body.size_hint().exact().filter(|_| has_length) {
        parts.headers.entry(CONTENT_LENGTH).or_insert(length.into());
    }
    let mut response = warp::reply().into_response();
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    *response.extensions_mut() = parts.extensions;
    response
}
