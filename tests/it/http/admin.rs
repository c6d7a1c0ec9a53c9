//! What administrators see of the installation, and links to a new password.

use std::time::Duration;

use inkspot::config::LimitProfile;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, TestServer};

const QUESTIONS: [&str; 4] = ["people", "groups", "storage", "health"];

/// The code of a link to a new password that an administrator makes for somebody.
async fn reset_code(admin: &Client, user: &Client) -> String {
    let path = format!("/api/users/{}/reset-link", user.id());
    let made = admin.post(&path, json!({})).await.gives(201);
    assert!(made["qrSvg"].as_str().unwrap().contains("<svg"));
    let link = made["link"].as_str().unwrap();
    let (_, code) = link.rsplit_once("/reset/").unwrap();
    code.to_owned()
}

fn names(list: &Value) -> Vec<&str> {
    let people = list["people"].as_array().unwrap().iter();
    people.map(|it| it["username"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn case_57_members_and_strangers_ask_in_vain() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    for question in QUESTIONS {
        let path = format!("/api/admin/{question}");
        ada.get(&path).await.refuses(403, "forbidden");
        server
            .visitor()
            .get(&path)
            .await
            .refuses(401, "unauthorized");
        let reply = admin.get(&path).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        reply.gives(200);
    }
    let hers = format!("/api/users/{}", admin.id());
    ada.post(&format!("{hers}/reset-link"), json!({}))
        .await
        .refuses(403, "forbidden");
    ada.delete(&format!("{hers}/sessions"))
        .await
        .refuses(403, "forbidden");
    admin.get("/api/auth/me").await.gives(200);
}

#[tokio::test]
async fn case_6_who_is_no_administrator_any_more_asks_in_vain_at_once() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.admin("ada").await);
    let code = reset_code(&ada, &admin).await;
    let path = format!("/api/users/{}", ada.id());
    admin
        .patch(&path, json!({"role": "member"}))
        .await
        .gives(200);
    for question in QUESTIONS {
        ada.get(&format!("/api/admin/{question}"))
            .await
            .refuses(403, "forbidden");
    }
    // Nor does the link work that she made before.
    server
        .visitor()
        .get(&format!("/api/resets/{code}"))
        .await
        .refuses(410, "reset_invalid");
}

#[tokio::test]
async fn an_administrator_sees_groups_from_outside_and_directs_not_at_all() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let grace = server.person("grace").await;
    let room = ada.group("Book club", &[&grace]).await;
    ada.send(&room, "Nobody else reads this").await;
    let direct = json!({"isGroup": false, "members": ["grace"]});
    let direct = ada.post("/api/conversations", direct).await.gives(201);
    ada.send(direct["id"].as_str().unwrap(), "Nor this").await;

    let list = admin.get("/api/admin/groups").await.gives(200);
    let groups = list["groups"].as_array().unwrap();
    let book = groups.iter().find(|it| it["id"] == json!(room)).unwrap();
    assert_eq!(book["title"], "Book club");
    assert_eq!(
        (&book["memberCount"], &book["messages"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&book["member"], &book["fileBytes"]),
        (&json!(false), &json!(0))
    );
    let text = list.to_string();
    assert!(
        !text.contains("reads this") && !text.contains("Nor this"),
        "{text}"
    );
    assert!(!text.contains(direct["id"].as_str().unwrap()), "{text}");

    // A page goes on where the one before ended, and its end is the end.
    let first = admin.get("/api/admin/groups?limit=1").await.gives(200);
    let next = first["next"].as_str().unwrap();
    let path = format!("/api/admin/groups?limit=1&cursor={next}");
    let second = admin.get(&path).await.gives(200);
    assert_ne!(first["groups"][0]["id"], second["groups"][0]["id"]);
    assert_eq!(second["next"], Value::Null);
    let bad = admin.get("/api/admin/groups?cursor=x").await;
    assert_eq!(bad.refuses(400, "invalid_field")["field"], "cursor");
}

#[tokio::test]
async fn people_are_found_paged_and_counted() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    for name in ["ada", "bea", "cy"] {
        server.person(name).await;
    }
    let all = admin.get("/api/admin/people").await.gives(200);
    assert_eq!(names(&all), ["ada", "bea", "cy", "root"]);
    assert_eq!((&all["total"], &all["next"]), (&json!(4), &Value::Null));
    assert_eq!(all["people"][0]["sessions"], 1);
    let page = admin.get("/api/admin/people?limit=3").await.gives(200);
    assert_eq!((names(&page).len(), &page["total"]), (3, &json!(4)));
    let path = format!(
        "/api/admin/people?cursor={}",
        page["next"].as_str().unwrap()
    );
    assert_eq!(names(&admin.get(&path).await.gives(200)), ["root"]);
    let admins = admin.get("/api/admin/people?role=admin").await.gives(200);
    assert_eq!(names(&admins), ["root"]);
    let found = admin.get("/api/admin/people?q=be").await.gives(200);
    assert_eq!(names(&found), ["bea"]);
    for (field, query) in [
        ("role", "role=owner"),
        ("cursor", "cursor=0000000000001"),
        ("limit", "limit=0"),
    ] {
        let bad = admin.get(&format!("/api/admin/people?{query}")).await;
        assert_eq!(bad.refuses(400, "invalid_field")["field"], *field);
    }
}

#[tokio::test]
async fn an_administrator_signs_somebody_out_everywhere_and_stays() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let (phone, other) = (
        ada.sign_in("ada", PASSWORD).await,
        admin.sign_in("root", PASSWORD).await,
    );
    let path = |who: &Client| format!("/api/users/{}/sessions", who.id());
    admin.delete(&path(&ada)).await.gives(204);
    for gone in [&ada, &phone] {
        gone.get("/api/auth/me").await.refuses(401, "unauthorized");
    }
    admin.delete(&path(&admin)).await.gives(204);
    other.get("/api/auth/me").await.refuses(401, "unauthorized");
    admin.get("/api/auth/me").await.gives(200);
    admin
        .delete("/api/users/0000000000001/sessions")
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn a_link_sets_a_new_password_once_and_ends_all_sessions() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let replaced = reset_code(&admin, &ada).await;
    let code = reset_code(&admin, &ada).await;
    let visitor = server.visitor();
    let path = |code: &str| format!("/api/resets/{code}");
    let new =
        |password: &str| json!({"newPassword": password, "role": "admin", "userId": admin.id()});

    let shown = visitor.get(&path(&code)).await;
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    assert_eq!(shown.gives(200)["username"], "ada");
    visitor
        .post(&path(&code), new("short"))
        .await
        .refuses(400, "too_short");
    ada.get("/api/auth/me").await.gives(200);

    // Only the last one made works, and nothing that resembles it.
    let mut other_secret = code.clone();
    other_secret.replace_range(0..1, if code.starts_with('a') { "b" } else { "a" });
    let of_admin = format!("{}{}", &code[..43], admin.id());
    for bad in [
        &replaced,
        &other_secret,
        &of_admin,
        &code[..43].to_owned(),
        &"é".repeat(40),
    ] {
        visitor.get(&path(bad)).await.refuses(410, "reset_invalid");
        visitor
            .post(&path(bad), new("another one"))
            .await
            .refuses(410, "reset_invalid");
    }

    let entered = visitor
        .post(&path(&code), new("another one"))
        .await
        .gives(200);
    assert_eq!(
        (&entered["user"]["id"], &entered["user"]["role"]),
        (&ada.user["id"], &json!("member"))
    );
    ada.get("/api/auth/me").await.refuses(401, "unauthorized");
    let ada = ada.signed_in(&entered);
    ada.get("/api/auth/me").await.gives(200);
    ada.sign_in("ada", "another one").await;
    visitor
        .post(&path(&code), new("a third one"))
        .await
        .refuses(410, "reset_invalid");
    admin.get("/api/auth/me").await.gives(200);
}

#[tokio::test]
async fn a_link_ends_with_its_day_a_new_password_and_the_account() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let visitor = server.visitor();
    let hers = format!("/api/users/{}", ada.id());

    let code = reset_code(&admin, &ada).await;
    server.wait(Duration::from_hours(24) - Duration::from_millis(1));
    let path = format!("/api/resets/{code}");
    visitor.get(&path).await.gives(200);
    server.wait(Duration::from_millis(1));
    visitor.get(&path).await.refuses(410, "reset_invalid");

    let code = reset_code(&admin, &ada).await;
    let path = format!("/api/resets/{code}");
    admin
        .post(
            &format!("{hers}/password"),
            json!({"newPassword": "another one"}),
        )
        .await
        .gives(204);
    visitor.get(&path).await.refuses(410, "reset_invalid");

    let code = reset_code(&admin, &ada).await;
    let path = format!("/api/resets/{code}");
    admin
        .patch(&hers, json!({"disabled": true}))
        .await
        .gives(200);
    visitor.get(&path).await.refuses(410, "reset_invalid");
    admin
        .post(&format!("{hers}/reset-link"), json!({}))
        .await
        .refuses(409, "conflict");
    admin
        .patch(&hers, json!({"disabled": false}))
        .await
        .gives(200);
    visitor.get(&path).await.refuses(410, "reset_invalid");
}

#[tokio::test]
async fn a_link_outlives_a_restart_and_its_secret_is_not_on_the_disk() {
    let server = TestServer::start().await;
    let (admin, ada) = (server.admin("root").await, server.person("ada").await);
    let code = reset_code(&admin, &ada).await;
    let server = server.restart().await;
    let secret = &code.as_bytes()[..43];
    let mut folders = vec![server.data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                let found = bytes.windows(secret.len()).any(|part| part == secret);
                assert!(!found, "{}", path.display());
            }
        }
    }
    let path = format!("/api/resets/{code}");
    let new = json!({"newPassword": "another one"});
    server.visitor().post(&path, new).await.gives(200);
}

#[tokio::test]
async fn links_are_tried_at_a_rate_by_network() {
    let server =
        TestServer::start_with(|config| config.limits.profile = LimitProfile::Default).await;
    let visitor = server.visitor();
    let path = format!("/api/resets/{}", "x".repeat(56));
    for _ in 0..5 {
        visitor.get(&path).await.refuses(410, "reset_invalid");
        let new = json!({"newPassword": "another one"});
        visitor.post(&path, new).await.refuses(410, "reset_invalid");
    }
    let refused = visitor.get(&path).await.refuses(429, "rate_limited");
    assert_eq!(refused["retryAfter"], 10);
}

#[tokio::test]
async fn storage_and_health_say_what_is() {
    let server = TestServer::start().await;
    let admin = server.admin("root").await;
    let storage = admin.get("/api/admin/storage").await.gives(200);
    for (field, least) in [("messages", 1), ("free", 1), ("total", 1), ("maxFile", 1)] {
        assert!(
            storage[field].as_u64().unwrap() >= least,
            "{field} {storage}"
        );
    }
    assert_eq!(storage["lastsDays"], Value::Null, "too young: {storage}");
    server.wait(Duration::from_hours(24 * 10));
    let admin = admin.sign_in("root", PASSWORD).await;
    let storage = admin.get("/api/admin/storage").await.gives(200);
    assert!(storage["lastsDays"].as_u64().unwrap() > 0, "{storage}");
    let health = admin.get("/api/admin/health").await.gives(200);
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&health["peopleOnline"], &health["connections"]),
        (&json!(0), &json!(0))
    );
    assert!(health["memory"].as_u64().unwrap() > 1 << 20, "{health}");
    assert!(health["events"].as_u64().unwrap() > 0, "{health}");
}

#[tokio::test]
async fn space_is_given_back_when_an_administrator_asks() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.admin("ada").await, server.person("bob").await);
    let ask = async |who: &Client| who.post("/api/admin/compaction", json!({})).await;
    ask(&bob).await.refuses(403, "forbidden");
    let room = ada.group("Room", &[&bob]).await;
    ask(&ada).await.gives(204);
    let before = server.data().join("db-0001");
    let mut sent = 0;
    while before.exists() {
        bob.send(&room, "meanwhile").await;
        sent += 1;
    }
    let storage = ada.get("/api/admin/storage").await.gives(200);
    assert!(storage["messageRows"].as_u64().unwrap() > 0, "{storage}");
    let page = format!("/api/conversations/{room}/messages?limit=1");
    let newest = ada.get(&page).await.gives(200);
    assert_eq!(newest["messages"][0]["seq"], sent);
    let hit = ada.get("/api/admin/health").await.gives(200);
    assert_eq!(
        hit["setAside"],
        json!([]),
        "what is compacted is no leftover"
    );
}
