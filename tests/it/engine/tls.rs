use std::sync::Arc;

use inkspot::engine::{EngineConfig, Event};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::client::{COOKIE, Got, Ws, headers, text, upgrade_request};
use super::program::Server;

fn tls() -> (Arc<ServerConfig>, TlsConnector) {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client).into())
}

async fn open(server: &Server, connector: &TlsConnector) -> Ws {
    let tcp = TcpStream::connect(server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream: TlsStream<TcpStream> = connector.connect(name, tcp).await.unwrap();
    let request = upgrade_request("", &headers(COOKIE));
    let (status, mut ws) = Ws::request_on(stream, &request).await;
    assert_eq!(status, 101);
    ws.next().await;
    ws
}

#[tokio::test]
async fn over_tls_everything_arrives_whole_and_in_order_both_ways() {
    let (config, connector) = tls();
    let server = Server::with_tls(EngineConfig::default(), Some(config)).await;
    let mut ws = open(&server, &connector).await;
    ws.connect(&server, "alice").await;
    // Shorter and longer than a record.
    for len in [1, 16_000, 17_000, 200_000] {
        let long = "x".repeat(len);
        ws.send(&format!("42[\"up\",\"{long}\"]")).await;
        let event = server.event().await;
        assert_eq!(event.args[0].len(), len + 2);
        for n in 0..3 {
            let down = Event::named("down").arg(&(n, &long)).unwrap().build();
            event.socket.emit(&down);
        }
        for n in 0..3 {
            let expected = text(&format!("42[\"down\",[{n},\"{long}\"]]"));
            assert_eq!(ws.next().await, expected);
        }
    }
    ws.send_raw(&[0x88, 0x80, 0, 0, 0, 0]).await;
    assert_eq!(ws.next().await, Got::Close(1000));
    assert_eq!(ws.next().await, Got::End, "with a close_notify");
    server.disconnected().await;
}

#[tokio::test]
async fn a_slow_client_over_tls_is_bounded_too() {
    let (config, connector) = tls();
    let server = Server::with_tls(EngineConfig::default(), Some(config)).await;
    let mut ws = open(&server, &connector).await;
    ws.connect(&server, "alice").await;
    ws.send("42[\"a\"]").await;
    let socket = server.event().await.socket;
    let big = Event::named("big")
        .arg(&"x".repeat(60_000))
        .unwrap()
        .build();
    let sent = (0..2_000).take_while(|_| socket.emit(&big)).count();
    assert!(sent < 2_000);
    server.disconnected().await;
    assert_eq!(server.engine.stats().closed_slow, 1);
}
