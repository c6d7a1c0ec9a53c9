//! The settings on the command line and in `INKSPOT_*` variables.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use super::{Config, Debug, FileStorage, LimitProfile, Network, TlsMode};
use crate::base::logging::{LogFormat, LogLevel};
use crate::model::Registration;

/// What stands over the file. Each field is named as its flag; `config.example.toml` explains
/// them.
#[derive(Args, Clone, Debug, Default)]
pub struct Overrides {
    /// The name under which people reach this server from the internet; may be several. A public
    /// authority gives the certificate (--tls acme), on ports 443 and 80
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Read settings from this file, not from /etc/inkspot/config.toml
    #[arg(long, value_name = "FILE", env = "INKSPOT_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Keep everything in this directory
    #[arg(long, value_name = "DIR", env = "INKSPOT_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// Serve on this address; may be repeated, port 0 takes any free port
    #[arg(
        long,
        value_name = "ADDR",
        env = "INKSPOT_LISTEN",
        value_delimiter = ','
    )]
    pub listen: Option<Vec<SocketAddr>>,
    /// Redirect plain HTTP on this address, or "off"; may be repeated
    #[arg(
        long,
        value_name = "ADDR|off",
        env = "INKSPOT_PLAIN_LISTEN",
        value_delimiter = ','
    )]
    pub plain_listen: Option<Vec<PlainListen>>,
    /// The server's name as people see it
    #[arg(long, env = "INKSPOT_NAME")]
    pub name: Option<String>,
    /// A host name for the certificate and for links; may be repeated
    #[arg(
        long,
        value_name = "HOST",
        env = "INKSPOT_HOSTNAMES",
        value_delimiter = ','
    )]
    pub hostnames: Option<Vec<String>>,
    /// The name that the own network is told, as NAME.local; "" for none
    #[arg(long, value_name = "NAME", env = "INKSPOT_LOCAL_NAME")]
    pub local_name: Option<String>,
    /// The address that people use, if not the server's own
    #[arg(long, value_name = "URL", env = "INKSPOT_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Believe the forwarded headers of this proxy or network; may be repeated
    #[arg(
        long,
        value_name = "NET",
        env = "INKSPOT_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub trusted_proxies: Option<Vec<Network>>,
    /// The path under which a proxy shows the server
    #[arg(long, value_name = "PATH", env = "INKSPOT_PATH_PREFIX")]
    pub path_prefix: Option<String>,
    /// The path of the realtime connection
    #[arg(long, value_name = "PATH", env = "INKSPOT_SOCKET_PATH")]
    pub socket_path: Option<String>,
    /// How connections are encrypted: local-ca, acme, files or off
    #[arg(long, value_name = "MODE", env = "INKSPOT_TLS_MODE", value_parser = word::<TlsMode>)]
    pub tls: Option<TlsMode>,
    /// The certificate chain for --tls files
    #[arg(long, value_name = "FILE", env = "INKSPOT_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,
    /// The private key for --tls files
    #[arg(long, value_name = "FILE", env = "INKSPOT_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
    /// The directory of the authority for --tls acme
    #[arg(long, value_name = "URL", env = "INKSPOT_TLS_ACME_DIRECTORY")]
    pub tls_acme_directory: Option<String>,
    /// The root of that authority, if it is a private one
    #[arg(long, value_name = "FILE", env = "INKSPOT_TLS_ACME_CA")]
    pub tls_acme_ca: Option<PathBuf>,
    /// Where that authority may write to
    #[arg(long, value_name = "EMAIL", env = "INKSPOT_TLS_ACME_EMAIL")]
    pub tls_acme_email: Option<String>,
    /// Rate limits: default, or off on loopback addresses only
    #[arg(
        long,
        value_name = "PROFILE",
        env = "INKSPOT_LIMITS_PROFILE",
        value_parser = word::<LimitProfile>
    )]
    pub limits: Option<LimitProfile>,
    /// Mebibytes for caches, connections and waiting messages
    #[arg(long, value_name = "MIB", env = "INKSPOT_MEMORY_BUDGET_MIB")]
    pub memory_budget_mib: Option<u64>,
    /// How files are kept: volumes or files
    #[arg(
        long,
        value_name = "KIND",
        env = "INKSPOT_FILES_STORAGE",
        value_parser = word::<FileStorage>
    )]
    pub files_storage: Option<FileStorage>,
    /// The largest file that is taken, in mebibytes
    #[arg(long, value_name = "MIB", env = "INKSPOT_FILES_MAX_FILE_MIB")]
    pub files_max_file_mib: Option<u64>,
    /// What one person's files may take, in mebibytes; 0 for no limit
    #[arg(long, value_name = "MIB", env = "INKSPOT_FILES_QUOTA_MIB")]
    pub files_quota_mib: Option<u64>,
    /// Hours that an unfinished upload waits
    #[arg(long, value_name = "HOURS", env = "INKSPOT_FILES_UPLOAD_EXPIRES_HOURS")]
    pub files_upload_expires_hours: Option<u64>,
    /// Uploads stop while less than this is free, in mebibytes
    #[arg(long, value_name = "MIB", env = "INKSPOT_FILES_DISK_RESERVE_MIB")]
    pub files_disk_reserve_mib: Option<u64>,
    /// Hours from one backup to the next; 0 for none
    #[arg(long, value_name = "HOURS", env = "INKSPOT_BACKUPS_EVERY_HOURS")]
    pub backups_every_hours: Option<u32>,
    /// How many backups are kept
    #[arg(long, value_name = "COUNT", env = "INKSPOT_BACKUPS_KEEP")]
    pub backups_keep: Option<u32>,
    /// Where backups are kept
    #[arg(long, value_name = "DIR", env = "INKSPOT_BACKUPS_FOLDER")]
    pub backups_folder: Option<PathBuf>,
    /// A file with the passphrase for backups
    #[arg(long, value_name = "FILE", env = "INKSPOT_BACKUPS_PASSPHRASE_FILE")]
    pub backups_passphrase_file: Option<PathBuf>,
    /// Whether administrators may fetch backups in the browser: true or false
    #[arg(long, value_name = "BOOL", env = "INKSPOT_BACKUPS_DOWNLOAD")]
    pub backups_download: Option<bool>,
    /// Who may make an account: closed, invite or open
    #[arg(
        long,
        value_name = "WHO",
        env = "INKSPOT_ACCOUNTS_REGISTRATION",
        value_parser = word::<Registration>
    )]
    pub accounts_registration: Option<Registration>,
    /// How many accounts people make by themselves in an hour; 0 for as many as like
    #[arg(long, value_name = "COUNT", env = "INKSPOT_ACCOUNTS_OPEN_PER_HOUR")]
    pub accounts_open_per_hour: Option<u32>,
    /// With how many accounts nobody makes one by themselves any more; 0 for no end
    #[arg(long, value_name = "COUNT", env = "INKSPOT_ACCOUNTS_OPEN_MOST")]
    pub accounts_open_most: Option<u32>,
    /// Days after which an unused session ends
    #[arg(long, value_name = "DAYS", env = "INKSPOT_SESSIONS_IDLE_DAYS")]
    pub sessions_idle_days: Option<u32>,
    /// error, warn, info, debug or trace
    #[arg(
        long,
        value_name = "LEVEL",
        env = "INKSPOT_LOG_LEVEL",
        global = true,
        value_parser = word::<LogLevel>
    )]
    pub log_level: Option<LogLevel>,
    /// text or json
    #[arg(
        long,
        value_name = "FORMAT",
        env = "INKSPOT_LOG_FORMAT",
        global = true,
        value_parser = word::<LogFormat>
    )]
    pub log_format: Option<LogFormat>,
    /// Log every realtime packet: realtime, realtime:user=NAME or realtime:conversation=ID; may be
    /// repeated
    #[arg(
        long,
        value_name = "WHAT",
        env = "INKSPOT_LOG_DEBUG",
        value_delimiter = ','
    )]
    pub debug: Option<Vec<Debug>>,
    /// Serve numbers for Prometheus on this address
    #[arg(long, value_name = "ADDR", env = "INKSPOT_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// A file with the token that lets somebody read them
    #[arg(long, value_name = "FILE", env = "INKSPOT_METRICS_TOKEN_FILE")]
    pub metrics_token_file: Option<PathBuf>,
}

/// An address for the redirect, or the word that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainListen {
    /// Listen there.
    On(SocketAddr),
    /// Listen nowhere.
    Off,
}

impl FromStr for PlainListen {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            addr => addr.parse().map(Self::On),
        }
    }
}

/// Reads one of the words of `T`, with the same sentence as for the file.
fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Error> {
    T::deserialize(text.into_deserializer())
}

impl Overrides {
    /// Lays what is set over `config`.
    pub(super) fn apply(self, config: &mut Config) {
        fn set<T>(setting: &mut T, over: Option<T>) {
            if let Some(over) = over {
                *setting = over;
            }
        }
        let server = &mut config.server;
        set(&mut server.data, self.data);
        if let Some(listen) = self.listen {
            server.listen = Some(listen);
        }
        if let Some(plain) = self.plain_listen {
            let on = |at| match at {
                PlainListen::On(addr) => Some(addr),
                PlainListen::Off => None,
            };
            server.plain_listen = Some(plain.into_iter().filter_map(on).collect());
        }
        set(&mut server.name, self.name);
        set(&mut server.hostnames, self.hostnames);
        if !self.names.is_empty() {
            server.hostnames = self.names;
            config.tls.mode = TlsMode::Acme;
        }
        set(&mut server.public_url, self.public_url.map(Some));
        set(&mut server.local_name, self.local_name);
        set(&mut server.trusted_proxies, self.trusted_proxies);
        set(&mut server.path_prefix, self.path_prefix);
        set(&mut server.socket_path, self.socket_path);
        set(&mut config.tls.mode, self.tls);
        set(&mut config.tls.cert, self.tls_cert.map(Some));
        set(&mut config.tls.key, self.tls_key.map(Some));
        set(&mut config.tls.acme_directory, self.tls_acme_directory);
        set(&mut config.tls.acme_ca, self.tls_acme_ca.map(Some));
        set(&mut config.tls.acme_email, self.tls_acme_email.map(Some));
        set(&mut config.limits.profile, self.limits);
        set(
            &mut config.memory.budget_mib,
            self.memory_budget_mib.map(Some),
        );
        let files = &mut config.files;
        set(&mut files.storage, self.files_storage);
        set(&mut files.max_file_mib, self.files_max_file_mib);
        set(&mut files.quota_mib, self.files_quota_mib);
        set(
            &mut files.upload_expires_hours,
            self.files_upload_expires_hours,
        );
        set(
            &mut files.disk_reserve_mib,
            self.files_disk_reserve_mib.map(Some),
        );
        let backups = &mut config.backups;
        set(&mut backups.every_hours, self.backups_every_hours);
        set(&mut backups.keep, self.backups_keep);
        set(&mut backups.folder, self.backups_folder.map(Some));
        set(
            &mut backups.passphrase_file,
            self.backups_passphrase_file.map(Some),
        );
        set(&mut backups.download, self.backups_download);
        let accounts = &mut config.accounts;
        set(&mut accounts.registration, self.accounts_registration);
        set(&mut accounts.open_per_hour, self.accounts_open_per_hour);
        set(&mut accounts.open_most, self.accounts_open_most);
        set(&mut config.sessions.idle_days, self.sessions_idle_days);
        set(&mut config.log.level, self.log_level);
        set(&mut config.log.format, self.log_format);
        set(&mut config.log.debug, self.debug);
        set(&mut config.metrics.listen, self.metrics_listen.map(Some));
        set(
            &mut config.metrics.token_file,
            self.metrics_token_file.map(Some),
        );
    }
}
