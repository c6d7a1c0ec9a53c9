//! Removal against everything that could let somebody hear more than they may.

use serde_json::json;

use super::socket::{Line, Said, Socket};
use super::{mentions, never_goes_back};
use crate::harness::{Client, TestServer};

const SECRET: &str = "only for those who stayed";

/// Removes a member and returns when that was acknowledged.
async fn remove(owner: &Client, room: &str, member: &Client) {
    let path = format!("/api/conversations/{room}/members/{}", member.id());
    owner.delete(&path).await.gives(204);
}

/// Sends what the removed must not hear, and waits until everybody else was told everything.
async fn say_secret(owner: &Client, ear: &mut Socket, room: &str) {
    owner.send(room, SECRET).await;
    loop {
        let told = ear.expect("conversation-updated").await;
        if told["conversationId"] == room && told["lastMessage"]["content"] == SECRET {
            break;
        }
    }
}

#[track_caller]
fn knows_nothing(heard: &[Said]) {
    let leak = heard.iter().find(|said| mentions(said, SECRET));
    assert!(leak.is_none(), "{leak:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn case_03_after_a_removal_nothing_is_heard_on_any_tab() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.join(&room).await;
    let mut tabs = Vec::new();
    for joined in [true, true, false] {
        let mut tab = Socket::enter(&bob).await.unwrap();
        if joined {
            tab.join(&room).await;
        }
        tabs.push(tab);
    }
    ada.send(&room, "hello").await;
    for tab in &mut tabs[..2] {
        assert_eq!(tab.expect("new-message").await["content"], "hello");
    }
    remove(&ada, &room, &bob).await;
    for tab in &mut tabs {
        // What was said before the acknowledgement; the last of it is the removal.
        let heard = tab.heard_by_now().await;
        never_goes_back(&heard);
        assert_eq!(heard.last().unwrap().name, "conversation-removed");
    }
    ear.emit("typing-start", json!({"conversationId": room}))
        .await;
    say_secret(&ada, &mut ear, &room).await;
    for tab in &mut tabs {
        let heard = tab.heard_by_now().await;
        let about: Vec<_> = heard.iter().filter(|said| mentions(said, &room)).collect();
        assert!(about.is_empty(), "{about:?}");
        let refused = tab.ask("join-conversation", json!(room)).await;
        assert_eq!(refused["code"], "not_found");
        let arg = json!({"conversationId": room, "content": "still here"});
        assert_eq!(tab.ask("send-message", arg).await["code"], "not_found");
        let arg = json!({"conversationId": room});
        assert_eq!(tab.ask("typing-start", arg).await["code"], "not_found");
    }
    let page = ada
        .get(&format!("/api/conversations/{room}/messages"))
        .await;
    assert_eq!(page.gives(200)["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn case_03_a_resume_that_races_with_a_removal_tells_nothing_of_afterwards() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let mut lanes = tokio::task::JoinSet::new();
    for lane in 0..4 {
        let (ada, bob) = (ada.clone(), bob.clone());
        lanes.spawn(async move {
            let mut ear = Socket::enter(&ada).await.unwrap();
            for round in 0..25 {
                let room = ada.group("Room", &[&bob]).await;
                let mut tab = Socket::enter(&bob).await.unwrap();
                tab.join(&room).await;
                let mut line = tab.line();
                drop(tab);
                if round % 2 == 0 {
                    // One that the server doesn't know is resumed everywhere.
                    line.pid = Some(format!("{lane}0{round}"));
                }
                ada.send(&room, "before").await;
                let removed = async {
                    remove(&ada, &room, &bob).await;
                    say_secret(&ada, &mut ear, &room).await;
                };
                let (mut tab, ()) = tokio::join!(Socket::resume(&bob, &line), removed);
                assert_eq!(tab.session["recovered"], true);
                let heard = tab.heard_by_now().await;
                knows_nothing(&heard);
                never_goes_back(&heard);
                let gone =
                    |said: &&Said| said.name == "conversation-removed" && mentions(said, &room);
                assert_eq!(heard.iter().filter(gone).count(), 1, "{heard:?}");
                let last = heard
                    .iter()
                    .rposition(|said| mentions(said, &room))
                    .unwrap();
                assert_eq!(heard[last].name, "conversation-removed", "{heard:?}");
            }
        });
    }
    lanes.join_all().await;
}

#[tokio::test]
async fn case_03_who_was_away_while_they_were_out_hears_nothing_of_that_time() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;
    let line = tab.line();
    drop(tab);
    remove(&ada, &room, &bob).await;
    ada.send(&room, SECRET).await;
    let members = json!({"members": ["bob"]});
    let path = format!("/api/conversations/{room}/members");
    ada.post(&path, members).await.gives(200);
    ada.send(&room, "welcome back").await;
    let mut tab = Socket::resume(&bob, &line).await;
    assert_eq!(tab.session["recovered"], true);
    // As on a socket that was here all the time: removed, then a member who has not joined.
    let heard = tab.heard_by_now().await;
    let names: Vec<_> = heard.iter().map(|said| said.name.as_str()).collect();
    assert_eq!(names, ["conversation-removed", "conversation-updated"]);
    knows_nothing(&heard);
    ada.send(&room, "not joined").await;
    assert!(super::contents(&tab.heard_by_now().await).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn case_25_whoever_connects_while_the_session_ends_is_out() {
    let server = TestServer::start_in_real_time().await;
    server.account("bob", inkspot::model::Role::Member).await;
    for _ in 0..12 {
        let bob = server
            .visitor()
            .sign_in("bob", crate::harness::PASSWORD)
            .await;
        let mut coming = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let bob = bob.clone();
            coming.spawn(async move {
                let none: Option<&Line> = None;
                Socket::try_enter(&bob, none).await
            });
        }
        bob.post("/api/auth/logout", json!({})).await.gives(204);
        // Either it never got in, or it is told and closed.
        for mut socket in coming.join_all().await.into_iter().flatten() {
            socket.rest().await;
        }
    }
}
