//! Clients: a WebSocket that can be made to send anything, and polling.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::program::{HANG, ORIGIN, Server};
use crate::frames::{frame, take_frame};

pub const COOKIE: &str = "session=alice";
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A WebSocket.
pub struct Ws {
    stream: Box<dyn Stream>,
    input: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Got {
    Text(String),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
    /// A close frame, with its code.
    Close(u16),
    /// The end of the stream.
    End,
}

pub fn text(text: &str) -> Got {
    Got::Text(text.to_owned())
}

/// The request that asks for a WebSocket.
pub fn upgrade_request(query: &str, headers: &str) -> String {
    format!(
        "GET /?EIO=4&transport=websocket{query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{headers}\r\n"
    )
}

pub fn headers(cookie: &str) -> String {
    format!("Origin: {ORIGIN}\r\nCookie: {cookie}\r\n")
}

impl Ws {
    /// Sends a request and returns the status of its answer.
    pub async fn request(server: &Server, request: &str) -> (u16, Self) {
        let stream = TcpStream::connect(server.address).await.unwrap();
        Self::request_on(stream, request).await
    }

    pub async fn request_on(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: &str,
    ) -> (u16, Self) {
        let mut ws = Self {
            stream: Box::new(stream),
            input: Vec::new(),
        };
        ws.send_raw(request.as_bytes()).await;
        let end = loop {
            if let Some(end) = ws.input.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(ws.read().await, "the request is answered");
        };
        let head: Vec<u8> = ws.input.drain(..end).collect();
        let status = std::str::from_utf8(&head[9..12]).unwrap().parse().unwrap();
        (status, ws)
    }

    /// Opens a connection with an own WebSocket.
    pub async fn open(server: &Server) -> Self {
        let request = upgrade_request("", &headers(COOKIE));
        let (status, mut ws) = Self::request(server, &request).await;
        assert_eq!(status, 101);
        assert!(matches!(ws.next().await, Got::Text(hello) if hello.starts_with("0{")));
        ws
    }

    /// A WebSocket for the session `sid`.
    pub async fn take_over(server: &Server, sid: &str) -> Self {
        let request = upgrade_request(&format!("&sid={sid}"), &headers(COOKIE));
        let (status, ws) = Self::request(server, &request).await;
        assert_eq!(status, 101);
        ws
    }

    pub async fn send_raw(&mut self, bytes: &[u8]) {
        // The server may have closed already.
        let _ = self.stream.write_all(bytes).await;
    }

    pub async fn send(&mut self, packet: &str) {
        self.send_raw(&frame(0x81, packet.as_bytes())).await;
    }

    pub async fn send_binary(&mut self, bytes: &[u8]) {
        self.send_raw(&frame(0x82, bytes)).await;
    }

    async fn read(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        let read = timeout(HANG, self.stream.read(&mut buffer)).await;
        let len = read.expect("the server does something").unwrap_or(0);
        self.input.extend_from_slice(&buffer[..len]);
        len > 0
    }

    /// The next frame, pings of the server included.
    pub async fn next(&mut self) -> Got {
        loop {
            if let Some((opcode, payload)) = take_frame(&mut self.input) {
                return match opcode {
                    1 => Got::Text(String::from_utf8(payload).unwrap()),
                    2 => Got::Binary(payload),
                    8 => Got::Close(u16::from_be_bytes(payload[..2].try_into().unwrap())),
                    10 => Got::Pong(payload),
                    other => panic!("a server doesn't send frames of kind {other}"),
                };
            }
            if !self.read().await {
                return Got::End;
            }
        }
    }

    /// Sends CONNECT and returns the answer; somebody must accept it.
    pub async fn connect(&mut self, server: &Server, name: &'static str) {
        self.send("40").await;
        drop(server.accept(name).await);
        assert!(matches!(self.next().await, Got::Text(answer) if answer.starts_with("40{")));
    }

    /// The close code, after which the stream ends.
    pub async fn closed(&mut self) -> u16 {
        let Got::Close(code) = self.next().await else {
            panic!("the server closes")
        };
        assert_eq!(self.next().await, Got::End);
        code
    }
}

/// A client that polls.
#[derive(Clone)]
pub struct Poller {
    http: reqwest::Client,
    url: String,
    pub sid: String,
}

impl Poller {
    pub async fn open(server: &Server) -> Self {
        let mut poller = Self {
            http: client(),
            url: format!("http://{}/?EIO=4&transport=polling", server.address),
            sid: String::new(),
        };
        let hello = poller.ask(Method::GET, "").await;
        assert_eq!(hello.status(), StatusCode::OK);
        let hello = hello.text().await.unwrap();
        let hello: serde_json::Value = serde_json::from_str(&hello[1..]).unwrap();
        assert_eq!(hello["upgrades"], serde_json::json!(["websocket"]));
        hello["sid"].as_str().unwrap().clone_into(&mut poller.sid);
        poller.url = format!("{}&sid={}", poller.url, poller.sid);
        poller
    }

    async fn ask(&self, method: Method, body: &str) -> Response {
        let request = self.http.request(method, &self.url).body(body.to_owned());
        let request = request.header("origin", ORIGIN).header("cookie", COOKIE);
        request.send().await.unwrap()
    }

    pub async fn poll(&self) -> (u16, String) {
        let response = self.ask(Method::GET, "").await;
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn post(&self, body: &str) -> (u16, String) {
        let response = self.ask(Method::POST, body).await;
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// CONNECTs and takes the answer.
    pub async fn connect(&self, server: &Server, name: &'static str) {
        assert_eq!(self.post("40").await, (200, "ok".to_owned()));
        drop(server.accept(name).await);
        let (status, answer) = self.poll().await;
        assert!(status == 200 && answer.starts_with("40{"), "{answer}");
    }
}

/// A client for plain HTTP; it wants to know about TLS all the same.
pub fn client() -> reqwest::Client {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().use_preconfigured_tls(tls);
    let builder = builder.no_proxy().timeout(Duration::from_secs(30));
    builder.build().unwrap()
}
