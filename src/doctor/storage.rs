//! The data directory: whose it is, how much room and how fast its disk, how old the backups.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::geteuid;

use super::{Check, Topic};
use crate::base::clock::Timestamp;
use crate::base::disk;
use crate::config::Config;

const DATA: Topic = Topic("data", "Data directory");
const DISK: Topic = Topic("disk", "Disk");
const SYNC: Topic = Topic("sync", "Disk speed");
const BACKUPS: Topic = Topic("backups", "Backups");

/// How often a block is written and synced, to see how long that takes.
const SYNCS: usize = 9;
const BLOCK: [u8; 4096] = [0x2a; 4096];
/// A message that takes longer than this to be safe is felt by everybody.
const ABSURD_SYNC: Duration = Duration::from_millis(200);

pub(super) fn examine(config: &Config, now: Timestamp) -> Vec<Check> {
    let data = &config.server.data;
    let found = match fs::metadata(data) {
        Ok(found) if found.is_dir() => found,
        Ok(_) => {
            let seen = format!("{} is not a directory.", data.display());
            return vec![DATA.fail(seen, "Name another one in server.data or by --data.")];
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let seen = format!("{} is not there; the first start makes it.", data.display());
            return vec![DATA.ok(seen)];
        }
        Err(error) => {
            let seen = format!("{} can't be looked at: {error}.", data.display());
            return vec![DATA.fail(seen, "Run this as the server's user, or as root.")];
        }
    };
    vec![
        owner(data, &found),
        room(config, data),
        speed(data),
        backups(config, &found, now),
    ]
}

fn owner(data: &Path, found: &fs::Metadata) -> Check {
    let (path, mode) = (data.display(), found.mode() & 0o777);
    let own = geteuid().as_raw();
    if found.uid() != own {
        let seen = format!(
            "{path} belongs to user {}, this is user {own}.",
            found.uid()
        );
        return DATA.fail(seen, format!("`chown -R` it to the server's user: {path}"));
    }
    if mode & 0o077 != 0 {
        let seen = format!("{path} is open to others: its mode is {mode:o}.");
        return DATA.warn(seen, format!("`chmod 700 {path}`"));
    }
    DATA.ok(format!("{path} is for the server's user alone."))
}

fn room(config: &Config, data: &Path) -> Check {
    let space = File::open(data).and_then(|dir| Ok(rustix::fs::fstatvfs(dir)?));
    let space = match space {
        Ok(space) => space,
        Err(error) => {
            let seen = format!("How much is free can't be seen: {error}.");
            return DISK.fail(seen, "Look at the disk by `df -h` and `dmesg`.");
        }
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let total = space.f_blocks.saturating_mul(space.f_frsize);
    let reserve = config.files.disk_reserve_bytes();
    let reserve = reserve.unwrap_or_else(|| (1 << 30).min(total / 10));
    let seen = format!(
        "{} of {} MiB are free; uploads stop at {} MiB.",
        free >> 20,
        total >> 20,
        reserve >> 20
    );
    if free < reserve {
        return DISK.fail(seen, "Make room on this disk; reading goes on meanwhile.");
    }
    if free / 2 < reserve {
        return DISK.warn(seen, "Make room before it stops.");
    }
    DISK.ok(seen)
}

/// How long it takes until something is safe: every message waits for that.
fn speed(data: &Path) -> Check {
    match time_syncs(data) {
        Ok(times) => {
            let (usual, worst) = (times[SYNCS / 2], times[SYNCS - 1]);
            let seen = format!(
                "Something small is safe after {:.1} ms, at worst after {:.1} ms.",
                millis(usual),
                millis(worst)
            );
            if usual > ABSURD_SYNC {
                let remedy = "Each message waits for this. Another disk helps; a worn or slow SD \
                    card often is like that, and a disk that is busy with something else.";
                return SYNC.warn(seen, remedy);
            }
            SYNC.ok(seen)
        }
        Err(error) => {
            let seen = format!("Nothing can be written to {}: {error}.", data.display());
            SYNC.fail(
                seen,
                "Look at its mount and its owner: `findmnt`, `ls -ld`.",
            )
        }
    }
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

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn backups(config: &Config, data: &fs::Metadata, now: Timestamp) -> Check {
    // It is needed for those that somebody asks for, and before an upgrade, too.
    if let Some(trouble) = config.backups.passphrase_file.as_deref().and_then(secret) {
        return trouble;
    }
    let Some(every) = config.backups.every() else {
        return BACKUPS.ok("The server makes none, as backups.every_hours is set.");
    };
    let folder = config.backups.folder_beside(&config.server.data);
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now.0);
    let age = |at: SystemTime| now.duration_since(at).unwrap_or_default();
    // Some were missed when none came in the time of two.
    let late = every * 2;
    let remedy = "The log says why: `journalctl -u inkspot`; most often there is no room.";
    let Some(newest) = newest_backup(&folder) else {
        let seen = format!("There is none in {} yet.", folder.display());
        // Where the system does not say how old it is, it is taken for young.
        let young = !data.created().is_ok_and(|made| age(made) >= late);
        return if young {
            BACKUPS.ok(seen)
        } else {
            BACKUPS.warn(seen, remedy)
        };
    };
    let hours = age(newest).as_secs() / 3600;
    let seen = format!("The newest in {} is {hours} hours old.", folder.display());
    if age(newest) > late {
        return BACKUPS.warn(seen, remedy);
    }
    BACKUPS.ok(seen)
}

/// What is wrong with the file of their passphrase.
fn secret(path: &Path) -> Option<Check> {
    let shown = path.display();
    let opened = fs::metadata(path).and_then(|found| {
        if found.is_file() {
            File::open(path)?;
        }
        Ok(found)
    });
    match opened {
        Ok(found) if !found.is_file() => Some(BACKUPS.fail(
            format!("The passphrase should be in {shown}, which is no file."),
            "Correct backups.passphrase_file: without it no backup is made.",
        )),
        Ok(found) if found.mode() & 0o077 != 0 => Some(BACKUPS.warn(
            format!("Others can read the passphrase in {shown}."),
            format!("`chmod 600 {shown}`"),
        )),
        Ok(_) => None,
        Err(error) => Some(BACKUPS.fail(
            format!("The passphrase in {shown} can't be read: {error}."),
            "Give the file to the server's user, or correct backups.passphrase_file: without it no backup is made.",
        )),
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
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(found(&config)[3].1, State::Ok);
        config.backups.every_hours = 0;
        assert_eq!(found(&config)[3].1, State::Ok, "none are wanted");
    }
}
