//! Files in one simple request, as scripts send them.

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Client, Reply, TestServer};
use crate::tus::noise;

/// A form of these parts: the file name if it is a file, and what it holds.
fn form(parts: &[(Option<&str>, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, content) in parts {
        let name = name.map_or(String::new(), |name| format!("; filename=\"{name}\""));
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"f\"{name}\r\n\r\n");
        form.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    form.extend(b"--edge--\r\n");
    form
}

async fn post(client: &Client, body: Vec<u8>) -> Reply {
    let request = client.request(Method::POST, "/api/attachments");
    let kind = "multipart/form-data; boundary=edge";
    Reply::to(request.header("Content-Type", kind).body(body)).await
}

async fn used(client: &Client) -> Option<u64> {
    client.get("/api/auth/usage").await.gives(200)["used"].as_u64()
}

#[tokio::test]
async fn several_files_arrive_in_one_request() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let large = noise(1, 1_200_000);
    let body = form(&[
        (Some("a.txt"), b"hello"),
        (None, b"a field that is no file"),
        (Some("b.bin"), &large),
        (Some("empty"), b""),
    ]);
    let answer = post(&ada, body).await.gives(201);
    let files = answer["files"].as_array().unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["a.txt", "b.bin", "empty"]);
    assert!(ada.open(&files[1]["url"]).await.bytes == large);
    assert!(ada.open(&files[2]["url"]).await.bytes.is_empty());
    let room = ada.group("Room", &[]).await;
    let all: Vec<&Value> = files.iter().collect();
    ada.send_files(&room, "all", &all).await.gives(201);
}

#[tokio::test]
async fn what_is_no_form_or_breaks_off_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    for kind in ["application/json", "multipart/form-data", "text/plain", ""] {
        let request = ada.request(Method::POST, "/api/attachments");
        let refused = Reply::to(request.header("Content-Type", kind).body("x")).await;
        refused.refuses(415, "unsupported_media_type");
    }
    post(&ada, form(&[])).await.refuses(400, "invalid_field");
    post(&ada, form(&[(None, b"x")]))
        .await
        .refuses(400, "invalid_field");
    let whole = form(&[(Some("a.bin"), &noise(1, 400_000))]);
    for cut in [0, 10, 60, 1000, 300_000, whole.len() - 20] {
        let refused = post(&ada, whole[..cut].to_vec()).await;
        refused.refuses(408, "broken_off");
    }
    // An endless header is no file.
    let mut endless = b"--edge\r\nContent-Disposition: form-data; name=\"".to_vec();
    endless.resize(1_000_000, b'x');
    post(&ada, endless).await.refuses(400, "invalid_field");
    let unreadable = b"--edge\r\nno header at all\r\n\r\nx\r\n--edge--\r\n";
    let refused = post(&ada, unreadable.to_vec()).await;
    refused.refuses(400, "invalid_field");
    assert_eq!(used(&ada).await, Some(0));
    let nobody = post(&ada.signed_out(), whole).await;
    nobody.refuses(401, "unauthorized");
}

#[tokio::test]
async fn a_file_has_a_name_in_any_script_and_what_was_not_chosen_is_none() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let extended = "a.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt; x=\"";
    let body = form(&[
        (Some(""), b""),
        (Some(extended), b"hello"),
        (Some(""), b"x"),
    ]);
    let answer = post(&ada, body).await.gives(201);
    let files = answer["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{answer}");
    assert_eq!(files[0]["name"], "grüße.txt");
    assert_eq!(files[1]["size"], 1);
    let none = form(&[(Some(""), b"")]);
    post(&ada, none).await.refuses(400, "invalid_field");
}

#[tokio::test]
async fn limits_hold_for_files_whose_length_nobody_said() {
    let server = TestServer::start_with(|config| {
        (config.files.max_file_mib, config.files.quota_mib) = (1, 2);
    })
    .await;
    let ada = server.person("ada").await;
    let too_large = form(&[(Some("a"), &noise(1, (1 << 20) + 1))]);
    let error = post(&ada, too_large).await.refuses(413, "file_too_large");
    assert_eq!(error["limit"], 1 << 20);
    assert_eq!(used(&ada).await, Some(0));
    let full = noise(2, 1 << 20);
    let three = form(&[(Some("a"), &full), (Some("b"), &full), (Some("c"), b"x")]);
    let error = post(&ada, three).await.refuses(507, "quota_exceeded");
    assert_eq!(error["limit"], 2 << 20);
    assert_eq!(used(&ada).await, Some(2 << 20), "those before it stay");
    let bob = server.person("bob").await;
    post(&bob, form(&[(Some("a"), &full)])).await.gives(201);
}
