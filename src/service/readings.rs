//! What can be read off the service when somebody looks: how much waits, how much there is. Numbers
//! only, of everybody together.

use super::{Answer, Service, ServiceError};

/// The service at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Commands that wait to be decided.
    pub commands_waiting: usize,
    /// Bytes of them.
    pub command_bytes_waiting: usize,
    /// Events that are stored.
    pub events: u64,
    /// Events that are stored and not yet told.
    pub events_untold: u64,
    /// Accounts, disabled ones too.
    pub accounts: usize,
    /// Sessions that were used since the start, as far as they are remembered.
    pub sessions: usize,
    /// People who are here.
    pub people_online: usize,
    /// Sockets that they have open.
    pub sockets: usize,
    /// Passwords hashed, to make a hash or to check one.
    pub password_hashes: u64,
    /// Uploads that are not finished.
    pub uploads: usize,
    /// Uploads that are being written right now.
    pub uploads_writing: usize,
    /// Bytes that the database takes on the disk.
    pub database_bytes: u64,
    /// Bytes that the contents of files take on the disk.
    pub file_bytes: u64,
    /// Bytes of them that can still be read.
    pub file_live_bytes: u64,
    /// Free bytes on the disk.
    pub disk_free: u64,
    /// Bytes that it has in all.
    pub disk_total: u64,
    /// Free bytes under which uploads stop.
    pub disk_reserve: u64,
    /// Free bytes under which nothing is stored.
    pub disk_floor: u64,
}

impl Service {
    /// How it is right now. Blocks: it looks at the disk.
    pub fn readings(&self) -> Answer<Readings> {
        let inner = &self.0;
        let waiting = inner.committer.waiting();
        let head = inner.store.log().head().0;
        let told = inner.committer.head().borrow().0;
        let (people_online, sockets) = inner.live.count();
        let (uploads, uploads_writing) = inner.uploads.count();
        let space = inner.store.space()?;
        let usage = inner.uploads.blobs.usage();
        let usage = usage.map_err(|error| ServiceError::Internal(error.to_string().into()))?;
        Ok(Readings {
            commands_waiting: waiting.commands,
            command_bytes_waiting: waiting.bytes,
            events: head,
            events_untold: head.saturating_sub(told),
            accounts: inner.directory.count(),
            sessions: inner.sessions.count(),
            people_online,
            sockets,
            password_hashes: inner.passwords.done(),
            uploads,
            uploads_writing,
            database_bytes: inner.store.disk_bytes()?,
            file_bytes: usage.disk,
            file_live_bytes: usage.live,
            disk_free: space.free,
            disk_total: space.total,
            disk_reserve: self.settings().files.reserve(&space),
            disk_floor: space.floor,
        })
    }
}
