//! Looking at everything and going on: every row of every table reads, and leads to what it should. What is
//! wrong is listed. `check` stops at the first instead.

use std::ops::ControlFlow;

use serde::Serialize;

use super::check::{self, Tally};
use super::codec::{self, Record};
use super::error::StoreError;
use super::rows::{Reads, u64_at, u128_at};
use super::schema::{Key, Table};
use super::{
    Store, View, accounts, conversations, drafts, files, groups, history, invites, members,
    messages, pages, sessions,
};
use crate::model::file::ContentHash;
use crate::model::{
    Account, Conversation, ConversationId, File, FileId, FileUse, Invite, InviteId, Member,
    MessageId, ResetLink, Role, Seq, Session, SessionId, UserId,
};

/// The most that is listed; the others are counted.
const LISTED: usize = 1_000;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// In which table, or part.
    pub place: &'static str,
    /// The key of the row in hexadecimal, if it is about one.
    pub key: Option<String>,
    /// What is wrong, for people.
    pub what: String,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// How much there is.
    pub tally: Tally,
    /// Rows that were read.
    pub rows: u64,
    /// What is wrong, the first thousand.
    pub findings: Vec<Finding>,
    /// How much else is.
    pub more: u64,
}

impl Audit {
    /// Lists something.
    pub fn note(&mut self, finding: Finding) {
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// What is looked at, and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// So many bytes of rows.
    Rows(u64),
    /// So many messages.
    Messages(u64),
}

/// Told how far it has come; says whether to go on.
pub type Looking<'a> = dyn FnMut(Look) -> ControlFlow<()> + 'a;

impl Store {
    /// Reads every row and looks whether it leads to what it should, then goes through conversations, files
    /// and the log as a whole. Bounded memory.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if `watch` says so. Whatever is damaged is in the answer.
    pub fn audit(&self, watch: &mut Looking<'_>) -> Result<Audit, StoreError> {
        let view = self.view();
        let mut audit = Audit::default();
        let mut bytes = 0;
        let read = self.tell_pages(&mut |_, page| {
            for (key, value) in page.rows() {
                audit.rows += 1;
                bytes += (key.len() + value.len()) as u64;
                look_at(&view, key, value, &mut audit);
            }
            go_on(watch, Look::Rows(bytes))
        });
        match read {
            Err(error @ StoreError::Stopped) => return Err(error),
            Err(error) => audit.note(whole("database", &error)),
            Ok(()) => {}
        }
        let mut tally = Tally::default();
        let checked = check::check_accounts(&view, &mut tally);
        note(&mut audit, "accounts", checked);
        let mut failed = Ok(());
        let checked = check::each_conversation(&view, &mut |conversation| {
            for checked in [
                check::check_members(&view, conversation, &mut tally),
                check::check_messages(&view, conversation, &mut tally),
            ] {
                note(&mut audit, "conversations", checked);
            }
            failed = go_on(watch, Look::Messages(tally.messages));
            Ok(match failed {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        failed?;
        note(&mut audit, "conversations", checked);
        let checked = check::check_files(&view, &mut tally);
        note(&mut audit, "files", checked);
        let checked = check::check_log(&view, self.0.first(), self.0.head(), &mut tally);
        note(&mut audit, "log", checked);
        audit.tally = tally;
        Ok(audit)
    }
}

fn go_on(watch: &mut Looking<'_>, look: Look) -> Result<(), StoreError> {
    match watch(look) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(StoreError::Stopped),
    }
}

fn whole(place: &'static str, error: &StoreError) -> Finding {
    let what = match error {
        StoreError::Corrupt { record, what } => {
            format!("a stored {record} is unreadable or wrong: {what}")
        }
        error => error.to_string(),
    };
    Finding {
        place,
        key: None,
        what,
    }
}

fn note(audit: &mut Audit, place: &'static str, checked: Result<(), StoreError>) {
    if let Err(error) = checked {
        audit.note(whole(place, &error));
    }
}

/// Looks at one row.
fn look_at(view: &View, key: &[u8], value: &[u8], audit: &mut Audit) {
    let table = key.first().copied().unwrap_or_default();
    let Some(table) = Table::ALL.into_iter().find(|one| *one as u8 == table) else {
        audit.note(Finding {
            place: "unknown table",
            key: Some(hex(key)),
            what: "no table of this Inkspot has such rows".to_owned(),
        });
        return;
    };
    let what = match leads(view, table, key, value) {
        Ok(true) => return,
        Ok(false) => "what it belongs to or names is not there, or says otherwise".to_owned(),
        Err(StoreError::Corrupt { what, .. }) => what,
        Err(error) => error.to_string(),
    };
    audit.note(Finding {
        place: table.name(),
        key: Some(hex(key)),
        what,
    });
}

fn hex(bytes: &[u8]) -> String {
    Key::from_slice(bytes).to_string()
}

fn decode<R: Record>(value: &[u8]) -> Result<R, StoreError> {
    codec::decode(value)
}

/// Whether a row reads, stands where it should, and leads to what it should.
fn leads(view: &View, table: Table, key: &[u8], value: &[u8]) -> Result<bool, StoreError> {
    let reads: &dyn Reads = view;
    let name = table.name();
    let at = |place| u64_at(name, key, place);
    let wide = |place| u128_at(name, key, place);
    let user = || at(1).map(UserId);
    let message = |conversation, seq| -> Result<MessageId, StoreError> {
        Ok(MessageId {
            conversation: ConversationId(at(conversation)?),
            seq: Seq(at(seq)?),
        })
    };
    let account = |user| accounts::find(reads, user).map(|it: Option<Account>| it.is_some());
    let is_key = |other: Key| other.as_slice() == key;
    Ok(match table {
        Table::Meta => key.len() == 2,
        Table::Accounts => decode::<Account>(value)?.id == user()?,
        Table::Usernames => {
            let found = accounts::find(reads, UserId(u64_at(name, value, 0)?))?;
            let folded = found.map(|found| accounts::fold_username(&found.username));
            folded.is_some_and(|folded| is_key(Key::new(table).text(&folded)))
        }
        Table::Admins => accounts::find(reads, user()?)?
            .is_some_and(|found| found.role == Role::Admin && !found.disabled),
        Table::Sessions => {
            let session = decode::<Session>(value)?;
            let by_token = sessions::find_by_token(reads, &session.token_hash)?;
            session.id.0 == wide(1)?
                && account(session.user)?
                && by_token.is_some_and(|found| found.id == session.id)
        }
        Table::SessionTokens => sessions::find(reads, SessionId(u128_at(name, value, 0)?))?
            .is_some_and(|found| key[1..] == found.token_hash),
        Table::UserSessions => sessions::find(reads, SessionId(wide(9)?))?
            .is_some_and(|found| Ok(found.user) == user().map_err(drop)),
        Table::ResetLinks => {
            decode::<ResetLink>(value)?;
            account(user()?)?
        }
        Table::Invites => {
            let invite = decode::<Invite>(value)?;
            let by_code = invites::find_by_code(reads, &invite.code)?;
            invite.id.0 == wide(1)? && by_code.is_some_and(|found| found.id == invite.id)
        }
        Table::InviteCodes => invites::find(reads, InviteId(u128_at(name, value, 0)?))?
            .is_some_and(|found| is_key(Key::new(table).text(&found.code))),
        Table::UserInvites => invites::find(reads, InviteId(wide(9)?))?.is_some(),
        Table::Conversations => decode::<Conversation>(value)?.id.0 == at(1)?,
        Table::Directs => {
            let id = ConversationId(u64_at(name, value, 0)?);
            conversations::find(reads, id)?.is_some_and(|found| !found.is_group)
        }
        Table::Members => {
            let member = decode::<Member>(value)?;
            (member.conversation.0, member.user.0) == (at(1)?, at(9)?)
                && account(member.user)?
                && conversations::find(reads, member.conversation)?.is_some()
        }
        Table::UserConversations => {
            members::find(reads, ConversationId(at(9)?), user()?)?.is_some()
        }
        Table::GroupStates => {
            groups::state(reads, ConversationId(at(1)?))?;
            conversations::find(reads, ConversationId(at(1)?))?.is_some()
        }
        Table::Drafts => drafts::find(reads, user()?, ConversationId(at(9)?))?.is_some(),
        Table::Messages | Table::MessageParts => messages::find(reads, message(1, 9)?)?.is_some(),
        Table::MessageHistory => !history::all(reads, message(1, 9)?)?.is_empty(),
        Table::MessagePages => pages::find(reads, message(1, 9)?)?.is_some(),
        Table::Mentions => {
            let id = message(9, 17)?;
            messages::find(reads, id)?.is_some()
        }
        Table::ClientIds => {
            let id = MessageId {
                conversation: ConversationId(u64_at(name, value, 0)?),
                seq: Seq(u64_at(name, value, 8)?),
            };
            messages::find(reads, id)?.is_some_and(|found| Ok(found.sender) == user().map_err(drop))
        }
        Table::Files => decode::<File>(value)?.id.0 == wide(1)?,
        Table::LooseFiles => files::find(reads, FileId(wide(9)?))?
            .is_some_and(|found| found.used == FileUse::Unattached),
        Table::ConversationFiles => files::find(reads, FileId(u128_at(name, value, 0)?))?
            .is_some_and(|found| matches!(found.used, FileUse::Message(_))),
        Table::BlobRefs => key.len() == 33 && u64_at(name, value, 0)? > 0,
        Table::FileUsage | Table::FileQuotas => {
            u64_at(name, value, 0)?;
            account(user()?)?
        }
        // Read once more as a whole.
        Table::Log => at(1)? > 0,
    })
}

impl Store {
    /// The hashes of contents that some file needs: `limit` of them at most, those above `after`.
    pub fn needed_contents(
        &self,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<ContentHash>, StoreError> {
        files::needed(&self.view(), after, limit)
    }
}
