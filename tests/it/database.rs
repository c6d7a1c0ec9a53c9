//! The wrapper around the engine: several databases written in bulk at once go on.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use inkspot::base::database::{Database, Tuning};

/// How long everything together may take before it counts as standing still.
const PATIENCE: Duration = Duration::from_mins(5);

/// Writes so many bytes: rows behind each other, older ones again, groups over several segments.
/// Segments die and the file is cut shorter on the way.
fn write_in_bulk(dir: &Path, seed: u64, bytes: u64) {
    std::fs::create_dir(dir).unwrap();
    let tuning = Tuning {
        cache_bytes: 1 << 20,
        segment_bytes: 256 << 10,
        sparing: true,
    };
    let database = Database::open(dir, tuning).unwrap();
    let (mut dice, mut written, mut next) = (88_172_645_463_325_252 + seed, 0, 0_u64);
    let mut value = [0; 2_048];
    while written < bytes {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        value[..8].copy_from_slice(&dice.to_le_bytes());
        if next.is_multiple_of(500) {
            let keys: Vec<_> = (0..200_u64)
                .map(|n| (dice % 100 + n).to_be_bytes())
                .collect();
            let mut group = keys.iter().map(|key| (&key[..], Some(&value[..])));
            database.write(&mut group).unwrap();
            written += 200 * 2_048;
        }
        let key = if next % 3 == 0 { dice % 400 } else { next };
        database.set(&key.to_be_bytes(), &value).unwrap();
        written += 2_048;
        next += 1;
    }
    let mut found = None;
    database
        .look(&(next - 1).to_be_bytes(), |value| found = Some(value.len()))
        .unwrap();
    assert!(found.is_some() || (next - 1) % 3 == 0);
}

/// More at once than the engine has threads, so that they would all be taken. With
/// `INKSPOT_STRESS_MIB` each writes that much.
#[test]
fn databases_that_are_written_in_bulk_at_once_never_stand_still() {
    let mib = std::env::var("INKSPOT_STRESS_MIB").ok();
    let mib: u64 = mib.map_or(4, |mib| mib.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (done, ends) = mpsc::channel();
    for seed in 0..8 {
        let (done, dir) = (done.clone(), folder.path().join(seed.to_string()));
        thread::spawn(move || {
            write_in_bulk(&dir, seed, mib << 20);
            done.send(seed).unwrap();
        });
    }
    drop(done);
    for _ in 0..8 {
        let end = ends.recv_timeout(PATIENCE);
        end.expect("all databases are written to their end");
    }
}
