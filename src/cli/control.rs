//! The control socket in the data directory: how the command line reaches a running server.
//!
//! One connection, one line of JSON each way. Only the directory's owner can connect; still each
//! side has limits, since a program may hang.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener as BlockingListener, UnixStream as BlockingStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use rustix::fs::{Mode, fchmod};
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::backup;
use super::command::Command;
use super::successor::Successor;
use super::transfer::{self, Done, Hear, Sender};
use crate::base::clock::Clock;
use crate::base::rng::Rng;
use crate::base::shutdown::Shutdown;
use crate::doctor::Doctor;
use crate::server::{Links, LocalName};
use crate::service::Service;

const FILE: &str = "control.sock";
/// The longest line of a request, in bytes: a password and two names.
const REQUEST: u64 = 64 * 1024;
/// The longest answer, in bytes: a list of very many people.
const ANSWER: u64 = 64 * 1024 * 1024;
/// How long the other side may take for its line.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 16;
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    /// What to print.
    Ok(String),
    /// One sentence about what is wrong.
    Error(String),
}

/// What commands are about.
pub(super) struct Running {
    /// The rules.
    pub service: Service,
    /// Where it is reached.
    pub links: Links,
    /// What its own network calls it.
    pub local_name: LocalName,
    /// Who takes over.
    pub successor: Successor,
    /// Looks at what is around the server.
    pub doctor: Arc<Doctor>,
    /// The settings file, which goes into backups.
    pub settings: Option<PathBuf>,
}

/// The listening end. Dropping it removes the socket.
pub(super) struct Control {
    listener: UnixListener,
    path: PathBuf,
    /// The version, and a number that no other run has.
    run: String,
}

impl Control {
    /// Listens in a data directory that this process holds: a socket that lies there is a
    /// leftover.
    pub fn listen(data: &Path, rng: &Rng) -> io::Result<Self> {
        let path = data.join(FILE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::from_std(bind_private(&path)?)?;
        let run = format!("{} {:016x}", env!("CARGO_PKG_VERSION"), rng.u64());
        Ok(Self {
            listener,
            path,
            run,
        })
    }

    /// Serves one connection after the other until the shutdown begins.
    pub async fn serve(self, running: Running, clock: Clock, shutdown: Shutdown) {
        tokio::select! {
            () = shutdown.begun() => {}
            () = self.serve_all(&running, &clock, &shutdown) => {}
        }
    }

    async fn serve_all(&self, running: &Running, clock: &Clock, shutdown: &Shutdown) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let served = clock
                        .timeout(PATIENCE, Box::pin(self.answer(stream, running)))
                        .await;
                    match served {
                        // It takes its time; others go on.
                        Some(Ok(Some((stream, told)))) => {
                            let data = self.path.parent().unwrap_or(&self.path).to_owned();
                            let files = (data, running.settings.clone());
                            let service = running.service.clone();
                            let shutdown = shutdown.clone();
                            tokio::spawn(back_up(stream, told, service, files, shutdown));
                        }
                        Some(Err(error)) => {
                            tracing::debug!(%error, "a control connection failed");
                        }
                        Some(Ok(None)) | None => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept control connections");
                    clock.sleep(PAUSE).await;
                }
            }
        }
    }

    /// Answers with a line; gives the connection back for a backup, and whether it is told how far that is.
    async fn answer(
        &self,
        mut stream: UnixStream,
        running: &Running,
    ) -> io::Result<Option<(UnixStream, bool)>> {
        let (read, mut write) = stream.split();
        let mut line = Vec::new();
        tokio::io::BufReader::new(read.take(REQUEST))
            .read_until(b'\n', &mut line)
            .await?;
        let mut restart = false;
        let done = match serde_json::from_slice::<Command>(&line) {
            Ok(Command::BackUp { told }) => return Ok(Some((stream, told))),
            Ok(Command::WhichRun) => Ok(self.run.clone()),
            Ok(Command::Restart) => {
                let checked = running.successor.check().await;
                restart = checked.is_ok();
                checked.map(|_| String::new())
            }
            Ok(Command::Examine) => serde_json::to_string(&running.doctor.examine().await)
                .map_err(|error| error.to_string()),
            Ok(command) => {
                let name = running.local_name.now();
                let links = running.links.clone().known_as(name.as_deref());
                command.run(&running.service, &links).await
            }
            Err(error) => Err(format!(
                "the running server does not understand this ({error})"
            )),
        };
        let answer = match done {
            Ok(text) => Answer::Ok(text),
            Err(text) => Answer::Error(text),
        };
        let mut line = serde_json::to_vec(&answer)?;
        line.push(b'\n');
        write.write_all(&line).await?;
        write.shutdown().await?;
        if restart {
            running.successor.call();
        }
        Ok(None)
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Whoever comes next removes it if this fails.
        let _ = fs::remove_file(&self.path);
    }
}

/// `told`: whether who asked hears how far it is. `files` are the data folder and the settings file.
async fn back_up(
    stream: UnixStream,
    told: bool,
    service: Service,
    files: (PathBuf, Option<PathBuf>),
    shutdown: Shutdown,
) {
    let done = Arc::new(Done::default());
    let telling = told.then(|| Arc::clone(&done));
    let stream = stream.into_std();
    let stream = match stream.and_then(|it| Sender::new(it, shutdown, telling)) {
        Ok(stream) => stream,
        Err(error) => return tracing::warn!(%error, "a backup could not begin"),
    };
    let (done, stream) = backup::of_running(&service, files, stream, done).await;
    match &done {
        Ok(text) => tracing::info!("{text}"),
        Err(error) => tracing::warn!(error, "a backup failed"),
    }
    if let Some(stream) = stream {
        // Whoever wanted it may have gone.
        let _ = tokio::task::spawn_blocking(move || stream.end(done)).await;
    }
}

/// A listening socket that only this user can ever connect to: it has its mode before it has a
/// name, so whatever the directory and the umask allow, nobody comes in between.
fn bind_private(path: &Path) -> io::Result<BlockingListener> {
    let kind = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, kind, None)?;
    fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    net::listen(&socket, BACKLOG)?;
    Ok(socket.into())
}

/// Asks the server that runs on this data directory; `None` when none runs.
pub(super) fn ask(data: &Path, command: &Command) -> anyhow::Result<Option<String>> {
    let path = data.join(FILE);
    let stream = match BlockingStream::connect(&path) {
        Ok(stream) => stream,
        Err(error) if is_nobody_there(&error) => return Ok(None),
        Err(error) => return Err(error).with_context(|| unreachable(&path)),
    };
    let line = exchange(stream, command).with_context(|| unreachable(&path))?;
    match serde_json::from_str(&line) {
        Ok(Answer::Ok(text)) => Ok(Some(text)),
        Ok(Answer::Error(text)) => Err(anyhow!(text)),
        Err(_) => Err(anyhow!("the running server gave no answer; see its log")),
    }
}

/// The process of the server that runs on this data directory; `None` when none runs, or where this
/// process can't see it. Must be called within a tokio runtime.
pub(super) fn process_of(data: &Path) -> anyhow::Result<Option<Pid>> {
    let path = data.join(FILE);
    let stream = match BlockingStream::connect(&path) {
        Ok(stream) => stream,
        Err(error) if is_nobody_there(&error) => return Ok(None),
        Err(error) => return Err(error).with_context(|| unreachable(&path)),
    };
    let peer = || {
        stream.set_nonblocking(true)?;
        UnixStream::from_std(stream)?.peer_cred()
    };
    let peer = peer().with_context(|| unreachable(&path))?;
    Ok(peer.pid().and_then(Pid::from_raw))
}

/// Takes a backup from the server that runs on this data directory; `None` when none runs.
pub(super) fn fetch_backup(
    data: &Path,
    out: &mut dyn Write,
    hear: &mut Hear<'_>,
) -> anyhow::Result<Option<String>> {
    let path = data.join(FILE);
    let mut stream = match BlockingStream::connect(&path) {
        Ok(stream) => stream,
        Err(error) if is_nobody_there(&error) => return Ok(None),
        Err(error) => return Err(error).with_context(|| unreachable(&path)),
    };
    let mut request = serde_json::to_vec(&Command::BackUp { told: true })?;
    request.push(b'\n');
    stream
        .write_all(&request)
        .with_context(|| unreachable(&path))?;
    transfer::receive(stream, out, hear).map(Some)
}

fn exchange(mut stream: BlockingStream, command: &Command) -> io::Result<String> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = serde_json::to_vec(command)?;
    request.push(b'\n');
    stream.write_all(&request)?;
    let mut line = String::new();
    BufReader::new(stream.take(ANSWER)).read_line(&mut line)?;
    Ok(line)
}

fn is_nobody_there(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::NotADirectory
    )
}

fn unreachable(path: &Path) -> String {
    format!("cannot talk to the running server over {}", path.display())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn the_socket_is_private_before_it_has_a_name() {
        let dir = tempfile::tempdir().unwrap();
        let control = Control::listen(dir.path(), &Rng::system()).unwrap();
        let path = dir.path().join(FILE);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let (asked, accepted) = (UnixStream::connect(&path), control.listener.accept());
        assert!(tokio::try_join!(asked, accepted).is_ok());
        drop(control);
        assert!(!path.exists());
    }
}
