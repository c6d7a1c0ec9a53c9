//! Looking at everything: every row reads, and the rows agree with each other.

use std::ops::ControlFlow;

use serde::Serialize;

use super::error::StoreError;
use super::rows::Reads;
use super::{Store, accounts, conversations, files, history, log, members, messages};
use crate::model::{AvatarOf, Conversation, EventSeq, File, FileUse, Seq};

/// How many rows are held at a time.
const PAGE: usize = 200;

/// What a check has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Accounts.
    pub accounts: u64,
    /// Conversations.
    pub conversations: u64,
    /// Memberships.
    pub members: u64,
    /// Messages.
    pub messages: u64,
    /// Files.
    pub files: u64,
    /// Events in the log.
    pub events: u64,
}

impl Store {
    /// Reads everything and compares it: positions without gaps, counts that are true, names
    /// that lead to whom they should. Bounded memory; takes as long as reading the database.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the first thing that is wrong.
    pub fn check(&self) -> Result<Tally, StoreError> {
        let view = self.view();
        let mut tally = Tally::default();
        check_accounts(&view, &mut tally)?;
        each_conversation(&view, &mut |conversation| {
            check_members(&view, conversation, &mut tally)?;
            check_messages(&view, conversation, &mut tally)?;
            Ok(ControlFlow::Continue(()))
        })?;
        check_files(&view, &mut tally)?;
        check_log(&view, self.log().first(), self.log().head(), &mut tally)?;
        Ok(tally)
    }
}

pub(super) fn check_accounts(reads: &dyn Reads, tally: &mut Tally) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = accounts::page(reads, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for account in &page {
            tally.accounts += 1;
            let folded = accounts::fold_username(&account.username);
            let named = accounts::find_by_username(reads, &folded)?;
            require(
                named.is_some_and(|named| named.id == account.id),
                "account",
                "its name leads elsewhere",
            )?;
        }
    }
    require(
        accounts::count(reads)? == tally.accounts,
        "account count",
        "it is not the number of accounts",
    )
}

/// Calls for each conversation, until it is told to stop.
pub(super) fn each_conversation(
    reads: &dyn Reads,
    each: &mut dyn FnMut(&Conversation) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = conversations::page(reads, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for conversation in &page {
            if each(conversation)?.is_break() {
                return Ok(());
            }
        }
    }
}

pub(super) fn check_members(
    reads: &dyn Reads,
    conversation: &Conversation,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    tally.conversations += 1;
    let mut after = None;
    let mut count = 0_u32;
    loop {
        let page = members::page(reads, conversation.id, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.user);
        for member in &page {
            count += 1;
            require(
                members::is_listed(reads, member)?,
                "member",
                "the conversation is missing in their list",
            )?;
        }
    }
    tally.members += u64::from(count);
    require(
        count == conversation.member_count,
        "conversation",
        "its number of members is wrong",
    )
}

pub(super) fn check_messages(
    reads: &dyn Reads,
    conversation: &Conversation,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let mut last = Seq(0);
    loop {
        let page = messages::after(reads, conversation.id, last, PAGE)?;
        if page.is_empty() {
            break;
        }
        for message in &page {
            require(
                message.id.seq == last.next(),
                "conversation",
                "a message is missing in it",
            )?;
            let versions = history::all(reads, message.id)?;
            require(
                versions.is_empty() == message.edited_at.is_none(),
                "message",
                "its earlier versions are missing, or should be",
            )?;
            last = message.id.seq;
            tally.messages += 1;
        }
    }
    require(
        last == conversation.last_seq,
        "conversation",
        "its newest messages are missing",
    )
}

pub(super) fn check_files(reads: &dyn Reads, tally: &mut Tally) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = files::page(reads, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for file in &page {
            tally.files += 1;
            require(
                files::is_true(reads, file)? && is_held(reads, file)?,
                "file",
                "what holds it or what it needs is not noted",
            )?;
        }
    }
}

/// Whether what a file says holds it says so, too.
fn is_held(reads: &dyn Reads, file: &File) -> Result<bool, StoreError> {
    Ok(match file.used {
        FileUse::Unattached => true,
        FileUse::Message(id) => {
            messages::find(reads, id)?.is_some_and(|message| message.attachments.contains(&file.id))
        }
        FileUse::Avatar(AvatarOf::User(user)) => {
            accounts::find(reads, user)?.is_some_and(|account| account.avatar == Some(file.id))
        }
        FileUse::Avatar(AvatarOf::Conversation(id)) => conversations::find(reads, id)?
            .is_some_and(|conversation| conversation.avatar == Some(file.id)),
    })
}

pub(super) fn check_log(
    reads: &dyn Reads,
    first: EventSeq,
    head: EventSeq,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let mut last = EventSeq(first.0.saturating_sub(1));
    while last < head {
        let entries = log::entries(reads, last, PAGE)?;
        require(!entries.is_empty(), "log", "its newest events are missing")?;
        for (seq, entry) in entries {
            require(seq.0 == last.0 + 1, "log", "an event is missing in it")?;
            if let Some(message) = entry.sent() {
                let conversation = conversations::find(reads, message.conversation)?;
                let erased = conversation.is_none_or(|left| message.seq > left.last_seq);
                require(
                    erased || messages::find(reads, message)?.is_some(),
                    "log",
                    "it names a message that is not there",
                )?;
            }
            last = seq;
            tally.events += 1;
        }
    }
    Ok(())
}

fn require(holds: bool, record: &'static str, what: &'static str) -> Result<(), StoreError> {
    if holds {
        Ok(())
    } else {
        Err(StoreError::corrupt(record, what))
    }
}
