//! What administrators do with groups: archiving, deleting, giving an owner.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestServer};
use crate::realtime::socket::Socket;
use crate::tus::noise;

fn at(group: &str) -> String {
    format!("/api/admin/groups/{group}")
}

async fn read_only(admin: &Client, group: &str, on: bool) -> Value {
    let body = json!({"readOnly": on});
    admin.patch(&at(group), body).await.gives(200)
}

async fn own(client: &Client, group: &str) -> Reply {
    client.get(&format!("/api/conversations/{group}")).await
}

async fn put(client: &Client, path: &str, body: Value) -> Reply {
    Reply::to(client.request(Method::PUT, path).json(&body)).await
}

/// Waits until somebody's socket is told that the conversation is archived. Of several reasons one is told.
async fn hears_of_it(server: &TestServer, socket: &mut Socket) {
    loop {
        let heard = socket.heard_by_now().await;
        let archived = |arg: &Value| arg["readOnly"] == true;
        if heard
            .iter()
            .any(|said| said.args.first().is_some_and(archived))
        {
            return;
        }
        server.wait(std::time::Duration::from_millis(200));
    }
}

/// What is found of these words.
async fn hits(client: &Client, words: &str) -> usize {
    let found = client.get(&format!("/api/search?q={words}")).await;
    found.gives(200)["hits"].as_array().unwrap().len()
}

async fn indexed(server: &TestServer) {
    while server.search.lag() > 0 || server.search.is_indexing() {
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn an_archived_group_is_read_and_nobody_writes_until_it_is_opened_again() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    server.person("cy").await;
    let room = ada.group("Garden", &[&bob]).await;
    let sent = ada.send(&room, "beans").await;
    let also = bob.send(&room, "and peas").await;
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;

    let invite = json!({"conversationId": room});
    let invite = ada.post("/api/invites", invite).await.gives(201);
    let invite = format!("/api/invites/{}", invite["code"].as_str().unwrap());
    let obstacle = async || {
        let preview = server.visitor().get(&format!("{invite}/preview")).await;
        preview.gives(200)["obstacle"].clone()
    };
    assert_eq!(obstacle().await, Value::Null);

    let group = read_only(&admin, &room, true).await;
    assert_eq!(obstacle().await, "readOnly");
    assert_eq!(
        (&group["readOnly"], &group["title"]),
        (&json!(true), &json!("Garden"))
    );
    hears_of_it(&server, &mut tab).await;
    assert_eq!(own(&ada, &room).await.gives(200)["readOnly"], true);

    let refused = |reply: Reply| assert_eq!(reply.refuses(409, "conflict")["field"], "readOnly");
    let body = json!({"conversationId": room, "content": "more"});
    refused(ada.post("/api/messages/realtime", body.clone()).await);
    let answer = tab.ask("send-message", body).await;
    assert_eq!(
        (&answer["code"], &answer["field"]),
        (&json!("conflict"), &json!("readOnly"))
    );
    let message = format!("/api/messages/{}", sent["id"].as_str().unwrap());
    refused(ada.patch(&message, json!({"content": "other"})).await);
    let path = format!("/api/conversations/{room}");
    refused(ada.patch(&path, json!({"title": "Field"})).await);
    refused(
        ada.post(&format!("{path}/members"), json!({"members": ["cy"]}))
            .await,
    );
    let nobody_could_use_it = json!({"conversationId": room});
    refused(ada.post("/api/invites", nobody_could_use_it.clone()).await);

    // It is read, found and put away as before, and what one wrote can go.
    let page = bob.get(&format!("{path}/messages")).await.gives(200);
    assert_eq!(page["messages"].as_array().unwrap().len(), 2);
    indexed(&server).await;
    assert_eq!(hits(&bob, "beans").await, 1);
    bob.patch(&format!("{path}/settings"), json!({"muted": true}))
        .await
        .gives(200);
    let also = format!("/api/messages/{}", also["id"].as_str().unwrap());
    bob.delete(&also).await.gives(204);

    let dan = json!({"username": "dan", "password": crate::harness::PASSWORD});
    let accept = format!("{invite}/accept");
    refused(server.visitor().post(&accept, dan).await);

    assert_eq!(read_only(&admin, &room, false).await["readOnly"], false);
    assert_eq!(obstacle().await, Value::Null);
    let house = json!({"registration": "closed"});
    admin.patch("/api/admin/house", house).await.gives(200);
    assert_eq!(obstacle().await, "registration");
    ada.send(&room, "more").await;
    assert_eq!(own(&ada, &room).await.gives(200)["readOnly"], false);
    ada.post("/api/invites", nobody_could_use_it)
        .await
        .gives(201);
}

#[tokio::test]
async fn what_was_stored_before_a_group_was_archived_is_acknowledged_after_it() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let room = ada.group("Garden", &[]).await;
    let body = json!({"conversationId": room, "content": "beans", "clientId": "one"});
    let sent = ada
        .post("/api/messages/realtime", body.clone())
        .await
        .gives(201);
    read_only(&admin, &room, true).await;
    let again = ada.post("/api/messages/realtime", body).await.gives(200);
    assert_eq!(again["id"], sent["id"]);
}

#[tokio::test]
async fn a_deleted_group_is_gone_for_all_at_once_and_then_from_the_disk() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Secret garden", &[&bob]).await;
    let stays = ada.group("Other", &[&bob]).await;
    ada.send(&stays, "the beans stay").await;
    for n in 0..250 {
        ada.send(&room, &format!("bean {n} for @bob")).await;
    }
    let file = ada.upload("plan.txt", &noise(1, 40_000)).await;
    let sent = ada.send_files(&room, "the plan", &[&file]).await.gives(201);
    let message = format!("/api/messages/{}", sent["id"].as_str().unwrap());
    ada.patch(&message, json!({"content": "the old plan"}))
        .await
        .gives(200);
    let body = json!({"conversationId": room});
    let invite = ada.post("/api/invites", body).await.gives(201);
    indexed(&server).await;
    assert!(hits(&bob, "bean").await > 1);
    let mut tab = Socket::enter(&bob).await.unwrap();
    tab.join(&room).await;

    // Not by the session alone, nor by what was confirmed for something else.
    admin.delete(&at(&room)).await.refuses(403, "forbidden");
    admin.confirm("backups").await;
    admin.delete(&at(&room)).await.refuses(403, "forbidden");
    admin.confirm("delete-group").await;
    admin.delete(&at(&room)).await.gives(204);
    admin.delete(&at(&stays)).await.refuses(403, "forbidden");
    let gone = tab.expect("conversation-removed").await;
    assert_eq!(
        (&gone["conversationId"], &gone["reason"]),
        (&json!(room), &json!("deleted"))
    );
    for client in [&ada, &bob] {
        own(client, &room).await.refuses(404, "not_found");
        let list = client.get("/api/conversations").await.gives(200);
        assert!(!list.to_string().contains(&room), "{list}");
        let url = file["url"].as_str().unwrap();
        client.get(url).await.refuses(404, "not_found");
    }
    let body = json!({"conversationId": room, "content": "still?"});
    ada.post("/api/messages/realtime", body)
        .await
        .refuses(404, "not_found");
    let code = invite["code"].as_str().unwrap();
    let preview = format!("/api/invites/{code}/preview");
    server
        .visitor()
        .get(&preview)
        .await
        .refuses(410, "invite_invalid");
    admin.delete(&at(&room)).await.refuses(404, "not_found");
    let listed = admin.get("/api/admin/groups").await.gives(200).to_string();
    assert!(
        !listed.contains(&room) && listed.contains(&stays),
        "{listed}"
    );
    indexed(&server).await;
    assert_eq!(hits(&bob, "beans").await, 1, "what stays");
    assert_eq!(hits(&bob, "plan").await, 0);

    drop(tab);
    // A server that ends before the rest is erased goes on after its start.
    let server = server.restart().await;
    let ada = server
        .visitor()
        .sign_in("ada", crate::harness::PASSWORD)
        .await;
    server.service.reap().await.unwrap();
    let usage = ada.get("/api/auth/usage").await.gives(200);
    assert_eq!(usage["used"], 0, "{usage}");
    let tally = server
        .service
        .with_all(|store, _| store.audit(&mut |_| std::ops::ControlFlow::Continue(())))
        .await;
    let audit = tally.unwrap().unwrap();
    assert_eq!(audit.findings, []);
    assert_eq!((audit.tally.messages, audit.tally.files), (1, 0));
    indexed(&server).await;
    assert_eq!(hits(&ada, "beans").await, 1);
}

#[tokio::test]
async fn the_group_that_everybody_joins_stays_and_others_may_do_none_of_it() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let groups = admin.get("/api/admin/groups").await.gives(200);
    let everyone = groups["groups"][0]["id"].as_str().unwrap();
    assert_eq!(groups["groups"][0]["everyone"], true);
    let kept = admin.delete(&at(everyone)).await.refuses(409, "conflict");
    assert_eq!(kept["field"], "everyone");
    read_only(&admin, everyone, true).await;

    let room = ada.group("Garden", &[]).await;
    let (path, hers) = (at(&room), json!({"readOnly": true}));
    ada.patch(&path, hers.clone())
        .await
        .refuses(403, "forbidden");
    ada.delete(&path).await.refuses(403, "forbidden");
    ada.get(&format!("{path}/members"))
        .await
        .refuses(403, "forbidden");
    let body = json!({"userId": ada.id()});
    put(&ada, &format!("{path}/owner"), body)
        .await
        .refuses(403, "forbidden");
    server
        .visitor()
        .delete(&path)
        .await
        .refuses(401, "unauthorized");

    // A direct conversation is none of an administrator's business.
    let direct = json!({"isGroup": false, "members": ["root"]});
    let direct = ada.post("/api/conversations", direct).await.gives(201);
    let direct = at(direct["id"].as_str().unwrap());
    admin.patch(&direct, hers).await.refuses(404, "not_found");
    admin.delete(&direct).await.refuses(404, "not_found");
    admin
        .get(&format!("{direct}/members"))
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn a_group_whose_owner_is_disabled_can_be_given_another_one() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let cy = server.person("cy").await;
    let room = ada.group("Garden", &[&bob, &cy]).await;
    let owner = format!("{}/owner", at(&room));
    let first = json!({"userId": bob.id()});
    let refused = put(&admin, &owner, first.clone())
        .await
        .refuses(409, "conflict");
    assert_eq!(refused["field"], "owners");

    for gone in [&ada, &cy] {
        let path = format!("/api/users/{}", gone.id());
        admin
            .patch(&path, json!({"disabled": true}))
            .await
            .gives(200);
    }
    let groups = admin.get("/api/admin/groups").await.gives(200);
    let garden = groups["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == json!(room));
    assert_eq!(garden.unwrap()["owners"], json!([]));
    let members = admin
        .get(&format!("{}/members?limit=2", at(&room)))
        .await
        .gives(200);
    assert_eq!(members["members"].as_array().unwrap().len(), 2);
    let next = members["next"].as_str().unwrap();
    let rest = admin
        .get(&format!("{}/members?cursor={next}", at(&room)))
        .await
        .gives(200);
    assert_eq!(
        (rest["members"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );

    for nobody in [cy.id(), admin.id(), "x"] {
        let bad = put(&admin, &owner, json!({"userId": nobody})).await;
        assert_eq!(
            bad.refuses(400, "invalid_field")["field"],
            "userId",
            "{nobody}"
        );
    }
    let given = put(&admin, &owner, first).await.gives(200);
    assert_eq!(given["owners"][0]["username"], "bob");
    let path = format!("/api/conversations/{room}");
    bob.patch(&path, json!({"title": "Field"})).await.gives(200);
}
