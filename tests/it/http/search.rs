//! Searching through the real server: what is found, by whom, and what never is.

use std::collections::{BTreeMap, BTreeSet};

use inkspot::config::LimitProfile;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestServer};

/// Asks for `/api/search` with these parameters.
async fn ask(client: &Client, parameters: &[(&str, &str)]) -> Reply {
    let query = serde_urlencoded::to_string(parameters).unwrap();
    client.get(&format!("/api/search?{query}")).await
}

/// The contents that a search finds, the newest first.
async fn found(client: &Client, typed: &str) -> Vec<String> {
    contents(&ask(client, &[("q", typed)]).await.gives(200))
}

fn contents(page: &Value) -> Vec<String> {
    let hits = page["hits"].as_array().unwrap().iter();
    let content = |hit: &Value| hit["message"]["content"].as_str().unwrap().to_owned();
    hits.map(content).collect()
}

impl TestServer {
    /// Returns when the index has everything that was sent.
    async fn indexed(&self) {
        while self.search.lag() > 0 || self.search.is_indexing() {
            tokio::task::yield_now().await;
            std::thread::yield_now();
        }
    }
}

#[tokio::test]
async fn messages_are_found_with_their_place_and_what_to_mark() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let garden = ada.group("Garden", &[&bob]).await;
    let first = bob.send(&garden, "🌱 Die Äpfel sind reif").await;
    let pair = json!({"isGroup": false, "members": ["bob"]});
    let pair = ada.post("/api/conversations", pair).await.gives(201);
    let second = ada.send(pair["id"].as_str().unwrap(), "apfel").await;
    server.indexed().await;

    let page = ask(&ada, &[("q", "äpfel")]).await.gives(200);
    assert_eq!(contents(&page), ["apfel", "🌱 Die Äpfel sind reif"]);
    assert_eq!(
        (&page["next"], &page["indexing"]),
        (&Value::Null, &json!(false))
    );
    assert!(page["tookMs"].is_u64());
    let (direct, group) = (&page["hits"][0], &page["hits"][1]);
    assert_eq!((&direct["message"], &group["message"]), (&second, &first));
    assert_eq!(direct["conversation"]["with"]["username"], "bob");
    assert_eq!(direct["conversation"]["isGroup"], false);
    let brief = json!({"id": garden, "title": "Garden", "isGroup": true, "memberCount": 2});
    assert_eq!(group["conversation"], brief);
    assert_eq!(
        group["highlights"],
        json!([[7, 12]]),
        "an emoji has two units"
    );

    let within = [("q", "äpfel"), ("conversationId", garden.as_str())];
    assert_eq!(contents(&ask(&ada, &within).await.gives(200)).len(), 1);
    assert_eq!(found(&ada, "from:bob apf").await.len(), 1);
    assert_eq!(found(&ada, "in:bob apf").await, ["apfel"]);
    assert_eq!(found(&ada, "from:me").await, ["apfel"]);
    assert_eq!(found(&bob, "from:ada").await, ["apfel"]);
    assert_eq!(found(&ada, "-reif").await, ["apfel"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    for number in 0..25 {
        ada.send(&room, &format!("tea {number}")).await;
    }
    server.indexed().await;
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut parameters = vec![("q", "tea"), ("limit", "10")];
        if !cursor.is_empty() {
            parameters.push(("cursor", &cursor));
        }
        let page = ask(&ada, &parameters).await.gives(200);
        all.extend(contents(&page));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    let expected: Vec<_> = (0..25)
        .rev()
        .map(|number| format!("tea {number}"))
        .collect();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn nothing_is_found_of_rooms_that_one_is_not_in() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let eve = server.person("eve").await;
    let open = ada.group("Open", &[&bob, &eve]).await;
    let closed = ada.group("Closed", &[&bob]).await;
    ada.send(&open, "the secret is out").await;
    ada.send(&closed, "the secret is in").await;
    server.indexed().await;
    let foreign = async |client: &Client, room: &str| {
        ask(client, &[("q", "secret"), ("conversationId", room)]).await
    };
    assert_eq!(found(&eve, "secret").await, ["the secret is out"]);
    assert_eq!(found(&eve, "-nothing").await, ["the secret is out"]);
    foreign(&eve, &closed).await.refuses(404, "not_found");
    let unknown = foreign(&eve, "1").await.refuses(404, "not_found");
    assert_eq!(foreign(&eve, &closed).await.json["error"], unknown);
    let named = ask(&eve, &[("q", "in:Closed secret")]).await;
    let never = ask(&eve, &[("q", "in:Nowhere secret")]).await;
    let message = |reply: Reply| reply.refuses(400, "invalid_field")["message"].clone();
    let (named, never) = (message(named), message(never));
    let never = never.as_str().unwrap().replace("Nowhere", "Closed");
    assert_eq!(named, never, "a foreign room's name is as good as none");

    // Who leaves or is taken out finds nothing of it from then on, who comes in everything.
    assert_eq!(found(&bob, "secret").await.len(), 2);
    let member = |id: &str| format!("/api/conversations/{closed}/members/{id}");
    bob.delete(&member(bob.id())).await.gives(204);
    assert_eq!(found(&bob, "secret").await, ["the secret is out"]);
    let members = format!("/api/conversations/{closed}/members");
    ada.post(&members, json!({"members": ["bob", "eve"]}))
        .await
        .gives(200);
    assert_eq!(found(&eve, "secret").await.len(), 2);
    ada.delete(&member(eve.id())).await.gives(204);
    assert_eq!(found(&eve, "secret").await, ["the secret is out"]);

    // The index that is built anew knows nothing else.
    let server = server.restart_without_index().await;
    server.indexed().await;
    let again = async |name: &str| {
        server
            .visitor()
            .sign_in(name, crate::harness::PASSWORD)
            .await
    };
    assert_eq!(
        found(&again("eve").await, "secret").await,
        ["the secret is out"]
    );
    assert_eq!(found(&again("bob").await, "secret").await.len(), 2);
}

#[tokio::test]
async fn changed_and_deleted_messages_leave_the_index_at_once() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let first = ada.send(&room, "meet at the fountain").await;
    let second = ada.send(&room, "the fountain is dry").await;
    server.indexed().await;
    assert_eq!(found(&bob, "fountain").await.len(), 2);
    let path = |message: &Value| format!("/api/messages/{}", message["id"].as_str().unwrap());
    let words = json!({"content": "meet at the bridge"});
    ada.patch(&path(&first), words).await.gives(200);
    assert_eq!(
        found(&bob, "fountain").await,
        ["the fountain is dry"],
        "not a moment later"
    );
    ada.delete(&path(&second)).await.gives(204);
    assert!(found(&bob, "fountain").await.is_empty());
    server.indexed().await;
    assert_eq!(found(&bob, "bridge").await, ["meet at the bridge"]);
    let server = server.restart_without_index().await;
    server.indexed().await;
    let bob = server
        .visitor()
        .sign_in("bob", crate::harness::PASSWORD)
        .await;
    assert!(found(&bob, "fountain").await.is_empty());
    assert!(found(&bob, "dry").await.is_empty());
    assert_eq!(found(&bob, "bridge").await, ["meet at the bridge"]);
}

#[tokio::test]
async fn bombs_are_refused_or_answered() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    ada.send(&room, &"あ".repeat(8000)).await;
    ada.send(&room, &"aB ".repeat(2600)).await;
    ada.send(&room, &format!("e{}", "\u{301}".repeat(7999)))
        .await;
    server.indexed().await;
    let refuses = async |typed: String| {
        let error = ask(&ada, &[("q", &typed)])
            .await
            .refuses(400, "invalid_field");
        assert_eq!(error["field"], "q");
    };
    refuses("ж".repeat(501)).await;
    refuses("a ".repeat(33)).await;
    refuses("x ".repeat(5000)).await;
    refuses(String::new()).await;
    refuses("before:soon".into()).await;
    refuses("from:nobody-here".into()).await;
    let marked = async |typed: String| {
        let page = ask(&ada, &[("q", &typed)]).await.gives(200);
        let hits = page["hits"].as_array().unwrap().clone();
        let marks = hits
            .iter()
            .map(|hit| hit["highlights"].as_array().unwrap().len());
        assert!(marks.clone().all(|marks| marks <= 100));
        hits.len()
    };
    assert_eq!(marked("あ".repeat(500)).await, 1);
    assert_eq!(marked(format!("{}い", "あ".repeat(499))).await, 0);
    assert_eq!(marked("a".into()).await, 1);
    assert_eq!(marked("a* ".repeat(32)).await, 1);
    assert_eq!(marked(format!("\"{}\"", "ab ".repeat(160))).await, 1);
    assert_eq!(marked(format!("\"{}\"", "a* ".repeat(160))).await, 0);
    assert_eq!(marked("é".into()).await, 1);
    assert_eq!(marked("\u{202E}e\u{200B}".into()).await, 1);
    // Far more than a search may have; the server stays there.
    let bomb = "q".repeat(1 << 20);
    let sent = ada
        .request(reqwest::Method::GET, &format!("/api/search?q={bomb}"))
        .send()
        .await;
    assert!(sent.is_err() || sent.is_ok_and(|reply| reply.status().is_client_error()));
    assert_eq!(marked("a".into()).await, 1);
}

#[tokio::test]
async fn parameters_are_checked_and_strangers_find_nothing() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    for (name, value) in [
        ("limit", "0"),
        ("limit", "101"),
        ("cursor", "nonsense"),
        ("utcOffset", "2000"),
        ("utcOffset", "x"),
    ] {
        let reply = ask(&ada, &[("q", "tea"), (name, value)]).await;
        assert_eq!(reply.refuses(400, "invalid_field")["field"], name);
    }
    for path in [
        "/api/search?q=a",
        "/api/search/people?q=a",
        "/api/search/conversations?q=a",
    ] {
        server
            .visitor()
            .get(path)
            .await
            .refuses(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_day_begins_where_the_person_is() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    let sent = ada.send(&room, "tea").await;
    server.indexed().await;
    let day = &sent["createdAt"].as_str().unwrap()[..10];
    let on = format!("on:{day}");
    let page = ask(&ada, &[("q", &on)]).await.gives(200);
    assert_eq!(contents(&page), ["tea"]);
    assert!(found(&ada, &format!("after:{day}")).await.is_empty());
    // A day away from UTC it was another day, wherever the clock stands.
    for offset in ["1440", "-1440"] {
        let page = ask(&ada, &[("q", &on), ("utcOffset", offset)])
            .await
            .gives(200);
        assert!(contents(&page).is_empty(), "{offset}");
    }
}

#[tokio::test]
async fn searching_too_fast_is_told_when_to_go_on() {
    let server =
        TestServer::start_with(|config| config.limits.profile = LimitProfile::Default).await;
    let ada = server.person("ada").await;
    let mut answers = 0;
    let refused = loop {
        let reply = ada.get("/api/search/people?q=a").await;
        if reply.status != 200 {
            break reply;
        }
        answers += 1;
    };
    assert_eq!(answers, 60);
    let error = refused.refuses(429, "rate_limited");
    assert_eq!(error["retryAfter"], 1);
    ask(&ada, &[("q", "tea")])
        .await
        .refuses(429, "rate_limited");
}

#[tokio::test]
async fn people_and_conversations_are_found_by_beginnings_of_their_names() {
    let server = TestServer::start().await;
    let (ada, wren) = (server.person("ada").await, server.person("wren").await);
    let name = json!({"displayName": "Wren Cállöway"});
    wren.patch("/api/auth/me", name).await.gives(200);
    let people = async |typed: &str| {
        let query = serde_urlencoded::to_string([("q", typed)]).unwrap();
        let answer = ada
            .get(&format!("/api/search/people?{query}"))
            .await
            .gives(200);
        let names = answer["users"].as_array().unwrap().iter();
        let names = names.map(|user| user["username"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(people("callo w").await, ["wren"]);
    assert_eq!(people("@wren").await, ["wren"]);
    assert_eq!(people("").await, ["ada", "wren"]);
    assert!(people("nobody").await.is_empty());
    assert!(people("&&").await.is_empty());
    ada.get(&format!("/api/search/people?q={}", "x".repeat(501)))
        .await
        .refuses(400, "too_long");

    let club = ada.group("Bücher-Club", &[&wren]).await;
    ada.group("Garten", &[]).await;
    wren.group("Bücher ohne Ada", &[]).await;
    let pair = json!({"isGroup": false, "members": ["wren"]});
    let pair = ada.post("/api/conversations", pair).await.gives(201)["id"].clone();
    let conversations = async |typed: &str| {
        let query = serde_urlencoded::to_string([("q", typed)]).unwrap();
        let path = format!("/api/search/conversations?{query}");
        let answer = ada.get(&path).await.gives(200);
        let ids = answer["conversations"].as_array().unwrap().iter();
        ids.map(|found| found["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(conversations("buch").await, [json!(club)]);
    assert_eq!(conversations("club buecher").await, [json!(club)]);
    assert_eq!(conversations("call").await, [pair]);
    assert_eq!(conversations("").await.len(), 3);
    assert!(conversations("ohne").await.is_empty(), "that is another's");
}

/// One part of `tests/search/expectations.toml`, which explains itself.
#[derive(Deserialize)]
struct Part {
    messages: BTreeMap<String, String>,
    searches: BTreeMap<String, BTreeSet<String>>,
}

#[tokio::test]
async fn what_people_type_finds_what_they_mean() {
    let file = include_str!("../../search/expectations.toml");
    let parts: BTreeMap<String, Part> = toml::from_str(file).unwrap();
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let mut rooms = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (part, Part { messages, .. }) in &parts {
        let room = ada.group(part, &[]).await;
        for (name, content) in messages {
            let sent = ada.send(&room, content).await;
            names.insert(sent["id"].as_str().unwrap().to_owned(), name.clone());
        }
        rooms.insert(part.clone(), room);
    }
    server.indexed().await;
    let mut wrong = Vec::new();
    for (part, Part { searches, .. }) in parts {
        for (typed, expected) in searches {
            let within = [("q", typed.as_str()), ("conversationId", &rooms[&part])];
            let page = ask(&ada, &within).await.gives(200);
            let hits = page["hits"].as_array().unwrap().iter();
            let found = hits.map(|hit| names[hit["message"]["id"].as_str().unwrap()].clone());
            let found: BTreeSet<String> = found.collect();
            if found != expected {
                wrong.push(format!(
                    "{part}: {typed:?} finds {found:?}, not {expected:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
