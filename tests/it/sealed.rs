//! Backups under a passphrase: `inkspot` and the stock `age` read each other's, nobody gets in without it, and
//! what the server does by itself works with them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use inkspot::store::kv::{Kv, SledKv};
use tempfile::TempDir;

use crate::harness::{Client, PASSWORD};
use crate::process::{Process, add_user, inkspot};

const PASSPHRASE: &str = "one long enough passphrase";
/// The row that says which format a database has.
const FORMAT: [u8; 2] = [0x01, 0x01];

/// The data of a stopped server with a few messages, and passphrases in files.
struct House {
    folder: TempDir,
    room: String,
}

impl House {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        add_user(&path("data"), "ada");
        fs::write(path("right"), format!("{PASSPHRASE}\n")).unwrap();
        fs::write(path("wrong"), "another long passphrase\n").unwrap();
        let mut server = Process::start(&path("data")).await;
        let ada = server.visitor().sign_in("ada", PASSWORD).await;
        let room = ada.group("Room", &[]).await;
        for n in 0..5 {
            ada.send(&room, &format!("before {n}")).await;
        }
        assert_eq!(server.end(), Some(0));
        Self { folder, room }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program; `@name` among the words is a path.
    fn run(&self, words: &str) -> Output {
        let mut command = inkspot();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(Stdio::null());
        for word in words.split(' ') {
            match word.strip_prefix('@') {
                Some(name) => command.arg(self.path(name)),
                None => command.arg(word),
            };
        }
        command.output().unwrap()
    }

    fn database(&self) -> SledKv {
        let current = fs::read_to_string(self.path("data/CURRENT")).unwrap();
        SledKv::open(&self.path("data").join(current.trim_end()), 8 << 20).unwrap()
    }

    /// Starts the server with the right passphrase in its settings.
    async fn start(&self) -> (Process, Client) {
        let file = self.path("right");
        let words = ["--backups-passphrase-file", file.to_str().unwrap()];
        let server = Process::start_with(inkspot(), &self.path("data"), &words).await;
        let ada = server.visitor().sign_in("ada", PASSWORD).await;
        (server, ada)
    }

    async fn count(&self, ada: &Client) -> usize {
        let path = format!("/api/conversations/{}/messages?limit=100", self.room);
        let page = ada.get(&path).await.gives(200);
        page["messages"].as_array().unwrap().len()
    }
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn fails(output: &Output, saying: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(saying), "{error}");
}

/// Runs the stock `age`, which reads passphrases from a terminal only.
fn age(words: &str, typed: &str) {
    let mut child = Command::new("script")
        .args(["-qec", &format!("age {words}"), "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(input);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn a_passphrase_opens_it_here_and_in_age_and_nothing_else_does() {
    let house = House::new().await;
    let made = house.run("backup @sealed --passphrase-file @right --data @data");
    assert!(succeeds(&made).starts_with("Backed up "));
    let bytes = fs::read(house.path("sealed")).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));

    let restore = |words: &str| house.run(&format!("restore @sealed {words}"));
    fails(&restore("--data @again"), "--passphrase-file");
    fails(
        &restore("--data @again --passphrase-file @wrong"),
        "this is not the passphrase of the backup",
    );
    fails(
        &restore("--verify --passphrase-file @none"),
        "cannot read the passphrase for backups",
    );
    assert!(!house.path("again").exists());
    let whole = restore("--verify --passphrase-file @right");
    assert!(succeeds(&whole).contains("1 accounts, 1 conversations, 5 messages"));
    let done = restore("--data @again --passphrase-file @right");
    assert!(succeeds(&done).contains("5 messages"));

    // What age makes of it is the plain file, and what age seals we open.
    let path = |name: &str| house.path(name).display().to_string();
    let words = format!("-d -o {} {}", path("plain"), path("sealed"));
    age(&words, &format!("{PASSPHRASE}\n"));
    assert!(
        fs::read(house.path("plain"))
            .unwrap()
            .starts_with(b"INKSPOT-BACKUP1\n")
    );
    assert!(succeeds(&house.run("restore --verify @plain")).contains("5 messages"));
    let words = format!("-p -o {} {}", path("theirs"), path("plain"));
    age(&words, &format!("{PASSPHRASE}\n{PASSPHRASE}\n"));
    let theirs = house.run("restore --verify @theirs --passphrase-file @right");
    assert!(succeeds(&theirs).contains("5 messages"));

    // One that was cut or changed is refused, whatever opens it.
    for (name, end, flipped) in [
        ("cut", bytes.len() - 100, false),
        ("flipped", bytes.len(), true),
    ] {
        let mut bad = bytes[..end].to_vec();
        bad[end / 2] ^= u8::from(flipped);
        fs::write(house.path(name), &bad).unwrap();
        let refused = house.run(&format!(
            "restore --verify @{name} --passphrase-file @right"
        ));
        fails(&refused, "damaged or not whole");
    }
}

#[tokio::test]
async fn the_settings_name_it_for_all_and_weak_ones_are_refused() {
    let house = House::new().await;
    let settings = format!(
        "[backups]\npassphrase_file = \"{}\"\n",
        house.path("right").display()
    );
    fs::write(house.path("config.toml"), settings).unwrap();
    let config = "--config @config.toml --data @data";
    succeeds(&house.run(&format!("backup @sealed {config}")));
    let verified = house.run(&format!("restore --verify @sealed {config}"));
    assert!(succeeds(&verified).contains("5 messages"));
    // What is given goes before.
    let other = house.run(&format!("backup @other --passphrase-file @wrong {config}"));
    succeeds(&other);
    let verified = house.run(&format!("restore --verify @other {config}"));
    fails(&verified, "this is not the passphrase");

    for (text, saying) in [
        ("too short\n", "fewer than 12 characters"),
        ("two lines of it\nhere is the other", "one line"),
        ("\n", "one line"),
    ] {
        fs::write(house.path("weak"), text).unwrap();
        let refused = house.run("backup @none --passphrase-file @weak --data @data");
        fails(&refused, saying);
        assert!(!house.path("none").exists() && !house.path("none.part").exists());
    }
    fails(
        &house.run("backup @none --passphrase --data @data"),
        "no terminal",
    );
}

#[tokio::test]
async fn a_damaged_database_is_replaced_by_an_encrypted_backup_if_the_settings_open_it() {
    let house = House::new().await;
    fs::create_dir_all(house.path("data/backups")).unwrap();
    let name = "data/backups/inkspot-2026-11-22T10-00-00.000Z.backup.age";
    let made = house.run(&format!(
        "backup @{name} --passphrase-file @right --data @data"
    ));
    succeeds(&made);
    let database = house.path("data/db-0001/db");
    fs::write(&database, vec![0xa5; 600_000]).unwrap();

    let refused = house.run("serve --listen 127.0.0.1:0 --data @data");
    fails(&refused, "is damaged");
    let log = String::from_utf8(refused.stderr).unwrap();
    assert!(log.contains("backups.passphrase_file"), "{log}");
    assert!(database.exists());

    let (mut server, ada) = house.start().await;
    assert_eq!(house.count(&ada).await, 5);
    assert_eq!(server.end(), Some(0));
}

#[tokio::test]
async fn the_way_back_from_an_upgrade_is_encrypted_too() {
    let house = House::new().await;
    {
        let kv = house.database();
        kv.change((&FORMAT, Some(&[0, 0, 0, 0]))).unwrap();
        kv.sync().unwrap();
    }
    // An upgrade that was cut has left this.
    let backups = house.path("far/away");
    fs::create_dir_all(&backups).unwrap();
    fs::write(backups.join("before-upgrade-x.backup.part"), "half").unwrap();
    let folder = backups.display().to_string();
    let file = house.path("right").display().to_string();
    let words = [
        "--backups-folder",
        &folder,
        "--backups-passphrase-file",
        &file,
    ];
    let mut server = Process::start_with(inkspot(), &house.path("data"), &words).await;
    assert_eq!(server.end(), Some(0));
    let names = names(&backups);
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].ends_with("-0-to-1.backup.age"), "{names:?}");
    let settings = format!("[backups]\nfolder = \"{folder}\"\n");
    fs::write(house.path("config.toml"), settings).unwrap();
    let back = "restore --rollback --config @config.toml --data @data";
    fails(&house.run(back), "the backup is encrypted");
    let done = house.run(&format!("{back} --passphrase-file @right"));
    assert!(succeeds(&done).contains("5 messages"));
}

#[tokio::test]
async fn an_upgrade_does_not_wait_for_a_passphrase_and_nothing_plain_leaves_the_data_directory() {
    let house = House::new().await;
    let older = || {
        let kv = house.database();
        kv.change((&FORMAT, Some(&[0, 0, 0, 0]))).unwrap();
        kv.sync().unwrap();
    };
    older();
    let settings = |passphrase: &str| {
        let [folder, file] = ["far/away", passphrase].map(|at| house.path(at));
        let (folder, file) = (folder.display(), file.display());
        let text = format!("[backups]\nfolder = \"{folder}\"\npassphrase_file = \"{file}\"\n");
        fs::write(house.path("config.toml"), text).unwrap();
    };
    let config = house.path("config.toml").display().to_string();
    let back = "restore --rollback --config @config.toml --data @data";
    settings("none");
    let start = || async {
        let data = house.path("data");
        Process::start_with(inkspot(), &data, &["--config", &config]).await
    };
    let mut server = start().await;
    // Whoever asks what is wrong is told that there are no backups, and what to do.
    let asked = house.run("doctor --json --data @data");
    let checks: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    let checks = checks.as_array().unwrap().iter();
    let told = checks
        .filter(|it| it["id"] == "backups")
        .collect::<Vec<_>>();
    assert_eq!(told[0]["state"], "fail", "{told:?}");
    let remedy = told[0]["remedy"].as_str().unwrap();
    assert!(
        remedy.contains("backups.passphrase_file") && remedy.contains("no backup is made"),
        "{told:?}"
    );
    assert_eq!(server.end(), Some(0));
    let kept = || {
        let mut names = names(&house.path("data"));
        names.retain(|name| name.starts_with("before-upgrade-"));
        names
    };
    assert!(!house.path("far/away").exists());
    assert_eq!(kept().len(), 1, "{:?}", kept());
    assert!(kept()[0].ends_with("-0-to-1.backup"), "{:?}", kept());
    assert!(succeeds(&house.run(back)).contains("5 messages"));

    // The way back is as old as the upgrade, wherever it lies.
    settings("right");
    let mut server = start().await;
    assert_eq!(server.end(), Some(0));
    assert_eq!((names(&house.path("far/away")).len(), kept().len()), (1, 1));
    fs::write(house.path("right"), "another passphrase\n").unwrap();
    fails(&house.run(back), "this is not the passphrase of the backup");
}

#[tokio::test]
async fn what_is_kept_before_an_upgrade_makes_its_folder() {
    let house = House::new().await;
    {
        let kv = house.database();
        kv.change((&FORMAT, Some(&[0, 0, 0, 0]))).unwrap();
        kv.sync().unwrap();
    }
    let backups = house.path("neither/is/there");
    let words = ["--backups-folder", backups.to_str().unwrap()];
    let mut server = Process::start_with(inkspot(), &house.path("data"), &words).await;
    assert_eq!(server.end(), Some(0));
    assert_eq!(names(&backups).len(), 1);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
