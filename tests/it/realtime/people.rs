//! What happens to people's sockets: sessions that end, slow readers, floods, limits.

use std::time::Duration;

use inkspot::config::LimitProfile;
use inkspot::model::Role;
use serde_json::{Value, json};

use super::polling::{Poller, page_of};
use super::socket::{Opening, Socket};
use super::{contents, id, mentions, never_goes_back};
use crate::harness::{Client, PASSWORD, TestServer};

/// Lets the server's time pass while something is waited for.
async fn while_time_passes<T>(server: &TestServer, wait: impl Future<Output = T>) -> T {
    let passing = async {
        loop {
            server.wait(Duration::from_millis(250));
            // So that everybody sees each step of it.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        done = wait => done,
        () = passing => unreachable!(),
    }
}

/// A 10,000 messages pass somebody who does not read.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn case_22_who_does_not_read_is_closed_and_comes_back_without_loss() {
    const MESSAGES: usize = 10_000;
    const SENDERS: usize = 10;
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut slow = Socket::enter(&bob).await.unwrap();
    slow.join(&room).await;
    let mut quick = Socket::enter(&bob).await.unwrap();
    quick.join(&room).await;
    slow.read(false);
    let long = "long ".repeat(300);
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..SENDERS {
        let (ada, room, long) = (ada.clone(), room.clone(), long.clone());
        senders.spawn(async move {
            let mut socket = Socket::enter(&ada).await.unwrap();
            let arg = json!({"conversationId": room, "content": long});
            for _ in 0..MESSAGES / SENDERS {
                socket.ask_later("send-message", arg.clone()).await;
            }
            for _ in 0..MESSAGES / SENDERS {
                let (_, answer) = socket.answer().await.unwrap();
                assert!(answer["seq"].is_u64(), "{answer}");
            }
        });
    }
    // Others get everything meanwhile, in order.
    for seq in 1..=MESSAGES {
        assert_eq!(quick.expect("new-message").await["seq"], seq);
    }
    senders.join_all().await;
    slow.read(true);
    let (heard, _) = slow.rest().await;
    never_goes_back(&heard);
    let mut got = contents(&heard).len();
    assert!(got < MESSAGES, "it was closed before the end");
    let line = slow.line();
    let mut back = Socket::resume(&bob, &line).await;
    if back.session["recovered"] == true {
        got += contents(&back.heard_by_now().await).len();
    }
    while got < MESSAGES {
        let page = bob
            .get(&format!(
                "/api/conversations/{room}/messages?limit=100&after={got}"
            ))
            .await
            .gives(200);
        for message in page["messages"].as_array().unwrap() {
            got += 1;
            assert_eq!(message["seq"], got);
        }
    }
    assert_eq!(got, MESSAGES);
}

#[tokio::test]
async fn case_24_who_does_not_sign_in_is_closed_in_seconds() {
    let server = TestServer::start().await;
    let bob = server.person("bob").await;
    let mut silent = Socket::open(&bob, &Opening::default()).await.unwrap();
    let mut refused = Socket::open(&bob, &Opening::default()).await.unwrap();
    let answer = refused.connect(json!({"token": "wrong"})).await;
    assert_eq!(answer.unwrap_err()["data"]["code"], "unauthorized");
    let poller = Poller::open(&bob, vec![]).await.unwrap();
    let mut here = Socket::enter(&bob).await.unwrap();
    let before = server.clock.now();
    while_time_passes(&server, silent.rest()).await;
    while_time_passes(&server, refused.rest()).await;
    let reply = while_time_passes(&server, async {
        loop {
            let reply = poller.poll().await;
            if reply.status != 200 {
                return reply;
            }
        }
    });
    assert_eq!(reply.await.status, 400);
    let passed = server.clock.now().since(before);
    assert!(passed >= Duration::from_secs(9), "{passed:?}");
    here.heard_by_now().await;
}

/// Somebody's sockets of each kind.
struct Tabs {
    person: Client,
    socket: Socket,
    page: Socket,
    poller: Poller,
}

impl Tabs {
    async fn open(person: &Client, room: &str) -> Self {
        let mut socket = Socket::enter(person).await.unwrap();
        socket.join(room).await;
        let headers = page_of(person);
        let opening = Opening::with(&headers);
        let mut page = Socket::open(person, &opening).await.unwrap();
        page.connect(json!({})).await.unwrap();
        page.join(room).await;
        let poller = Poller::open(person, headers).await.unwrap();
        assert_eq!(poller.post("40").await.status, 200);
        let join = json!(["join-conversation", room]);
        assert_eq!(poller.post(format!("421{join}")).await.status, 200);
        let mut text = String::new();
        while !text.contains("431[") {
            text.push_str(&poller.poll().await.text);
        }
        Self {
            person: person.clone(),
            socket,
            page,
            poller,
        }
    }

    /// Whether everything dies by what `end` does, a parked poll too.
    async fn die(mut self, code: &str, end: impl Future<Output = ()>) {
        let parked = async {
            let mut text = String::new();
            loop {
                let reply = self.poller.poll().await;
                if reply.status != 200 {
                    return text;
                }
                text.push_str(&reply.text);
            }
        };
        let (said, ()) = tokio::join!(parked, end);
        assert!(
            said.contains("session-ended") && said.contains(code),
            "{said}"
        );
        for socket in [&mut self.socket, &mut self.page] {
            let (heard, _) = socket.rest().await;
            let last = heard.last().unwrap();
            assert_eq!(last.name, "session-ended", "{heard:?}");
            assert_eq!(last.args[0]["code"], code);
        }
        assert_eq!(self.poller.post("41").await.status, 400);
        let refused = Socket::enter(&self.person).await.err().unwrap();
        assert_eq!(refused["data"]["code"], "unauthorized");
        self.person
            .get("/api/auth/me")
            .await
            .refuses(401, "unauthorized");
    }
}

#[tokio::test]
async fn case_25_every_end_of_a_session_ends_its_sockets_and_polls_at_once() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let first = server.person("bob").await;
    let room = admin.group("Room", &[&first]).await;
    let again = async || first.sign_in("bob", PASSWORD).await;
    let user = format!("/api/users/{}", first.id());
    let mut witness = Socket::enter(&first).await.unwrap();

    let bob = again().await;
    let tabs = Tabs::open(&bob, &room).await;
    tabs.die("signed_out", async {
        bob.post("/api/auth/logout", json!({})).await.gives(204);
    })
    .await;

    let bob = again().await;
    let session = bob.get("/api/auth/me").await.gives(200)["sessionId"].clone();
    let tabs = Tabs::open(&bob, &room).await;
    tabs.die("session_ended", async {
        let path = format!("/api/auth/sessions/{}", session.as_str().unwrap());
        first.delete(&path).await.gives(204);
    })
    .await;

    let tabs = Tabs::open(&again().await, &room).await;
    tabs.die("session_ended", async {
        first.delete("/api/auth/sessions").await.gives(204);
    })
    .await;

    let tabs = Tabs::open(&again().await, &room).await;
    tabs.die("password_changed", async {
        let body = json!({"currentPassword": PASSWORD, "newPassword": PASSWORD});
        first.post("/api/auth/password", body).await.gives(204);
    })
    .await;
    // Their own session was never meant.
    witness.heard_by_now().await;

    let tabs = Tabs::open(&again().await, &room).await;
    tabs.die("password_changed", async {
        let body = json!({"newPassword": PASSWORD});
        admin
            .post(&format!("{user}/password"), body)
            .await
            .gives(204);
    })
    .await;
    witness.rest().await;

    let tabs = Tabs::open(&again().await, &room).await;
    tabs.die("disabled", async {
        admin
            .patch(&user, json!({"disabled": true}))
            .await
            .gives(200);
    })
    .await;
}

#[tokio::test]
async fn case_26_a_client_id_is_one_message_of_one_person_whatever_the_door() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut ear = Socket::enter(&bob).await.unwrap();
    ear.join(&room).await;
    let arg = json!({"conversationId": room, "content": "once", "clientId": "c1"});
    let (mut one, mut two) = (
        Socket::enter(&ada).await.unwrap(),
        Socket::enter(&ada).await.unwrap(),
    );
    let (a, b, c) = tokio::join!(
        one.ask("send-message", arg.clone()),
        two.ask("send-message", arg.clone()),
        ada.post("/api/messages/realtime", arg.clone()),
    );
    assert_eq!((id(&a), id(&a)), (id(&b), id(&c.json)));
    assert_eq!(one.expect("message-sent").await, a);
    // By somebody else it is another message.
    let mut theirs = arg.clone();
    theirs["content"] = json!("mine");
    let other = ear.ask("send-message", theirs).await;
    assert_eq!(
        (&other["content"], &other["seq"]),
        (&json!("mine"), &json!(2))
    );
    assert_eq!(contents(&ear.heard_by_now().await), ["once", "mine"]);
}

#[tokio::test]
async fn case_27_typing_is_coalesced_stops_by_itself_and_is_for_members_only() {
    let server =
        TestServer::start_with(|config| config.limits.profile = LimitProfile::Default).await;
    let (ada, bob, eve) = (
        server.person("ada").await,
        server.person("bob").await,
        server.person("eve").await,
    );
    let room = ada.group("Room", &[&bob]).await;
    let mut stranger = Socket::enter(&eve).await.unwrap();
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.join(&room).await;
    let mut deaf = Socket::enter(&ada).await.unwrap();
    let mut own = Socket::enter(&bob).await.unwrap();
    own.join(&room).await;
    let mut typist = Socket::enter(&bob).await.unwrap();
    let arg = json!({"conversationId": room});
    let mut refused = 0;
    for _ in 0..100 {
        let answer = typist.ask("typing-start", arg.clone()).await;
        if answer["code"] == "rate_limited" {
            assert!(answer["retryAfter"].is_u64());
            refused += 1;
        }
    }
    assert!(refused >= 70, "{refused}");
    let typing = |heard: &[super::socket::Said], name: &str| {
        heard.iter().filter(|said| said.name == name).count()
    };
    let heard = ear.heard_by_now().await;
    assert_eq!(typing(&heard, "user-typing"), 1);
    assert_eq!(typing(&heard, "user-stop-typing"), 0);
    drop(typist);
    // Its line is cut: it stops at once. And after 3 s when the client just falls silent.
    ear.expect("user-stop-typing").await;
    server.wait(Duration::from_secs(10));
    let mut typist = Socket::enter(&bob).await.unwrap();
    typist.ask("typing-start", arg).await;
    assert_eq!(ear.expect("user-typing").await["userId"], bob.id());
    while_time_passes(&server, ear.expect("user-stop-typing")).await;
    for tab in [&mut stranger, &mut deaf, &mut own] {
        let heard = tab.heard_by_now().await;
        assert_eq!(
            typing(&heard, "user-typing") + typing(&heard, "user-stop-typing"),
            0
        );
    }
    let heard = stranger.heard_by_now().await;
    assert!(
        !heard.iter().any(|said| mentions(said, bob.id())),
        "{heard:?}"
    );
}

#[tokio::test]
async fn who_asked_for_it_hears_typing_in_conversations_that_they_did_not_join() {
    let server = TestServer::start().await;
    let (ada, bob, eve) = (
        server.person("ada").await,
        server.person("bob").await,
        server.person("eve").await,
    );
    let room = ada.group("Room", &[&bob]).await;
    let mut many = vec![bob.name().to_owned()];
    for n in 0..63 {
        many.push(
            server
                .account(&format!("n{n}"), Role::Member)
                .await
                .username,
        );
    }
    let large = json!({"title": "Large", "isGroup": true, "members": many});
    let large = ada.post("/api/conversations", large).await.gives(201);
    let all_of = async |client: &Client| {
        let mut socket = Socket::open(client, &Opening::default()).await.unwrap();
        let auth = json!({"token": client.token, "typing": "all"});
        socket.connect(auth).await.unwrap();
        socket
    };
    let mut list = all_of(&ada).await;
    let mut stranger = all_of(&eve).await;
    let mut own = all_of(&bob).await;
    let mut plain = Socket::enter(&ada).await.unwrap();
    let mut typist = Socket::enter(&bob).await.unwrap();
    // Of the large one nobody hears who did not join it: what is heard next is of the small one.
    typist
        .ask("typing-start", json!({"conversationId": large["id"]}))
        .await;
    typist
        .ask("typing-start", json!({"conversationId": room}))
        .await;
    assert_eq!(list.expect("user-typing").await["conversationId"], room);
    typist
        .ask("typing-stop", json!({"conversationId": room}))
        .await;
    assert_eq!(list.expect("user-stop-typing").await["userId"], bob.id());
    // Who joined hears it once.
    list.join(&room).await;
    typist
        .ask("typing-start", json!({"conversationId": room}))
        .await;
    let is_typing = |said: &super::socket::Said| said.name.contains("typing");
    let heard = list.heard_by_now().await;
    assert_eq!(heard.iter().filter(|said| is_typing(said)).count(), 1);
    for tab in [&mut stranger, &mut own, &mut plain] {
        let heard = tab.heard_by_now().await;
        assert!(!heard.iter().any(is_typing), "{heard:?}");
    }
    // Who was taken out hears nothing any more.
    let place = format!("/api/conversations/{room}/members/{}", ada.id());
    ada.delete(&place).await.gives(204);
    list.expect("conversation-removed").await;
    typist
        .ask("typing-stop", json!({"conversationId": room}))
        .await;
    let heard = list.heard_by_now().await;
    assert!(!heard.iter().any(is_typing), "{heard:?}");
}

/// The next that is heard of somebody's coming and going.
async fn status_of(ear: &mut Socket, person: &Client) -> Value {
    loop {
        let status = ear.expect("user-status").await;
        if status["userId"] == person.id() {
            return status;
        }
    }
}

#[tokio::test]
async fn who_comes_into_a_room_and_who_is_taken_out_are_told_accordingly() {
    let server = TestServer::start().await;
    let (ada, bob, eve) = (
        server.person("ada").await,
        server.person("bob").await,
        server.person("eve").await,
    );
    // More rooms than are looked at at once; the last one made is the only one that they share.
    for n in 0..40 {
        ada.group(&n.to_string(), &[]).await;
    }
    let room = ada.group("Room", &[&bob]).await;
    let members = format!("/api/conversations/{room}/members");
    let mut first = Socket::enter(&bob).await.unwrap();
    let mut second = Socket::enter(&eve).await.unwrap();
    let tab = Socket::enter(&ada).await.unwrap();
    assert_eq!(status_of(&mut first, &ada).await["isOnline"], true);
    ada.post(&members, json!({"members": ["eve"]}))
        .await
        .gives(200);
    ada.delete(&format!("{members}/{}", bob.id()))
        .await
        .gives(204);
    first.expect("conversation-removed").await;
    drop(tab);
    let away = while_time_passes(&server, status_of(&mut second, &ada)).await;
    assert_eq!(away["isOnline"], false);
    let heard = first.heard_by_now().await;
    assert!(
        !heard.iter().any(|said| mentions(said, ada.id())),
        "{heard:?}"
    );
}

#[tokio::test]
async fn case_27_who_comes_and_goes_all_the_time_is_told_once_and_to_acquaintances_only() {
    let server = TestServer::start().await;
    let (ada, bob, eve) = (
        server.person("ada").await,
        server.person("bob").await,
        server.person("eve").await,
    );
    ada.group("Room", &[&bob]).await;
    let mut stranger = Socket::enter(&eve).await.unwrap();
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.heard_by_now().await;
    for _ in 0..30 {
        Socket::enter(&bob).await.unwrap();
    }
    let status = status_of(&mut ear, &bob).await;
    assert_eq!(status["isOnline"], true);
    let away = while_time_passes(&server, status_of(&mut ear, &bob)).await;
    assert_eq!(away["isOnline"], false);
    assert!(away["lastSeen"].is_string());
    let heard = ear.heard_by_now().await;
    assert!(
        !heard.iter().any(|said| said.name == "user-status"),
        "{heard:?}"
    );
    let heard = stranger.heard_by_now().await;
    assert!(
        !heard.iter().any(|said| mentions(said, bob.id())),
        "{heard:?}"
    );
}
