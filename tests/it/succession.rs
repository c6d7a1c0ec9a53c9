//! The real binary that makes way for another one in the same process: its sockets, its signals, the
//! name by which it is found, and a successor that fails.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::{Process, add_user, inkspot};
use crate::supervisor::Ear;

/// Writes a program. Another process does it: a file that this one has open for writing may be so in a process that
/// another test starts in that moment, and can't be run until then.
fn write_program(path: &Path, by: &mut Command) {
    let _ = fs::remove_file(path);
    assert!(by.arg(path).status().unwrap().success());
}

/// A program that does what the script says.
pub fn install_script(path: &Path, script: &str) {
    let text = format!("#!/bin/sh\n{script}\n");
    let mut sh = Command::new("sh");
    let command = "printf %s \"$0\" >\"$1\" && chmod 755 \"$1\"";
    write_program(path, sh.args(["-c", command, &text]));
}

/// The same, after it understood all settings.
fn install(path: &Path, script: &str) {
    let tried = "case \"$*\" in *--try-for*) exit 0;; esac";
    install_script(path, &format!("{tried}\n{script}"));
}

/// The real program, in a place of its own.
pub fn install_copy(path: &Path) {
    write_program(path, Command::new("cp").arg(env!("CARGO_BIN_EXE_inkspot")));
}

fn restart(data: &Path) -> Output {
    let mut asked = inkspot();
    asked.args(["restart", "--data"]).arg(data);
    asked.stdout(Stdio::piped()).stderr(Stdio::piped());
    asked.output().unwrap()
}

/// The program, in a place of its own.
fn installed(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("INKSPOT_CONFIG", "/dev/null");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_that_come_meanwhile_do_no_harm() {
    let folder = TempDir::new().unwrap();
    let ear = Ear::at(&folder.path().join("notify"));
    let mut command = inkspot();
    command.env("NOTIFY_SOCKET", folder.path().join("notify"));
    let mut server = Process::start_by(command, &folder.path().join("data")).await;
    ear.until("READY=1");
    for _ in 0..3 {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    server.signal(Signal::HUP);
                    server.signal(Signal::USR2);
                    thread::sleep(Duration::from_micros(200));
                }
            });
            ear.until("RELOADING=1");
            ear.until("READY=1");
            over.store(true, Ordering::Relaxed);
        });
    }
    // What is left of them may have it make way once more.
    assert_eq!(server.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_end_while_it_makes_way_ends() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let ear = Ear::at(&folder.path().join("notify"));
    let start = || {
        let mut command = inkspot();
        command.env("NOTIFY_SOCKET", folder.path().join("notify"));
        Process::start_by(command, &data)
    };
    // At once, when it has begun, and when it is over.
    for states in [&[][..], &["RELOADING=1"], &["RELOADING=1", "READY=1"]] {
        let mut server = start().await;
        ear.until("READY=1");
        server.signal(Signal::USR2);
        for state in states {
            ear.until(state);
        }
        assert_eq!(server.end(), Some(0), "after {states:?}");
        ear.until("STOPPING=1");
    }
}

/// The moment that is hit here: the program of before is gone, the next one has not begun.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_end_between_two_programs_ends_in_order_once_the_next_one_is_there() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (program, data) = (at("inkspot"), at("data"));
    install_copy(&program);
    install_copy(&at("next"));
    assert!(
        Command::new("mkfifo")
            .arg(at("go"))
            .status()
            .unwrap()
            .success()
    );
    // Open for both, so that nobody waits for another to open it.
    let pipe = fs::File::options().read(true).write(true).open(at("go"));
    let mut pipe = pipe.unwrap();
    let ear = Ear::at(&at("notify"));
    let mut command = installed(&program);
    command.env("NOTIFY_SOCKET", at("notify"));
    let mut server = Process::start_by(command, &data).await;
    ear.until("READY=1");
    let [here, go, next] = ["here", "go", "next"].map(|name| at(name).display().to_string());
    install(
        &program,
        &format!(": >'{here}'\nread line <'{go}'\nexec '{next}' \"$@\""),
    );
    server.signal(Signal::USR2);
    server
        .until("the script runs", || at("here").exists())
        .await;
    server.signal(Signal::TERM);
    pipe.write_all(b"go\n").unwrap();
    assert_eq!(server.wait(), Some(0), "it was kept, and obeyed in order");
    ear.until("STOPPING=1");
    // Nothing was cut: the next start finds all as it was left.
    let mut server = Process::start(&data).await;
    assert_eq!(server.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_that_ends_is_told_at_once() {
    let folder = TempDir::new().unwrap();
    let (program, data) = (folder.path().join("inkspot"), folder.path().join("data"));
    install_copy(&program);
    let mut server = Process::start_by(installed(&program), &data).await;
    install(&program, "exit 7");
    let asked = restart(&data);
    let said = String::from_utf8_lossy(&asked.stderr);
    assert_eq!(asked.status.code(), Some(1), "{said}");
    assert!(said.contains("the new program does not serve"), "{said}");
    assert_eq!(server.wait(), Some(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_was_started_by_a_link_is_succeeded_by_where_the_link_leads() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (link, data) = (at("inkspot"), at("data"));
    install_copy(&at("old"));
    symlink(at("old"), &link).unwrap();
    let mut server = Process::start_by(installed(&link), &data).await;
    install(&at("new"), "exit 8");
    fs::remove_file(&link).unwrap();
    symlink(at("new"), &link).unwrap();
    assert_eq!(restart(&data).status.code(), Some(1));
    assert_eq!(server.wait(), Some(8));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_sockets_that_are_given_those_that_nobody_wants_are_named() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    add_user(&data, "ada");
    let given = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = given.each_ref().map(|it| it.local_addr().unwrap().port());
    let log = folder.path().join("log");
    let mut command = inkspot();
    command.stderr(fs::File::create(&log).unwrap());
    // As systemd does it.
    command.env("LISTEN_FDS", "2");
    let mappings = (3..).zip(given).map(|(child_fd, socket)| FdMapping {
        parent_fd: socket.into(),
        child_fd,
    });
    command.fd_mappings(mappings.collect()).unwrap();
    let mut server = Process::start_by(command, &data).await;
    assert_eq!(server.port(), ports[0]);
    let text = fs::read_to_string(&log).unwrap();
    let about: Vec<_> = text
        .lines()
        .filter(|line| line.contains("is closed"))
        .collect();
    assert_eq!(about.len(), 1, "{text}");
    assert!(
        about[0].contains(&format!("127.0.0.1:{}", ports[1])),
        "{text}"
    );
    // The one that is left goes on to the next.
    assert!(restart(&data).status.success());
    server
        .visitor()
        .sign_in("ada", crate::harness::PASSWORD)
        .await;
    assert_eq!(server.end(), Some(0));
}
