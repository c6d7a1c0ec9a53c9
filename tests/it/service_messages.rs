//! Sending messages and reading them back, through the service.

use std::sync::Arc;

use inkspot::model::MessageKind;
use inkspot::model::event::EventBody;
use inkspot::model::ids::{ConversationId, Seq};
use inkspot::service::{Caller, NewMessage, PageAt};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::service_house::{House, code, message, refused, settings};

async fn chat(house: &House) -> (Caller, Caller, ConversationId) {
    let anna = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    let chat = house.direct(anna, "bert").await;
    (anna, bert, chat)
}

fn named(conversation: ConversationId, content: &str, client_id: &str) -> NewMessage {
    NewMessage {
        client_id: Some(client_id.into()),
        ..message(conversation, content)
    }
}

fn sent(body: &EventBody) -> bool {
    matches!(body, EventBody::MessageSent(_))
}

#[tokio::test]
async fn two_people_chat() {
    let house = House::open();
    let (anna, bert, chat) = chat(&house).await;
    let hello = house.send(anna, chat, "hello").await.unwrap();
    assert!(hello.fresh);
    assert_eq!(
        (hello.message.seq, hello.message.content.as_str()),
        (1, "hello")
    );
    assert_eq!(hello.message.sender.username, "admin");
    let page = house
        .service
        .messages(bert, chat, PageAt::Newest, 50)
        .unwrap();
    assert_eq!(page.messages, [hello.message]);
    assert_eq!(house.unread(bert, chat), (1, 0));
    assert_eq!(
        house.unread(anna, chat),
        (0, 1),
        "one's own message is read"
    );
    let answer = house.send(bert, chat, "hi").await.unwrap();
    assert_eq!(answer.message.seq, 2);
    assert_eq!(house.unread(bert, chat), (0, 2));
    assert_eq!(house.unread(anna, chat), (1, 1));
}

#[tokio::test]
async fn content_has_limits_and_is_kept_as_typed() {
    let house = House::open();
    let (anna, _, chat) = chat(&house).await;
    let over = |c: &str| c.repeat(8001);
    for text in [
        "x",
        "  x\n",
        "\u{1f600}",
        "a\u{202e}b",
        "<script>alert(1)</script>",
    ] {
        assert_eq!(
            house.send(anna, chat, text).await.unwrap().message.content,
            text
        );
    }
    for c in ["x", "é", "\u{1f600}"] {
        let whole = c.repeat(8000);
        assert_eq!(
            house
                .send(anna, chat, &whole)
                .await
                .unwrap()
                .message
                .content,
            whole
        );
        let refused = refused(house.send(anna, chat, &over(c)).await);
        assert_eq!(refused, ("too_long", Some("content"), Some(8000)));
    }
    assert_eq!(
        refused(house.send(anna, chat, "").await),
        ("too_short", Some("content"), Some(1))
    );
    for blank in [" ", "\n\t", "\u{200b}", "\u{3000}\u{feff}", "a\u{0}b"] {
        let refused = refused(house.send(anna, chat, blank).await);
        assert_eq!(
            refused,
            ("invalid_field", Some("content"), None),
            "{blank:?}"
        );
    }
    let image = NewMessage {
        kind: MessageKind::Image,
        ..message(chat, "x")
    };
    let image = house.service.send(anna, image).await;
    assert_eq!(refused(image), ("invalid_field", Some("attachments"), None));
    assert_eq!(
        house.published.count(sent),
        8,
        "what was refused is not there"
    );
}

#[tokio::test]
async fn a_client_id_has_limits() {
    let house = House::open();
    let (anna, _, chat) = chat(&house).await;
    let send = async |id: &str| house.service.send(anna, named(chat, "x", id)).await;
    assert_eq!(
        refused(send("").await),
        ("too_short", Some("clientId"), Some(1))
    );
    assert!(send("x").await.is_ok());
    let longest = "é".repeat(64);
    assert_eq!(
        send(&longest).await.unwrap().message.client_id,
        Some(longest)
    );
    assert_eq!(
        refused(send(&"é".repeat(65)).await),
        ("too_long", Some("clientId"), Some(64))
    );
}

#[tokio::test]
async fn the_same_client_id_is_one_message_for_its_sender_only() {
    let house = House::open();
    let (anna, bert, chat) = chat(&house).await;
    let first = house
        .service
        .send(anna, named(chat, "first", "1"))
        .await
        .unwrap();
    let again = house
        .service
        .send(anna, named(chat, "other words", "1"))
        .await
        .unwrap();
    assert_eq!((again.fresh, again.message), (false, first.message.clone()));
    let bert_own = house
        .service
        .send(bert, named(chat, "mine", "1"))
        .await
        .unwrap();
    assert_eq!((bert_own.fresh, bert_own.message.seq), (true, 2));
    let elsewhere = house.group(anna, &[]).await;
    let refused = refused(house.service.send(anna, named(elsewhere, "x", "1")).await);
    assert_eq!(refused, ("invalid_field", Some("clientId"), None));
    let house = house.restart(settings()).await;
    let again = house
        .service
        .send(anna, named(chat, "first", "1"))
        .await
        .unwrap();
    assert_eq!((again.fresh, again.message), (false, first.message));
}

#[tokio::test]
async fn a_repeated_send_of_who_was_removed_answers_nothing() {
    let house = House::open();
    let (anna, bert, _) = chat(&house).await;
    let room = house.group(anna, &["bert"]).await;
    house
        .service
        .send(bert, named(room, "x", "1"))
        .await
        .unwrap();
    house
        .service
        .remove_member(anna, room, bert.user)
        .await
        .unwrap();
    let again = house.service.send(bert, named(room, "x", "1")).await;
    assert_eq!(code(again), "not_found");
}

#[tokio::test]
async fn many_sends_of_the_same_message_at_once_store_it_once() {
    let house = House::open();
    let (anna, _, chat) = chat(&house).await;
    let tries = (0..50).map(|n| {
        let service = house.service.clone();
        let new = named(chat, &format!("try {n}"), "the same");
        tokio::spawn(async move { service.send(anna, new).await.unwrap() })
    });
    let mut answers = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        answers.push(one.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|sent| sent.fresh).count(), 1);
    assert!(
        answers
            .iter()
            .all(|sent| sent.message == answers[0].message)
    );
    assert_eq!(house.published.count(sent), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_senders_get_positions_without_gaps_in_the_published_order() {
    let house = House::open();
    let (anna, bert, chat) = chat(&house).await;
    let senders = (0..16).map(|n| {
        let service = house.service.clone();
        let who = if n % 2 == 0 { anna } else { bert };
        tokio::spawn(async move {
            let mut seqs = Vec::new();
            for _ in 0..20 {
                seqs.push(
                    service
                        .send(who, message(chat, "x"))
                        .await
                        .unwrap()
                        .message
                        .seq,
                );
            }
            assert!(seqs.is_sorted(), "a sender's own order is kept");
            seqs
        })
    });
    let mut seqs = Vec::new();
    for one in senders.collect::<Vec<_>>() {
        seqs.extend(one.await.unwrap());
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=320).collect::<Vec<_>>());
    let events = house.published.events();
    let published: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::MessageSent(message) => Some(message.id.seq.0),
            _ => None,
        })
        .collect();
    assert_eq!(published, seqs);
    let numbers: Vec<_> = events.iter().map(|event| event.seq.0).collect();
    let from = numbers[0];
    assert_eq!(
        numbers,
        (from..from + events.len() as u64).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn callbacks_come_in_order_and_exactly_once_also_for_what_is_refused() {
    let house = House::open();
    let (anna, _, chat) = chat(&house).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let (tell, told) = oneshot::channel();
    for n in 0..10 {
        let order = Arc::clone(&order);
        let done =
            move |answer: inkspot::service::Answer<_>| order.lock().push((n, answer.is_ok()));
        // Every third one is refused by its rule, not before: it keeps its place.
        let to = if n % 3 == 2 { ConversationId(1) } else { chat };
        house.service.send_then(anna, message(to, "x"), done);
    }
    house
        .service
        .send_then(anna, message(chat, "last"), |_| tell.send(()).unwrap());
    told.await.unwrap();
    let expected: Vec<_> = (0..10).map(|n| (n, n % 3 != 2)).collect();
    assert_eq!(*order.lock(), expected);
    let (tell, mut told) = oneshot::channel();
    house.service.send_then(anna, message(chat, ""), |answer| {
        tell.send(code(answer)).unwrap();
    });
    assert_eq!(told.try_recv(), Ok("too_short"), "at once");
}

#[tokio::test]
async fn history_is_paged_in_both_directions_and_around() {
    let house = House::open();
    let (anna, bert, chat) = chat(&house).await;
    let page = |at, limit| {
        let page = house.service.messages(bert, chat, at, limit).unwrap();
        let seqs: Vec<_> = page.messages.iter().map(|message| message.seq).collect();
        (
            seqs,
            page.before.map(|seq| seq.0),
            page.after.map(|seq| seq.0),
        )
    };
    let nothing = (vec![], None, None);
    for at in [
        PageAt::Newest,
        PageAt::Before(Seq(1)),
        PageAt::Around(Seq(1)),
        PageAt::After(Seq(0)),
    ] {
        assert_eq!(page(at, 10), nothing, "{at:?}");
    }
    for n in 1..=10 {
        house.send(anna, chat, &n.to_string()).await.unwrap();
    }
    for (at, limit, expected) in [
        (PageAt::Newest, 4, (vec![7, 8, 9, 10], Some(7), None)),
        (PageAt::Newest, 10, ((1..=10).collect(), None, None)),
        (PageAt::Newest, 100, ((1..=10).collect(), None, None)),
        (
            PageAt::Before(Seq(7)),
            4,
            (vec![3, 4, 5, 6], Some(3), Some(6)),
        ),
        (PageAt::Before(Seq(3)), 4, (vec![1, 2], None, Some(2))),
        (PageAt::Before(Seq(1)), 4, (vec![], None, Some(0))),
        (PageAt::Before(Seq(0)), 4, (vec![], None, Some(0))),
        (
            PageAt::Before(Seq(u64::MAX)),
            2,
            (vec![9, 10], Some(9), None),
        ),
        (PageAt::After(Seq(0)), 4, (vec![1, 2, 3, 4], None, Some(4))),
        (PageAt::After(Seq(8)), 4, (vec![9, 10], Some(9), None)),
        (PageAt::After(Seq(10)), 4, (vec![], Some(11), None)),
        (PageAt::After(Seq(u64::MAX)), 4, (vec![], Some(11), None)),
        (
            PageAt::Around(Seq(5)),
            4,
            (vec![3, 4, 5, 6], Some(3), Some(6)),
        ),
        (PageAt::Around(Seq(1)), 4, (vec![1, 2, 3, 4], None, Some(4))),
        (
            PageAt::Around(Seq(10)),
            4,
            (vec![7, 8, 9, 10], Some(7), None),
        ),
        (PageAt::Around(Seq(5)), 1, (vec![5], Some(5), Some(5))),
    ] {
        assert_eq!(page(at, limit), expected, "{at:?} {limit}");
    }
    let limit = |limit| refused(house.service.messages(bert, chat, PageAt::Newest, limit));
    assert_eq!(limit(0), ("too_short", Some("limit"), Some(1)));
    assert_eq!(limit(101), ("too_long", Some("limit"), Some(100)));
}

#[tokio::test]
async fn who_was_removed_reads_nothing_more_also_not_by_an_old_position() {
    let house = House::open();
    let (anna, bert, _) = chat(&house).await;
    let room = house.group(anna, &["bert"]).await;
    house.send(anna, room, "x").await.unwrap();
    assert!(
        house
            .service
            .messages(bert, room, PageAt::Before(Seq(2)), 50)
            .is_ok()
    );
    house
        .service
        .remove_member(anna, room, bert.user)
        .await
        .unwrap();
    for at in [
        PageAt::Newest,
        PageAt::Before(Seq(2)),
        PageAt::After(Seq(0)),
        PageAt::Around(Seq(1)),
    ] {
        assert_eq!(
            code(house.service.messages(bert, room, at, 50)),
            "not_found"
        );
    }
}
