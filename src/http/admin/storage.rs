//! What lies on the disk, how long the room lasts, and giving space back.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::{self, Answer};
use super::super::call::Call;
use super::ask;
use super::people::Limit;
use crate::base::clock::{Timestamp, iso};
use crate::model::view::UserView;
use crate::service::{AdminStorage, CompactionProgress, Service};

/// What lies on the disk, in bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct StorageState {
    /// The database: messages, accounts, the log.
    messages: u64,
    /// What of it is rows, in bytes; the rest is dead, or the engine's. `null` until it is counted.
    message_rows: Option<u64>,
    /// Whether space is being given back.
    compacting: bool,
    /// How far that has come; `null` when it is not done.
    compaction: Option<Compaction>,
    /// The contents of files, each once.
    files: u64,
    /// The search index.
    search_index: u64,
    /// Free on the disk.
    free: u64,
    /// The disk.
    total: u64,
    /// When less is free, uploads stop.
    reserve: u64,
    /// The largest file that is taken.
    max_file: u64,
    /// What one person's files may take; `null` if only the disk ends it.
    quota: Option<u64>,
    /// What all files count to those who sent them.
    counted: u64,
    /// How many days the free room lasts, at the pace of all days so far; `null` in the first days,
    /// and when nothing is used.
    lasts_days: Option<u64>,
    /// When this installation was made.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Up to twenty who keep most.
    people: Vec<Keeper>,
}

/// How far giving space back has come.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Compaction {
    /// Rows that are copied; how many there will be is not known before.
    copied: u64,
    /// Rows of them that were compared; when all are, it is done.
    compared: u64,
}

impl From<CompactionProgress> for Compaction {
    fn from(progress: CompactionProgress) -> Self {
        let CompactionProgress { copied, compared } = progress;
        Self { copied, compared }
    }
}

/// Somebody and their files.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Keeper {
    user: UserView,
    /// Bytes of all their files.
    file_bytes: u64,
    #[serde(flatten)]
    limit: Limit,
}

pub(in crate::http) async fn show(call: Call) -> Answer {
    let search = call.searches().search().clone();
    let (state, search_index) = ask(&call, move |service, caller| {
        let state = service.admin_storage(caller)?;
        Ok((state, search.disk_bytes()))
    })
    .await?;
    let lasts_days = lasts_days(&state, search_index);
    let keepers = state.top.into_iter();
    answer::ok(&StorageState {
        messages: state.messages.disk,
        message_rows: state.messages.rows,
        compacting: state.compaction.is_some(),
        compaction: state.compaction.map(Compaction::from),
        files: state.files_bytes,
        search_index,
        free: state.free_bytes,
        total: state.total_bytes,
        reserve: state.reserve_bytes,
        max_file: state.max_file_bytes,
        quota: state.quota_bytes,
        counted: state.people_bytes,
        lasts_days,
        since: state.since,
        people: keepers
            .map(|keeper| Keeper {
                user: keeper.user,
                file_bytes: keeper.file_bytes,
                limit: keeper.quota.into(),
            })
            .collect(),
    })
}

/// The least age of an installation of which a pace can be told, in days.
const DAYS_LEAST: u64 = 3;

/// How many days the room lasts that is free above the reserve, if as much is added each day as
/// was on average so far.
fn lasts_days(state: &AdminStorage, search_index: u64) -> Option<u64> {
    let days = state.now.since(state.since).as_secs() / (24 * 60 * 60);
    let used = state.messages.disk + state.files_bytes + search_index;
    let room = state.free_bytes.saturating_sub(state.reserve_bytes);
    let lasts = u128::from(room) * u128::from(days) / u128::from(used.max(1));
    (days >= DAYS_LEAST && used > 0).then(|| u64::try_from(lasts).unwrap_or(u64::MAX))
}

/// Begins to give space back.
pub(in crate::http) async fn compact(call: Call) -> Answer {
    ask(&call, Service::compact).await?;
    answer::done()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::service::Occupied;

    const DAY: u64 = 86_400_000;
    const GIB: u64 = 1 << 30;

    fn state(days: u64, used: u64, free: u64) -> AdminStorage {
        AdminStorage {
            messages: Occupied {
                rows: None,
                disk: used,
                born: 0,
            },
            compaction: None,
            files_bytes: 0,
            people_bytes: 0,
            free_bytes: free,
            total_bytes: 100 * GIB,
            reserve_bytes: GIB,
            max_file_bytes: 0,
            quota_bytes: None,
            since: Timestamp(5 * DAY),
            now: Timestamp((5 + days) * DAY),
            top: Vec::new(),
        }
    }

    #[test]
    fn room_lasts_as_long_as_the_pace_so_far_says() {
        assert_eq!(lasts_days(&state(10, GIB, 11 * GIB), 0), Some(100));
        assert_eq!(lasts_days(&state(10, GIB, 11 * GIB), GIB), Some(50));
        assert_eq!(lasts_days(&state(10, GIB, GIB / 2), 0), Some(0));
        assert_eq!(lasts_days(&state(2, GIB, 11 * GIB), 0), None, "too young");
        assert_eq!(lasts_days(&state(10, 0, 11 * GIB), 0), None, "nothing used");
        assert_eq!(
            lasts_days(&state(10, 1, u64::MAX), 0),
            Some(u64::MAX),
            "no overflow"
        );
    }
}
