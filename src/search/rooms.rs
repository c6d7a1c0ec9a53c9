//! Conversations have numbers in the index, 0, 1, 2 …, so that a posting is small. A number means the
//! same conversation for as long as the index is there.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::layout;
use super::own::{IndexError, Own, damaged};
use crate::model::ConversationId;
use crate::store::kv::Order;

/// Conversations by their numbers, and the other way round. Takes about 32 bytes for each.
#[derive(Default)]
pub(super) struct Rooms {
    by_number: Vec<ConversationId>,
    numbers: HashMap<ConversationId, u32>,
}

impl Rooms {
    /// Those that are in the database.
    pub(super) fn load(kv: &Own) -> Result<Self, IndexError> {
        let (from, to) = layout::all_rooms();
        let mut numbers = HashMap::new();
        kv.scan(&from, &to, Order::Forward, &mut |key, value| {
            let room = layout::room(key, value).ok_or_else(|| damaged("a conversation"))?;
            numbers.insert(ConversationId(room.0), room.1);
            Ok(ControlFlow::Continue(()))
        })?;
        let mut by_number = vec![None; numbers.len()];
        for (conversation, number) in &numbers {
            let place = by_number.get_mut(*number as usize);
            *place.ok_or_else(|| damaged("a conversation's number"))? = Some(*conversation);
        }
        let by_number: Option<Vec<_>> = by_number.into_iter().collect();
        let by_number = by_number.ok_or_else(|| damaged("the numbers of the conversations"))?;
        Ok(Self { by_number, numbers })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Those with this number and above.
    pub(super) fn from(&self, number: usize) -> &[ConversationId] {
        self.by_number.get(number..).unwrap_or_default()
    }

    /// The number of a conversation that has one.
    pub(super) fn number(&self, conversation: ConversationId) -> Option<u32> {
        self.numbers.get(&conversation).copied()
    }

    /// The conversation with a number.
    pub(super) fn conversation(&self, number: u32) -> Option<ConversationId> {
        self.by_number.get(number as usize).copied()
    }

    /// Gives the next number to a conversation that has none.
    pub(super) fn add(&mut self, conversation: ConversationId) -> u32 {
        let number = u32::try_from(self.by_number.len()).unwrap_or(u32::MAX);
        self.by_number.push(conversation);
        self.numbers.insert(conversation, number);
        number
    }
}
