//! Coming back after a cut: once, in order, and in bounds.

use std::time::Duration;

use serde_json::json;

use super::socket::{Line, Socket};
use super::{contents, mentions, never_goes_back, place};
use crate::harness::TestServer;

#[tokio::test]
async fn what_was_missed_is_told_once_and_in_order() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (room, other) = (
        ada.group("Room", &[&bob]).await,
        ada.group("Other", &[&bob]).await,
    );
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;
    for n in 0..3 {
        ada.send(&room, &format!("m{n}")).await;
    }
    assert_eq!(contents(&tab.heard_by_now().await), ["m0", "m1", "m2"]);
    let line = tab.line();
    drop(tab);
    for n in 3..6 {
        ada.send(&room, &format!("m{n}")).await;
        ada.send(&other, &format!("o{n}")).await;
    }
    let mut tab = Socket::resume(&bob, &line).await;
    assert_eq!(tab.session["recovered"], true);
    assert_eq!(tab.welcome["pid"], json!(line.pid));
    let heard = tab.heard_by_now().await;
    assert_eq!(
        contents(&heard),
        ["m3", "m4", "m5"],
        "joined again, and only there"
    );
    never_goes_back(&heard);
    let updated = |room: &str| {
        let about = heard
            .iter()
            .filter(|said| said.name == "conversation-updated");
        about.filter(|said| mentions(said, room)).count()
    };
    assert_eq!((updated(&room), updated(&other)), (1, 1));
    ada.send(&room, "m6").await;
    assert_eq!(contents(&tab.heard_by_now().await), ["m6"]);
}

#[tokio::test]
async fn a_restart_is_a_cut_like_any_other() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;
    ada.send(&room, "before").await;
    assert_eq!(contents(&tab.heard_by_now().await), ["before"]);
    let line = tab.line();
    ada.send(&room, "unheard").await;
    drop(tab);
    let server = server.restart().await;
    let ada = server.visitor().with_token(ada.token.as_ref().unwrap());
    let bob = server.visitor().with_token(bob.token.as_ref().unwrap());
    ada.send(&room, "after").await;
    let mut tab = Socket::resume(&bob, &line).await;
    assert_eq!(tab.session["recovered"], true);
    let heard = tab.heard_by_now().await;
    assert_eq!(contents(&heard), ["unheard", "after"]);
    never_goes_back(&heard);
}

/// `conversation-updated` is told a little after its event; a cut just then must not lose it.
#[tokio::test]
async fn an_update_that_was_told_during_the_cut_is_told_again() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let (room, list) = (
        ada.group("Room", &[&bob]).await,
        ada.group("List", &[&bob]).await,
    );
    let mut ear = Socket::enter(&ada).await.unwrap();
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;
    while !ear
        .heard_by_now()
        .await
        .iter()
        .any(|said| mentions(said, &list))
    {
        server.wait(Duration::from_millis(200));
    }
    tab.heard_by_now().await;
    ada.send(&list, "unread").await;
    ada.send(&room, "heard").await;
    assert_eq!(tab.expect("new-message").await["content"], "heard");
    let line = tab.line();
    drop(tab);
    while !ear
        .heard_by_now()
        .await
        .iter()
        .any(|said| mentions(said, "unread"))
    {
        server.wait(Duration::from_millis(200));
    }
    let mut tab = Socket::resume(&bob, &line).await;
    assert_eq!(tab.session["recovered"], true);
    let heard = tab.heard_by_now().await;
    assert!(
        heard.iter().any(|said| mentions(said, "unread")),
        "{heard:?}"
    );
    assert_eq!(contents(&heard), [""; 0], "and no message twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn offsets_never_go_back_whatever_is_told_at_the_same_time() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let mut rooms = Vec::new();
    for n in 0..40 {
        rooms.push(ada.group(&format!("Room {n}"), &[&bob]).await);
    }
    let mut tab = Socket::enter(&bob).await.unwrap();
    for room in &rooms {
        tab.join(room).await;
    }
    let mut senders = tokio::task::JoinSet::new();
    for lane in 0..4 {
        let (ada, rooms) = (ada.clone(), rooms.clone());
        senders.spawn(async move {
            let mut socket = Socket::enter(&ada).await.unwrap();
            for n in 0..300 {
                socket
                    .send(&rooms[(n * 7 + lane) % rooms.len()], "hello")
                    .await;
            }
        });
    }
    senders.join_all().await;
    let heard = tab.heard_by_now().await;
    never_goes_back(&heard);
    assert_eq!(contents(&heard).len(), 1200);
    let updates = heard
        .iter()
        .filter(|said| said.name == "conversation-updated");
    assert!(updates.count() > 40, "they were told meanwhile");
}

/// More than fits comes as `recovered: false`, not as a connection that is closed for ever.
#[tokio::test]
async fn who_missed_too_much_gets_in_and_is_told_so() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let tab = Socket::enter(&bob).await.unwrap();
    let line = tab.line();
    drop(tab);
    let long = "\u{1F58B}".repeat(8_000);
    let mut sender = Socket::enter(&ada).await.unwrap();
    for n in 0..120 {
        let room = ada.group(&format!("Room {n}"), &[&bob]).await;
        sender.send(&room, &long).await;
    }
    let mut tab = Socket::resume(&bob, &line).await;
    assert_eq!(tab.session["recovered"], false);
    assert_ne!(tab.welcome["pid"], json!(line.pid));
    assert_eq!(tab.heard_by_now().await, []);
}

#[tokio::test]
async fn a_forged_place_gives_nothing() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[]).await;
    let mut sender = Socket::enter(&ada).await.unwrap();
    sender.join(&room).await;
    ada.send(&room, "private").await;
    let heard = sender.heard_by_now().await;
    let here = sender.line();
    let seq = heard.iter().filter_map(place).max().unwrap();
    let offset = here.offset.clone().unwrap();
    let epoch = offset.split(':').next().unwrap();
    for (pid, offset) in [
        (here.pid.clone(), Some(format!("{epoch}:0"))),
        (Some("0".into()), Some(format!("{epoch}:{}", seq - 1))),
        (
            Some("0".into()),
            Some(format!("{epoch}:{}", seq + 1_000_000)),
        ),
        (Some("0".into()), Some(format!("{epoch}:{}", u64::MAX))),
        (Some("0".into()), Some("0:0".into())),
        (Some("0".into()), Some("x".into())),
        (Some("not hexadecimal".into()), Some(offset.clone())),
        (Some("f".repeat(64)), Some(offset.clone())),
        (None, Some(offset.clone())),
        (here.pid.clone(), None),
    ] {
        let mut tab = Socket::resume(&bob, &Line { pid, offset }).await;
        let heard = tab.heard_by_now().await;
        assert!(
            !heard.iter().any(|said| mentions(said, "private")),
            "{heard:?}"
        );
        assert_eq!(
            tab.ask("join-conversation", json!(room)).await["code"],
            "not_found"
        );
    }
    // A place in the future is none.
    let ahead = Line {
        offset: Some(format!("{epoch}:{}", seq + 1_000_000)),
        ..here.clone()
    };
    drop(sender);
    let sender = Socket::resume(&ada, &ahead).await;
    assert_eq!(sender.session["recovered"], false);
}

/// The server may notice the cut before, while or after the client comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_back_at_once_is_in_their_conversations() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;
    for n in 0..150 {
        let (line, _) = tab.cut().await;
        if n % 3 == 0 {
            tokio::task::yield_now().await;
        }
        tab = Socket::resume(&bob, &line).await;
        assert_eq!(tab.session["recovered"], true);
        ada.send(&room, &n.to_string()).await;
        assert_eq!(contents(&tab.heard_by_now().await), [n.to_string()]);
    }
}
