//! Changing and deleting messages, through the service.

use inkspot::model::event::EventBody;
use inkspot::model::ids::{ConversationId, EventSeq, MessageId, Seq};
use inkspot::model::view::MessageView;
use inkspot::service::{Caller, EDITS_MAX, NewMessage, PageAt, Settings};

use crate::service_house::{House, code, message, refused, settings};

struct Chat {
    house: House,
    /// Owns the group.
    anna: Caller,
    bert: Caller,
    /// Is in the group.
    carl: Caller,
    group: ConversationId,
}

async fn chat() -> Chat {
    let house = House::open();
    let (anna, bert, carl) = house.people().await;
    let group = house.group(anna, &["bert", "carl"]).await;
    Chat {
        house,
        anna,
        bert,
        carl,
        group,
    }
}

impl Chat {
    async fn say(&self, who: Caller, text: &str) -> MessageView {
        self.house
            .send(who, self.group, text)
            .await
            .unwrap()
            .message
    }

    fn newest(&self) -> MessageView {
        let view = self.house.service.conversation(self.anna, self.group);
        view.unwrap().last_message.unwrap()
    }

    fn versions(&self, who: Caller, id: MessageId) -> Vec<String> {
        let versions = self.house.service.message_history(who, id).unwrap();
        versions
            .into_iter()
            .map(|version| version.content)
            .collect()
    }
}

#[tokio::test]
async fn a_sender_changes_what_they_said_and_members_see_what_it_was() {
    let chat = chat().await;
    let (house, service) = (&chat.house, &chat.house.service);
    let said = chat.say(chat.bert, "helo").await;
    assert_eq!((said.edited_at, said.deleted_at), (None, None));
    assert_eq!(chat.versions(chat.carl, said.id), ["helo"]);
    let (list, read) = (chat.newest(), house.unread(chat.carl, chat.group));
    assert_eq!(list, said);
    let edited = service.edit_message(chat.bert, said.id, "hello".into());
    let edited = edited.await.unwrap();
    let expected = MessageView {
        content: "hello".into(),
        edited_at: Some(house.clock.now()),
        ..said.clone()
    };
    assert_eq!(edited, expected);
    assert_eq!(chat.newest(), edited);
    assert_eq!(house.unread(chat.carl, chat.group), read);
    assert_eq!(chat.versions(chat.carl, said.id), ["helo", "hello"]);
    // The same again is no other version, and nothing that others must hear.
    let count = |chat: &Chat| {
        let edits = |body: &EventBody| matches!(body, EventBody::MessageEdited(_));
        chat.house.published.count(edits)
    };
    assert_eq!(count(&chat), 1);
    let again = service.edit_message(chat.bert, said.id, "hello".into());
    assert_eq!(again.await.unwrap(), edited);
    assert_eq!(count(&chat), 1);
    assert_eq!(chat.versions(chat.carl, said.id), ["helo", "hello"]);
}

#[tokio::test]
async fn who_may_change_and_delete_what() {
    let chat = chat().await;
    let (anna, bert, carl) = (chat.anna, chat.bert, chat.carl);
    let service = &chat.house.service;
    let dora = chat.house.user("dora").await;
    let unknown = |id: MessageId| MessageId { seq: Seq(99), ..id };
    let said = chat.say(bert, "bert's").await.id;
    for (who, id, expected) in [
        (anna, said, "forbidden"),
        (carl, said, "forbidden"),
        (dora, said, "not_found"),
        (dora, unknown(said), "not_found"),
        (bert, unknown(said), "not_found"),
    ] {
        let refused = service.edit_message(who, id, "mine".into()).await;
        assert_eq!(code(refused), expected, "{who:?}");
        if who != anna {
            assert_eq!(code(service.delete_message(who, id).await), expected);
        }
        if who != carl && who != anna {
            assert_eq!(code(service.message_history(who, id)), "not_found");
        }
    }
    assert_eq!(chat.newest().content, "bert's");
    // An owner may take it out, but not put other words into somebody's mouth.
    service.delete_message(anna, said).await.unwrap();
    assert_eq!(chat.newest().content, "");
    // In a direct conversation nobody owns what the other one says.
    let direct = chat.house.direct(anna, "bert").await;
    let said = chat.house.send(bert, direct, "to you").await.unwrap();
    let id = said.message.id;
    assert_eq!(code(service.delete_message(anna, id).await), "forbidden");
    service.delete_message(bert, id).await.unwrap();
    // Who is out has nothing to say here any more.
    let left = chat.say(carl, "carl's").await.id;
    let group = chat.group;
    service.remove_member(anna, group, carl.user).await.unwrap();
    let edited = service.edit_message(carl, left, "late".into()).await;
    assert_eq!(code(edited), "not_found");
    assert_eq!(code(service.delete_message(carl, left).await), "not_found");
    assert_eq!(code(service.message_history(carl, left)), "not_found");
    // Nor who is signed out.
    service.sign_out(bert).await.unwrap();
    let edited = service.edit_message(bert, id, "late".into()).await;
    assert_eq!(code(edited), "unauthorized");
    assert_eq!(code(service.delete_message(bert, id).await), "unauthorized");
}

#[tokio::test]
async fn a_deleted_message_keeps_its_place_and_nothing_else() {
    let chat = chat().await;
    let service = &chat.house.service;
    let new = || NewMessage {
        client_id: Some("mine".into()),
        ..message(chat.group, "a secret")
    };
    let said = service.send(chat.bert, new()).await.unwrap().message;
    let edited = service.edit_message(chat.bert, said.id, "a secret, really".into());
    edited.await.unwrap();
    let unread = chat.house.unread(chat.carl, chat.group);
    service.delete_message(chat.bert, said.id).await.unwrap();
    let expected = MessageView {
        content: String::new(),
        deleted_at: Some(chat.house.clock.now()),
        ..said.clone()
    };
    assert_eq!(chat.newest(), expected);
    assert_eq!(chat.house.unread(chat.carl, chat.group), unread);
    assert_eq!(chat.versions(chat.carl, said.id), [""; 0]);
    let page = service.messages(chat.carl, chat.group, PageAt::Newest, 50);
    assert_eq!(
        page.unwrap().messages.as_slice(),
        std::slice::from_ref(&expected)
    );
    // Again: nothing more happens, and nothing comes back.
    service.delete_message(chat.anna, said.id).await.unwrap();
    let deletions = |body: &EventBody| matches!(body, EventBody::MessageDeleted { .. });
    assert_eq!(chat.house.published.count(deletions), 1);
    let edited = service
        .edit_message(chat.bert, said.id, "back".into())
        .await;
    assert_eq!(code(edited), "conflict");
    let again = service.send(chat.bert, new()).await.unwrap();
    assert_eq!((again.fresh, again.message), (false, expected));
    let next = chat.say(chat.carl, "next").await;
    assert_eq!(next.seq, said.seq + 1);
    // The log has forgotten it too.
    let events = chat.house.service.tail(service.offset(EventSeq(0)), 1_000);
    assert!(!format!("{events:?}").contains("secret"), "{events:?}");
}

#[tokio::test]
async fn changed_words_have_the_limits_of_new_ones_and_a_message_has_so_many_versions() {
    let chat = chat().await;
    let service = &chat.house.service;
    let id = chat.say(chat.bert, "x").await.id;
    for (content, expected) in [
        (String::new(), ("too_short", Some("content"), Some(1))),
        (
            " \n\u{200b}".into(),
            ("invalid_field", Some("content"), None),
        ),
        ("a\0b".into(), ("invalid_field", Some("content"), None)),
        (
            "é".repeat(8_001),
            ("too_long", Some("content"), Some(8_000)),
        ),
    ] {
        let edited = service.edit_message(chat.bert, id, content).await;
        assert_eq!(refused(edited), expected);
    }
    for n in 1..=EDITS_MAX {
        let content = format!("{n}{}", "\u{1F58B}".repeat(7_990));
        let edited = service.edit_message(chat.bert, id, content.clone()).await;
        assert_eq!(edited.unwrap().content, content);
    }
    let edited = service
        .edit_message(chat.bert, id, "once more".into())
        .await;
    assert_eq!(refused(edited), ("conflict", Some("content"), None));
    let versions = usize::from(EDITS_MAX) + 1;
    assert_eq!(chat.versions(chat.carl, id).len(), versions);
    service.delete_message(chat.bert, id).await.unwrap();
    assert_eq!(chat.versions(chat.carl, id), [""; 0]);
}

#[tokio::test]
async fn changes_and_deletions_are_limited_together() {
    let house = House::open_with(Settings {
        limited: true,
        ..settings()
    });
    let anna = house.set_up().await.signed_in.caller;
    let group = house.group(anna, &[]).await;
    let id = house.send(anna, group, "x").await.unwrap().message.id;
    for n in 0..20 {
        let edited = house.service.edit_message(anna, id, n.to_string());
        edited.await.unwrap();
        house
            .service
            .delete_message(anna, MessageId { seq: Seq(9), ..id })
            .await
            .unwrap_err();
    }
    let edited = house.service.edit_message(anna, id, "more".into()).await;
    assert_eq!(code(edited), "rate_limited");
    assert_eq!(
        code(house.service.delete_message(anna, id).await),
        "rate_limited"
    );
}
