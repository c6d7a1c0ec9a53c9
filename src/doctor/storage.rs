//! The data directory: whose it is, how much room and how fast its disk, how old the backups.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::geteuid;

use super::finding::{Bytes, Millis, Moment};
use super::findings::Finding;
use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::base::disk;
use crate::base::passphrase::{self, Fault};
use crate::config::Config;

pub(super) const DATA: Topic = Topic("data", "Data directory");
pub(super) const DISK: Topic = Topic("disk", "Disk");
pub(super) const SYNC: Topic = Topic("sync", "Disk speed");
pub(super) const BACKUPS: Topic = Topic("backups", "Backups");

/// How often a block is written and synced, to see how long that takes.
const SYNCS: usize = 9;
const BLOCK: [u8; 4096] = [0x2a; 4096];
/// A message that takes longer than this to be safe is felt by everybody.
const ABSURD_SYNC: Duration = Duration::from_millis(200);

pub(super) fn examine(config: &Config, now: Timestamp) -> Vec<Check> {
    let data = &config.server.data;
    let path = shown(data);
    let found = match fs::metadata(data) {
        Ok(found) if found.is_dir() => found,
        Ok(_) => return vec![DATA.found(Finding::DataNoDirectory { path })],
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return vec![DATA.found(Finding::DataLater { path })];
        }
        Err(error) => {
            let error = error.to_string();
            return vec![DATA.found(Finding::DataUnseen { path, error })];
        }
    };
    vec![
        DATA.found(owner(path, &found)),
        DISK.found(room(config, data)),
        SYNC.found(speed(data)),
        BACKUPS.found(backups(config, &found, now)),
    ]
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn owner(path: String, found: &fs::Metadata) -> Finding {
    let (mode, own) = (found.mode() & 0o777, geteuid().as_raw());
    if found.uid() != own {
        return Finding::DataOfAnother {
            path,
            owner: found.uid().to_string(),
            user: own.to_string(),
        };
    }
    if mode & 0o077 != 0 {
        let mode = format!("{mode:o}");
        return Finding::DataOpen { path, mode };
    }
    Finding::DataPrivate { path }
}

fn room(config: &Config, data: &Path) -> Finding {
    let space = File::open(data).and_then(|dir| Ok(rustix::fs::fstatvfs(dir)?));
    let space = match space {
        Ok(space) => space,
        Err(error) => {
            let error = error.to_string();
            return Finding::DiskUnseen { error };
        }
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let total = space.f_blocks.saturating_mul(space.f_frsize);
    let reserve = config.files.disk_reserve_bytes();
    let reserve = reserve.unwrap_or_else(|| (1 << 30).min(total / 10));
    let (free_bytes, total_bytes, reserve_bytes) = (Bytes(free), Bytes(total), Bytes(reserve));
    if free < reserve {
        return Finding::DiskFull {
            free_bytes,
            total_bytes,
            reserve_bytes,
        };
    }
    if free / 2 < reserve {
        return Finding::DiskLow {
            free_bytes,
            total_bytes,
            reserve_bytes,
        };
    }
    Finding::DiskGood {
        free_bytes,
        total_bytes,
        reserve_bytes,
    }
}

/// How long it takes until something is safe: every message waits for that.
fn speed(data: &Path) -> Finding {
    let times = match time_syncs(data) {
        Ok(times) => times,
        Err(error) => {
            return Finding::SyncImpossible {
                path: shown(data),
                error: error.to_string(),
            };
        }
    };
    let (usual, worst) = (times[SYNCS / 2], times[SYNCS - 1]);
    let (usual_ms, worst_ms) = (millis(usual), millis(worst));
    if usual > ABSURD_SYNC {
        return Finding::SyncSlow { usual_ms, worst_ms };
    }
    Finding::SyncGood { usual_ms, worst_ms }
}

fn time_syncs(data: &Path) -> io::Result<Vec<Duration>> {
    let path = data.join(format!("doctor-{}", std::process::id()));
    disk::remove_file(&path)?;
    let mut file = disk::make_file(&path)?;
    let mut sync = || {
        let start = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        Ok(start.elapsed())
    };
    let times: io::Result<Vec<Duration>> = (0..SYNCS).map(|_| sync()).collect();
    disk::remove_file(&path)?;
    let mut times = times?;
    times.sort_unstable();
    Ok(times)
}

fn millis(time: Duration) -> Millis {
    Millis(time.as_secs_f64() * 1000.0)
}

fn backups(config: &Config, data: &fs::Metadata, now: Timestamp) -> Finding {
    // It is needed for those that somebody asks for, and before an upgrade, too.
    if let Some(trouble) = config.backups.passphrase_file.as_deref().and_then(secret) {
        return trouble;
    }
    let Some(every) = config.backups.every() else {
        return Finding::BackupsOff;
    };
    let place = config.backups.folder_beside(&config.server.data);
    let folder = shown(&place);
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now.0);
    let age = |at: SystemTime| now.duration_since(at).unwrap_or_default();
    // Some were missed when none came in the time of two.
    let late = every * 2;
    let Some(newest) = newest_backup(&place) else {
        // Where the system does not say how old it is, it is taken for young.
        let young = !data.created().is_ok_and(|made| age(made) >= late);
        return if young {
            Finding::BackupsLater { folder }
        } else {
            Finding::BackupsNone { folder }
        };
    };
    let (hours, made_at) = (age(newest).as_secs() / 3600, moment(newest));
    if age(newest) > late {
        return Finding::BackupsOld {
            folder,
            hours,
            made_at,
        };
    }
    Finding::BackupsGood {
        folder,
        hours,
        made_at,
    }
}

fn moment(at: SystemTime) -> Moment {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    Moment(Timestamp(u64::try_from(millis).unwrap_or(u64::MAX)))
}

/// What is wrong with the file of their passphrase.
fn secret(file: &Path) -> Option<Finding> {
    let path = shown(file);
    let found = fs::metadata(file);
    if found.as_ref().is_ok_and(|found| !found.is_file()) {
        return Some(Finding::SecretNoFile { path });
    }
    let read = passphrase::read(file).and_then(|text| passphrase::check_new(&text));
    match read {
        Err(Fault::Unreadable(error)) => {
            let error = error.to_string();
            Some(Finding::SecretUnreadable { path, error })
        }
        Err(Fault::TooShort) => Some(Finding::SecretShort {
            path,
            least: passphrase::LEAST,
        }),
        Err(Fault::TooLong) => Some(Finding::SecretLong {
            path,
            most: passphrase::MOST,
        }),
        Err(Fault::NotOneLine) => Some(Finding::SecretLines { path }),
        Ok(()) => {
            let open = found.is_ok_and(|found| found.mode() & 0o077 != 0);
            open.then_some(Finding::SecretOpen { path })
        }
    }
}

/// When the newest one was made.
fn newest_backup(folder: &Path) -> Option<SystemTime> {
    let names = disk::names(folder).ok()?.into_iter();
    let whole = |name: &str| name.ends_with(".backup") || name.ends_with(".backup.age");
    let ours = names.filter(|name| name.starts_with("inkspot-") && whole(name));
    ours.filter_map(|name| fs::metadata(folder.join(name)).ok()?.modified().ok())
        .max()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::State;
    use super::*;

    fn found(config: &Config) -> Vec<(String, State)> {
        let now = Timestamp(
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_millis()
                .try_into()
                .unwrap(),
        );
        let checks = examine(config, now);
        checks.into_iter().map(|it| (it.id, it.state)).collect()
    }

    #[test]
    fn a_directory_is_looked_at_and_left_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.data = dir.path().join("data");
        assert_eq!(found(&config), [("data".to_owned(), State::Ok)]);
        disk::make_dir(&config.server.data).unwrap();
        config.files.disk_reserve_mib = Some(0);
        let all = found(&config);
        let ids: Vec<_> = all.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["data", "disk", "sync", "backups"]);
        assert_eq!(all[0].1, State::Ok);
        assert_eq!(fs::read_dir(&config.server.data).unwrap().count(), 0);

        fs::set_permissions(&config.server.data, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(found(&config)[0].1, State::Warn);
        config.files.disk_reserve_mib = Some(1 << 40);
        assert_eq!(found(&config)[1].1, State::Fail);
    }

    #[test]
    fn old_backups_are_told_and_only_ours_count() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.data = dir.path().to_owned();
        let folder = dir.path().join("backups");
        disk::make_dir(&folder).unwrap();
        disk::make_file(&folder.join("other.backup")).unwrap();
        assert_eq!(
            found(&config)[3],
            ("backups".to_owned(), State::Ok),
            "a young installation"
        );
        let file =
            disk::make_file(&folder.join("inkspot-2026-11-20T03-00-00.000Z.backup")).unwrap();
        assert_eq!(found(&config)[3].1, State::Ok);
        file.set_modified(SystemTime::now() - Duration::from_hours(49))
            .unwrap();
        assert_eq!(found(&config)[3].1, State::Warn);
        let sealed = folder.join("inkspot-2026-11-21T03-00-00.000Z.backup.age");
        disk::make_file(&sealed).unwrap();
        assert_eq!(found(&config)[3].1, State::Ok, "encrypted ones count");
        let secret = dir.path().join("passphrase");
        config.backups.passphrase_file = Some(secret.clone());
        assert_eq!(found(&config)[3].1, State::Fail, "it is not there");
        fs::write(&secret, "a passphrase").unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(found(&config)[3].1, State::Warn, "others can read it");
        for (text, code) in [
            ("eleven char", "backups-secret-short"),
            ("", "backups-secret-lines"),
            ("a passphrase\nand more", "backups-secret-lines"),
            (&"x".repeat(1025), "backups-secret-long"),
        ] {
            fs::write(&secret, text).unwrap();
            let check = &examine(&config, Timestamp(0))[3];
            assert_eq!((check.code.as_str(), check.state), (code, State::Fail));
            let remedy = check.remedy.as_deref().unwrap();
            assert!(remedy.contains("line"), "{remedy}");
        }
        fs::write(&secret, "a passphrase").unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(found(&config)[3].1, State::Ok);
        config.backups.every_hours = 0;
        assert_eq!(found(&config)[3].1, State::Ok, "none are wanted");
    }
}
