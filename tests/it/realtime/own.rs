//! What somebody settles for themselves is heard on their own devices, and nowhere else.

use serde_json::json;

use super::socket::{Said, Socket};
use super::{mentions, never_goes_back};
use crate::harness::TestServer;

#[tokio::test]
async fn ones_own_devices_hear_of_it_also_after_a_cut_and_nobody_else_does() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    for text in ["one", "two @bob"] {
        ada.send(&room, text).await;
    }
    let path = |what: &str| format!("/api/conversations/{room}/{what}");
    bob.post(&path("read"), json!({"seq": 2})).await.gives(204);
    let mut own = Socket::enter(&bob).await.unwrap();
    let mut others = Socket::enter(&ada).await.unwrap();
    others.join(&room).await;
    own.join(&room).await;
    own.heard_by_now().await;
    let put = bob.request(reqwest::Method::PUT, &path("draft"));
    let put = put.json(&json!({"content": "Dear Ada"})).send().await;
    assert_eq!(put.unwrap().status(), 204);
    let draft = own.expect("draft-updated").await;
    assert_eq!(draft["content"], "Dear Ada");
    assert_eq!(draft["conversationId"], room.as_str());
    let drafts = bob.get("/api/drafts").await.gives(200);
    assert_eq!(drafts, json!({"drafts": [draft]}));
    assert_eq!(
        ada.get("/api/drafts").await.gives(200),
        json!({"drafts": []})
    );

    let told = |heard: &[Said]| -> Vec<_> {
        let about = heard.iter().filter(|said| {
            said.args[0]["reason"] == "settings" || said.args[0]["reason"] == "read"
        });
        about.map(|said| said.args[0].clone()).collect()
    };
    let line = own.line();
    let settings = json!({"muted": true, "archived": true});
    let view = bob.patch(&path("settings"), settings).await.gives(200);
    assert_eq!(
        (&view["muted"], &view["pinned"], &view["archived"]),
        (&json!(true), &json!(false), &json!(true))
    );
    bob.post(&path("unread"), json!({"seq": 2}))
        .await
        .gives(204);
    let expected = [
        json!({"conversationId": room, "muted": true, "pinned": false, "archived": true, "reason": "settings"}),
        json!({"conversationId": room, "lastReadSeq": 1, "reason": "read"}),
    ];
    assert_eq!(told(&own.heard_by_now().await), expected);
    drop(own);
    let mut own = Socket::resume(&bob, &line).await;
    assert_eq!(own.session["recovered"], true);
    let heard = own.heard_by_now().await;
    never_goes_back(&heard);
    assert_eq!(told(&heard), expected);
    let view = bob.get(&path("")).await;
    assert_eq!(view.status, 404, "no address ends in a slash");
    let view = bob
        .get(&format!("/api/conversations/{room}"))
        .await
        .gives(200);
    assert_eq!(
        (&view["unread"], &view["lastReadSeq"], &view["mentions"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let heard = others.heard_by_now().await;
    assert_eq!(told(&heard), [json!(null); 0]);
    assert!(
        !heard.iter().any(|said| mentions(said, "Dear Ada")),
        "{heard:?}"
    );
}
