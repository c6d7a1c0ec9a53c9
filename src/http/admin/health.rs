//! How the server is, and its numbers.

use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;
use warp::reply::Response;

use super::super::answer::{self, Answer};
use super::super::call::Call;
use super::super::error::Failure;
use super::ask;
use crate::base::clock::{Timestamp, iso};
use crate::base::{logging, process};
use crate::doctor::Check;
use crate::metrics::CONTENT_TYPE as CONTENT_TYPE_OF_METRICS;
use crate::model::certificate::CertificateState;
use crate::service::SetAside;

/// How the server is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ServerHealth {
    version: &'static str,
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// How many people are here.
    people_online: usize,
    /// How many realtime connections they have.
    connections: usize,
    /// Bytes of memory in use; `null` where the system doesn't say.
    memory: Option<u64>,
    /// How many events have happened.
    events: u64,
    /// How many of them the search index doesn't have yet.
    search_lag: u64,
    /// Whether the index is still being built.
    indexing: bool,
    /// How many failures were logged since the start.
    errors: u64,
    /// What is around the server, and what to do about it; at most twenty seconds old.
    checks: Vec<Check>,
    /// Whether the space of deleted things is being given back; `adminStorage` tells how far it is.
    compacting: bool,
    /// Databases that were damaged or replaced, and are kept in the data folder until somebody moves them
    /// away.
    set_aside: Vec<KeptDatabase>,
    /// The certificate of a public authority; `null` when none is asked for.
    certificate: Option<CertificateState>,
}

/// A database that is kept and not used.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct KeptDatabase {
    /// The name of its folder.
    name: String,
    /// What happened, for people.
    why: String,
}

pub(in crate::http) async fn show(call: Call) -> Answer {
    let search = call.searches().search().clone();
    let (started_at, certificate) = (call.started_at(), call.certificate());
    let compacting = call.service().is_compacting();
    let seen = ask(&call, move |service, caller| {
        let seen = service.admin_presence(caller)?;
        let set_aside = service.set_asides().into_iter();
        let set_aside = set_aside.map(|SetAside { name, why }| KeptDatabase { name, why });
        Ok((seen, process::resident_bytes(), set_aside.collect()))
    });
    let ((people_online, connections, events), memory, set_aside) = seen.await?;
    let mut checks = call.settings().doctor.recent().await;
    checks.insert(0, call.settings().doctor.of_request(call.way()));
    answer::ok(&ServerHealth {
        version: env!("CARGO_PKG_VERSION"),
        started_at,
        people_online,
        connections,
        memory,
        events,
        search_lag: search.lag(),
        indexing: search.is_indexing(),
        errors: logging::errors(),
        compacting,
        set_aside,
        checks,
        certificate,
    })
}

/// The page of numbers that a monitoring system reads.
pub(in crate::http) async fn metrics(call: Call) -> Answer {
    call.service().may_administrate(call.caller()?)?;
    let scrape = call.settings().scrape.as_ref();
    let scrape = scrape.ok_or_else(Failure::not_found)?;
    let broke = || Failure::internal("composing the numbers broke off");
    let page = scrape.page().await.ok_or_else(broke)?;
    let mut response = Response::new(page.into());
    let kind = HeaderValue::from_static(CONTENT_TYPE_OF_METRICS);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}
