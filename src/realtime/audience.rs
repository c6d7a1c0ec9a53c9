//! Who is in which conversation, kept in memory for as long as it fits: telling all of them
//! something need not read the disk each time.
//!
//! Whoever asks is [`Still`], as they tell it then: nothing is published between reading and
//! keeping, so that no change is missed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::told::{Still, Telling};
use crate::model::ids::{ConversationId, UserId};

/// How many ids are kept in all: 2 MiB of them.
const KEPT_MAX: usize = 1 << 18;

/// The members of conversations that were told something lately.
#[derive(Default)]
pub(super) struct Audience(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    members: HashMap<ConversationId, Arc<[UserId]>>,
    ids: usize,
}

impl Audience {
    /// The members of a conversation; `load` reads them if they are not kept.
    pub(super) fn of(
        &self,
        still: &Still<'_>,
        conversation: ConversationId,
        load: impl FnOnce() -> Vec<UserId>,
    ) -> Arc<[UserId]> {
        if let Some(members) = self.kept(still, conversation) {
            return members;
        }
        let members: Arc<[UserId]> = load().into();
        let mut kept = self.0.lock();
        // Forgetting all is seldom, and simpler than knowing who was asked for last.
        if kept.ids + members.len() > KEPT_MAX {
            *kept = Kept::default();
        }
        if members.len() <= KEPT_MAX {
            kept.ids += members.len();
            kept.members.insert(conversation, Arc::clone(&members));
        }
        members
    }

    /// The members of a conversation, if they are kept.
    pub(super) fn kept(
        &self,
        _still: &Still<'_>,
        conversation: ConversationId,
    ) -> Option<Arc<[UserId]>> {
        self.0.lock().members.get(&conversation).cloned()
    }

    /// Somebody came in or went.
    pub(super) fn forget(&self, _telling: &Telling<'_>, conversation: ConversationId) {
        let mut kept = self.0.lock();
        if let Some(members) = kept.members.remove(&conversation) {
            kept.ids -= members.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::told::Told;
    use super::*;
    use crate::model::ids::EventSeq;

    fn people(count: usize) -> Vec<UserId> {
        (0..count as u64).map(UserId).collect()
    }

    #[test]
    fn members_are_read_once_until_somebody_comes_or_goes() {
        let (audience, told) = (Audience::default(), Told::new(EventSeq(0)));
        let (one, other) = (ConversationId(1), ConversationId(2));
        assert_eq!(*audience.of(&told.still(), one, || people(3)), people(3));
        assert_eq!(*audience.of(&told.still(), other, || people(4)), people(4));
        assert_eq!(
            *audience.of(&told.still(), one, || panic!("it is kept")),
            people(3)
        );
        audience.forget(&told.telling(), one);
        audience.forget(&told.telling(), one);
        assert_eq!(*audience.of(&told.still(), one, || people(2)), people(2));
        assert_eq!(
            *audience.of(&told.still(), other, || panic!("it is kept")),
            people(4)
        );
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let (audience, told) = (Audience::default(), Told::new(EventSeq(0)));
        for conversation in 0..1_000 {
            audience.of(&told.still(), ConversationId(conversation), || {
                people(5_000)
            });
            let kept = audience.0.lock();
            let ids = kept.members.values().map(|members| members.len());
            assert_eq!(kept.ids, ids.sum::<usize>());
            assert!(kept.ids <= KEPT_MAX);
        }
        let newest = audience.kept(&told.still(), ConversationId(999));
        assert_eq!(newest.map(|members| members.len()), Some(5_000));
        let endless = audience.of(&told.still(), ConversationId(1_000), || {
            people(KEPT_MAX + 1)
        });
        assert_eq!(endless.len(), KEPT_MAX + 1);
        assert!(
            audience
                .kept(&told.still(), ConversationId(1_000))
                .is_none()
        );
    }
}
