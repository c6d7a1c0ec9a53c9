//! What somebody settles for themselves alone, and whom messages name; through the service.

use inkspot::model::event::EventBody;
use inkspot::model::ids::{ConversationId, Seq};
use inkspot::service::{Caller, DRAFTS_MAX, OwnChange, ReadUpTo, Settings};

use crate::service_house::{House, code, refused, settings};

/// A group of anna (who owns it), bert and carl; bert has read three messages of anna's.
async fn group() -> (House, Caller, Caller, ConversationId) {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    let group = house.group(anna, &["bert", "carl"]).await;
    for text in ["one", "two", "three"] {
        house.send(anna, group, text).await.unwrap();
    }
    let read = house.service.mark_read(bert, group, ReadUpTo::Seq(Seq(3)));
    read.await.unwrap();
    (house, anna, bert, group)
}

async fn change(house: &House, who: Caller, group: ConversationId, change: OwnChange) {
    let changed = house.service.change_own_settings(who, group, change);
    changed.await.unwrap();
}

/// Muted, pinned, archived.
fn own(house: &House, who: Caller, group: ConversationId) -> [bool; 3] {
    let view = house.service.conversation(who, group).unwrap();
    [view.muted, view.pinned, view.archived]
}

#[tokio::test]
async fn settings_are_ones_own_and_a_message_brings_an_archived_conversation_back() {
    let (house, anna, bert, group) = group().await;
    let set = |muted, pinned, archived| OwnChange {
        muted,
        pinned,
        archived,
    };
    assert_eq!(own(&house, bert, group), [false; 3]);
    change(&house, bert, group, set(None, Some(true), Some(true))).await;
    assert_eq!(own(&house, bert, group), [false, true, true]);
    assert_eq!(own(&house, anna, group), [false; 3]);
    // The same again is nothing that happens.
    let settled = |body: &EventBody| matches!(body, EventBody::SettingsChanged { .. });
    change(&house, bert, group, set(Some(false), Some(true), None)).await;
    assert_eq!(house.published.count(settled), 1);
    house.send(anna, group, "new").await.unwrap();
    assert_eq!(own(&house, bert, group), [false, true, false]);
    // Muted, it stays away.
    change(
        &house,
        bert,
        group,
        set(Some(true), Some(false), Some(true)),
    )
    .await;
    house.send(anna, group, "newer").await.unwrap();
    assert_eq!(own(&house, bert, group), [true, false, true]);
    let house = house.restart(settings()).await;
    assert_eq!(own(&house, bert, group), [true, false, true]);
    change(&house, bert, group, set(Some(false), None, None)).await;
    assert_eq!(own(&house, bert, group), [false, false, true], "still away");
    house.send(anna, group, "newest").await.unwrap();
    assert_eq!(own(&house, bert, group), [false; 3]);
}

#[tokio::test]
async fn what_is_marked_unread_is_so_for_oneself_only() {
    let (house, anna, bert, group) = group().await;
    let service = &house.service;
    let others_see = || {
        let place = service.place(bert.user, group).unwrap();
        place.unwrap().last_read_seq
    };
    service.mark_unread(bert, group, Seq(2)).await.unwrap();
    assert_eq!(house.unread(bert, group), (2, 1));
    assert_eq!((others_see(), house.unread(anna, group)), (Seq(3), (0, 3)));
    let told = |body: &EventBody| matches!(body, EventBody::MessageRead { .. });
    let told_before = house.published.count(told);
    // Reading on moves one's own mark, of which nobody else hears.
    let read = |seq| service.mark_read(bert, group, ReadUpTo::Seq(Seq(seq)));
    read(2).await.unwrap();
    assert_eq!(house.unread(bert, group), (1, 2));
    read(1).await.unwrap();
    assert_eq!(house.unread(bert, group), (1, 2), "never back by reading");
    read(3).await.unwrap();
    assert_eq!(house.unread(bert, group), (0, 3));
    assert_eq!(
        (others_see(), house.published.count(told)),
        (Seq(3), told_before)
    );
    // What comes later is behind it, and reading or answering that leaves nothing marked.
    service.mark_unread(bert, group, Seq(1)).await.unwrap();
    house.send(anna, group, "four").await.unwrap();
    assert_eq!(house.unread(bert, group), (4, 0));
    read(4).await.unwrap();
    assert_eq!(house.unread(bert, group), (0, 4));
    service.mark_unread(bert, group, Seq(1)).await.unwrap();
    house.send(bert, group, "five").await.unwrap();
    assert_eq!(house.unread(bert, group), (0, 5));
    for bad in [0, 6, u64::MAX] {
        let marked = service.mark_unread(bert, group, Seq(bad)).await;
        assert_eq!(refused(marked), ("invalid_field", Some("seq"), None));
    }
    let dora = house.user("dora").await;
    let marked = service.mark_unread(dora, group, Seq(1)).await;
    assert_eq!(code(marked), "not_found");
}

#[tokio::test]
async fn drafts_are_kept_bounded_and_ones_own() {
    let (house, anna, bert, group) = group().await;
    let service = &house.service;
    let put = |who, text: &str| service.set_draft(who, group, text.to_owned());
    let drafts = |who| -> Vec<_> {
        let drafts = service.drafts(who).unwrap().into_iter();
        drafts
            .map(|draft| (draft.conversation_id, draft.content))
            .collect()
    };
    let longest = "\u{1F58B}".repeat(8_000);
    for text in ["Dear", longest.as_str(), " "] {
        put(bert, text).await.unwrap();
        assert_eq!(drafts(bert), [(group, text.to_owned())]);
        assert_eq!(drafts(anna), []);
    }
    let over = format!("{longest}x");
    assert_eq!(
        refused(put(bert, &over).await),
        ("too_long", Some("content"), Some(8_000))
    );
    assert_eq!(
        refused(put(bert, "a\0b").await),
        ("invalid_field", Some("content"), None)
    );
    let dora = house.user("dora").await;
    assert_eq!(code(put(dora, "x").await), "not_found");
    put(bert, "").await.unwrap();
    put(bert, "").await.unwrap();
    assert_eq!(drafts(bert), []);
    let changed = |body: &EventBody| matches!(body, EventBody::DraftChanged(_));
    assert_eq!(house.published.count(changed), 4);
    // Who is out has none there.
    put(bert, "late").await.unwrap();
    service.remove_member(anna, group, bert.user).await.unwrap();
    assert_eq!(drafts(bert), []);
    for n in 0..=DRAFTS_MAX {
        let other = house.group(bert, &[]).await;
        let kept = service.set_draft(bert, other, "x".into()).await;
        if n < DRAFTS_MAX {
            kept.unwrap();
        } else {
            assert_eq!(code(kept), "conflict");
        }
    }
}

#[tokio::test]
async fn drafts_are_limited_in_rate() {
    let house = House::open_with(Settings {
        limited: true,
        ..settings()
    });
    let anna = house.set_up().await.signed_in.caller;
    let group = house.group(anna, &[]).await;
    for n in 0..40 {
        let kept = house.service.set_draft(anna, group, n.to_string());
        kept.await.unwrap();
    }
    let kept = house.service.set_draft(anna, group, "x".into()).await;
    assert_eq!(code(kept), "rate_limited");
}

#[tokio::test]
async fn case_48_a_message_names_members_and_counts_for_them_until_they_read_it() {
    let (house, anna, bert, group) = group().await;
    let service = &house.service;
    house.user("dora").await;
    let carl = house.sign_in("carl").await.unwrap().caller;
    let ids = |who: &[Caller]| -> Vec<_> { who.iter().map(|c| c.user.to_string()).collect() };
    let counts =
        || [anna, bert, carl].map(|who| service.conversation(who, group).unwrap().mentions);
    let named = async |text: &str| {
        let sent = house.send(anna, group, text).await.unwrap();
        (sent.message.id, sent.message.mentions)
    };
    // Neither who is no member, nor oneself, nor an address.
    for text in [
        "@dora @nobody @anna",
        "to bert@carl.example",
        "bert carl all",
        "@",
    ] {
        assert_eq!(named(text).await.1, [""; 0], "{text}");
    }
    assert_eq!(counts(), [0; 3]);
    let (id, mentions) = named("@Bert, @carl. And @bert!").await;
    assert_eq!(mentions, ids(&[bert, carl]));
    assert_eq!(counts(), [0, 1, 1]);
    assert_eq!(named("now @all.").await.1, ["all"]);
    assert_eq!(counts(), [0, 2, 2]);
    // Other words name others.
    let edited = service.edit_message(anna, id, "only @carl".into()).await;
    assert_eq!(edited.unwrap().mentions, ids(&[carl]));
    assert_eq!(counts(), [0, 1, 2]);
    let read = service.mark_read(bert, group, ReadUpTo::Seq(Seq(9)));
    read.await.unwrap();
    assert_eq!(counts(), [0, 0, 2]);
    service.delete_message(anna, id).await.unwrap();
    assert_eq!(counts(), [0, 0, 1]);
    // Who is named twice counts once, and who writes to all is not meant.
    let (_, mentions) = named("@bert and @all").await;
    assert_eq!(mentions, [&ids(&[bert])[..], &["all".to_owned()]].concat());
    assert_eq!(counts(), [0, 1, 2]);
    // Ten thousand names are looked up to a bound.
    let flood: Vec<_> = (0..1_000).map(|n| format!("@p{n}")).collect();
    let flood = flood.join(" ");
    let (_, mentions) = named(&format!("{flood}@bert")).await;
    assert_eq!(mentions, [""; 0], "bert comes after the fifty that count");
    for _ in 0..110 {
        named("@carl @all").await;
    }
    assert_eq!(counts(), [0, 100, 100], "counted to a bound");
    // Two people alone need no word for everybody.
    let direct = house.direct(anna, "bert").await;
    let sent = house.send(anna, direct, "@all @bert").await.unwrap();
    assert_eq!(sent.message.mentions, ids(&[bert]));
}
