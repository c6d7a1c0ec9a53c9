//! TLS as others see it: what `sslscan` and `openssl` find at the real binary.

use std::process::Command;

use crate::process::Process;

/// What a program prints about the server.
async fn seen(program: &str, args: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(args).stdin(std::process::Stdio::null());
    let problem = format!("the Debian package `{program}` is needed for this test");
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().expect(&problem);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn tls_is_1_2_or_newer_with_aead_and_nothing_that_was_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let process = Process::start(&dir.path().join("data")).await;
    let place = format!("127.0.0.1:{}", process.port());
    let found = seen("sslscan", &["--no-colour", &place]).await;
    let states: Vec<(&str, &str)> = found
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(name, state)| (name, state.trim()))
        .filter(|(_, state)| ["enabled", "disabled"].contains(state))
        .collect();
    assert_eq!(
        states,
        [
            ("SSLv2", "disabled"),
            ("SSLv3", "disabled"),
            ("TLSv1.0", "disabled"),
            ("TLSv1.1", "disabled"),
            ("TLSv1.2", "enabled"),
            ("TLSv1.3", "enabled"),
        ],
        "{found}"
    );
    assert!(
        found.contains("Session renegotiation not supported"),
        "{found}"
    );

    let ciphers: Vec<&str> = found
        .lines()
        .filter(|line| line.starts_with("Preferred ") || line.starts_with("Accepted "))
        .collect();
    assert!(ciphers.len() >= 4, "{found}");
    for cipher in ciphers {
        let is_aead =
            cipher.contains("_GCM_") || cipher.contains("-GCM-") || cipher.contains("CHACHA20");
        let forgets = cipher.contains("TLSv1.3") || cipher.contains("ECDHE-");
        assert!(is_aead && forgets, "{cipher}");
    }
    // With what the scanner can't try: compression.
    for version in ["-tls1_2", "-tls1_3"] {
        let args = ["s_client", "-connect", &place, version, "-comp"];
        let said = seen("openssl", &args).await;
        assert!(said.contains("Compression: NONE"), "{said}");
    }
}
