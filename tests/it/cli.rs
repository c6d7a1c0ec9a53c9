//! The real binary: what it prints, what it refuses, how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use inkspot::base::clock::Clock;
use inkspot::base::rng::Rng;
use inkspot::store::{self, StoreOptions};
use rustix::process::{Pid, Signal, kill_process};

const PASSWORD: &str = "correct horse battery\n";

fn inkspot(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkspot"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INKSPOT_")) {
        command.env_remove(name);
    }
    command
        .env("INKSPOT_CONFIG", "/dev/null")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run_with(args: &[&str], input: &str) -> Output {
    let mut child = inkspot(args).spawn().unwrap();
    // Whoever does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it prints when it succeeds.
#[track_caller]
fn done(args: &[&str], input: &str) -> String {
    let output = run_with(args, input);
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Counts all rows of a stopped server, as one that runs does when it looks for space.
fn count_rows(data: &Path) {
    let options = StoreOptions {
        cache_bytes: 8 << 20,
        floor_bytes: 0,
        ballast_bytes: 0,
    };
    let opened = store::open(data, &options, &Rng::system(), &Clock::system());
    let (store, _writer) = opened.unwrap();
    store.count(&mut || ControlFlow::Continue(())).unwrap();
}

/// What somebody sees at a terminal who runs this.
fn on_a_terminal(command: &str) -> String {
    let output = Command::new("script")
        .args(["-qec", command, "/dev/null"])
        .env("INKSPOT_CONFIG", "/dev/null")
        .stdin(Stdio::null())
        .output()
        .expect("the Debian package `bsdutils` is needed for this test");
    let seen = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{seen}");
    seen
}

/// The one line that it fails with, with this exit code.
#[track_caller]
fn failed(args: &[&str], input: &str, code: i32) -> String {
    let output = run_with(args, input);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("inkspot: "), "{text}");
    text
}

/// A server of its own. Killed when dropped.
struct Running {
    child: Child,
    ready: serde_json::Value,
    data: PathBuf,
}

impl Running {
    fn start(dir: &Path, args: &[&str]) -> Self {
        let mut command = inkspot(&["serve"]);
        command.stderr(Stdio::null());
        Self::spawn(command, dir, args)
    }

    fn spawn(mut command: Command, dir: &Path, args: &[&str]) -> Self {
        let (data, file) = (dir.join("data"), dir.join("ready.json"));
        let _ = fs::remove_file(&file);
        let mut child = command
            .arg("--data")
            .arg(&data)
            .args(["--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&file)
            .args(args)
            .spawn()
            .unwrap();
        let line = loop {
            match fs::read_to_string(&file) {
                Ok(line) => break line,
                Err(_) => assert_eq!(
                    child.try_wait().unwrap(),
                    None,
                    "it ended before it was ready"
                ),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(line.ends_with("}\n"), "the file appears whole: {line:?}");
        Self {
            child,
            ready: serde_json::from_str(&line).unwrap(),
            data,
        }
    }

    fn text(&self, field: &str) -> &str {
        self.ready[field].as_str().unwrap()
    }

    fn data(&self) -> &str {
        self.data.to_str().unwrap()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    fn end(mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.child.wait().unwrap().code()
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let pem = fs::read(self.text("caFile")).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        let cert = <rustls::pki_types::CertificateDer as rustls::pki_types::pem::PemObject>::from_pem_slice(&pem);
        roots.add(cert.unwrap()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let client = reqwest::Client::builder()
            .use_preconfigured_tls(config)
            .build()
            .unwrap();
        client
            .get(format!("{}{path}", self.text("url")))
            .send()
            .await
            .unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_ready_file_says_where_it_serves_and_sigterm_ends_it_with_0() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &["--plain-listen", "127.0.0.1:0"]);
    assert_eq!(server.ready["pid"], server.child.id());
    assert!(server.text("url").starts_with("https://127.0.0.1:"));
    assert!(server.text("plainUrl").starts_with("http://127.0.0.1:"));
    assert!(
        server
            .text("setupLink")
            .starts_with(&format!("{}/setup?token=", server.text("url")))
    );
    assert_eq!(server.get("/api/health").await.status(), 200);
    assert_eq!(
        fs::metadata(&server.data).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(server.end(), Some(0));

    let server = Running::start(dir.path(), &[]);
    assert_eq!(server.ready["plainUrl"], serde_json::Value::Null);
    server.signal(Signal::INT);
    let mut server = server;
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_start_prints_the_same_setup_link_and_no_code_into_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Running::start(dir.path(), &[]);
    let mut printed = String::new();
    let out = server.child.stdout.take().unwrap();
    server.signal(Signal::TERM);
    BufReader::new(out).read_to_string(&mut printed).unwrap();
    assert!(printed.contains(server.text("setupLink")), "{printed}");
    assert!(
        !printed.contains(['\u{2580}', '\u{1b}']) && !printed.contains("0.0.0.0"),
        "{printed}"
    );
}

#[test]
fn people_are_managed_on_a_stopped_and_on_a_running_server_alike() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let at = ["--data", data.to_str().unwrap()];
    let user = |args: &[&str], input: &str| done(&[&["user"], args, &at].concat(), input);
    let wrong = |args: &[&str], input: &str| failed(&[&["user"], args, &at].concat(), input, 1);

    for running in [false, true] {
        let _server = running.then(|| Running::start(dir.path(), &[]));
        let name = if running { "bob" } else { "ann" };
        let added = user(&["add", name, "--admin", "--password-stdin"], PASSWORD);
        assert_eq!(added, format!("Added the administrator {name}.\n"));
        let taken = wrong(&["add", name, "--password-stdin"], PASSWORD);
        assert!(taken.contains("Somebody has this name already"), "{taken}");
        let short = wrong(&["add", "short", "--password-stdin"], "1234567\n");
        assert!(short.contains("password must be 8 at least"), "{short}");
        let bad = wrong(&["add", "a b", "--password-stdin"], PASSWORD);
        assert!(bad.contains("username"), "{bad}");
        assert!(wrong(&["disable", "nobody"], "").contains("there is no user \"nobody\""));
        assert!(user(&["passwd", name, "--password-stdin"], PASSWORD).contains("new password"));
    }
    let server = Running::start(dir.path(), &[]);
    assert_eq!(
        user(&["disable", "bob"], ""),
        "bob is disabled and signed out everywhere.\n"
    );
    assert_eq!(server.end(), Some(0));
    let list: serde_json::Value = serde_json::from_str(&user(&["list", "--json"], "")).unwrap();
    let of = |n: usize, field: &str| list[n][field].clone();
    assert_eq!(
        (of(0, "username"), of(0, "role"), of(0, "disabled")),
        ("ann".into(), "admin".into(), false.into())
    );
    assert_eq!(
        (of(1, "username"), of(1, "disabled")),
        ("bob".into(), true.into())
    );
    assert_eq!(user(&["list"], "").lines().count(), 2);
    assert_eq!(user(&["enable", "bob"], ""), "bob is enabled.\n");
}

#[test]
fn a_password_comes_from_standard_input_or_a_terminal_only() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let no_terminal = failed(&["user", "add", "ann", "--data", data], PASSWORD, 1);
    assert!(
        no_terminal.contains("use --password-stdin"),
        "{no_terminal}"
    );
    let empty = failed(
        &["user", "add", "ann", "--password-stdin", "--data", data],
        "",
        1,
    );
    assert!(empty.contains("the password is empty"), "{empty}");
    assert!(!Path::new(data).exists());
    // Nobody can put it where the process list shows it.
    assert_eq!(
        run_with(&["user", "add", "ann", "--password", "x"], "")
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn the_setup_link_is_told_until_there_is_an_administrator() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let at = ["--data", data.to_str().unwrap()];
    let link = [&["setup-link"], &at[..]].concat();
    assert!(failed(&link, "", 1).contains("there is no data directory"));
    let server = Running::start(dir.path(), &[]);
    let told = done(&link, "");
    assert_eq!(told.lines().next(), Some(server.text("setupLink")));
    // What ends the browser's warning comes after it.
    let page = told.lines().last().unwrap_or_default().trim();
    assert!(
        page.starts_with("http://") && page.ends_with("/trust"),
        "{told}"
    );
    done(
        &[
            &["user", "add", "ann", "--admin", "--password-stdin"],
            &at[..],
        ]
        .concat(),
        PASSWORD,
    );
    assert!(failed(&link, "", 1).contains("set up already"));
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let error = failed(
        &["serve", "--listen", "127.0.0.1:0", "--data", server.data()],
        "",
        1,
    );
    assert!(error.contains("in use by another"), "{error}");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn wrong_settings_are_one_sentence_with_code_2_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("inkspot.toml"));
    fs::write(&file, "[server]\nlisen = \"x\"\n").unwrap();
    let (data_arg, file_arg) = (data.to_str().unwrap(), file.to_str().unwrap());
    for task in [&["serve"][..], &["config", "check"]] {
        let error = failed(
            &[task, &["--data", data_arg, "--config", file_arg]].concat(),
            "",
            2,
        );
        assert!(
            error.contains("inkspot.toml:2:1: unknown setting \"lisen\"; did you mean \"listen\"?"),
            "{error}"
        );
    }
    for (flags, sentence) in [
        (&["--tls", "acme"][..], "tls.mode \"acme\" needs the name"),
        (
            &["--limits", "off"],
            "limits.profile \"off\" is allowed on loopback addresses only",
        ),
    ] {
        let error = failed(&[&["serve", "--data", data_arg], flags].concat(), "", 2);
        assert!(error.contains(sentence), "{error}");
    }
    assert!(!data.exists());
    // What clap refuses has the same code, and names what would work.
    let unknown = run_with(&["serve", "--lisen", "x"], "");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("--listen"));
}

#[test]
fn a_variable_that_sets_nothing_is_told_also_where_it_may_be_why_nothing_works() {
    for (mode, code) in [("local-ca", 0), ("acme", 2)] {
        let mut command = inkspot(&["config", "check", "--tls", mode]);
        let output = command.env("INKSPOT_SERVER_HOSTNAMES", "chat.example");
        let output = output.output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(
            said.contains(
                "unknown variable INKSPOT_SERVER_HOSTNAMES is ignored; did you mean INKSPOT_HOSTNAMES?"
            ),
            "{said}"
        );
    }
}

#[test]
fn a_taken_port_and_unreadable_files_are_one_sentence_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let holder = TcpListener::bind(taken).unwrap();
    let taken = taken.to_string();
    let serve = |args: &[&str]| {
        failed(
            &[&["serve", "--data", data.to_str().unwrap()], args].concat(),
            "",
            1,
        )
    };
    let error = serve(&["--listen", &taken]);
    assert!(
        error.contains(&format!("already listens on {taken}")),
        "{error}"
    );
    drop(holder);
    let error = serve(&[
        "--listen",
        "127.0.0.1:0",
        "--tls",
        "files",
        "--tls-cert",
        "/nonexistent/c.pem",
        "--tls-key",
        "k",
    ]);
    // What the system says stands in the sentence, once.
    assert_eq!(error.matches("os error").count(), 1, "{error}");
    assert!(error.contains("cannot read /nonexistent/c.pem"), "{error}");
    assert!(!data.exists());
}

#[test]
fn a_foreign_directory_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("photos")).unwrap();
    let place = dir.path().to_str().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", place];
    let add = ["user", "add", "ann", "--password-stdin", "--data", place];
    for args in [&serve[..], &add] {
        let error = failed(args, PASSWORD, 1);
        assert!(error.contains("--data"), "{error}");
    }
    let names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["photos"]);
}

#[test]
fn the_control_socket_is_the_owner_s_and_understands_only_commands() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let path = server.data.join("control.sock");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let ask = |line: &[u8]| {
        let mut stream = UnixStream::connect(&path).unwrap();
        // The server may answer before it has read everything.
        let _ = stream.write_all(line);
        let mut answer = String::new();
        let _ = BufReader::new(stream).read_line(&mut answer);
        answer
    };
    let endless = vec![b'x'; 70 * 1024];
    for line in [
        &b"\n"[..],
        b"nonsense\n",
        b"{\"command\":\"drop-tables\"}\n",
        b"\xff\n",
        &endless,
    ] {
        let answer = ask(line);
        assert!(
            answer.is_empty() || answer.contains("{\"error\":"),
            "{answer}"
        );
    }
    assert!(ask(b"{\"command\":\"setup-link\"}\n").contains("{\"ok\":\"https://"));
    assert_eq!(server.end(), Some(0));
    assert!(!path.exists());
}

#[test]
fn a_leftover_of_a_killed_server_hinders_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let data = server.data.clone();
    drop(server);
    assert!(data.join("control.sock").exists());
    let at = ["--data", data.to_str().unwrap()];
    done(
        &[
            &["user", "add", "ann", "--admin", "--password-stdin"],
            &at[..],
        ]
        .concat(),
        PASSWORD,
    );
    let server = Running::start(dir.path(), &[]);
    assert!(done(&[&["user", "list"], &at[..]].concat(), "").starts_with("ann"));
    assert_eq!(server.end(), Some(0));
}

#[tokio::test]
async fn out_of_descriptors_it_pauses_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut command = Command::new("prlimit");
    command.args(["--nofile=24", env!("CARGO_BIN_EXE_inkspot"), "serve"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).unwrap());
    let server = Running::spawn(command, dir.path(), &["--limits", "off"]);
    let addr = server.text("url").trim_start_matches("https://").to_owned();
    let crowd: Vec<_> = (0..40)
        .map(|_| std::net::TcpStream::connect(&addr).unwrap())
        .collect();
    while !fs::read_to_string(&log)
        .unwrap()
        .contains("raise the limit of open files")
    {
        tokio::task::yield_now().await;
    }
    drop(crowd);
    assert_eq!(server.get("/api/health").await.status(), 200);
    // A second of pauses that double from 20 ms is a handful of lines, not a spinning loop's.
    assert!(fs::read_to_string(&log).unwrap().lines().count() < 50);
    assert_eq!(server.end(), Some(0));
}

#[test]
fn who_checks_a_database_at_a_terminal_sees_how_far_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let at = ["--data", data.to_str().unwrap()];
    for name in ["ann", "bob", "cleo", "dan", "eve"] {
        let add = ["user", "add", name, "--password-stdin"];
        done(&[&add, &at[..]].concat(), PASSWORD);
    }
    let piped = run_with(&[&["check"], &at[..]].concat(), "");
    assert!(piped.stderr.is_empty(), "{piped:?}");
    let report = String::from_utf8(piped.stdout).unwrap();

    let program = env!("CARGO_BIN_EXE_inkspot");
    let seen = || on_a_terminal(&format!("{program} check --data '{}'", at[1]));
    let uncounted = seen();
    let number = "\r\u{1b}[KReading: 1 KiB of rows\r";
    assert!(uncounted.starts_with(number), "{uncounted:?}");
    // With a bar once it is known how much there is.
    count_rows(&data);
    let counted = seen();
    let full = "█".repeat(30);
    let bar = format!("\r\u{1b}[KReading {full} 100 %, 1 of 1 KiB of rows\r");
    assert!(counted.starts_with(&bar), "{counted:?}");
    // Nothing is left of it.
    for seen in [uncounted, counted] {
        let (_, rest) = seen.rsplit_once("\r\u{1b}[K").unwrap();
        assert_eq!(rest.replace("\r\n", "\n"), report);
    }
}

#[test]
fn a_stopped_server_s_database_is_checked_and_compacted() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let at = ["--data", data.to_str().unwrap()];
    let missing = failed(&[&["check"], &at[..]].concat(), "", 1);
    assert!(missing.contains("there is no data directory"), "{missing}");
    let add = [
        &["user", "add", "ann", "--admin", "--password-stdin"],
        &at[..],
    ]
    .concat();
    done(&add, "correct horse battery\n");
    let whole = done(&[&["check"], &at[..]].concat(), "");
    assert!(
        whole.contains("The database is whole: 1 accounts, 1 conversations"),
        "{whole}"
    );
    let compacted = done(&[&["check", "--compact"], &at[..]].concat(), "");
    assert!(compacted.starts_with("Compacted: "), "{compacted}");
    assert!(
        compacted.ends_with(&whole),
        "the same is in it: {compacted}"
    );
    assert!(done(&[&["user", "list"], &at[..]].concat(), "").starts_with("ann"));
    let built = done(&[&["check", "--rebuild-search"], &at[..]].concat(), "");
    assert!(
        built.starts_with("Built the search index of 0 messages.\n"),
        "{built}"
    );

    let server = Running::start(dir.path(), &[]);
    let busy = failed(&["check", "--data", server.data()], "", 1);
    assert!(busy.contains("in use by another inkspot process"), "{busy}");
}

#[test]
fn help_completions_and_the_manual_are_there() {
    let help = done(&["help"], "");
    for word in [
        "serve",
        "setup-link",
        "user",
        "config",
        "completions",
        "man",
        "Exit codes",
    ] {
        assert!(
            help.contains(word) || done(&["--help"], "").contains(word),
            "{word}: {help}"
        );
    }
    assert!(done(&["completions", "bash"], "").contains("_inkspot"));
    assert!(done(&["man"], "").contains(".TH inkspot"));
    let pages = tempfile::tempdir().unwrap();
    done(&["man", "--out", pages.path().to_str().unwrap()], "");
    for page in ["inkspot.1", "inkspot-serve.1", "inkspot-user-add.1"] {
        assert!(pages.path().join(page).is_file(), "{page}");
    }
    assert_eq!(done(&["config", "example"], ""), inkspot::config::example());
    // Only packaging/build.sh makes a program that carries the list; packaging/test looks at it there.
    let none = failed(&["licenses"], "", 1);
    assert!(none.contains("packaging/build.sh"), "{none}");
    assert_eq!(
        done(&["--version"], "").trim(),
        concat!("inkspot ", env!("CARGO_PKG_VERSION"))
    );
}

/// As root: everything that a command makes belongs to whom the data belongs to.
#[test]
fn what_commands_write_belongs_to_the_owner_of_the_data_as_root() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let data = dir.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::chown(&data, Some(65_534), Some(65_534))
        .expect("root can give a folder away");
    let place = data.to_str().unwrap();
    done(
        &["user", "add", "ada", "--password-stdin", "--data", place],
        PASSWORD,
    );
    done(
        &["check", "--compact", "--rebuild-search", "--data", place],
        "",
    );
    // What is written elsewhere is root's own; where it comes from stays the owner's.
    let backup = dir.path().join("ada.backup");
    done(&["backup", backup.to_str().unwrap(), "--data", place], "");
    let about = fs::metadata(&backup).unwrap();
    assert_eq!((about.uid(), about.mode() & 0o777), (0, 0o600));
    let mut folders = vec![data];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let about = entry.metadata().unwrap();
            assert_eq!(about.uid(), 65_534, "{}", entry.path().display());
            assert_eq!(about.gid(), 65_534, "{}", entry.path().display());
            seen += 1;
            if about.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    assert!(seen > 5, "{seen} entries");
}

#[test]
fn the_doctor_looks_at_a_server_that_stands_and_one_that_runs() {
    let dir = tempfile::tempdir().unwrap();
    let (data, config) = (dir.path().join("data"), dir.path().join("config.toml"));
    fs::write(&config, "[server]\nlisten = [\"127.0.0.1:0\"]\n").unwrap();
    let (data, config) = (data.to_str().unwrap(), config.to_str().unwrap());
    let look = |more: &[&str]| {
        let args = [&["doctor", "--data", data, "--config", config], more].concat();
        let output = run_with(&args, "");
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    let states = |text: &str| -> Vec<(String, String)> {
        let found: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        let word = |it: &serde_json::Value, key: &str| it[key].as_str().unwrap().to_owned();
        found
            .iter()
            .map(|it| (word(it, "id"), word(it, "state")))
            .collect()
    };
    let code_of = |found: &[(String, String)]| {
        let has = |state: &str| found.iter().any(|(_, is)| is == state);
        if has("fail") {
            2
        } else {
            i32::from(has("warn"))
        }
    };

    let (code, text) = look(&["--json"]);
    let found = states(&text);
    assert!(
        found.contains(&("data".to_owned(), "ok".to_owned())),
        "{text}"
    );
    assert_eq!(code, code_of(&found), "{text}");
    assert!(!Path::new(data).exists(), "it makes nothing");
    let (_, text) = look(&[]);
    assert!(text.contains("the first start makes it"), "{text}");

    let server = Running::start(dir.path(), &[]);
    let (code, text) = look(&["--json", "--url", server.text("url")]);
    let found = states(&text);
    assert_eq!(code, code_of(&found), "{text}");
    for id in [
        "ports",
        "certificate",
        "url-headers",
        "url-path",
        "url-websocket",
    ] {
        assert!(
            found.contains(&(id.to_owned(), "ok".to_owned())),
            "{id}: {text}"
        );
    }
    assert!(
        text.contains("Inkspot"),
        "the running server was asked: {text}"
    );
    let (code, text) = look(&["--url", "https://127.0.0.1:1"]);
    assert_eq!(code, 2);
    assert!(text.contains("FAIL  The address: answer"), "{text}");
}

#[test]
fn a_person_is_rescued_by_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    done(
        &["user", "add", "ann", "--password-stdin", "--data", data],
        PASSWORD,
    );
    let server = Running::start(dir.path(), &[]);
    let text = done(&["user", "rescue", "ann", "--data", data], "");
    assert!(
        text.contains("ann chooses a new password here. It works once, until 20"),
        "{text}"
    );
    let link = text
        .lines()
        .find(|line| line.starts_with("https://"))
        .unwrap();
    assert!(
        link.starts_with(&format!("{}/reset/", server.text("url"))),
        "{link}"
    );
    let unknown = failed(&["user", "rescue", "bob", "--data", data], "", 1);
    assert!(unknown.contains("there is no user"), "{unknown}");
}
