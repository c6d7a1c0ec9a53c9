//! `inkspot serve`: from the settings to the end of the process.

use std::path::Path;
use std::sync::Weak;

use anyhow::{Context, bail};
use tokio::runtime::{Builder, Runtime};

use super::command::setup_link;
use super::control::Control;
use super::greeting::greeting;
use super::{print, ready, supervisor};
use crate::app::{App, Reload, Reloaded};
use crate::base::allocator;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::{Config, Overrides};
use crate::server::{EndSignals, ReloadSignal};

pub(super) fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")
}

/// `overrides` are what the settings were read with, to read them again.
pub(super) fn run(
    config: Config,
    overrides: Overrides,
    ready_file: Option<&Path>,
) -> anyhow::Result<()> {
    if let Err(error) = allocator::settle() {
        tracing::debug!(%error, "memory that is free stays with the process");
    }
    runtime()?.block_on(serve(config, overrides, ready_file))
}

async fn serve(
    config: Config,
    overrides: Overrides,
    ready_file: Option<&Path>,
) -> anyhow::Result<()> {
    let mut signals = EndSignals::listen().context("cannot listen for signals")?;
    let data = config.server.data.clone();
    let app = App::start(&config, &Clock::system(), &Rng::system())?;
    listen_for_commands(&data, &app);

    let links = app.links().clone();
    let token = app.service().setup_token();
    let fingerprint = app.fingerprint();
    let shutdown = app.shutdown().clone();
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
    tokio::spawn(read_again(app.reload(), overrides));
    let mut running = tokio::spawn(app.run());
    if let Some(path) = ready_file {
        let setup = token
            .as_deref()
            .map(|token| setup_link(links.primary(), token));
        ready::write(path, &links, setup.as_deref())?;
    }
    print(greeting(&links, token.as_deref(), fingerprint.as_deref()).as_bytes())?;
    tracing::info!(
        url = links.primary(),
        version = env!("CARGO_PKG_VERSION"),
        "serving"
    );
    supervisor::ready(links.primary());

    tokio::select! {
        ended = &mut running => ended.context("the server failed")??,
        signal = signals.next() => {
            tracing::info!(signal, "stopping");
            supervisor::stopping();
            shutdown.begin();
            tokio::select! {
                ended = &mut running => ended.context("the server failed")??,
                signal = signals.next() => bail!("stopped at once by a second {signal}"),
            }
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// Reads the settings again at each SIGHUP, as long as the server runs. One line of the log says what
/// came of it.
async fn read_again(reload: Weak<Reload>, overrides: Overrides) {
    let mut hangup = match ReloadSignal::listen() {
        Ok(hangup) => hangup,
        Err(error) => {
            return tracing::warn!(%error, "SIGHUP will not read the settings again");
        }
    };
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
fn listen_for_commands(data: &Path, app: &App) {
    match Control::listen(data) {
        Ok(control) => {
            let (service, links) = (app.service().clone(), app.links().clone());
            tokio::spawn(control.serve(
                service,
                links,
                app.clock().clone(),
                app.shutdown().clone(),
            ));
        }
        Err(error) => {
            tracing::warn!(%error, "`inkspot user` can't reach this server: no control socket");
        }
    }
}
