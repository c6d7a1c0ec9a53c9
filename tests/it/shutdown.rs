//! The end: who works may finish, within a limit; nobody new is let in.

use std::time::Duration;

use futures_util::FutureExt;
use inkspot::app::{App, AppError};
use inkspot::base::clock::Clock;
use inkspot::base::rng::Rng;
use inkspot::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Shell, closed, exchange, head_of, request};

#[tokio::test]
async fn idle_connections_are_closed_and_the_port_is_free() {
    let shell = Shell::start();
    let addr = shell.addr();
    let mut idle = shell.tls("localhost").await.unwrap();
    idle.write_all(b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    head_of(&mut idle).await;
    shell.end().await;
    closed(idle).await;
    assert!(TcpStream::connect(addr).await.is_err());
    std::net::TcpListener::bind(addr).unwrap();
}

#[tokio::test]
async fn a_request_that_has_begun_is_answered() {
    let shell = Shell::start();
    let mut stream = shell.tls("localhost").await.unwrap();
    let begun =
        "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(begun.as_bytes()).await.unwrap();
    // The handler reads the body: the request is at work.
    assert!(head_of(&mut stream).await.starts_with("HTTP/1.1 100"));
    let mut end = Box::pin(shell.end());
    assert!((&mut end).now_or_never().is_none());
    let answer = exchange(stream, "abc").await;
    assert!(
        answer.contains("connection: close") && answer.ends_with("read 3"),
        "{answer}"
    );
    end.await;
}

#[tokio::test]
async fn an_upgraded_connection_is_waited_for() {
    let shell = Shell::start();
    let mut stream = shell.tls("localhost").await.unwrap();
    let upgrade =
        "GET /api/socketio/ HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    head_of(&mut stream).await;
    let mut end = Box::pin(shell.end());
    assert!((&mut end).now_or_never().is_none());
    stream.write_all(b"x").await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'x');
    assert!((&mut end).now_or_never().is_none());
    drop(stream);
    end.await;
}

#[tokio::test]
async fn who_does_not_finish_is_cut_off() {
    let shell = Shell::start_with(|_, bounds| bounds.timeouts.drain = Duration::from_millis(50));
    let mut stream = shell.tls("localhost").await.unwrap();
    stream
        .write_all(request("/never").as_bytes())
        .await
        .unwrap();
    shell.end().await;
}

#[tokio::test]
async fn a_program_that_can_not_begin_ends_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.data = dir.path().join("data");
    config.server.listen = Some(vec![([127, 0, 0, 1], 0).into()]);
    let app = App::start(&config, &Clock::system(), &Rng::system()).unwrap();
    std::fs::remove_file(app.links().ca_file.as_ref().unwrap()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(30), app.run()).await;
    let why = ended.expect("it does not hang").unwrap_err();
    assert!(matches!(why, AppError::Start(_)), "{why}");
}
