//! HTTP/2 by hand: what no honest client does is cut off, and the server goes on (attack case 53).

use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::server::{Shell, closed};

/// A client that writes HTTP/2 frames by hand, its preface and settings sent.
async fn http2(shell: &Shell) -> TlsStream<TcpStream> {
    let config = shell.client(rustls::ALL_VERSIONS, &["h2"]);
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let tcp = TcpStream::connect(shell.addr()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, tcp).await.unwrap();
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    stream.write_all(&frame(4, 0, 0, b"")).await.unwrap();
    stream
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// `GET https://a/never`
const NEVER: &[u8] = b"\x82\x87\x41\x01a\x44\x06/never";

#[tokio::test]
async fn an_http2_client_that_opens_and_resets_without_end_is_closed() {
    let shell = Shell::start();
    let mut stream = http2(&shell).await;
    let mut flood = Vec::new();
    for id in (1..20_001).step_by(2) {
        flood.extend(frame(1, 5, id, NEVER));
        flood.extend(frame(3, 0, id, &8_u32.to_be_bytes()));
    }
    // The server may close before it has read everything.
    let _ = stream.write_all(&flood).await;
    closed(stream).await;
    assert!(shell.get("/x").await.contains("http /x"));
}

#[tokio::test]
async fn an_http2_header_without_end_is_cut_off() {
    let shell = Shell::start();
    let mut stream = http2(&shell).await;
    stream.write_all(&frame(1, 1, 1, NEVER)).await.unwrap();
    // A literal header, never indexed, again and again.
    let more = b"\x10\x01x\x01y".repeat(3_000);
    while stream.write_all(&frame(9, 0, 1, &more)).await.is_ok() {}
    closed(stream).await;
    assert!(shell.get("/x").await.contains("http /x"));
}

/// The next frame: its kind, its flags, its stream and what is in it.
async fn read_frame(stream: &mut TlsStream<TcpStream>) -> (u8, u8, u32, Vec<u8>) {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    let [a, b, c, kind, flags, id @ ..] = head;
    let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    stream.read_exact(&mut payload).await.unwrap();
    (kind, flags, u32::from_be_bytes(id), payload)
}

#[tokio::test]
async fn an_http2_client_has_128_requests_at_a_time() {
    let shell = Shell::start();
    let mut stream = http2(&shell).await;
    let (kind, _, _, settings) = read_frame(&mut stream).await;
    let most = [0, 3, 0, 0, 0, 128];
    assert_eq!(kind, 4);
    assert!(settings.chunks(6).any(|one| one == most), "{settings:?}");
    stream.write_all(&frame(4, 1, 0, b"")).await.unwrap();
    // None of them is ever answered; the one too many is refused, and the others stay.
    let requests: Vec<u8> = (0..129)
        .flat_map(|n| frame(1, 5, 2 * n + 1, NEVER))
        .collect();
    stream.write_all(&requests).await.unwrap();
    stream
        .write_all(&frame(6, 0, 0, b"are you?"))
        .await
        .unwrap();
    let mut refused = Vec::new();
    loop {
        match read_frame(&mut stream).await {
            (3, _, id, why) => refused.push((id, why)),
            (6, 1, _, echo) => break assert_eq!(echo, b"are you?"),
            (4 | 8, ..) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, [(257, 7_u32.to_be_bytes().to_vec())]);
    // Who takes one back has room for another.
    let again = [
        frame(3, 0, 1, &8_u32.to_be_bytes()),
        frame(1, 5, 259, NEVER),
    ];
    stream.write_all(&again.concat()).await.unwrap();
    stream
        .write_all(&frame(6, 0, 0, b"and now?"))
        .await
        .unwrap();
    loop {
        match read_frame(&mut stream).await {
            (6, 1, _, echo) => break assert_eq!(echo, b"and now?"),
            (4 | 8, ..) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_http2_body_of_empty_pieces_without_end_is_cut_off() {
    let shell = Shell::start();
    let mut stream = http2(&shell).await;
    // `POST https://a/body`, whose handler reads the body.
    let post = b"\x83\x87\x41\x01a\x44\x05/body";
    stream.write_all(&frame(1, 4, 1, post)).await.unwrap();
    let empty = frame(0, 0, 1, b"").repeat(1_000);
    while stream.write_all(&empty).await.is_ok() {}
    closed(stream).await;
    assert!(shell.get("/x").await.contains("http /x"));
}
