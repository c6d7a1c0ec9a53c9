//! The program that takes over from this one without closing the doors.
//!
//! It is whatever lies where this program was started from, so that an upgrade is the new file, or
//! a link that leads to it, and a word to the running server. It is tried before anything ends.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::{self, Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Notify;

use crate::base::clock::Clock;
use crate::store::FORMAT;

/// How long it may take to read its settings.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who takes over, and when. All clones are one.
#[derive(Clone)]
pub(super) struct Successor {
    program: Result<PathBuf, String>,
    clock: Clock,
    wanted: Arc<Notify>,
}

impl Successor {
    /// What lies where this program lies. To be called before that is replaced.
    pub fn of_this(clock: Clock) -> Self {
        let named = env::args_os().next().unwrap_or_default();
        let places = env::var_os("PATH").unwrap_or_default();
        let program = place_of(&named, &places, env::current_exe()).map_err(|error| {
            format!("where this program lies can't be told without /proc ({error}); stop it and start the other")
        });
        Self {
            program,
            clock,
            wanted: Arc::default(),
        }
    }

    /// Where it lies, if it runs on this machine, understands the settings of this process and knows
    /// the format of its data.
    /// Otherwise a sentence that says why not.
    pub async fn check(&self) -> Result<PathBuf, String> {
        let path = self.program.clone()?;
        let program = path.display();
        let tried = Command::new(&path)
            .args(env::args_os().skip(1))
            .args(["--try-for", &FORMAT.to_string()])
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        match self.clock.timeout(PATIENCE, tried).await {
            None => Err(format!("{program} did not read its settings in time")),
            Some(Err(error)) => Err(format!("{program} can't be started: {error}")),
            Some(Ok(done)) if done.status.success() => Ok(path.clone()),
            Some(Ok(done)) => {
                let said = String::from_utf8_lossy(&done.stderr);
                let said = said.trim().trim_start_matches("inkspot: ");
                Err(format!("{program} can't take over: {said}"))
            }
        }
    }

    /// Asks that it takes over.
    pub fn call(&self) {
        self.wanted.notify_one();
    }

    /// Returns when somebody asked, with where it lies.
    pub async fn called(&self) -> PathBuf {
        loop {
            self.wanted.notified().await;
            if let Ok(program) = &self.program {
                return program.clone();
            }
        }
    }
}

/// Where a program lies that was started by this name: the name, if it leads to the file that runs, since a
/// link may lead to another one later; else that file. `places` are those in which names are looked for, as
/// `PATH` has them.
fn place_of(named: &OsStr, places: &OsStr, running: io::Result<PathBuf>) -> io::Result<PathBuf> {
    let name = Path::new(named);
    let candidates = if name.components().count() > 1 || name.is_absolute() {
        vec![name.to_owned()]
    } else {
        env::split_paths(places)
            .map(|place| place.join(name))
            .collect()
    };
    let runs = |candidate: &Path| {
        let file = candidate.canonicalize();
        match &running {
            Ok(running) => file.is_ok_and(|file| file == *running),
            // Without /proc it is not known what runs.
            Err(_) => file.is_ok_and(|file| file.is_file()),
        }
    };
    match candidates.into_iter().find(|candidate| runs(candidate)) {
        Some(found) => path::absolute(found),
        None => running,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_program_lies_where_its_name_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().canonicalize().unwrap().join(name);
        let (one, other, link, bin) = (at("one"), at("other"), at("link"), at("bin"));
        fs::write(&one, "").unwrap();
        fs::write(&other, "").unwrap();
        fs::create_dir(&bin).unwrap();
        symlink(&one, &link).unwrap();
        symlink(&link, bin.join("program")).unwrap();
        let places = env::join_paths([at("nowhere"), bin.clone()]).unwrap();
        let place = |named: &Path, running: Option<&Path>| {
            let running = running.map(Path::to_owned).ok_or(io::ErrorKind::NotFound);
            place_of(named.as_os_str(), &places, running.map_err(io::Error::from)).ok()
        };
        let found = |path: &Path| Some(path.to_owned());
        assert_eq!(place(&link, Some(&one)), found(&link));
        let by_search = Path::new("program");
        assert_eq!(place(by_search, Some(&one)), found(&bin.join("program")));
        // Names that lead elsewhere, or nowhere, are only names.
        for named in [&other, &at("gone"), Path::new("name"), Path::new("")] {
            assert_eq!(place(named, Some(&one)), found(&one), "{named:?}");
        }
        // Without /proc.
        assert_eq!(place(&link, None), found(&link));
        assert_eq!(place(&at("gone"), None), None);
    }
}
