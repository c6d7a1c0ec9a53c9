//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::check::What;
use crate::config::Overrides;

/// Private, real-time messaging in one binary.
///
/// Exit codes: 0 done, 1 failed, 2 wrong command line or settings.
#[derive(Parser)]
#[command(name = "inkspot", version, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub task: Task,
}

#[derive(Subcommand)]
pub(super) enum Task {
    /// Run the server
    Serve {
        #[command(flatten)]
        overrides: Box<Overrides>,
        /// Write one line of JSON with the addresses to this file once serving
        #[arg(long, value_name = "FILE")]
        ready_file: Option<PathBuf>,
        /// Show no QR code of the link
        #[arg(long)]
        no_qr: bool,
        /// Only read the settings, and say whether data of this format can be opened; what a
        /// running server asks of its successor
        #[arg(long, hide = true, value_name = "FORMAT")]
        try_for: Option<u32>,
    },
    /// Let the program that is installed now take over from a running server, which keeps its doors
    /// open
    ///
    /// For upgrades: nobody is turned away, everybody is connected again within a moment, and no
    /// message is lost. The server goes on as it is if the installed program can't start with its
    /// settings or is too old for its data.
    Restart {
        #[command(flatten)]
        place: Place,
    },
    /// Show the link that makes the first administrator
    SetupLink {
        /// Show no QR code of it
        #[arg(long)]
        no_qr: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Manage people, on a running or a stopped server
    User {
        #[command(subcommand)]
        task: UserTask,
    },
    /// Check everything of a stopped server; the exit code is 3 if something is damaged
    Check {
        #[command(flatten)]
        what: What,
        #[command(flatten)]
        place: Place,
    },
    /// Look at what is around the server: names, ports, certificate, proxy, disk, backups
    ///
    /// Exit codes: 0 all is well, 1 something should be looked at, 2 something does not work.
    Doctor {
        /// Also go the way of a browser to this address, through whatever stands between
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// As JSON: a list of {id, state, title, detail, remedy?}
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write everything into one file, while the server runs or stands
    Backup {
        /// The file, which must not be there yet; "-" writes to standard output
        file: PathBuf,
        #[command(flatten)]
        seal: Seal,
        #[command(flatten)]
        place: Place,
    },
    /// Write everything into a directory as files that people and programs read without Inkspot: JSON lines,
    /// the files, and pages for a browser
    ///
    /// It holds all conversations, direct ones too: only who may read all of the server's data can make one.
    Export {
        /// The directory, which must be empty or not there yet
        dir: PathBuf,
        /// Of what this backup holds, not of the server
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// The passphrase of that backup is the only line of this file
        #[arg(long, value_name = "FILE", requires = "from")]
        passphrase_file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Make a data directory what a backup holds: an empty one, unless it says otherwise
    Restore {
        /// What `inkspot backup` wrote
        #[arg(required_unless_present = "rollback")]
        file: Option<PathBuf>,
        /// Put it in the place of the database that is there, which is kept
        #[arg(long, conflicts_with = "verify")]
        replace: bool,
        /// Do so with what was kept before the last upgrade, to go back to the Inkspot before it
        #[arg(long, conflicts_with_all = ["file", "verify", "replace"])]
        rollback: bool,
        /// Only try it, beside its file, and say what it holds
        #[arg(long)]
        verify: bool,
        /// Its passphrase is the only line of this file
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Show or check the settings
    Config {
        #[command(subcommand)]
        task: ConfigTask,
    },
    /// Write a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Show what others wrote of this program, and under which licences
    Licenses,
    /// Write the manual page
    Man {
        /// One page for each command, into this directory
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(super) enum UserTask {
    /// Add a person
    Add {
        /// The name to sign in with
        name: String,
        /// What others see; the name if not given
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        /// Let them manage people and storage
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        secret: Secret,
        #[command(flatten)]
        place: Place,
    },
    /// List all people
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Set a person's password and end all their sessions
    Passwd {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        secret: Secret,
        #[command(flatten)]
        place: Place,
    },
    /// Make a link by which a person chooses a new password and is signed in; it works once, for 4 hours
    Rescue {
        /// The name they sign in with
        name: String,
        /// Show no QR code of the link
        #[arg(long)]
        no_qr: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Keep a person out: ends all their sessions
    Disable {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Let a disabled person in again
    Enable {
        /// The name they sign in with
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
pub(super) enum ConfigTask {
    /// Print all settings with their defaults
    Example,
    /// Check the settings without starting
    Check {
        #[command(flatten)]
        overrides: Box<Overrides>,
    },
}

/// Where the password comes from.
#[derive(Args)]
pub(super) struct Secret {
    /// Read the password from the first line of standard input instead of asking for it
    #[arg(long)]
    pub password_stdin: bool,
}

/// Whether a backup is encrypted. Without a word it is if `backups.passphrase_file` is set.
#[derive(Args)]
pub(super) struct Seal {
    /// Encrypt it with the passphrase that is the only line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase")]
    pub passphrase_file: Option<PathBuf>,
    /// Ask for a passphrase, and encrypt it with that
    #[arg(long)]
    pub passphrase: bool,
}

/// Which installation is meant.
#[derive(Args)]
pub(super) struct Place {
    /// Read settings from this file
    #[arg(long, value_name = "FILE", env = "INKSPOT_CONFIG")]
    config: Option<PathBuf>,
    /// The directory of the server's data
    #[arg(long, value_name = "DIR", env = "INKSPOT_DATA")]
    data: Option<PathBuf>,
}

impl From<Place> for Overrides {
    fn from(place: Place) -> Self {
        Self {
            config: place.config,
            data: place.data,
            ..Self::default()
        }
    }
}
