//! Read marks and unread counts, through the service, against a simple model.

use std::collections::BTreeMap;

use inkspot::model::event::EventBody;
use inkspot::model::ids::{ConversationId, MessageId, Seq};
use inkspot::service::{Caller, ReadUpTo};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use crate::service_house::{House, code};

fn read(body: &EventBody) -> bool {
    matches!(body, EventBody::MessageRead { .. })
}

async fn room_with(house: &House, messages: u64) -> (Caller, Caller, ConversationId) {
    let anna = house.set_up().await.signed_in.caller;
    let bert = house.user("bert").await;
    let room = house.direct(anna, "bert").await;
    for n in 0..messages {
        house.send(anna, room, &n.to_string()).await.unwrap();
    }
    (anna, bert, room)
}

#[tokio::test]
async fn a_mark_moves_forward_only_and_not_beyond_the_newest_message() {
    let house = House::open();
    let (anna, bert, room) = room_with(&house, 5).await;
    let mark = async |up_to| house.service.mark_read(bert, room, up_to).await;
    assert_eq!(house.unread(bert, room), (5, 0));
    let at = house.clock.now();
    mark(ReadUpTo::Seq(Seq(3))).await.unwrap();
    assert_eq!(house.unread(bert, room), (2, 3));
    let view = house.service.conversation(anna, room).unwrap();
    let own = view
        .members
        .iter()
        .find(|member| member.user.id == bert.user)
        .unwrap();
    assert_eq!((own.last_read_seq, own.last_read_at), (3, Some(at)));
    for seq in [0, 1, 3] {
        mark(ReadUpTo::Seq(Seq(seq))).await.unwrap();
        assert_eq!(house.unread(bert, room), (2, 3));
    }
    assert_eq!(
        house.published.count(read),
        1,
        "what moves nothing is no event"
    );
    mark(ReadUpTo::Seq(Seq(1 << 40))).await.unwrap();
    assert_eq!(house.unread(bert, room), (0, 5));
    house.send(anna, room, "news").await.unwrap();
    assert_eq!(house.unread(bert, room), (1, 5));
}

#[tokio::test]
async fn a_mark_by_message_must_name_one_of_that_conversation() {
    let house = House::open();
    let (_, bert, conversation) = room_with(&house, 2).await;
    let other = house.group(bert, &[]).await;
    house.send(bert, other, "x").await.unwrap();
    let mark = async |conversation, seq| {
        let seq = Seq(seq);
        let up_to = ReadUpTo::Message(MessageId { conversation, seq });
        house
            .service
            .mark_read(bert, room_of(&house, bert).await, up_to)
            .await
    };
    for (of, seq) in [
        (conversation, 0),
        (conversation, 3),
        (other, 1),
        (ConversationId(9), 1),
    ] {
        assert_eq!(code(mark(of, seq).await), "not_found", "{seq}");
    }
    assert_eq!(house.unread(bert, conversation), (2, 0));
    mark(conversation, 2).await.unwrap();
    assert_eq!(house.unread(bert, conversation), (0, 2));
}

/// The direct conversation of somebody who has one.
async fn room_of(house: &House, who: Caller) -> ConversationId {
    let all = house
        .service
        .conversations(who, 100, None)
        .await
        .unwrap()
        .items;
    all.into_iter().find(|view| !view.is_group).unwrap().id
}

#[tokio::test]
async fn marks_that_come_while_one_is_stored_are_stored_as_one() {
    let house = House::open();
    let (_, bert, room) = room_with(&house, 40).await;
    // All are asked before the first can be answered.
    let marks = (1..=40).map(|seq| house.service.mark_read(bert, room, ReadUpTo::Seq(Seq(seq))));
    let answers = futures_util::future::join_all(marks).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(house.unread(bert, room), (0, 40));
    let stored = house.published.count(read);
    assert!((1..40).contains(&stored), "{stored}");
}

#[tokio::test]
async fn too_many_marks_at_once_are_refused_and_nothing_sticks() {
    let house = House::open();
    let (_, bert, room) = room_with(&house, 2).await;
    let marks = (0..200).map(|_| house.service.mark_read(bert, room, ReadUpTo::Seq(Seq(1))));
    for answer in futures_util::future::join_all(marks).await {
        assert!(answer.is_ok() || code(answer) == "server_busy");
    }
    house
        .service
        .mark_read(bert, room, ReadUpTo::Seq(Seq(2)))
        .await
        .unwrap();
    assert_eq!(house.unread(bert, room), (0, 2));
}

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    Read(usize, u64),
    Leave(usize),
    Return(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..3_usize;
    prop_oneof![
        4 => who.clone().prop_map(Step::Send),
        4 => (who.clone(), 0..30_u64).prop_map(|(who, seq)| Step::Read(who, seq)),
        1 => (1..3_usize).prop_map(Step::Leave),
        1 => (1..3_usize).prop_map(Step::Return),
    ]
}

/// Last position, and the read mark of each one who is there.
#[derive(Default)]
struct Model {
    last: u64,
    marks: BTreeMap<usize, u64>,
}

impl Model {
    fn take(&mut self, step: &Step) -> bool {
        let last = self.last;
        match *step {
            Step::Send(who) => self.marks.get_mut(&who).is_some_and(|mark| {
                self.last += 1;
                *mark = self.last;
                true
            }),
            Step::Read(who, seq) => self.marks.get_mut(&who).is_some_and(|mark| {
                *mark = (*mark).max(seq.min(last));
                true
            }),
            Step::Leave(who) => self.marks.remove(&who).is_some(),
            Step::Return(who) => {
                self.marks.entry(who).or_insert(last);
                true
            }
        }
    }
}

#[test]
fn unread_counts_and_marks_are_those_of_the_model() {
    let runtime = Runtime::new().unwrap();
    let (house, people) = runtime.block_on(async {
        let house = House::open();
        house.set_up().await;
        let people = [
            house.user("anna").await,
            house.user("bert").await,
            house.user("carl").await,
        ];
        (house, people)
    });
    let config = Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    };
    let steps = proptest::collection::vec(step(), 1..40);
    let run = |steps: Vec<Step>| {
        runtime.block_on(async {
            let room = house.group(people[0], &["bert", "carl"]).await;
            let mut model = Model {
                last: 0,
                marks: BTreeMap::from([(0, 0), (1, 0), (2, 0)]),
            };
            for step in &steps {
                let done = take(&house, room, &people, step).await;
                prop_assert_eq!(done, model.take(step), "{:?}", step);
                check(&house, room, &people, &model)?;
            }
            Ok(())
        })
    };
    TestRunner::new(config).run(&steps, run).unwrap();
}

async fn take(house: &House, room: ConversationId, people: &[Caller; 3], step: &Step) -> bool {
    let names = ["anna", "bert", "carl"];
    let service = &house.service;
    match *step {
        Step::Send(who) => house.send(people[who], room, "x").await.is_ok(),
        Step::Read(who, seq) => {
            let up_to = ReadUpTo::Seq(Seq(seq));
            service.mark_read(people[who], room, up_to).await.is_ok()
        }
        Step::Leave(who) => service
            .remove_member(people[who], room, people[who].user)
            .await
            .is_ok(),
        Step::Return(who) => service
            .add_members(people[0], room, vec![names[who].into()])
            .await
            .is_ok(),
    }
}

fn check(
    house: &House,
    room: ConversationId,
    people: &[Caller; 3],
    model: &Model,
) -> Result<(), TestCaseError> {
    for (who, caller) in people.iter().enumerate() {
        match model.marks.get(&who) {
            Some(mark) => {
                let view = house.service.conversation(*caller, room).unwrap();
                prop_assert_eq!(view.last_seq, model.last);
                prop_assert_eq!(
                    (view.unread, view.last_read_seq),
                    (model.last - mark, *mark)
                );
            }
            None => prop_assert!(house.service.conversation(*caller, room).is_err()),
        }
    }
    Ok(())
}
