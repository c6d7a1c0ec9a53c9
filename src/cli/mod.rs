//! The command line: what a person types, and what they read back.
//!
//! It composes and translates; rules live in the service. Exit codes: 0 done, 1 failed, 2 wrong
//! command line or settings, 3 damage was found. Errors are one line on standard error that says what to do.

mod args;
mod backup;
mod check;
mod code;
mod command;
mod control;
mod doctor;
mod export;
mod given;
mod greeting;
mod interrupt;
mod licenses;
mod owner;
mod password;
mod progress;
mod ready;
mod restart;
mod restore;
mod serve;
mod successor;
mod supervisor;
mod transfer;
mod users;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, Parser};

use crate::app::logging_of;
use crate::base::logging;
use crate::config::{Config, ConfigError, Overrides, example, unknown_variables};
use crate::store;
use args::{Cli, ConfigTask, Task};
use given::Given;

const FAILED: u8 = 1;
const WRONG_SETTINGS: u8 = 2;
const DAMAGED: u8 = 3;

/// Runs the program with this process's arguments.
pub fn main() -> ExitCode {
    let task = match Cli::try_parse() {
        Ok(cli) => cli.task,
        Err(error) => {
            // Help and version are "errors" too; their code is 0.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                WRONG_SETTINGS
            } else {
                0
            });
        }
    };
    let done = match task {
        Task::Check { what, place } => load_as_owner(place.into())
            .and_then(|config| check::run(&config, what))
            .map(|whole| if whole { 0 } else { DAMAGED }),
        Task::Doctor { url, json, place } => load_as_owner(place.into())
            .and_then(|config| doctor::run(&config, url.as_deref(), json)),
        task => run(task).map(|()| 0),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "inkspot: {error:#}");
            let wrong_settings = error.downcast_ref::<ConfigError>().is_some();
            ExitCode::from(if wrong_settings {
                WRONG_SETTINGS
            } else {
                FAILED
            })
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        // They have exit codes of their own.
        Task::Check { .. } | Task::Doctor { .. } => Ok(()),
        Task::Serve {
            overrides,
            ready_file,
            try_for,
            no_qr,
        } => {
            let config = load((*overrides).clone())?;
            match try_for {
                Some(format) => Ok(store::require_known(format)?),
                None => serve::run(config, *overrides, ready_file.as_deref(), !no_qr),
            }
        }
        Task::Restart { place } => restart::run(&load_as_owner(place.into())?),
        Task::SetupLink { place, no_qr } => {
            users::setup_link(&load_as_owner(place.into())?, !no_qr)
        }
        Task::User { task } => users::run(task),
        Task::Backup { file, seal, place } => backup::back_up(&load(place.into())?, &file, &seal),
        Task::Export {
            dir,
            from,
            passphrase_file,
            place,
        } => {
            let from = from.map(|path| Given::new(path, passphrase_file));
            export::run(&load(place.into())?, &dir, from.as_ref())
        }
        Task::Restore {
            file,
            verify,
            replace,
            passphrase_file,
            place,
            ..
        } => {
            let config = load(place.into())?;
            let Some(path) = file else {
                return restore::roll_back(&config, passphrase_file);
            };
            let given = Given::new(path, passphrase_file);
            match (verify, replace) {
                (true, _) => restore::verify(&config, &given),
                (false, true) => restore::replace(&config, &given),
                (false, false) => restore::restore(&config, &given),
            }
        }
        Task::Config {
            task: ConfigTask::Example,
        } => print(example().as_bytes()),
        Task::Config {
            task: ConfigTask::Check { overrides },
        } => {
            load(*overrides)?;
            print(b"The settings are good.\n")
        }
        Task::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "inkspot", &mut script);
            print(&script)
        }
        Task::Licenses => licenses::run(),
        Task::Man { out: Some(folder) } => clap_mangen::generate_to(Cli::command(), &folder)
            .with_context(|| format!("cannot write to {}", folder.display())),
        Task::Man { out: None } => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .context("cannot write")?;
            print(&page)
        }
    }
}

/// The settings; logging goes by them from here on.
fn load(overrides: Overrides) -> Result<Config, ConfigError> {
    let ignored = unknown_variables(std::env::vars_os().map(|(name, _)| name));
    let loaded = Config::load(overrides);
    if let Ok(config) = &loaded {
        logging::init(logging_of(config));
    }
    for variable in ignored {
        if loaded.is_ok() {
            tracing::warn!("{variable}");
        } else {
            // It may be why.
            let _ = writeln!(io::stderr(), "inkspot: {variable}");
        }
    }
    loaded
}

/// The same for what works on the data of a server that may be somebody else's.
fn load_as_owner(overrides: Overrides) -> anyhow::Result<Config> {
    let config = load(overrides)?;
    owner::become_owner(&config.server.data)?;
    Ok(config)
}

/// Writes to standard output. A reader that went away, as `head` does, is no error.
fn print(text: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
