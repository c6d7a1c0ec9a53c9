//! What the commit thread does between the groups: tidying up, and lending its writer.

use super::commit::is_suspect;
use crate::base::clock::Clock;
use crate::model::ConversationId;
use crate::store::{LogLimits, StoreError, Writer};

/// Has the writer for a moment. An error says that nothing can be stored any more.
pub type Lend = Box<dyn FnOnce(&mut Writer) -> Result<(), StoreError> + Send>;

/// One thing to do.
pub enum Chore {
    /// To tidy up a slice, and go on with it behind what waits.
    Tidy(Tidying),
    /// To let somebody have the writer for a moment.
    Lend(Lend),
}

/// What is tidied in slices between the groups.
#[derive(Clone, Copy)]
pub enum Tidying {
    /// The oldest part of the log is dropped.
    Trim(LogLimits),
    /// Older messages move into pages, conversation by conversation, after this one.
    Pack(Option<ConversationId>),
}

impl Chore {
    /// Does it; gives what is left of it to be done later.
    ///
    /// # Errors
    /// Why nothing can be stored any more.
    pub fn run(self, writer: &mut Writer, clock: &Clock) -> Result<Option<Self>, String> {
        match self {
            Self::Tidy(tidying) => Ok(tidy(writer, tidying, clock)?.map(Self::Tidy)),
            Self::Lend(work) => match work(writer) {
                Ok(()) => Ok(None),
                Err(error) => Err(error.to_string()),
            },
        }
    }
}

fn tidy(writer: &mut Writer, tidying: Tidying, clock: &Clock) -> Result<Option<Tidying>, String> {
    let left = match tidying {
        Tidying::Trim(limits) => {
            let left = writer.trim(&limits, clock.now());
            left.map(|left| left.then_some(tidying))
        }
        Tidying::Pack(after) => {
            let left = writer.pack(after);
            left.map(|after| after.is_some().then_some(Tidying::Pack(after)))
        }
    };
    match left {
        Ok(left) => Ok(left),
        Err(error) if is_suspect(&error) => Err(error.to_string()),
        Err(error) => {
            let error = error.to_string();
            tracing::warn!(error, "tidying up failed; it is tried again later");
            Ok(None)
        }
    }
}
