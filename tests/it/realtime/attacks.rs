//! What an attacker sends through the realtime door, and that nobody else notices.

use serde_json::{Value, json};

use super::polling::{Poller, page_of};
use super::socket::{Opening, Socket};
use super::{contents, id, mentions};
use crate::harness::{Client, TestServer};

/// The largest number of an answer that a JavaScript client can count to.
const LARGEST: u64 = (1 << 53) - 1;
const NO_ID: &str = "0000000000001";

/// How many messages a conversation has.
async fn count(member: &Client, room: &str) -> u64 {
    let room = member.get(&format!("/api/conversations/{room}")).await;
    room.gives(200)["lastSeq"].as_u64().unwrap()
}

#[tokio::test]
async fn case_01_and_02_a_foreign_id_answers_as_an_unknown_one_on_every_event() {
    let server = TestServer::start().await;
    let (ada, eve) = (server.person("ada").await, server.person("eve").await);
    let (room, own) = (ada.group("Room", &[]).await, eve.group("Own", &[]).await);
    let sent = ada.send(&room, "hello").await;
    let mine = eve.send(&own, "mine").await;
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.join(&room).await;
    let mut attacker = Socket::enter(&eve).await.unwrap();
    let unknown = format!("{NO_ID}{}", &id(&sent)[NO_ID.len()..]);
    let events = [
        ("join-conversation", json!("ROOM")),
        (
            "send-message",
            json!({"conversationId": "ROOM", "content": "x"}),
        ),
        ("typing-start", json!({"conversationId": "ROOM"})),
        ("typing-stop", json!({"conversationId": "ROOM"})),
        (
            "mark-message-read",
            json!({"conversationId": "ROOM", "messageId": "MESSAGE"}),
        ),
        (
            "mark-message-read",
            json!({"conversationId": "ROOM", "messageId": id(&mine)}),
        ),
        (
            "mark-message-read",
            json!({"conversationId": own, "messageId": "MESSAGE"}),
        ),
    ];
    for (name, arg) in events {
        let mut answers = Vec::new();
        for (room, message) in [(room.as_str(), id(&sent)), (NO_ID, &unknown), ("x", "x")] {
            let arg = arg.to_string();
            let arg = arg.replace("ROOM", room).replace("MESSAGE", message);
            let arg = serde_json::from_str(&arg).unwrap();
            answers.push(attacker.ask(name, arg).await);
        }
        assert_eq!(answers[0]["code"], "not_found", "{name} {answers:?}");
        assert_eq!(answers[0], answers[1], "{name}");
        assert_eq!(answers[0], answers[2], "{name}");
    }
    ada.send(&room, "private").await;
    let heard = attacker.heard_by_now().await;
    assert!(!heard.iter().any(|said| mentions(said, &room)), "{heard:?}");
    let heard = ear.heard_by_now().await;
    assert_eq!(contents(&heard), ["private"]);
    assert!(
        !heard.iter().any(|said| mentions(said, eve.id())),
        "{heard:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn case_04_what_was_not_stored_before_the_removal_is_refused() {
    let server = TestServer::start_in_real_time().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let mut tab = Socket::enter(&bob).await.unwrap();
    for _ in 0..20 {
        let room = ada.group("Room", &[&bob]).await;
        let sends = async {
            for n in 0..40 {
                let arg = json!({"conversationId": room, "content": n.to_string()});
                tab.ask_later("send-message", arg).await;
            }
            let mut stored = 0;
            for _ in 0..40 {
                let (_, answer) = tab.answer().await.unwrap();
                match answer["code"].as_str() {
                    None => stored = stored.max(answer["seq"].as_u64().unwrap()),
                    Some(code) => assert_eq!(code, "not_found"),
                }
            }
            stored
        };
        let removal = async {
            let path = format!("/api/conversations/{room}/members/{}", bob.id());
            ada.delete(&path).await.gives(204);
            count(&ada, &room).await
        };
        let (stored, at_removal) = tokio::join!(sends, removal);
        assert_eq!(
            stored, at_removal,
            "what was acknowledged, and nothing later"
        );
        assert_eq!(count(&ada, &room).await, at_removal);
    }
}

#[tokio::test]
async fn case_12_the_session_says_who_sends_and_the_server_the_rest() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let mut tab = Socket::enter(&bob).await.unwrap();
    let arg = json!({
        "conversationId": room, "content": "hi", "senderId": ada.id(), "sender": ada.user,
        "id": "x", "seq": 99, "createdAt": "1999-01-01T00:00:00.000Z", "role": "admin",
        "updatedAt": "1999-01-01T00:00:00.000Z", "isGroup": false, "attachments": [],
    });
    let sent = tab.ask("send-message", arg).await;
    assert_eq!(
        (&sent["senderId"], &sent["seq"]),
        (&json!(bob.id()), &json!(1))
    );
    assert_eq!(sent["sender"]["username"], "bob");
    assert!(!sent.to_string().contains("1999"), "{sent}");
    let arg = json!({"conversationId": room, "userId": ada.id(), "userName": "Ada"});
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.join(&room).await;
    tab.emit("typing-start", arg).await;
    assert_eq!(ear.expect("user-typing").await["userId"], bob.id());
}

#[tokio::test]
async fn case_14_a_cookie_opens_nothing_for_other_sites_on_either_transport() {
    let server = TestServer::start().await;
    let bob = server.person("bob").await;
    let own = page_of(&bob);
    let cookie = own[0].clone();
    for origin in [
        Some("https://evil.example"),
        Some("null"),
        Some("http://127.0.0.1"),
        Some(""),
        None,
    ] {
        let mut headers = vec![cookie.clone()];
        headers.extend(origin.map(|origin| ("origin", origin.to_owned())));
        let refused = Socket::open(&bob, &Opening::with(&headers)).await;
        assert_eq!(refused.err(), Some(403), "{origin:?}");
        let refused = Poller::open(&bob, headers).await;
        assert_eq!(refused.err().unwrap().status, 403, "{origin:?}");
    }
    let mut page = Socket::open(&bob, &Opening::with(&own)).await.unwrap();
    page.connect(json!({})).await.unwrap();
    assert_eq!(page.session["userId"], bob.id());
    let poller = Poller::open(&bob, own).await.unwrap();
    // A page that got hold of the address still can't speak on it.
    for method in ["poll", "post"] {
        let foreign = vec![cookie.clone(), ("origin", "https://evil.example".into())];
        let foreign = poller.with(foreign);
        let reply = match method {
            "poll" => foreign.poll().await,
            _ => foreign.post("40").await,
        };
        assert_eq!(reply.status, 403);
    }
    // Nobody without any token.
    let nobody = bob.signed_out();
    let refused = Socket::enter(&nobody).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "unauthorized");
    let wrong = bob.with_token(&"x".repeat(43));
    let refused = Socket::enter(&wrong).await.err().unwrap();
    assert_eq!(refused["data"]["code"], "unauthorized");
}

#[tokio::test]
async fn case_15_a_sid_is_bound_to_its_session() {
    let server = TestServer::start().await;
    let (bob, eve) = (server.person("bob").await, server.person("eve").await);
    let bobs = Poller::open(&bob, page_of(&bob)).await.unwrap();
    assert_eq!(bobs.post("40").await.status, 200);
    assert!(bobs.poll().await.text.starts_with("40{"));
    let other = server
        .visitor()
        .sign_in("bob", crate::harness::PASSWORD)
        .await;
    let mut unknown = bobs.with(page_of(&eve));
    unknown.sid = Some("AAAAAAAAAAAAAAAAAAAAAA".into());
    let nothing = unknown.poll().await;
    assert_eq!(nothing.status, 400);
    let token = eve.token.clone().unwrap();
    for thief in [
        page_of(&eve),
        page_of(&other),
        vec![],
        vec![("authorization", format!("Bearer {token}"))],
    ] {
        let theft = bobs.with(thief.clone());
        for reply in [theft.poll().await, theft.post("41").await] {
            assert_eq!((reply.status, &reply.text), (400, &nothing.text));
        }
        let mut upgrade = Opening::with(&thief);
        upgrade.sid.clone_from(&bobs.sid);
        assert_eq!(Socket::open(&eve, &upgrade).await.err(), Some(400));
    }
    // The owner never noticed.
    assert_eq!(
        bobs.post(r#"421["leave-conversation","x"]"#).await.status,
        200
    );
    let mut text = String::new();
    while !text.contains("431[") {
        text.push_str(&bobs.poll().await.text);
    }
}

/// Each of these ends the connection that sent it, stores nothing and harms nobody else.
#[tokio::test]
async fn case_16_to_20_what_is_no_event_ends_its_connection_and_nothing_else() {
    let server = TestServer::start().await;
    let (ada, eve) = (server.person("ada").await, server.person("eve").await);
    let room = ada.group("Room", &[&eve]).await;
    let mut ear = Socket::enter(&ada).await.unwrap();
    ear.join(&room).await;
    let send = json!(["send-message", {"conversationId": room, "content": "x"}]);
    let binary = json!(["send-message", {"_placeholder": true, "num": 0}]);

    let mut early = Socket::open(&eve, &Opening::default()).await.unwrap();
    early.write(format!("42{send}").as_bytes()).await;
    early.rest().await;
    let mut strange = Socket::open(&eve, &Opening::default()).await.unwrap();
    let refused = strange
        .connect_to("/admin", json!({"token": eve.token}))
        .await;
    assert_eq!(refused["message"], "Invalid namespace");
    strange.write(format!("42/admin,{send}").as_bytes()).await;
    strange.rest().await;

    let long = "n".repeat(900_000);
    let auth = json!({"token": eve.token});
    for packet in [
        format!("40{auth}"),
        format!("451000000000-{binary}"),
        format!("4517-{binary}"),
        format!("45-1-{binary}"),
        format!("451-{binary}\u{1e}42{send}"),
        format!("42999999999999999999999999{send}"),
        r#"42["connect",1]"#.into(),
        r#"42["disconnect",1]"#.into(),
        r#"42["connect_error",1]"#.into(),
        "42[5]".into(),
        r#"42[["send-message"]]"#.into(),
        r#"42{"0":"send-message"}"#.into(),
        "42[]".into(),
        "42".into(),
        format!("42[\"{long}\"]"),
        "43".into(),
        "47".into(),
        "9".into(),
        "2probe".into(),
        String::new(),
    ] {
        let mut attacker = Socket::enter(&eve).await.unwrap();
        attacker.write(packet.as_bytes()).await;
        attacker.write(format!("42{send}").as_bytes()).await;
        let (heard, _) = attacker.rest().await;
        assert!(contents(&heard).is_empty());
        assert!(
            !heard.iter().any(|said| said.name == "message-sent"),
            "{packet:.60}"
        );
    }
    // One whose attachments never come takes no more than its limit, and ends with the next text.
    let mut attacker = Socket::enter(&eve).await.unwrap();
    attacker.write(format!("452-{binary}").as_bytes()).await;
    attacker.write_binary(&[0; 100]).await;
    attacker.write(format!("42{send}").as_bytes()).await;
    attacker.rest().await;
    // Binary that nobody announced.
    let mut attacker = Socket::enter(&eve).await.unwrap();
    attacker.write_binary(&[0; 100]).await;
    attacker.rest().await;

    assert_eq!(count(&ada, &room).await, 0);
    assert!(contents(&ear.heard_by_now().await).is_empty());
}

/// Odd but well-formed: answered with the field at fault, or taken without harm.
#[tokio::test]
async fn case_19_odd_json_is_answered_in_words() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    let mut tab = Socket::enter(&ada).await.unwrap();
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let keys: Vec<_> = (0..50_000).map(|n| format!("\"k{n}\":1")).collect();
    let keys = keys.join(",");
    let base = format!(r#""conversationId":"{room}""#);
    for (arg, field) in [
        (format!(r#"{{{base},{base},"content":"x"}}"#), "payload"),
        (format!(r#"{{{base},"content":{deep}}}"#), "content"),
        (format!(r#"{{{base},"content":1e400}}"#), "content"),
        (format!(r#"{{{base},"content":"\ud800"}}"#), "content"),
        (format!(r#"{{{base},"content":["x"]}}"#), "content"),
        (format!(r#"{{{base},"content":null}}"#), "content"),
        (
            format!(r#"{{{base},"content":"x","clientId":7}}"#),
            "clientId",
        ),
        (
            format!(r#"{{{base},"content":"x","messageType":"html"}}"#),
            "messageType",
        ),
        (
            format!(r#"{{{base},"content":"x","attachments":["a"]}}"#),
            "attachments",
        ),
        (
            format!(r#"{{{base},"content":"x","attachments":{{}}}}"#),
            "attachments",
        ),
        (r#"{"content":"x"}"#.into(), "conversationId"),
        (
            r#"{"conversationId":{"$ne":1},"content":"x"}"#.into(),
            "conversationId",
        ),
        ("[]".into(), "payload"),
        ("null".into(), "payload"),
        ("\"x\"".into(), "payload"),
    ] {
        tab.write(format!(r#"427["send-message",{arg}]"#).as_bytes())
            .await;
        let (_, answer) = tab.answer().await.expect(field);
        assert_eq!(answer["code"], "invalid_field", "{field} {answer}");
        assert_eq!(answer["field"], field, "{answer}");
        assert_eq!(tab.expect("message-error").await, answer);
    }
    let mut stored = 0;
    for extra in [
        format!(r#","__proto__":{{"content":"y"}},"constructor":{{"prototype":{deep}}}"#),
        format!(",{keys}"),
        r#","n":1e400,"m":-0,"s":"\ud800""#.into(),
    ] {
        let arg = format!(r#"{{{base},"content":"x"{extra}}}"#);
        tab.write(format!(r#"42{LARGEST}["send-message",{arg}]"#).as_bytes())
            .await;
        // The largest id that is one comes back as it was, also when it is used twice.
        let (ack, answer) = tab.answer().await.unwrap();
        assert_eq!((ack, &answer["content"]), (LARGEST, &json!("x")));
        stored += 1;
        assert_eq!(answer["seq"], stored);
    }
    assert_eq!(count(&ada, &room).await, stored);
    // An event that is none of ours is answered too.
    let answer = tab.ask("no-such-event", Value::Null).await;
    assert_eq!(answer["code"], "invalid_field");
}
