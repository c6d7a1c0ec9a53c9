//! What can be wrong around a server, looked at piece by piece: each [`Check`] says what was seen
//! and, where that is not good, what to do about it.
//!
//! The command line asks for all of it (`inkspot doctor`), an administrator's page for what the
//! running server can see of itself. Nothing is changed here, nothing is sent anywhere but to
//! this server, under its own addresses and names; only those names are looked up, and the name that the
//! own network is told is asked of that network. What is in the database is the affair of `inkspot check`.

mod certificate;
mod client;
mod finding;
mod findings;
mod local_name;
mod machine;
mod network;
mod outside;
mod request;
mod storage;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use crate::base::clock::{Clock, Timestamp};
use crate::config::{Config, Listen};
use crate::model::certificate::{Advice, CertificateState};

use finding::{Told, camel_case};
use findings::Finding;
use local_name::Telling;

pub use outside::examine as examine_from_outside;
pub use request::Way;

/// What was found stays true for this long, so that a page that is reloaded costs nothing.
const FRESH: Duration = Duration::from_secs(20);

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, but something should be looked at.
    Warn,
    /// Something does not work.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// Which thing: a word that stays the same.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// The thing, for people.
    pub title: String,
    /// What was found: a word that stays the same, and always comes with the same state.
    #[serde(default)]
    pub code: String,
    /// What the sentences are about, by name: texts, lists of texts, and numbers. `…Bytes` and `…Ms` say
    /// their unit, moments are ISO 8601 in UTC.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub facts: Map<String, Value>,
    /// What was seen: an English sentence.
    pub detail: String,
    /// What to do, where it is not good: an English sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub remedy: Option<String>,
}

/// A thing that is looked at: its id and its title.
#[derive(Clone, Copy, Debug)]
struct Topic(&'static str, &'static str);

impl Topic {
    fn found(self, finding: impl Into<Told>) -> Check {
        let Told {
            code,
            state,
            detail,
            remedy,
            facts,
        } = finding.into();
        Check {
            id: self.0.to_owned(),
            state,
            title: self.1.to_owned(),
            code: code.to_owned(),
            facts,
            detail,
            remedy,
        }
    }
}

/// What checks say, in TypeScript: the things that administrators are told of, for each code the names of
/// its facts, and which codes come with a remedy; then the codes of a look from outside.
pub fn typescript() -> Vec<String> {
    let topics = [
        request::PROXY,
        network::NAMES,
        network::PORTS,
        certificate::CERTIFICATE,
        local_name::LOCAL_NAME,
        machine::CLOCK,
        machine::MEMORY,
        machine::DESCRIPTORS,
        machine::SERVICE,
        storage::DATA,
        storage::DISK,
        storage::SYNC,
        storage::BACKUPS,
    ];
    let troubles = Finding::ALL.iter().filter(|(_, _, remedy)| *remedy);
    vec![
        format!("type CheckId ={};", one_of(topics.map(|topic| topic.0))),
        facts_by_code("CheckFacts", Finding::ALL),
        format!(
            "type CheckTrouble ={};",
            one_of(troubles.map(|(code, ..)| *code))
        ),
        format!(
            "type CheckAdvice ={};",
            one_of(Advice::CODES.iter().copied())
        ),
        facts_by_code("AddressCheckFacts", outside::Found::ALL),
    ]
}

fn one_of(words: impl IntoIterator<Item = &'static str>) -> String {
    let words = words.into_iter().map(|word| format!("\n  | \"{word}\""));
    words.collect()
}

fn facts_by_code(name: &str, all: &[(&str, &[&str], bool)]) -> String {
    let fields = all.iter().map(|(code, facts, _)| {
        let facts = facts.iter().map(|fact| format!("\"{}\"", camel_case(fact)));
        let facts: Vec<String> = facts.collect();
        let none = if facts.is_empty() { "never" } else { "" };
        format!("\"{code}\": {}{none}", facts.join(" | "))
    });
    let fields: Vec<String> = fields.collect();
    format!("type {name} = {{ {} }};", fields.join(", "))
}

/// Says what the own network was told that the server is called, if it was told.
type Called = dyn Fn() -> Option<String> + Send + Sync;

/// Looks at one server.
pub struct Doctor {
    /// As it is at the moment.
    config: RwLock<Config>,
    clock: Clock,
    /// Where it listens, or would.
    listening: Vec<SocketAddr>,
    /// Where plain HTTP would be asked, of a server that does not run.
    plain: Vec<SocketAddr>,
    /// `None` of a server that does not run.
    called: Option<Box<Called>>,
    /// How the certificate of a public authority is doing, if one is asked and the server runs.
    public: Option<watch::Receiver<CertificateState>>,
    recent: Mutex<Option<(Timestamp, Vec<Check>)>>,
}

impl fmt::Debug for Doctor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut doctor = f.debug_struct("Doctor");
        doctor.field("listening", &self.listening);
        doctor.finish_non_exhaustive()
    }
}

impl Doctor {
    /// For the server with these settings that listens on these addresses, or would.
    pub fn new(config: Config, clock: Clock, listening: Vec<SocketAddr>) -> Self {
        Self {
            config: RwLock::new(config),
            clock,
            listening,
            plain: Vec::new(),
            called: None,
            public: None,
            recent: Mutex::new(None),
        }
    }

    /// The same for a server that runs: `called` says what the own network was told that it is called.
    #[must_use]
    pub fn called(mut self, called: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        self.called = Some(Box::new(called));
        self
    }

    /// Knows how the certificate of a public authority is doing, if one is asked.
    #[must_use]
    pub fn certified(mut self, public: Option<watch::Receiver<CertificateState>>) -> Self {
        self.public = public;
        self
    }

    /// From the next look on these are the settings.
    pub fn settle(&self, config: &Config) {
        self.config.write().clone_from(config);
    }

    /// For a server with these settings that may not run. An address whose port is chosen at the
    /// start can't be looked at.
    pub fn of_stopped(config: Config, clock: Clock) -> Self {
        let known = |at: Vec<Listen>| {
            let known = at
                .into_iter()
                .filter(|at| at.required && at.addr.port() != 0);
            known.map(|at| at.addr).collect()
        };
        let (listening, plain) = (known(config.listeners()), known(config.plain_listeners()));
        Self {
            plain,
            ..Self::new(config, clock, listening)
        }
    }

    /// What the way of one request says about the proxy before this server.
    pub fn of_request(&self, way: Way<'_>) -> Check {
        request::judge(&self.config.read(), way)
    }

    /// Everything that can be seen from this machine; takes some seconds at most.
    pub async fn examine(&self) -> Vec<Check> {
        let (config, now) = (self.config.read().clone(), self.clock.now());
        let settings = config.clone();
        let here = spawn_blocking(move || {
            let machine = machine::examine(&settings, now);
            [machine, storage::examine(&settings, now)].concat()
        });
        let telling = match &self.called {
            None => Telling::Stopped,
            Some(called) => called().map_or(Telling::Nobody, Telling::Called),
        };
        let public = self.public.as_ref().map(|state| state.borrow().clone());
        let listeners = (&self.listening[..], &self.plain[..]);
        let around = network::examine(&config, listeners, public, now);
        let name = local_name::examine(&config, &self.listening, telling);
        let (around, name, here) = tokio::join!(around, name, here);
        // A check that panicked was logged; the others still count.
        [around, vec![name], here.unwrap_or_default()].concat()
    }

    /// The same, asked again at most every twenty seconds, and by one at a time.
    pub async fn recent(&self) -> Vec<Check> {
        let mut recent = self.recent.lock().await;
        if let Some((at, found)) = &*recent
            && self.clock.now().since(*at) < FRESH
        {
            return found.clone();
        }
        let found = self.examine().await;
        *recent = Some((self.clock.now(), found.clone()));
        found
    }
}
