use std::time::Duration;

use inkspot::engine::DisconnectReason;

use super::client::{Poller, Ws, text};
use super::program::Server;

const INTERVAL: Duration = Duration::from_secs(25);
const TIMEOUT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn case_23_a_ping_comes_after_a_full_interval_and_wants_an_answer() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    for round in 0..3 {
        // Nothing comes until then, or it would arrive before the answer to this.
        server
            .pass(INTERVAL.checked_sub(Duration::from_secs(1)).unwrap())
            .await;
        ws.send("420[\"a\"]").await;
        server.event().await.ack.unwrap().send(&round).unwrap();
        assert_eq!(ws.next().await, text(&format!("430[{round}]")));
        server.pass(Duration::from_secs(1)).await;
        assert_eq!(ws.next().await, text("2"));
        // Its pong has arrived when what follows it has.
        ws.send("3").await;
        ws.send("42[\"after the pong\"]").await;
        server.event().await;
    }
    server.pass(INTERVAL).await;
    assert_eq!(ws.next().await, text("2"));
    server.pass(TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(ws.closed().await, 1008);
    assert_eq!(server.disconnected().await.1, DisconnectReason::PingTimeout);
    assert_eq!(server.engine.stats().closed_timeout, 1);
}

#[tokio::test]
async fn case_23_pongs_that_nobody_asked_for_count_for_nothing() {
    let server = Server::start().await;
    let mut ws = Ws::open(&server).await;
    ws.connect(&server, "alice").await;
    for _ in 0..100 {
        ws.send("3").await;
    }
    ws.send("42[\"after the pongs\"]").await;
    server.event().await;
    server.pass(INTERVAL).await;
    assert_eq!(ws.next().await, text("2"));
    server.pass(TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(ws.closed().await, 1008);
}

#[tokio::test]
async fn case_23_polling_is_pinged_too() {
    let server = Server::start().await;
    let poller = Poller::open(&server).await;
    poller.connect(&server, "alice").await;
    server.pass(INTERVAL).await;
    assert_eq!(poller.poll().await.1, "2");
    poller.post("3").await;
    server.pass(INTERVAL).await;
    assert_eq!(poller.poll().await.1, "2");
    server.pass(TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(server.disconnected().await.1, DisconnectReason::PingTimeout);
    assert_eq!(poller.poll().await.0, 400);
}

#[tokio::test]
async fn case_24_who_belongs_to_no_namespace_is_closed_in_seconds() {
    let server = Server::start().await;
    let mut silent = Ws::open(&server).await;
    let mut refused = Ws::open(&server).await;
    refused.send("40/nowhere").await;
    refused.next().await;
    let poller = Poller::open(&server).await;
    let mut left = Ws::open(&server).await;
    left.connect(&server, "bob").await;
    left.send("41").await;
    server.disconnected().await;
    let mut stays = Ws::open(&server).await;
    stays.connect(&server, "alice").await;
    assert_eq!(server.half_open(), 3);
    server.pass(Duration::from_secs(11)).await;
    assert_eq!(silent.closed().await, 1008);
    assert_eq!(refused.closed().await, 1008);
    assert_eq!(poller.poll().await.0, 400);
    assert_eq!(server.half_open(), 0);
    // The one that left is looked at with its next ping.
    server.pass(INTERVAL).await;
    assert_eq!(left.closed().await, 1008);
    assert_eq!(stays.next().await, text("2"));
    assert_eq!(server.engine.stats().connections, 1);
}
