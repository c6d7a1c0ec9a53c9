//! What administrators ask for and see.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, UserId};
use crate::model::view::UserView;
use crate::model::{MemberRole, Registration, Role};

pub use super::super::compaction::CompactionProgress;
pub use crate::store::{Occupied, SetAside};

/// Which accounts an administrator asks for.
#[derive(Clone, Debug)]
pub struct PeopleAsked {
    /// Beginnings of words of their names; empty for all.
    pub query: String,
    /// Only those.
    pub role: Option<Role>,
    /// The `next` of the page before.
    pub after: Option<UserId>,
    /// 1 to 100.
    pub limit: u32,
}

/// A page of accounts, by name.
#[derive(Clone, Debug)]
pub struct AdminPeople {
    /// The accounts.
    pub people: Vec<AdminPerson>,
    /// How many there are on all pages.
    pub total: usize,
    /// What to ask with for the following page.
    pub next: Option<UserId>,
}

/// An account as administrators see it.
#[derive(Clone, Debug)]
pub struct AdminPerson {
    /// As everybody sees it.
    pub user: UserView,
    /// On how many devices they are signed in.
    pub sessions: usize,
    /// What their files take, in bytes.
    pub file_bytes: u64,
    /// What they may take.
    pub quota: Quota,
}

/// What an administrator changes about an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct AccountChange {
    /// Disable or enable it.
    pub disabled: Option<bool>,
    /// Make it administrator or member.
    pub role: Option<Role>,
}

/// How much somebody may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In bytes; `None`: as much as there is room for.
    pub bytes: Option<u64>,
    /// Whether it was settled for this person; else it is everybody's.
    pub is_own: bool,
}

/// A group as administrators see it, who may not be in it.
#[derive(Clone, Debug)]
pub struct AdminGroup {
    /// Which.
    pub id: ConversationId,
    /// What it is called.
    pub title: String,
    /// Where its picture is.
    pub avatar_url: Option<String>,
    /// Whether everybody joins it.
    pub everyone: bool,
    /// Whether an administrator archived it.
    pub read_only: bool,
    /// How many are in it.
    pub member_count: u32,
    /// Its owners whose accounts are enabled; `None` if there are too many members to look at now.
    pub owners: Option<Vec<UserView>>,
    /// How many messages were sent, deleted ones too.
    pub messages: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When something last happened in it.
    pub last_activity_at: Timestamp,
    /// The bytes of its files; `None` if there are too many to count now.
    pub file_bytes: Option<u64>,
    /// Whether the one who asks is in it.
    pub member: bool,
}

/// Somebody in a group, as administrators see it.
#[derive(Clone, Debug)]
pub struct GroupMember {
    /// Who.
    pub user: UserView,
    /// Owner or member.
    pub role: MemberRole,
}

/// What holds for the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseState {
    /// Who may make an account.
    pub registration: Registration,
    /// How long an unused session stands.
    pub session_idle: Duration,
}

/// What an administrator settles for the house; what is not set stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct HouseChange {
    /// Who may make an account.
    pub registration: Option<Registration>,
    /// Days after which an unused session ends, 1 to 3650.
    pub session_idle_days: Option<u32>,
}

/// What lies on the disk, in bytes.
#[derive(Clone, Debug)]
pub struct AdminStorage {
    /// The database: messages, accounts, the log.
    pub messages: Occupied,
    /// How far giving its space back has come; `None` when that is not done.
    pub compaction: Option<CompactionProgress>,
    /// The contents of files, each once.
    pub files_bytes: u64,
    /// What all files count to those who sent them.
    pub people_bytes: u64,
    /// Free on the disk.
    pub free_bytes: u64,
    /// The disk.
    pub total_bytes: u64,
    /// Free bytes below which uploads stop.
    pub reserve_bytes: u64,
    /// The largest file.
    pub max_file_bytes: u64,
    /// What one person may keep; `None`: as much as there is room for.
    pub quota_bytes: Option<u64>,
    /// When this installation was made.
    pub since: Timestamp,
    /// When this was counted.
    pub now: Timestamp,
    /// Who keeps most.
    pub top: Vec<AdminKeeper>,
}

/// Somebody who keeps much.
#[derive(Clone, Debug)]
pub struct AdminKeeper {
    /// Who.
    pub user: UserView,
    /// What their files take, in bytes.
    pub file_bytes: u64,
    /// What they may take.
    pub quota: Quota,
}
