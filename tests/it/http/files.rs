//! Files to those who may see them, and to nobody else; whole, in part, as what they are.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestServer};
use crate::tus::{Fetched, noise, png};

async fn put(client: &Client, path: &str, body: Value) -> Reply {
    Reply::to(client.request(Method::PUT, path).json(&body)).await
}

/// A JPEG of one colour that says where it was taken.
fn jpeg_with_a_secret() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(400, 200, image::Rgb([9, 90, 200]));
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    let jpeg = bytes.into_inner();
    let secret = b"Exif\0\0II*\0\x08\0\0\0\0\0GPS 48.137N 11.575E";
    let length = u16::try_from(secret.len() + 2).unwrap().to_be_bytes();
    let comment = [&[0xff, 0xfe, 0, 8][..], b"CAMERA"].concat();
    let exif = [&[0xff, 0xe1], &length[..], secret].concat();
    [&jpeg[..2], &exif, &comment, &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_picture_comes_with_stills_and_without_secrets() {
    let server = TestServer::start().await;
    let (ada, bob) = (server.person("ada").await, server.person("bob").await);
    let room = ada.group("Room", &[&bob]).await;
    let jpeg = jpeg_with_a_secret();
    let photo = ada.upload("holiday.exe", &jpeg).await;
    assert_eq!(
        (&photo["kind"], &photo["mime"]),
        (&json!("image"), &json!("image/jpeg"))
    );
    assert_eq!(
        (&photo["width"], &photo["height"]),
        (&json!(400), &json!(200))
    );
    assert!(
        photo["placeholder"]
            .as_str()
            .is_some_and(|text| text.len() > 20)
    );
    let large = ada.upload("large.png", &png(2000, 1000)).await;
    let stills: Vec<_> = large["thumbnails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|still| {
            (
                still["width"].as_u64().unwrap(),
                still["height"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(stills, [(320, 160), (1280, 640)]);
    let sent = ada
        .send_files(&room, "two", &[&photo, &large])
        .await
        .gives(201);
    assert_eq!(sent["messageType"], "image");

    let read = bob.open(&photo["url"]).await;
    assert_eq!(read.status, 200);
    for secret in [&b"GPS"[..], b"CAMERA", b"48.137N"] {
        assert!(holds(&jpeg, secret) && !holds(&read.bytes, secret));
    }
    assert_eq!(read.bytes.len() as u64, photo["size"].as_u64().unwrap());
    assert!(image::load_from_memory(&read.bytes).is_ok());
    let how = read.header("content-disposition").unwrap();
    assert!(how.starts_with("inline; filename=\"holiday.exe\""), "{how}");
    let saved = json!(format!("{}?download=1", photo["url"].as_str().unwrap()));
    let saved = bob.open(&saved).await;
    assert!(
        saved
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment;")
    );
    for still in large["thumbnails"].as_array().unwrap() {
        let shown = bob.open(&still["url"]).await;
        let picture = image::load_from_memory(&shown.bytes).unwrap();
        assert_eq!(json!(picture.width()), still["width"]);
        assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    }
    // A picture that is no larger than a still has the small one for all.
    let small = ada.upload("small.png", &png(10, 10)).await;
    let path = format!(
        "/api/files/{}/thumbnails/1280",
        small["id"].as_str().unwrap()
    );
    assert_eq!(ada.open(&json!(path)).await.status, 200);
}

#[tokio::test]
async fn case_40_a_pixel_bomb_is_refused_in_words() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let mut bomb = png(8, 8);
    bomb[16..20].copy_from_slice(&12_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&12_000_u32.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    let id = ada.upload_id("bomb.png", bomb.len()).await;
    let refused = ada.go_on(&id, 0, &bomb).await;
    assert_eq!(refused.header("tus-resumable"), Some("1.0.0"));
    let error = refused.refuses(422, "picture_refused");
    assert_eq!(error["field"], "file");
    assert!(error["message"].as_str().unwrap().contains("million"));
    assert_eq!(ada.offset(&id).await, None, "nothing of it stays");
    let usage = ada.get("/api/auth/usage").await.gives(200);
    assert_eq!(usage["used"], 0);

    // One that only begins like a picture is a file to be saved.
    let broken = ada.upload("broken.png", &png(50, 50)[..60]).await;
    assert_eq!(broken["kind"], "file");
    let read = ada.open(&broken["url"]).await;
    assert!(
        read.header("content-disposition")
            .unwrap()
            .starts_with("attachment;")
    );
}

#[tokio::test]
async fn case_38_and_39_nothing_runs_in_our_origin_whatever_it_is_called() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let script = "<script>alert(1)</script>";
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{script}</svg>");
    let gif = format!("GIF89a/*{script}*/=1;");
    for (name, content) in [
        ("a.svg", svg.as_str()),
        ("a.html", &format!("<!doctype html>{script}")),
        ("a.png", &format!("<html>{script}")),
        ("a.xml", &format!("<?xml version=\"1.0\"?><x>{script}</x>")),
        ("a.pdf", "%PDF-1.7\n/JavaScript (app.alert(1))"),
        ("a.js", "alert(1)"),
        ("a.gif", &gif),
        ("a.mp4", script),
    ] {
        let file = ada.upload(name, content.as_bytes()).await;
        assert_eq!(file["kind"], "file", "{name}");
        for query in ["", "?download=0"] {
            let path = json!(format!("{}{query}", file["url"].as_str().unwrap()));
            let read = ada.open(&path).await;
            let how = read.header("content-disposition").unwrap();
            assert!(how.starts_with("attachment; "), "{name} {how}");
            let csp = read.header("content-security-policy").unwrap();
            assert!(csp.starts_with("sandbox; default-src 'none'"), "{csp}");
            assert!(!csp.contains("unsafe") && csp.contains("frame-ancestors 'none'"));
            assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
            let kind = read.header("content-type").unwrap();
            assert!(
                !["html", "svg", "xml", "javascript"]
                    .iter()
                    .any(|bad| kind.contains(bad)),
                "{name} {kind}"
            );
        }
    }
}

#[tokio::test]
async fn case_37_every_name_survives_or_is_made_harmless() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    for (given, kept) in [
        ("Отчёт 报告 ٣ 👩‍👩‍👧.txt", "Отчёт 报告 ٣ 👩‍👩‍👧.txt"),
        ("say \"hi\"; filename=x.txt", "say \"hi\"; filename=x.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\0\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("-rf", "_rf"),
        ("..", "file"),
        ("100%2F..%2f.txt", "100%2F..%2f.txt"),
        ("?a#b&c=d.txt", "?a#b&c=d.txt"),
    ] {
        let file = ada.upload(given, b"x").await;
        assert_eq!(file["name"], kept, "{given:?}");
        let url = file["url"].as_str().unwrap();
        assert!(url.bytes().all(|b| b.is_ascii_graphic()), "{url}");
        let read = ada.open(&file["url"]).await;
        assert_eq!((read.status, &read.bytes[..]), (200, &b"x"[..]), "{url}");
        assert!(read.header("x-evil").is_none());
        let how = read.header("content-disposition").unwrap();
        let (_, name) = how.rsplit_once("filename*=UTF-8''").unwrap();
        let name = percent_encoding::percent_decode_str(name).decode_utf8();
        assert_eq!(name.unwrap(), kept);
    }
    let long = format!("{}.pdf", "名".repeat(100));
    let file = ada.upload(&long, b"x").await;
    let name = file["name"].as_str().unwrap();
    assert!(name.len() <= 255 && name.ends_with("名.pdf"), "{name}");
}

#[tokio::test]
async fn case_43_one_range_and_what_is_known_already() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let bytes = noise(1, 400_000);
    let file = ada.upload("a.bin", &bytes).await;
    let path = file["url"].as_str().unwrap();
    let ask = async |method: Method, headers: &[(&str, &str)]| {
        let request = ada.request(method, path);
        let request = headers.iter().fold(request, |r, (n, v)| r.header(*n, *v));
        Fetched::to(request).await
    };
    let whole = ask(Method::GET, &[]).await;
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("cache-control"), Some("private, no-cache"));
    let tag = whole.header("etag").unwrap().to_owned();
    let head = ask(Method::HEAD, &[]).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("400000"));
    assert_eq!(head.header("etag"), Some(&*tag));

    let part = ask(Method::GET, &[("range", "bytes=131070-262150")]).await;
    assert_eq!(part.status, 206);
    assert_eq!(
        part.header("content-range"),
        Some("bytes 131070-262150/400000")
    );
    assert!(part.bytes == bytes[131_070..=262_150]);
    let end = ask(Method::GET, &[("range", "bytes=-3"), ("if-range", &tag)]).await;
    assert_eq!((end.status, &end.bytes[..]), (206, &bytes[399_997..]));
    let whole = ask(Method::HEAD, &[("range", "bytes=0-9")]).await;
    assert_eq!(
        (whole.status, whole.header("content-length")),
        (200, Some("400000")),
        "only a GET has a range"
    );
    for range in ["bytes=0-1,5-6", "bytes=0-9,2-5", "bytes=9-2", "pages=1"] {
        let all = ask(Method::GET, &[("range", range)]).await;
        assert_eq!((all.status, all.bytes.len()), (200, 400_000), "{range}");
    }
    let all = ask(
        Method::GET,
        &[("range", "bytes=0-1"), ("if-range", "\"x\"")],
    )
    .await;
    assert_eq!((all.status, all.bytes.len()), (200, 400_000));
    for range in ["bytes=400000-", "bytes=18446744073709551615-", "bytes=-0"] {
        let nothing = ask(Method::GET, &[("range", range)]).await;
        assert_eq!(nothing.status, 416, "{range}");
        assert_eq!(nothing.header("content-range"), Some("bytes */400000"));
    }
    for known in [tag.as_str(), "*", &format!("\"x\", W/{tag}")] {
        let same = ask(Method::GET, &[("if-none-match", known)]).await;
        assert_eq!((same.status, same.bytes.len()), (304, 0), "{known}");
        assert_eq!(same.header("etag"), Some(&*tag));
    }
}

/// All addresses of a file.
fn addresses(file: &Value) -> Vec<String> {
    let id = file["id"].as_str().unwrap();
    let stills = file["thumbnails"].as_array().unwrap().iter();
    let stills = stills.map(|still| still["url"].as_str().unwrap().to_owned());
    let own = [
        file["url"].as_str().unwrap().to_owned(),
        format!("/api/files/{id}"),
    ];
    own.into_iter().chain(stills).collect()
}

async fn sees(client: &Client, file: &Value, expected: bool) {
    for path in addresses(file) {
        for method in [Method::GET, Method::HEAD] {
            let plain = Fetched::to(client.request(method.clone(), &path)).await;
            // Only a GET has a range.
            let of_part = if method == Method::GET { 206 } else { 200 };
            let part = client.request(method, &path).header("range", "bytes=0-0");
            let known = client
                .request(Method::GET, &path)
                .header("if-none-match", "*");
            let (part, known) = (Fetched::to(part).await, Fetched::to(known).await);
            let found = [plain.status, part.status, known.status];
            let right = if expected {
                [200, of_part, 304]
            } else {
                [404; 3]
            };
            assert_eq!(found, right, "{path}");
        }
    }
}

#[tokio::test]
async fn case_03_and_05_who_is_no_member_any_more_sees_no_file() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let (bob, eve) = (server.person("bob").await, server.person("eve").await);
    let room = ada.group("Room", &[&bob]).await;
    let file = ada.upload("a.png", &png(400, 300)).await;
    sees(&ada, &file, true).await;
    sees(&bob, &file, false).await;
    ada.send_files(&room, "look", &[&file]).await.gives(201);
    sees(&ada, &file, true).await;
    sees(&bob, &file, true).await;
    sees(&eve, &file, false).await;
    let nobody = ada.signed_out().open(&file["url"]).await;
    assert_eq!(nobody.status, 401);
    let list = format!("/api/conversations/{room}/files");
    eve.get(&list).await.refuses(404, "not_found");

    let member = |who: &Client| format!("/api/conversations/{room}/members/{}", who.id());
    ada.delete(&member(&bob)).await.gives(204);
    sees(&bob, &file, false).await;
    bob.get(&list).await.refuses(404, "not_found");
    let again = json!({"members": ["bob"]});
    let members = format!("/api/conversations/{room}/members");
    ada.post(&members, again).await.gives(200);
    sees(&bob, &file, true).await;
    // Also its owner sees it as a member only.
    ada.delete(&member(&ada)).await.gives(204);
    sees(&ada, &file, false).await;
    let path = format!("/api/files/{}", file["id"].as_str().unwrap());
    ada.delete(&path).await.refuses(404, "not_found");
}

#[tokio::test]
async fn a_file_is_sent_once_by_its_owner_and_nothing_else_is_told() {
    let server = TestServer::start().await;
    let (ada, eve) = (server.person("ada").await, server.person("eve").await);
    let room = ada.group("Room", &[&eve]).await;
    let mut files = Vec::new();
    for n in 0..12_u8 {
        files.push(ada.upload(&format!("{n}.txt"), &[n]).await);
    }
    let unfinished = json!({"id": ada.upload_id("x", 5).await});
    let theirs = eve.upload("hers.txt", b"hers").await;
    let unknown = json!({"id": "0".repeat(26)});
    ada.send_files(&room, "", &[&files[0]]).await.gives(201);
    let same = ada.send_files(&room, "", &[&files[0]]).await;
    let answer = same.refuses(400, "invalid_field");
    assert_eq!(answer["field"], "attachments");
    for wrong in [
        vec![&theirs],
        vec![&unknown],
        vec![&unfinished],
        vec![&files[1], &files[1]],
        vec![&files[1], &theirs],
    ] {
        let refused = ada.send_files(&room, "x", &wrong).await;
        assert_eq!(refused.refuses(400, "invalid_field"), answer);
    }
    for odd in [json!(["x"]), json!([""]), json!([1]), json!("x"), json!({})] {
        let body = json!({"conversationId": room, "content": "x", "attachments": odd});
        let refused = ada.post("/api/messages/realtime", body).await;
        assert_eq!(
            refused.refuses(400, "invalid_field")["field"],
            "attachments"
        );
    }
    let eleven: Vec<_> = files[1..12].iter().collect();
    let refused = ada.send_files(&room, "", &eleven).await;
    let error = refused.refuses(400, "too_long");
    assert_eq!(
        (&error["field"], &error["limit"]),
        (&json!("attachments"), &json!(10))
    );
    let sent = ada.send_files(&room, "", &eleven[..10]).await.gives(201);
    assert_eq!(sent["attachments"].as_array().unwrap().len(), 10);
    ada.send_files(&room, "", &[])
        .await
        .refuses(400, "too_short");
    let body = json!({"conversationId": room, "content": "x", "messageType": "image"});
    let refused = ada.post("/api/messages/realtime", body).await;
    assert_eq!(
        refused.refuses(400, "invalid_field")["field"],
        "attachments"
    );
}

#[tokio::test]
async fn a_message_taken_back_takes_its_files_along() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    let file = ada.upload("a.png", &png(400, 300)).await;
    let twin = ada.upload("twin.png", &png(400, 300)).await;
    assert_ne!(file["id"], twin["id"]);
    let sent = ada.send_files(&room, "", &[&file]).await.gives(201);
    let usage = ada.get("/api/auth/usage").await.gives(200)["used"].as_u64();
    let path = format!("/api/messages/{}", sent["id"].as_str().unwrap());
    ada.delete(&path).await.gives(204);
    sees(&ada, &file, false).await;
    let list = format!("/api/conversations/{room}/files");
    assert_eq!(ada.get(&list).await.gives(200)["files"], json!([]));
    let left = ada.get("/api/auth/usage").await.gives(200)["used"].as_u64();
    assert_eq!(left.unwrap() * 2, usage.unwrap());
    server.service.reap().await.unwrap();
    sees(&ada, &twin, true).await;
    let path = format!("/api/files/{}", twin["id"].as_str().unwrap());
    ada.delete(&path).await.gives(204);
    sees(&ada, &twin, false).await;
    ada.delete(&path).await.refuses(404, "not_found");
}

#[tokio::test]
async fn the_files_of_a_conversation_are_listed_by_kind_in_parts() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let room = ada.group("Room", &[]).await;
    for n in 0..3_u8 {
        let picture = ada.upload(&format!("{n}.png"), &png(4, 4)).await;
        let text = ada.upload(&format!("{n}.txt"), &[b'a' + n]).await;
        ada.send_files(&room, "", &[&picture, &text])
            .await
            .gives(201);
    }
    let list = async |query: &str| {
        let path = format!("/api/conversations/{room}/files?{query}");
        let part = ada.get(&path).await.gives(200);
        let names = part["files"].as_array().unwrap().iter();
        let names: Vec<_> = names
            .map(|f| f["name"].as_str().unwrap().to_owned())
            .collect();
        (names, part["next"].as_str().map(str::to_owned))
    };
    let (all, next) = list("kind=all").await;
    assert_eq!(all, ["2.txt", "2.png", "1.txt", "1.png", "0.txt", "0.png"]);
    assert_eq!(next, None);
    assert_eq!(list("kind=image").await.0, ["2.png", "1.png", "0.png"]);
    assert_eq!(list("kind=media").await.0, ["2.png", "1.png", "0.png"]);
    assert_eq!(list("kind=file").await.0, ["2.txt", "1.txt", "0.txt"]);
    assert!(list("kind=audio").await.0.is_empty() && list("kind=video").await.0.is_empty());
    let (first, next) = list("limit=4").await;
    let (rest, end) = list(&format!("limit=4&cursor={}", next.unwrap())).await;
    assert_eq!([first, rest].concat(), all);
    assert_eq!(end, None);
    for odd in ["kind=x", "cursor=x", "cursor=1.999", "limit=0"] {
        let path = format!("/api/conversations/{room}/files?{odd}");
        ada.get(&path).await.refuses(400, "invalid_field");
    }
}

#[tokio::test]
async fn people_and_groups_have_faces() {
    let server = TestServer::start().await;
    let ada = server.person("ada").await;
    let (bob, eve) = (server.person("bob").await, server.person("eve").await);
    let room = ada.group("Room", &[&bob]).await;
    let picture = ada.upload("me.png", &png(600, 600)).await;
    let text = ada.upload("me.txt", b"me").await;
    let face = |file: &Value| json!({"fileId": file["id"]});
    let refused = put(&ada, "/api/auth/me/avatar", face(&text)).await;
    assert_eq!(refused.refuses(400, "invalid_field")["field"], "fileId");
    let refused = put(&bob, "/api/auth/me/avatar", face(&picture)).await;
    assert_eq!(refused.refuses(400, "invalid_field")["field"], "fileId");
    let set = put(&ada, "/api/auth/me/avatar", face(&picture))
        .await
        .gives(200);
    let url = set["user"]["avatarUrl"].clone();
    assert_eq!(ada.send(&room, "hi").await["sender"]["avatarUrl"], url);
    let shown = eve.open(&url).await;
    assert_eq!(shown.status, 200);
    assert_eq!(image::load_from_memory(&shown.bytes).unwrap().width(), 320);
    assert!(
        shown
            .header("cache-control")
            .unwrap()
            .starts_with("private, max-age=")
    );
    sees(&ada, &picture, false).await;
    let used = ada.send_files(&room, "", &[&picture]).await;
    used.refuses(400, "invalid_field");

    let group = format!("/api/conversations/{room}/avatar");
    let (one, two) = (
        ada.upload("1.png", &png(5, 5)).await,
        bob.upload("2.png", &png(6, 6)).await,
    );
    put(&bob, &group, face(&two))
        .await
        .refuses(403, "forbidden");
    put(&eve, &group, face(&two))
        .await
        .refuses(404, "not_found");
    let set = put(&ada, &group, face(&one)).await.gives(200);
    let of_group = set["avatarUrl"].clone();
    assert_eq!(bob.open(&of_group).await.status, 200);
    assert_eq!(eve.open(&of_group).await.status, 404);

    let next = ada.upload("next.png", &png(7, 7)).await;
    let set = put(&ada, "/api/auth/me/avatar", face(&next))
        .await
        .gives(200);
    assert_ne!(set["user"]["avatarUrl"], url);
    assert_eq!(eve.open(&url).await.status, 404, "the one before is gone");
    let removed = ada.delete("/api/auth/me/avatar").await.gives(200);
    assert_eq!(removed["user"]["avatarUrl"], Value::Null);
    ada.delete(&group).await.gives(200);
    assert_eq!(bob.open(&of_group).await.status, 404);
}
