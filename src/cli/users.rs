//! `inkspot user …` and `inkspot setup-link`: over the control socket when a server runs, else
//! by opening the data themselves.

use anyhow::{anyhow, bail};

use super::args::UserTask;
use super::command::Command;
use super::{code, control, load_as_owner, password, print};
use crate::app;
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::config::Config;
use crate::server::Links;

pub(super) fn run(task: UserTask) -> anyhow::Result<()> {
    let mut qr = false;
    let (place, command) = match task {
        UserTask::Add {
            name,
            display_name,
            admin,
            secret,
            place,
        } => {
            let password = password::read(&secret)?;
            (
                place,
                Command::AddUser {
                    username: name,
                    display_name,
                    password,
                    admin,
                },
            )
        }
        UserTask::List { json, place } => (place, Command::ListUsers { json }),
        UserTask::Passwd {
            name,
            secret,
            place,
        } => {
            let password = password::read(&secret)?;
            (
                place,
                Command::SetPassword {
                    username: name,
                    password,
                },
            )
        }
        UserTask::Rescue { name, place, no_qr } => {
            qr = !no_qr;
            (place, Command::Rescue { username: name })
        }
        UserTask::Disable { name, place } => (
            place,
            Command::SetDisabled {
                username: name,
                disabled: true,
            },
        ),
        UserTask::Enable { name, place } => (
            place,
            Command::SetDisabled {
                username: name,
                disabled: false,
            },
        ),
    };
    let done = perform(&load_as_owner(place.into())?, command)?;
    say(&done, qr)
}

pub(super) fn setup_link(config: &Config, qr: bool) -> anyhow::Result<()> {
    say(&perform(config, Command::SetupLink)?, qr)
}

/// Prints what was done, with `qr` the first link in it also for a camera.
fn say(done: &str, qr: bool) -> anyhow::Result<()> {
    let link = done.lines().find(|line| line.starts_with("http"));
    let code = link.filter(|_| qr).and_then(code::for_terminal);
    match code {
        Some(code) => print(format!("{done}\n{code}").as_bytes()),
        None => print(done.as_bytes()),
    }
}

fn perform(config: &Config, command: Command) -> anyhow::Result<String> {
    let data = &config.server.data;
    if let Some(done) = control::ask(data, &command)? {
        return Ok(done);
    }
    // Only a first account has a reason to come before everything else.
    if !data.exists() && !matches!(command, Command::AddUser { .. }) {
        bail!(
            "there is no data directory {}; name it with --data",
            data.display()
        );
    }
    alone(config, command)
}

/// Performs the command in this process: nobody else uses the data.
fn alone(config: &Config, command: Command) -> anyhow::Result<String> {
    let links = Links::expected(config);
    let wants_links = matches!(command, Command::SetupLink | Command::Rescue { .. });
    if wants_links && links.is_none() {
        bail!("the server's port is chosen when it starts; start it, and ask again for the link");
    }
    let links = links.unwrap_or_default();
    super::serve::runtime()?.block_on(async {
        let (clock, rng) = (Clock::system(), Rng::system());
        let opened = app::open_store_to_write(config, &clock, &rng)?;
        let fatal = Box::new(|why: &str| tracing::error!("nothing can be stored any more: {why}"));
        let (service, running) = app::start_service(config, opened, &clock, &rng, fatal)?;
        let done = command.run(&service, &links).await;
        running.stop().await;
        done.map_err(|sentence| anyhow!(sentence))
    })
}
