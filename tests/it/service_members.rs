//! Who belongs to a conversation and what they may do in it, through the service.

use std::time::Duration;

use inkspot::model::MemberRole;
use inkspot::model::event::EventBody;
use inkspot::model::ids::Seq;
use inkspot::service::{AccountChange, Caller, ReadUpTo};

use crate::service_house::{House, account, code, refused};

#[tokio::test]
async fn one_unknown_or_disabled_name_among_good_ones_adds_nobody() {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let chat = house.direct(anna, "carl").await;
    let room = house.group(anna, &[]).await;
    let change = AccountChange {
        disabled: Some(true),
        role: None,
    };
    let system = inkspot::model::Actor::System;
    house
        .service
        .change_account(system, carl.user, change)
        .await
        .unwrap();
    for bad in ["nobody", "carl", "not a name!", "b\u{200b}ert"] {
        let names = vec!["bert".into(), bad.into()];
        let answer = refused(house.service.add_members(anna, room, names).await);
        assert_eq!(answer, ("invalid_field", Some("members"), None), "{bad}");
    }
    assert!(!house.is_member(room, bert));
    assert!(
        house.service.conversation(anna, chat).is_ok(),
        "the history stays"
    );
    let added = house
        .service
        .add_members(anna, room, vec!["bert".into(), "anna".into()])
        .await;
    let added: Vec<_> = added
        .unwrap()
        .into_iter()
        .map(|member| member.user.id)
        .collect();
    assert_eq!(added, [bert.user], "only who is new");
}

#[tokio::test]
async fn members_may_less_than_owners() {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let service = &house.service;
    let room = house.group(anna, &["bert"]).await;
    assert_eq!(
        code(service.rename_conversation(bert, room, "x".into()).await),
        "forbidden"
    );
    assert_eq!(
        code(service.add_members(bert, room, vec!["carl".into()]).await),
        "forbidden"
    );
    assert_eq!(
        code(service.remove_member(bert, room, anna.user).await),
        "forbidden"
    );
    let role = service
        .set_member_role(bert, room, bert.user, MemberRole::Owner)
        .await;
    assert_eq!(code(role), "forbidden");
    assert_eq!(
        code(service.remove_member(anna, room, carl.user).await),
        "not_found"
    );
    let promoted = service
        .set_member_role(anna, room, bert.user, MemberRole::Owner)
        .await;
    assert_eq!(promoted.unwrap().member_role, MemberRole::Owner);
    assert!(
        service
            .add_members(bert, room, vec!["carl".into()])
            .await
            .is_ok()
    );
    service
        .set_member_role(bert, room, anna.user, MemberRole::Member)
        .await
        .unwrap();
    let last = service
        .set_member_role(bert, room, bert.user, MemberRole::Member)
        .await;
    assert_eq!(code(last), "conflict", "a group has an owner");
}

#[tokio::test]
async fn two_owners_who_step_down_at_once_leave_one() {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    let service = &house.service;
    let room = house.group(anna, &["bert"]).await;
    service
        .set_member_role(anna, room, bert.user, MemberRole::Owner)
        .await
        .unwrap();
    let (one, other) = tokio::join!(
        service.set_member_role(anna, room, anna.user, MemberRole::Member),
        service.set_member_role(bert, room, bert.user, MemberRole::Member),
    );
    assert!(one.is_ok());
    assert_eq!(code(other), "conflict");
}

#[tokio::test]
async fn the_longest_member_inherits_from_the_last_owner() {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let dora = house.user("dora").await;
    let service = &house.service;
    let room = house.group(anna, &[]).await;
    for name in ["carl", "bert", "dora"] {
        house.clock.advance(Duration::from_secs(1));
        service
            .add_members(anna, room, vec![name.into()])
            .await
            .unwrap();
    }
    let change = AccountChange {
        disabled: Some(true),
        role: None,
    };
    let system = inkspot::model::Actor::System;
    service
        .change_account(system, carl.user, change)
        .await
        .unwrap();
    service.remove_member(anna, room, anna.user).await.unwrap();
    let role = |who: Caller| {
        service
            .place(who.user, room)
            .unwrap()
            .map(|place| place.role)
    };
    assert_eq!(role(anna), None);
    assert_eq!(
        role(bert),
        Some(MemberRole::Owner),
        "carl is longer there, but disabled"
    );
    assert_eq!(role(dora), Some(MemberRole::Member));
    service.remove_member(bert, room, dora.user).await.unwrap();
    service.remove_member(bert, room, bert.user).await.unwrap();
    assert_eq!(role(carl), Some(MemberRole::Owner), "better than nobody");
}

#[tokio::test]
async fn who_leaves_last_leaves_an_empty_group_that_nobody_sees() {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    let room = house.group(anna, &[]).await;
    house
        .service
        .remove_member(anna, room, anna.user)
        .await
        .unwrap();
    assert_eq!(code(house.service.conversation(anna, room)), "not_found");
    assert_eq!(house.service.member_ids(room).unwrap(), []);
    assert_eq!(code(house.service.conversation(bert, room)), "not_found");
}

#[tokio::test]
async fn a_removal_counts_for_what_is_committed_after_it() {
    let house = House::open();
    let (anna, bert, _) = house.people().await;
    let room = house.group(anna, &["bert"]).await;
    // Queued in this order before the first is decided: bert's message arrived in time, but his
    // membership is gone at the commit.
    let (removed, sent, read) = tokio::join!(
        house.service.remove_member(anna, room, bert.user),
        house.send(bert, room, "too late"),
        house.service.mark_read(bert, room, ReadUpTo::Seq(Seq(1))),
    );
    assert_eq!(removed, Ok(()));
    assert_eq!((code(sent), code(read)), ("not_found", "not_found"));
    let by = |body: &EventBody| {
        matches!(body,
        EventBody::MemberRemoved { user, by: Some(by), .. } if *user == bert.user && *by == anna.user)
    };
    assert_eq!(house.published.count(by), 1);
    assert_eq!(house.service.conversation(anna, room).unwrap().last_seq, 0);
}

#[tokio::test]
async fn members_are_embedded_in_part_and_listed_page_by_page() {
    let house = House::open();
    let (anna, ..) = house.people().await;
    let mut names = Vec::new();
    for n in 0..24 {
        let name = format!("user{n}");
        house
            .service
            .add_user(account(&name), inkspot::model::Role::Member)
            .await
            .unwrap();
        names.push(name);
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let room = house.group(anna, &names).await;
    let listed = house.service.conversations(anna, 1, None).await.unwrap();
    assert_eq!(
        (listed.items[0].members.len(), listed.items[0].member_count),
        (20, 25)
    );
    assert_eq!(
        house
            .service
            .conversation(anna, room)
            .unwrap()
            .members
            .len(),
        25
    );
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = house
            .service
            .members(anna, room, 10, cursor.as_deref())
            .unwrap();
        seen.extend(page.items.iter().map(|member| member.user.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, house.service.member_ids(room).unwrap());
    let bad = house.service.members(anna, room, 10, Some("x"));
    assert_eq!(refused(bad), ("invalid_field", Some("cursor"), None));
    let over = house.service.members(anna, room, 101, None);
    assert_eq!(refused(over), ("too_long", Some("limit"), Some(100)));
}
