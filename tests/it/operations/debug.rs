//! Looking at realtime packets closely.

use serde_json::{Value, json};

use super::Watched;
use crate::harness::PASSWORD;
use crate::process::add_user;
use crate::realtime::socket::Socket;

fn is_packet(line: &Value) -> bool {
    line["message"] == "packet"
}

#[tokio::test]
async fn the_packets_of_one_person_are_shown_without_what_they_say() {
    let server = Watched::start("[log]\ndebug = [\"realtime:user=Anna\"]\n").await;
    for name in ["anna", "bert"] {
        add_user(&server.data(), name);
    }
    let visitor = server.process.visitor();
    let anna = visitor.sign_in("anna", PASSWORD).await;
    let bert = visitor.sign_in("bert", PASSWORD).await;
    let room = anna.group("Hidden title", &[&bert]).await;
    let mut hers = Socket::enter(&anna).await.unwrap();
    let mut his = Socket::enter(&bert).await.unwrap();
    hers.join(&room).await;
    his.join(&room).await;
    hers.send(&room, "private words").await;
    his.expect("new-message").await;
    his.send(&room, "other words").await;
    hers.expect("new-message").await;
    hers.emit("typing-start", json!({"conversationId": room}))
        .await;

    let sent = server
        .lines(1, |line| {
            is_packet(line) && line["packet"].as_str().unwrap().contains("send-message")
        })
        .await;
    assert_eq!(sent.len(), 1, "only hers: {sent:?}");
    assert_eq!(
        (&sent[0]["user"], &sent[0]["way"]),
        (&json!("anna"), &json!("in"))
    );
    let packet = sent[0]["packet"].as_str().unwrap();
    assert!(
        packet.contains(r#""content":"<13 characters>""#),
        "{packet}"
    );
    assert!(packet.contains(&room), "{packet}");
    let heard = server
        .lines(2, |line| {
            is_packet(line)
                && line["way"] == "out"
                && line["packet"].as_str().unwrap().contains("new-message")
        })
        .await;
    assert!(heard.iter().all(|line| line["user"] == "anna"));

    let log = server.log();
    for secret in [
        "private words",
        "other words",
        "Hidden title",
        anna.token.as_ref().unwrap(),
        bert.token.as_ref().unwrap(),
    ] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}

#[tokio::test]
async fn what_is_looked_at_changes_by_a_reload() {
    let server = Watched::start("").await;
    add_user(&server.data(), "anna");
    let anna = server.process.visitor().sign_in("anna", PASSWORD).await;
    let (one, other) = (anna.group("One", &[]).await, anna.group("Other", &[]).await);
    let mut socket = Socket::enter(&anna).await.unwrap();
    socket.join(&one).await;
    socket.send(&one, "unseen").await;
    assert!(!server.log().contains("packet"), "{}", server.log());

    server.reload(&format!(
        "[log]\nlevel = \"warn\"\ndebug = [\"realtime:conversation={other}\"]\n"
    ));
    // Its own line is below the new level.
    for n in 0.. {
        assert!(n < 2000, "it is never looked at");
        socket.send(&other, "seen").await;
        if server.log().contains("send-message") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    socket.send(&one, "unseen").await;
    socket.send(&other, "the last").await;
    let last = server
        .lines(1, |line| {
            is_packet(line) && line["packet"].as_str().unwrap().contains("<8 characters>")
        })
        .await;
    assert!(!last.is_empty());
    let log = server.log();
    assert!(log.contains(&other) && !log.contains(&one), "{log}");
}
