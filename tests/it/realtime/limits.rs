//! What a client may send through the socket's events, compared with HTTP.

use serde_json::{Value, json};

use super::socket::Socket;
use crate::harness::TestServer;

/// A field, its value, and the refusal: a code and the limit that it names, 0 for none.
type Case = (&'static str, Value, Option<(&'static str, u64)>);

/// Each field of the socket's events at, under and over its limit; the same through HTTP.
#[tokio::test]
async fn every_field_has_the_same_limit_through_both_doors() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    let mut tab = Socket::enter(&ada).await.unwrap();
    let (wide, over) = ("\u{1F58B}".repeat(8_000), "x".repeat(8_001));
    let (longest, longer, endless) = ("\u{1F58B}".repeat(64), "c".repeat(65), "c".repeat(200_000));
    let cases: [Case; 14] = [
        ("content", json!(""), Some(("too_short", 1))),
        ("content", json!("x"), None),
        ("content", json!("x".repeat(7_999)), None),
        ("content", json!(wide), None),
        ("content", json!(over), Some(("too_long", 8_000))),
        ("content", json!(" \n\u{200b}"), Some(("invalid_field", 0))),
        ("content", json!("a\0b"), Some(("invalid_field", 0))),
        ("clientId", json!(""), Some(("too_short", 1))),
        ("clientId", json!("c".repeat(63)), None),
        ("clientId", json!(longest), None),
        ("clientId", json!(longer), Some(("too_long", 64))),
        ("messageType", json!("poem"), Some(("invalid_field", 0))),
        ("attachments", json!(["x"]), Some(("invalid_field", 0))),
        ("attachments", json!(vec!["x"; 11]), Some(("too_long", 10))),
    ];
    for (field, value, refusal) in cases {
        let mut arg = json!({"conversationId": room, "content": "x", "messageType": "text"});
        arg[field] = value;
        let answer = tab.ask("send-message", arg.clone()).await;
        let reply = ada.post("/api/messages/realtime", arg).await;
        match refusal {
            None => {
                assert!(answer["id"].is_string(), "{field} {answer}");
                assert!(matches!(reply.status, 200 | 201), "{field} {}", reply.text);
            }
            Some((code, limit)) => {
                let error = reply.refuses(400, code);
                for refused in [&answer, &error] {
                    assert_eq!(
                        (&refused["code"], &refused["field"]),
                        (&json!(code), &json!(field))
                    );
                    let limit = (limit > 0).then_some(limit);
                    assert_eq!(refused["limit"].as_u64(), limit, "{refused}");
                }
                assert_eq!(tab.expect("message-error").await, answer);
            }
        }
    }
    // What is refused for its length is not repeated.
    let arg = json!({"conversationId": room, "content": "x", "clientId": endless});
    let answer = tab.ask("send-message", arg).await;
    assert_eq!(
        (&answer["code"], &answer["clientId"]),
        (&json!("too_long"), &Value::Null)
    );
    assert_eq!(tab.expect("message-error").await, answer);
    // A packet as large as is allowed is read, and a larger one ends the connection.
    let base = json!(["send-message", {"conversationId": room, "content": ""}]).to_string();
    let fill = 1_000_000 - "42".len() - base.len();
    let packet = |fill| {
        format!(
            "42{}",
            base.replace("\"\"", &format!("\"{}\"", "x".repeat(fill)))
        )
    };
    tab.write(packet(fill).as_bytes()).await;
    assert_eq!(tab.expect("message-error").await["code"], "too_long");
    tab.write(packet(fill + 1).as_bytes()).await;
    assert_eq!(tab.rest().await.1, Some(1009));
}
