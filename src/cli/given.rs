//! A backup that somebody names, and the passphrase that goes with it.

use std::cell::OnceCell;
use std::fs;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::PathBuf;

use anyhow::Context;

use super::args::Seal;
use super::interrupt::Interrupt;
use super::password;
use super::progress::Progress;
use crate::app;
use crate::backup::{In, Passphrase};
use crate::config::Config;

/// A backup, and where its passphrase may be.
pub(super) struct Given {
    /// The backup.
    pub path: PathBuf,
    /// The file with its passphrase, where it is not that of the settings.
    passphrase_file: Option<PathBuf>,
    /// What somebody has typed.
    typed: OnceCell<Passphrase>,
}

/// A backup that is read, with a bar that shows how far.
pub(super) type Opened = In<BufReader<Watched<fs::File>>>;

impl Given {
    pub fn new(path: PathBuf, passphrase_file: Option<PathBuf>) -> Self {
        Self {
            path,
            passphrase_file,
            typed: OnceCell::new(),
        }
    }

    /// Opens it, as whoever asks for it. Its passphrase is the one that is given, else that of the settings,
    /// else somebody types it.
    pub fn open(&self, config: &Config, doing: &'static str) -> anyhow::Result<Opened> {
        self.open_until(config, doing, None)
    }

    /// The same, until somebody asks it to end.
    pub fn open_until(
        &self,
        config: &Config,
        doing: &'static str,
        interrupt: Option<&Interrupt>,
    ) -> anyhow::Result<Opened> {
        let path = &self.path;
        let file =
            fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let found = file.metadata()?;
        let of = found.is_file().then_some(found.len());
        let watched = Watched::new(file, of, doing).until(interrupt);
        In::begin(BufReader::with_capacity(256 << 10, watched), || {
            self.passphrase(config)
        })
    }

    fn passphrase(&self, config: &Config) -> anyhow::Result<Option<Passphrase>> {
        if let Some(file) = &self.passphrase_file {
            return Ok(Some(Passphrase::read(file)?));
        }
        if let Some(typed) = self.typed.get() {
            return Ok(Some(typed.clone()));
        }
        match app::configured_passphrase(config)? {
            None if io::stdin().is_terminal() => {
                let typed = Passphrase::given(password::ask("Passphrase of the backup: ")?);
                Ok(Some(self.typed.get_or_init(|| typed).clone()))
            }
            known => Ok(known),
        }
    }
}

/// What a new backup is encrypted with, if it is to be.
pub(super) fn new_passphrase(config: &Config, seal: &Seal) -> anyhow::Result<Option<Passphrase>> {
    if seal.passphrase {
        let typed = password::ask_twice("Passphrase for the backup: ")?;
        return Ok(Some(Passphrase::for_new(typed)?));
    }
    let settings = config.backups.passphrase_file.as_ref();
    let file = seal.passphrase_file.as_ref().or(settings);
    Ok(file
        .map(|file| Passphrase::read_for_new(file))
        .transpose()?)
}

/// Shows how much was read; fails once somebody wants no more of it.
pub(super) struct Watched<R> {
    inner: R,
    interrupt: Option<Interrupt>,
    done: u64,
    of: Option<u64>,
    doing: &'static str,
    progress: Progress,
}

impl<R: Read> Watched<R> {
    /// Reads so many bytes, if that is known.
    pub fn new(inner: R, of: Option<u64>, doing: &'static str) -> Self {
        Self {
            inner,
            interrupt: None,
            done: 0,
            of,
            doing,
            progress: Progress::default(),
        }
    }

    /// The same, until somebody asks it to end.
    pub fn until(self, interrupt: Option<&Interrupt>) -> Self {
        let interrupt = interrupt.cloned();
        Self { interrupt, ..self }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.as_ref().is_some_and(Interrupt::is_asked) {
            return Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "it was interrupted",
            ));
        }
        let count = self.inner.read(buffer)?;
        self.done += count as u64;
        let (done, of) = (self.done >> 10, self.of.map(|of| of >> 10));
        self.progress.tell(self.doing, done, of, "KiB");
        Ok(count)
    }
}
