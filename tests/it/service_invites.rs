//! Invites, through the service.

use std::time::Duration;

use inkspot::model::event::EventBody;
use inkspot::model::{MemberRole, Role};
use inkspot::service::{AccountChange, Caller, NewInvite};

use crate::service_house::{House, account, code, device, refused};

const HOUR: Duration = Duration::from_hours(1);

fn uses(max_uses: u32) -> NewInvite {
    let max_uses = Some(max_uses);
    NewInvite {
        max_uses,
        ..NewInvite::default()
    }
}

fn used(body: &EventBody) -> bool {
    matches!(body, EventBody::InviteUsed { .. })
}

async fn accept(house: &House, code: &str, name: &str) -> inkspot::service::Answer<Caller> {
    let joined = house
        .service
        .accept_invite(code.into(), account(name), device())
        .await?;
    Ok(joined.signed_in.caller)
}

#[tokio::test]
async fn an_invite_makes_an_account_signed_in_and_in_everyone() {
    let house = House::open();
    let set_up = house.set_up().await;
    let preview = house
        .service
        .preview_invite(&set_up.invite.code, device().address)
        .unwrap();
    assert_eq!(
        (preview.server_name.as_str(), preview.invited_by.as_str()),
        ("Test", "admin")
    );
    assert_eq!(preview.conversation_title, None);
    let code_ = set_up.invite.code.clone();
    let joined = house
        .service
        .accept_invite(code_, account("bert"), device())
        .await
        .unwrap();
    assert_eq!(joined.conversation.id, set_up.conversation.id);
    assert_eq!(joined.conversation.member_role, MemberRole::Member);
    assert_eq!(joined.signed_in.user.role, Role::Member);
    let caller = house.service.authenticate(&joined.signed_in.token).unwrap();
    assert_eq!(caller, joined.signed_in.caller);
    assert!(house.is_member(set_up.conversation.id, caller));
    let listed = house.service.invites(set_up.signed_in.caller).unwrap();
    assert_eq!((listed.len(), listed[0].uses), (1, 1));
}

#[tokio::test]
async fn an_invite_to_a_group_leads_into_it_and_into_everyone() {
    let house = House::open();
    let set_up = house.set_up().await;
    let (owner, guest) = (house.user("owner").await, house.user("guest").await);
    let group = house.group(owner, &[]).await;
    let new = NewInvite {
        conversation: Some(group),
        ..NewInvite::default()
    };
    let invite = house.service.create_invite(owner, new).await.unwrap();
    let preview = house
        .service
        .preview_invite(&invite.code, device().address)
        .unwrap();
    assert_eq!(preview.conversation_title.as_deref(), Some("Group"));

    let fresh = accept(&house, &invite.code, "fresh").await.unwrap();
    assert!(house.is_member(group, fresh) && house.is_member(set_up.conversation.id, fresh));
    let joined = house
        .service
        .join_by_invite(guest, invite.code.clone())
        .await
        .unwrap();
    assert_eq!((joined.id, joined.member_role), (group, MemberRole::Member));
    assert_eq!(house.published.count(used), 2);
    house
        .service
        .join_by_invite(guest, invite.code.clone())
        .await
        .unwrap();
    house
        .service
        .join_by_invite(owner, invite.code)
        .await
        .unwrap();
    assert_eq!(house.published.count(used), 2, "a member uses no place up");
}

#[tokio::test]
async fn an_invite_bound_to_everyone_works_like_any_other() {
    let house = House::open();
    let set_up = house.set_up().await;
    let everyone = Some(set_up.conversation.id);
    let new = NewInvite {
        conversation: everyone,
        ..NewInvite::default()
    };
    let invite = house
        .service
        .create_invite(set_up.signed_in.caller, new)
        .await
        .unwrap();
    assert!(accept(&house, &invite.code, "bert").await.is_ok());
}

#[tokio::test]
async fn of_many_at_the_last_place_one_comes_in() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let invite = house.service.create_invite(admin, uses(3)).await.unwrap();
    let guests = (0..12).map(|n| {
        let (service, code) = (house.service.clone(), invite.code.clone());
        tokio::spawn(async move {
            service
                .accept_invite(code, account(&format!("guest{n}")), device())
                .await
        })
    });
    let mut let_in = 0;
    for guest in guests.collect::<Vec<_>>() {
        match guest.await.unwrap() {
            Ok(_) => let_in += 1,
            Err(error) => assert_eq!(error.code(), "invite_invalid"),
        }
    }
    assert_eq!(let_in, 3);
    assert_eq!(house.service.all_users().len(), 4);
    assert_eq!(house.published.count(used), 3);
}

#[tokio::test]
async fn an_invite_that_does_not_work_says_no_more_than_that() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let service = &house.service;
    let address = device().address;
    let expiring = NewInvite {
        expires_in_hours: Some(1),
        ..NewInvite::default()
    };
    let expiring = service.create_invite(admin, expiring).await.unwrap().code;
    let revoked = service.create_invite(admin, uses(1)).await.unwrap();
    service.revoke_invite(admin, revoked.id).await.unwrap();
    house
        .clock
        .advance(HOUR.saturating_sub(Duration::from_millis(1)));
    assert!(
        service.preview_invite(&expiring, address).is_ok(),
        "a moment before"
    );
    house.clock.advance(Duration::from_millis(1));
    let mut tampered = revoked.code.clone();
    tampered.replace_range(0..1, if tampered.starts_with('A') { "B" } else { "A" });
    let long = "A".repeat(60_000);
    for bad in [&expiring, &revoked.code, &tampered, &String::new(), &long] {
        assert_eq!(code(service.preview_invite(bad, address)), "invite_invalid");
        assert_eq!(code(accept(&house, bad, "eve").await), "invite_invalid");
        assert_eq!(
            code(service.join_by_invite(admin, bad.clone()).await),
            "invite_invalid"
        );
    }
    assert_eq!(service.all_users().len(), 1);
    assert_eq!(
        code(service.revoke_invite(admin, revoked.id).await),
        "not_found"
    );
}

#[tokio::test]
async fn an_invite_is_worth_what_its_maker_may_do_now() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let (second, owner) = (house.admin("second").await, house.user("owner").await);
    let service = &house.service;
    let group = house.group(owner, &["admin"]).await;
    let to_group = NewInvite {
        conversation: Some(group),
        ..NewInvite::default()
    };
    let general = service.create_invite(second, uses(9)).await.unwrap().code;
    let bound = service.create_invite(owner, to_group).await.unwrap().code;
    assert!(accept(&house, &general, "one").await.is_ok());
    let demote = AccountChange {
        role: Some(Role::Member),
        disabled: None,
    };
    service
        .change_account(admin.actor(), second.user, demote)
        .await
        .unwrap();
    assert_eq!(
        code(accept(&house, &general, "two").await),
        "invite_invalid"
    );
    service
        .remove_member(owner, group, owner.user)
        .await
        .unwrap();
    assert_eq!(
        code(accept(&house, &bound, "three").await),
        "invite_invalid"
    );

    let another = house.group(admin, &["owner"]).await;
    service
        .set_member_role(admin, another, owner.user, MemberRole::Owner)
        .await
        .unwrap();
    let to_group = NewInvite {
        conversation: Some(another),
        ..NewInvite::default()
    };
    let bound = service.create_invite(owner, to_group).await.unwrap().code;
    let disable = AccountChange {
        disabled: Some(true),
        role: None,
    };
    service
        .change_account(admin.actor(), owner.user, disable)
        .await
        .unwrap();
    assert_eq!(code(accept(&house, &bound, "four").await), "invite_invalid");
}

#[tokio::test]
async fn administrators_invite_to_the_server_and_owners_to_their_group() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let (owner, bert) = (house.user("owner").await, house.user("bert").await);
    let service = &house.service;
    let group = house.group(owner, &["bert"]).await;
    let chat = house.direct(owner, "bert").await;
    let to = |conversation| NewInvite {
        conversation: Some(conversation),
        ..NewInvite::default()
    };
    assert_eq!(
        code(service.create_invite(bert, NewInvite::default()).await),
        "forbidden"
    );
    assert_eq!(
        code(service.create_invite(bert, to(group)).await),
        "forbidden"
    );
    assert_eq!(
        code(service.create_invite(owner, to(chat)).await),
        "conflict"
    );
    // An administrator does not get into groups by an invite of his own.
    assert_eq!(
        code(service.create_invite(admin, to(group)).await),
        "not_found"
    );
    service
        .add_members(owner, group, vec!["admin".into()])
        .await
        .unwrap();
    assert!(service.create_invite(admin, to(group)).await.is_ok());
}

#[tokio::test]
async fn invites_are_seen_by_who_may_hand_them_out() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let owner = house.user("owner").await;
    let second = house.admin("second").await;
    let service = &house.service;
    let group = house.group(owner, &[]).await;
    let to_group = NewInvite {
        conversation: Some(group),
        ..NewInvite::default()
    };
    let bound = service.create_invite(owner, to_group).await.unwrap();
    assert_eq!(
        service.invites(owner).unwrap(),
        std::slice::from_ref(&bound)
    );
    let of_admin = service.invites(admin).unwrap();
    assert_eq!(
        of_admin.len(),
        1,
        "not those to groups that the administrator is not in"
    );
    assert_eq!(service.invites(second).unwrap(), of_admin);
    assert_eq!(
        code(service.revoke_invite(owner, of_admin[0].id).await),
        "not_found"
    );
    assert_eq!(
        code(service.revoke_invite(admin, bound.id).await),
        "not_found"
    );
    service.revoke_invite(second, of_admin[0].id).await.unwrap();
    assert!(service.invites(admin).unwrap().is_empty());
    service.revoke_invite(owner, bound.id).await.unwrap();
    assert!(service.invites(owner).unwrap().is_empty());
}

#[tokio::test]
async fn numbers_of_an_invite_have_limits() {
    let house = House::open();
    let admin = house.set_up().await.signed_in.caller;
    let invite = async |expires_in_hours, max_uses| {
        let new = NewInvite {
            conversation: None,
            expires_in_hours,
            max_uses,
        };
        house.service.create_invite(admin, new).await
    };
    for (hours, limit) in [(0, 1), (721, 720)] {
        let refused = refused(invite(Some(hours), None).await);
        assert_eq!(
            (refused.1, refused.2),
            (Some("expiresInHours"), Some(limit))
        );
    }
    for (uses, limit) in [(0, 1), (1001, 1000)] {
        let refused = refused(invite(None, Some(uses)).await);
        assert_eq!((refused.1, refused.2), (Some("maxUses"), Some(limit)));
    }
    let now = house.clock.now();
    let most = invite(Some(720), Some(1000)).await.unwrap();
    assert_eq!(
        (most.expires_at, most.max_uses),
        (Some(now.plus(720 * HOUR)), Some(1000))
    );
    let usual = invite(None, None).await.unwrap();
    assert_eq!(
        (usual.expires_at, usual.max_uses),
        (Some(now.plus(168 * HOUR)), Some(10))
    );
    assert!(invite(Some(1), Some(1)).await.is_ok());
    // Four so far, the one of the setup included.
    for _ in 4..100 {
        invite(None, None).await.unwrap();
    }
    assert_eq!(code(invite(None, None).await), "conflict");
    house.clock.advance(721 * HOUR);
    assert!(
        invite(None, None).await.is_ok(),
        "those that expired don't count"
    );
    let gone = |body: &EventBody| matches!(body, EventBody::InviteRevoked { .. });
    assert_eq!(house.published.count(gone), 100, "nor are they kept");
}
