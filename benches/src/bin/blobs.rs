//! Blobs by kind of storage: MiB per second in and out, the memory that it takes, and the factor on
//! the disk.
//!
//! `cargo run --release --bin blobs [-- MIB [ROUNDS [DIR]]]`. Each run is a process of its own, so
//! that its memory is its own; rounds are interleaved, medians are shown. Content goes in by 64 KiB,
//! is synced each 8 MiB and sealed; it is read by 64 KiB.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use inkspot::base::clock::Timestamp;
use inkspot::blobs::{self, BlobKind, BlobOptions, StageId};
use inkspot_benches::median;
use inkspot_benches::process::{cpu_of, rss_kib_of};

const PIECE: usize = 64 << 10;
const SYNC: u64 = 8 << 20;

/// What one run measures.
#[derive(Clone, Copy)]
struct Figures {
    written: f64,
    read: f64,
    /// Growth of the resident memory at its peak, in MiB.
    memory: f64,
    cpu: f64,
    disk: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [kind, mib, dir] = &arguments[..]
        && let Some(kind) = kind_of(kind)
    {
        print(run(kind, mib.parse().expect("MiB"), Path::new(dir)));
        return;
    }
    let number = |at: usize, default: u64| {
        let text = arguments.get(at);
        text.map_or(default, |text| text.parse().expect("a number"))
    };
    let (mib, rounds) = (number(0, 1024), number(1, 3));
    let dir = arguments.get(2).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let kinds = ["volumes", "files"];
    let mut seen = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (kind, seen) in kinds.iter().zip(&mut seen) {
            seen.push(run_apart(kind, mib, &dir));
        }
    }
    println!("{mib} MiB, {rounds} rounds, interleaved; medians");
    println!("kind    | write MiB/s | read MiB/s | CPU s/GiB | memory MiB | disk");
    for (kind, seen) in kinds.iter().zip(&seen) {
        let median = |of: fn(&Figures) -> f64| median(seen.iter().map(of));
        println!(
            "{kind:7} | {:11.0} | {:10.0} | {:9.1} | {:10.1} | {:.2}",
            median(|f| f.written),
            median(|f| f.read),
            median(|f| f.cpu),
            median(|f| f.memory),
            median(|f| f.disk)
        );
    }
}

fn kind_of(name: &str) -> Option<BlobKind> {
    match name {
        "volumes" => Some(BlobKind::Volumes),
        "files" => Some(BlobKind::Files),
        _ => None,
    }
}

/// One run in a process of its own.
fn run_apart(kind: &str, mib: u64, dir: &Path) -> Figures {
    let folder = tempfile::tempdir_in(dir).expect("a folder");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([kind, &mib.to_string()])
        .arg(folder.path())
        .output()
        .expect("a run");
    let text = String::from_utf8(output.stdout).expect("figures");
    let figures: Vec<f64> = text
        .split_whitespace()
        .map(|word| word.parse().expect("a figure"))
        .collect();
    let [written, read, memory, cpu, disk] = figures[..] else {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    };
    Figures {
        written,
        read,
        memory,
        cpu,
        disk,
    }
}

fn print(figures: Figures) {
    println!(
        "{} {} {} {} {}",
        figures.written, figures.read, figures.memory, figures.cpu, figures.disk
    );
}

fn run(kind: BlobKind, mib: u64, dir: &Path) -> Figures {
    let me = std::process::id();
    let memory = || rss_kib_of(me).expect("memory");
    let (cpu, before) = (cpu_of(me).expect("CPU"), memory());
    let mut peak = before;
    let blobs = blobs::open(&dir.join("blobs"), kind, &BlobOptions::default()).expect("open");
    let (stage, now) = (StageId(1), Timestamp(1));
    let (bytes, mut piece, mut dice) = (mib << 20, vec![0; PIECE], 88_172_645_463_325_252_u64);
    let mut len = 0;
    let begun = Instant::now();
    blobs.begin(stage, b"", now).expect("begin");
    while len < bytes {
        for word in piece.chunks_mut(8) {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            word.copy_from_slice(&dice.to_le_bytes()[..word.len()]);
        }
        len = blobs.append(stage, len, &piece, now).expect("append");
        if len.is_multiple_of(SYNC) {
            blobs.sync(stage).expect("sync");
            peak = peak.max(memory());
        }
    }
    let (hash, _) = blobs.seal(stage).expect("seal");
    let written = begun.elapsed().as_secs_f64();
    let cpu = cpu_of(me).expect("CPU") - cpu;
    let disk = blobs.usage().expect("usage").disk;
    let begun = Instant::now();
    let mut offset = 0;
    loop {
        let count = blobs.read(&hash, offset, &mut piece).expect("read");
        if count == 0 {
            break;
        }
        offset += count as u64;
        if offset.is_multiple_of(SYNC) {
            peak = peak.max(memory());
        }
    }
    Figures {
        written: mib as f64 / written,
        read: mib as f64 / begun.elapsed().as_secs_f64(),
        memory: (peak - before) / 1024.0,
        cpu: cpu * 1024.0 / mib as f64,
        disk: disk as f64 / bytes as f64,
    }
}
