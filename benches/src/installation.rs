//! The product with people in it: made once through its own doors, copied for each run.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Address, Client};
use crate::process::Process;

/// The members that one request names at most.
const NAMES_MAX: usize = 200;

/// A data folder in which everybody has an account and an open session.
pub struct Installation {
    dir: PathBuf,
    /// Session tokens by the person's number. Person N is called `pN`.
    pub tokens: Vec<String>,
}

impl Installation {
    /// Takes the one made before in `place`, or makes it. Each person costs one password hash.
    pub fn with_people(inkspot: &Path, place: &Path, people: usize) -> io::Result<Self> {
        let dir = place.join(format!("people-{people}"));
        let list = dir.join("tokens");
        if !list.exists() {
            let _ = fs::remove_dir_all(&dir);
            let data = dir.join("data");
            fs::create_dir_all(&dir)?;
            add_admin(inkspot, &data)?;
            let tokens = {
                let (_server, address) = serve(inkspot, &data, true)?;
                invite(&address, people)?
            };
            fs::write(&list, tokens.join("\n"))?;
        }
        let tokens = fs::read_to_string(&list)?;
        let tokens = tokens.lines().map(str::to_owned).collect();
        Ok(Self { dir, tokens })
    }

    /// Starts the product on a fresh copy of it.
    pub fn start(&self, inkspot: &Path, tls: bool) -> io::Result<(Process, Address)> {
        let run = self.dir.join("run");
        let _ = fs::remove_dir_all(&run);
        copy(&self.dir.join("data"), &run)?;
        serve(inkspot, &run, tls)
    }

    /// Makes a conversation of these people; the first owns it. Returns its id.
    pub fn group(
        &self,
        address: &Address,
        mut people: impl Iterator<Item = usize>,
    ) -> io::Result<String> {
        let owner = people.next().ok_or(io::ErrorKind::InvalidInput)?;
        let token = &self.tokens[owner];
        let names: Vec<String> = people.map(|person| format!("p{person}")).collect();
        let mut parts = names.chunks(NAMES_MAX);
        let first = parts.next().unwrap_or_default();
        let wanted = json!({"title": "bench", "isGroup": true, "members": first});
        let made = Client::ask(address, ("POST", "/api/conversations"), token, &wanted)?;
        let id = text(&made["id"])?;
        let path = format!("/api/conversations/{id}/members");
        for part in parts {
            Client::ask(address, ("POST", &path), token, &json!({"members": part}))?;
        }
        Ok(id)
    }
}

fn text(value: &Value) -> io::Result<String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| io::Error::other(format!("not a string: {value}")))
}

fn add_admin(inkspot: &Path, data: &Path) -> io::Result<()> {
    let mut adding = Command::new(inkspot)
        .args([
            "user",
            "add",
            "admin",
            "--admin",
            "--password-stdin",
            "--data",
        ])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut input) = adding.stdin.take() {
        input.write_all(b"a password for benches\n")?;
    }
    if adding.wait()?.success() {
        Ok(())
    } else {
        Err(io::Error::other("`inkspot user add` failed"))
    }
}

/// Lets people in by one invite, as people come in.
fn invite(address: &Address, people: usize) -> io::Result<Vec<String>> {
    let login = json!({"username": "admin", "password": "a password for benches"});
    let admin = Client::ask(address, ("POST", "/api/auth/login"), "", &login)?;
    let wanted = json!({"maxUses": people});
    let invite = Client::ask(
        address,
        ("POST", "/api/invites"),
        &text(&admin["token"])?,
        &wanted,
    )?;
    let path = format!("/api/invites/{}/accept", text(&invite["code"])?);
    let next = Mutex::new(0..people);
    let came = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(person) = next.lock().expect("unpoisoned").next() else { return };
                    let wanted = json!({"username": format!("p{person}"), "password": "a password for benches"});
                    let token = Client::ask(address, ("POST", &path), "", &wanted)
                        .and_then(|accepted| text(&accepted["token"]));
                    came.lock().expect("unpoisoned").push((person, token));
                }
            });
        }
    });
    let mut came = came.into_inner().expect("unpoisoned");
    came.sort_by_key(|(person, _)| *person);
    came.into_iter().map(|(_, token)| token).collect()
}

/// Starts the product and waits until it serves.
fn serve(inkspot: &Path, data: &Path, tls: bool) -> io::Result<(Process, Address)> {
    let ready = data.with_extension("ready");
    let _ = fs::remove_file(&ready);
    let mut command = Command::new(inkspot);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--plain-listen", "off"])
        .args(["--limits", "off", "--log-level", "warn"])
        .args(["--tls", if tls { "local-ca" } else { "off" }])
        .arg("--data")
        .arg(data)
        .arg("--ready-file")
        .arg(&ready)
        .stdout(Stdio::null());
    let mut process = Process::start(&mut command)?;
    let begun = Instant::now();
    while !ready.exists() {
        if !process.is_running() || begun.elapsed() > Duration::from_secs(60) {
            return Err(io::Error::other("the product did not start"));
        }
        thread::sleep(Duration::from_millis(20));
    }
    let line = loop {
        let line = fs::read_to_string(&ready)?;
        if line.ends_with('\n') {
            break line;
        }
    };
    let ready: Value = serde_json::from_str(&line).map_err(io::Error::other)?;
    let url = text(&ready["url"])?;
    let port = url
        .rsplit(':')
        .next()
        .and_then(|port| port.trim_end_matches('/').parse().ok());
    let port = port.ok_or_else(|| io::Error::other(url))?;
    let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let address = if tls {
        Address::tls(socket)
    } else {
        Address::plain(socket)
    };
    Ok((process, address))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let to = to.join(entry.file_name());
        if kind.is_dir() {
            copy(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
