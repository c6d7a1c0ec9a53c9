//! Settings: where they come from, which are refused, and with which words.

use std::path::PathBuf;

use clap::{CommandFactory, Parser};
use inkspot::config::{Config, ConfigError, LimitProfile, Overrides, TlsMode, example};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    overrides: Overrides,
}

/// The settings of a command line, without a file.
fn flags(line: &str) -> Result<Config, ConfigError> {
    let words = std::iter::once("inkspot").chain(line.split_whitespace());
    Config::load(Line::parse_from(words).overrides)
}

/// The settings of a file's text, or the error as people read it, the folder cut off.
fn file(text: &str, line: &str) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("inkspot.toml");
    std::fs::write(&path, text).unwrap();
    let config = flags(&format!("--config {} {line}", path.display()));
    let config = config.map(|config| {
        assert_eq!(config.file.as_ref(), Some(&path));
        Config {
            file: None,
            ..config
        }
    });
    config.map_err(|error| {
        error
            .to_string()
            .replace(&format!("{}/", dir.path().display()), "")
    })
}

#[track_caller]
fn refused(text: &str, sentence: &str) {
    let error = file(text, "").expect_err(text);
    assert!(
        error.contains(sentence),
        "{error}\nshould contain\n{sentence}"
    );
}

#[test]
fn the_example_file_is_the_one_that_the_binary_writes() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let file = std::fs::read_to_string(path).unwrap();
    assert!(
        file == example(),
        "run `inkspot config example > config.example.toml`"
    );
}

#[test]
fn the_example_changes_nothing_and_shows_the_defaults() {
    assert_eq!(file(&example(), ""), Ok(Config::default()));
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') && !line.contains("# not set") => {
            format!("{setting}\n")
        }
        _ => format!("{line}\n"),
    };
    let all: String = example().lines().map(uncommented).collect();
    assert!(all.contains("\nlevel = \"info\""), "{all}");
    assert_eq!(file(&all, ""), Ok(Config::default()));
}

#[test]
fn typical_values_of_settings_without_default_are_understood() {
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(setting) if line.contains("# not set") => format!("{setting}\n"),
        _ => format!("{line}\n"),
    };
    let all: String = example().lines().map(uncommented).collect();
    let config = file(&all, "--tls files").unwrap();
    assert_eq!(config.server.listen.unwrap().len(), 2);
    assert_eq!(
        config.tls.cert,
        Some(PathBuf::from("/etc/inkspot/cert.pem"))
    );
}

#[test]
fn every_setting_is_a_flag_and_a_variable() {
    let line = Line::command();
    let variables: Vec<_> = line
        .get_arguments()
        .filter(|argument| argument.get_long().is_some())
        .filter_map(|argument| argument.get_env()?.to_str())
        .collect();
    let (example, mut topic, mut seen) = (example(), "", 0);
    for line in example.lines() {
        if let Some(head) = line.strip_prefix('[') {
            topic = head.trim_end_matches(']');
        }
        let setting = line
            .strip_prefix('#')
            .and_then(|line| line.split_once(" = "));
        let Some((key, _)) = setting.filter(|(key, _)| !key.contains(' ')) else {
            continue;
        };
        let name = match topic {
            "server" => key.to_uppercase(),
            topic => format!("{topic}_{key}").to_uppercase(),
        };
        let name = format!("INKSPOT_{name}");
        assert!(variables.contains(&name.as_str()), "no flag has {name}");
        seen += 1;
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn what_is_looked_at_closely_is_understood_or_refused() {
    let config = flags("--debug realtime:user=anna --debug realtime").unwrap();
    let said: Vec<_> = config.log.debug.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["realtime:user=anna", "realtime"]);
    for wrong in ["real", "realtime:", "realtime:user=", "realtime:room=1"] {
        refused(
            &format!("[log]\ndebug = [\"{wrong}\"]\n"),
            "inkspot.toml:2:9: not \"realtime\", \"realtime:user=NAME\" or",
        );
    }
}

#[test]
fn numbers_are_for_this_machine_or_behind_a_token() {
    let public = flags("--metrics-listen 0.0.0.0:9464");
    assert!(matches!(public, Err(ConfigError::MetricsInPublic)));
    flags("--metrics-listen 127.0.0.1:9464").unwrap();
    flags("--metrics-listen 0.0.0.0:9464 --metrics-token-file /etc/token").unwrap();
}

#[test]
fn differences_are_named_by_topic_and_key() {
    let config = flags("--name A --files-quota-mib 5 --memory-budget-mib 99").unwrap();
    let differ = config.differences(&Config::default());
    assert_eq!(
        differ,
        ["server.name", "memory.budget_mib", "files.quota_mib"]
    );
    assert!(config.differences(&config).is_empty());
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let text = "[server]\nname = \"Home\"\nhostnames = [\"a.example\"]\n[log]\nlevel = \"debug\"";
    let config = file(text, "--name Flag --listen 127.0.0.1:0 --listen [::1]:0").unwrap();
    assert_eq!(config.server.name, "Flag");
    assert_eq!(config.server.hostnames, ["a.example"]);
    assert_eq!(config.listeners().len(), 2);
    assert_eq!(config.memory, Config::default().memory);
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_known_one() {
    refused(
        "# settings\n[server]\n  lisen = \"x\"\n",
        "inkspot.toml:3:3: unknown setting \"lisen\"; did you mean \"listen\"?",
    );
    refused(
        "[sever]\nname = \"x\"\n",
        "inkspot.toml:1:2: unknown setting \"sever\"; did you mean \"server\"?",
    );
    refused(
        "[server]\nlevel = \"info\"\n",
        "2:1: unknown setting \"level\"; did you mean \"[log] level\"?",
    );
    refused(
        "[log]\nzzz = 1\n",
        "2:1: unknown setting \"zzz\"; see `inkspot config example`",
    );
    refused("zzz = 1\n", "1:1: unknown setting \"zzz\"");
}

#[test]
fn a_wrong_value_is_named_with_its_place() {
    refused(
        "[server]\nlisten = [\"localhost\"]\n",
        "inkspot.toml:2:11: invalid socket address",
    );
    refused(
        "[memory]\nbudget_mib = \"much\"\n",
        "inkspot.toml:2:14: invalid type: string",
    );
    refused(
        "[tls]\nmode = \"on\"\n",
        "inkspot.toml:2:8: unknown variant `on`, expected one of",
    );
    refused("[server\n", "inkspot.toml:1:8: ");
    refused(
        "[log]\nlevel = \"info\"\nlevel = \"info\"\n",
        "inkspot.toml:3:1: duplicate key",
    );
    refused(
        "[server]\ntrusted_proxies = [\"10.0.0.0/40\"]\n",
        "2:19: not an address or a network",
    );
    let missing = flags("--config /nonexistent/inkspot.toml")
        .unwrap_err()
        .to_string();
    assert!(missing.contains("cannot read the configuration file /nonexistent/inkspot.toml"));
}

#[test]
fn values_out_of_range_are_refused_with_the_setting_and_its_variable() {
    let long = "n".repeat(65);
    for (text, sentence) in [
        (
            "[server]\nname = \"\"",
            "the setting server.name must be 1 to 64 printable characters",
        ),
        (
            &format!("[server]\nname = \"{long}\""),
            "in INKSPOT_NAME or on the command line",
        ),
        (
            "[server]\nlisten = []",
            "server.listen must be at least one address",
        ),
        (
            "[server]\nhostnames = [\"a b\"]",
            "server.hostnames must be host names",
        ),
        (
            "[server]\npublic_url = \"https://a/b\"",
            "server.public_url must be a scheme and a host",
        ),
        (
            "[server]\npublic_url = \"a.example\"",
            "server.public_url must be",
        ),
        (
            "[server]\npath_prefix = \"chat/\"",
            "server.path_prefix must be",
        ),
        (
            "[server]\nsocket_path = \"/\"",
            "server.socket_path must be",
        ),
        (
            "[memory]\nbudget_mib = 63",
            "memory.budget_mib must be a number from 64",
        ),
        ("[sessions]\nidle_days = 0", "INKSPOT_SESSIONS_IDLE_DAYS"),
    ] {
        refused(text, sentence);
    }
    for text in [
        &format!("[server]\nname = \"{}\"", "ü".repeat(64)),
        "[server]\npublic_url = \"http://[::1]:8080\"",
        "[server]\npath_prefix = \"/chat\"",
        "[memory]\nbudget_mib = 64",
        "[sessions]\nidle_days = 3650",
    ] {
        assert!(file(text, "").is_ok(), "{text}");
    }
}

/// What is listened on; with `?` what may be missing.
fn addresses(listen: Vec<inkspot::config::Listen>) -> Vec<String> {
    let text = |at: inkspot::config::Listen| {
        let may_lack = if at.required { "" } else { "?" };
        format!("{}{may_lack}", at.addr)
    };
    listen.into_iter().map(text).collect()
}

#[test]
fn without_a_word_it_listens_everywhere_and_an_explicit_address_stands_alone() {
    let config = flags("").unwrap();
    assert_eq!(
        addresses(config.listeners()),
        ["0.0.0.0:8443", "[::]:8443?"]
    );
    assert_eq!(
        addresses(config.plain_listeners()),
        ["0.0.0.0:8080", "[::]:8080?"]
    );

    let config = flags("--listen 127.0.0.1:0").unwrap();
    assert_eq!(addresses(config.listeners()), ["127.0.0.1:0"]);
    assert!(config.plain_listeners().is_empty());

    let config = flags("--listen 127.0.0.1:0 --plain-listen 127.0.0.1:1").unwrap();
    assert_eq!(addresses(config.plain_listeners()), ["127.0.0.1:1"]);
    assert!(
        flags("--plain-listen off")
            .unwrap()
            .plain_listeners()
            .is_empty()
    );

    let config = flags("--tls off").unwrap();
    assert_eq!(
        addresses(config.listeners()),
        ["127.0.0.1:8080", "[::1]:8080?"]
    );
    assert!(config.plain_listeners().is_empty());
}

#[test]
fn limits_are_off_on_loopback_only() {
    for line in [
        "--limits off",
        "--limits off --listen 127.0.0.1:0 --plain-listen 0.0.0.0:0",
    ] {
        let error = flags(line).unwrap_err();
        assert!(matches!(error, ConfigError::LimitsOffInPublic), "{line}");
    }
    let config = flags("--limits off --listen 127.0.0.1:0 --listen [::1]:0").unwrap();
    assert_eq!(config.limits.profile, LimitProfile::Off);
}

#[test]
fn tls_modes_ask_for_what_they_need() {
    assert!(matches!(
        flags("--tls acme"),
        Err(ConfigError::NoPublicName)
    ));
    assert!(matches!(
        flags("--tls files --tls-cert a"),
        Err(ConfigError::FilesNotNamed)
    ));
    assert!(matches!(
        flags("--tls-key a"),
        Err(ConfigError::FilesNotUsed)
    ));
    let public = flags("--tls off --listen 0.0.0.0:80");
    assert!(matches!(public, Err(ConfigError::PlainInPublic)));
    let proxied = flags("--tls off --listen 0.0.0.0:80 --trusted-proxies 10.0.0.1").unwrap();
    assert_eq!(proxied.tls.mode, TlsMode::Off);
}

#[test]
fn a_name_alone_asks_a_public_authority() {
    let config = flags("chat.example.com 203.0.113.5").unwrap();
    assert_eq!(config.tls.mode, TlsMode::Acme);
    assert_eq!(config.server.hostnames, ["chat.example.com", "203.0.113.5"]);
    assert_eq!(addresses(config.listeners()), ["0.0.0.0:443", "[::]:443?"]);
    let plain = addresses(config.plain_listeners());
    assert_eq!(plain, ["0.0.0.0:80", "[::]:80?"]);
    // The mode that is asked for goes before.
    let config = flags("chat.example.com --tls local-ca").unwrap();
    assert_eq!(config.tls.mode, TlsMode::LocalCa);
    assert_eq!(config.server.hostnames, ["chat.example.com"]);
}

#[test]
fn a_public_authority_is_asked_for_what_it_can_know_only() {
    for name in [
        "localhost",
        "chat",
        "chat.local",
        "a.home.arpa",
        "10.0.0.1",
        "::1",
        "fd00::1",
    ] {
        let error = flags(name).unwrap_err();
        assert!(matches!(error, ConfigError::PrivateName { .. }), "{name}");
        assert!(error.to_string().contains(name), "{error}");
        // A private authority may know it.
        flags(&format!("{name} --tls-acme-ca root.pem")).unwrap();
    }
    for line in [
        "a.example --tls-acme-directory http://ca.example/dir",
        "a.example --tls-acme-directory https:///dir",
        "a.example --tls-acme-email admin",
        "a.example --tls-acme-email a@b.example,c@d.example",
    ] {
        let error = flags(line).unwrap_err();
        assert!(
            matches!(error, ConfigError::Value { .. }),
            "{line}: {error}"
        );
    }
}
