//! `inkspot serve`: from the settings to the end of the process.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::runtime::{Builder, Runtime};
use tokio::task::spawn_blocking;

use super::command::setup_link;
use super::control::{Control, Running};
use super::greeting::greeting;
use super::successor::Successor;
use super::{print, ready, supervisor};
use crate::app::{App, Reload, Reloaded};
use crate::base::allocator;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::succession;
use crate::config::{Config, Overrides};
use crate::server::{
    EndSignals, Links, LocalName, ReloadSignal, SuccessionSignal, hold_signals, release_signals,
};

/// How long work that can't be interrupted may hold up the end.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")
}

/// `overrides` are what the settings were read with, to read them again; `qr` lets the link be shown as a
/// picture, too.
pub(super) fn run(
    config: Config,
    overrides: Overrides,
    ready_file: Option<&Path>,
    qr: bool,
) -> anyhow::Result<()> {
    if let Err(error) = allocator::settle() {
        tracing::debug!(%error, "memory that is free stays with the process");
    }
    // Before there is another thread.
    hold_signals().context("cannot hold signals back")?;
    let runtime = runtime()?;
    let ended = runtime.block_on(serve(config, overrides, ready_file, qr))?;
    // All that was acknowledged is on the disk; what still blocks is not waited for for ever.
    runtime.shutdown_timeout(PATIENCE);
    match ended {
        Ended::ForGood => Ok(()),
        // Nothing of the runtime is left, no thread and no file.
        Ended::For { program, doors } => {
            // What comes from here on is for the successor.
            hold_signals().context("cannot hold signals back")?;
            Err(succession::succeed(&program, &doors))
                .with_context(|| format!("cannot begin {}", program.display()))
        }
    }
}

/// What a person reads once.
struct Said {
    links: Links,
    token: Option<String>,
    fingerprint: Option<String>,
    qr: bool,
}

impl Said {
    async fn once_settled(self, local_name: LocalName, clock: Clock) {
        let name = local_name.settled(&clock).await;
        // Whoever reads it may be slow, or have stopped reading.
        let printed = spawn_blocking(move || {
            let links = self.links.known_as(name.as_deref());
            let (token, fingerprint) = (self.token.as_deref(), self.fingerprint.as_deref());
            print(greeting(&links, token, fingerprint, self.qr).as_bytes())
        });
        if let Ok(Err(error)) = printed.await {
            tracing::warn!("{error:#}");
        }
    }
}

/// Why the server has ended.
enum Ended {
    /// It was told to.
    ForGood,
    /// It makes way for this program, which gets its listening sockets.
    For {
        program: PathBuf,
        doors: Vec<OwnedFd>,
    },
}

async fn serve(
    config: Config,
    overrides: Overrides,
    ready_file: Option<&Path>,
    qr: bool,
) -> anyhow::Result<Ended> {
    let mut signals = EndSignals::listen().context("cannot listen for signals")?;
    let mut succession = SuccessionSignal::listen().context("cannot listen for signals")?;
    let hangup = ReloadSignal::listen().context("cannot listen for signals")?;
    release_signals().context("cannot listen for signals")?;
    let (clock, rng) = (Clock::system(), Rng::system());
    let successor = Successor::of_this(clock.clone());
    let data = config.server.data.clone();
    let asking = supervisor::ask_for_time(clock.clone());
    let app = App::start(&config, &clock, &rng)?;
    asking.abort();
    listen_for_commands(&data, &app, &successor, &rng);

    let links = app.links().clone();
    let local_name = app.local_name();
    let token = app.service().setup_token();
    let fingerprint = app.fingerprint();
    let shutdown = app.shutdown().clone();
    let doors = app.doors().context("cannot hold the listening sockets")?;
    tokio::spawn(supervisor::feed(
        app.service().clone(),
        app.clock().clone(),
        shutdown.clone(),
    ));
    if let Some(address) = app.metrics_address() {
        tracing::info!(
            url = format!("http://{address}/metrics"),
            "numbers for a monitoring system"
        );
    }
    tokio::spawn(read_again(hangup, app.reload(), overrides));
    let mut running = tokio::spawn(app.run());
    if let Some(path) = ready_file {
        let setup = token
            .as_deref()
            .map(|token| setup_link(links.primary(), token));
        ready::write(path, &links, setup.as_deref())?;
    }
    tracing::info!(
        url = links.primary(),
        version = env!("CARGO_PKG_VERSION"),
        "serving"
    );
    supervisor::ready(links.primary());
    let said = Said {
        links: links.clone(),
        token,
        fingerprint,
        qr,
    };
    // Serving does not wait for what the network calls it.
    tokio::spawn(said.once_settled(local_name, clock));

    let mut next = loop {
        tokio::select! {
            ended = &mut running => {
                ended.context("the server failed")??;
                tracing::info!("stopped");
                return Ok(Ended::ForGood);
            }
            signal = signals.next() => {
                tracing::info!(signal, "stopping");
                supervisor::stopping();
                drop(doors);
                break None;
            }
            () = succession.next() => match successor.check().await {
                Ok(_) => successor.call(),
                Err(why) => tracing::error!("SIGUSR2 changes nothing: {why}"),
            },
            program = successor.called() => {
                tracing::info!(program = %program.display(), "making way");
                supervisor::reloading();
                break Some((program, doors));
            }
        }
    };
    shutdown.begin();
    loop {
        tokio::select! {
            ended = &mut running => {
                ended.context("the server failed")??;
                break;
            }
            signal = signals.next() => match next.take() {
                Some(_) => {
                    tracing::info!(signal, "stopping instead");
                    supervisor::stopping();
                }
                None => bail!("stopped at once by a second {signal}"),
            },
        }
    }
    if let Some((program, doors)) = next {
        return Ok(Ended::For { program, doors });
    }
    tracing::info!("stopped");
    Ok(Ended::ForGood)
}

/// Reads the settings again at each SIGHUP, as long as the server runs. One line of the log says what
/// came of it.
async fn read_again(mut hangup: ReloadSignal, reload: Weak<Reload>, overrides: Overrides) {
    loop {
        hangup.next().await;
        let Some(reload) = reload.upgrade() else {
            return;
        };
        let read = Config::load(overrides.clone()).map_err(anyhow::Error::from);
        let applied = read.and_then(|config| Ok(reload.apply(&config)?));
        match applied {
            Ok(Reloaded { changed, restart }) => {
                let or_nothing = |keys: Vec<String>| {
                    if keys.is_empty() {
                        "nothing".to_owned()
                    } else {
                        keys.join(", ")
                    }
                };
                tracing::info!(
                    changed = or_nothing(changed),
                    needs_restart = or_nothing(restart),
                    "read the settings again"
                );
            }
            Err(error) => tracing::error!("the settings stay as they are: {error:#}"),
        }
    }
}

/// The control socket is a comfort: without it the server still serves.
fn listen_for_commands(data: &Path, app: &App, successor: &Successor, rng: &Rng) {
    match Control::listen(data, rng) {
        Ok(control) => {
            let running = Running {
                service: app.service().clone(),
                links: app.links().clone(),
                local_name: app.local_name(),
                successor: successor.clone(),
                doctor: app.doctor().clone(),
                settings: app.settings_file().map(Path::to_owned),
            };
            let (clock, shutdown) = (app.clock().clone(), app.shutdown().clone());
            tokio::spawn(control.serve(running, clock, shutdown));
        }
        Err(error) => {
            tracing::warn!(%error, "`inkspot user` can't reach this server: no control socket");
        }
    }
}
