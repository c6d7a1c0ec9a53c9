//! Everything that a server keeps as files that are read without it: JSON lines for programs, the files
//! themselves, and pages for a browser that has no network. `docs/EXPORT.md` describes the folder.
//!
//! It reads a database that nobody else uses (one that was restored from a backup a moment ago), so that all
//! of it is of one moment. Memory is bounded: rows are held some hundred at a time, a page at a time.
//!
//! Nothing that people wrote is believed: names become safe names of files (`names`), text becomes text in
//! pages (`html`), and pages run no script and ask nobody for anything.

mod error;
mod folder;
mod html;
mod index;
mod names;
mod pages;
mod people;
mod rows;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::clock::{Timestamp, iso};
use crate::blobs;
use crate::model::{
    AvatarOf, Conversation, ConversationId, File, FileUse, GroupState, MessageId, Seq,
};
use crate::store::{View, accounts, conversations, files, groups, history, members, messages};

pub use error::ExportError;
pub use folder::{Prepared, prepare};

use folder::{Folder, Lines, WHOLE};
use index::Index;
use pages::Pages;
use people::People;

/// How many rows are held at a time.
const PAGE: usize = 100;

/// What is exported.
pub struct Sources<'a> {
    /// The database.
    pub view: &'a View,
    /// The folder of the contents of files, each in a file of its own ([`blobs::BlobKind::Files`]).
    pub contents: &'a Path,
    /// What the server is called.
    pub server: &'a str,
    /// The moment of it all.
    pub at: Timestamp,
}

/// How much an export holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    /// Accounts.
    pub people: u64,
    /// Conversations, direct ones too.
    pub conversations: u64,
    /// Messages.
    pub messages: u64,
    /// Files.
    pub files: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Files whose content is not there, or not as it was.
    pub missing: u64,
}

/// What says that an export is whole.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    format: &'a str,
    version: u32,
    inkspot: &'a str,
    server: &'a str,
    #[serde(with = "iso")]
    made_at: Timestamp,
    #[serde(flatten)]
    exported: Exported,
}

/// Writes everything into a folder that [`prepare`] has made. `told` is called now and then with how many
/// messages and files are done, and says whether to go on. Blocks.
pub fn export(
    sources: &Sources<'_>,
    into: &Prepared,
    told: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Exported, ExportError> {
    let mut work = Work {
        sources,
        folder: Folder::new(into.path()),
        people: People::default(),
        exported: Exported::default(),
        told,
    };
    work.write_people()?;
    work.write_conversations()?;
    work.write_files()?;
    let Work {
        folder, exported, ..
    } = work;
    folder.write("README.txt", include_bytes!("README.txt"))?;
    let manifest = Manifest {
        format: "inkspot-export",
        version: 1,
        inkspot: env!("CARGO_PKG_VERSION"),
        server: sources.server,
        made_at: sources.at,
        exported,
    };
    let manifest = serde_json::to_vec_pretty(&manifest).map_err(ExportError::json)?;
    // It says that all of the rest is there.
    folder.sync()?;
    folder.write(WHOLE, &manifest)?;
    folder.sync()?;
    Ok(exported)
}

/// An export in the making.
struct Work<'a> {
    sources: &'a Sources<'a>,
    folder: Folder,
    people: People,
    exported: Exported,
    told: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

impl Work<'_> {
    fn tell(&mut self) -> Result<(), ExportError> {
        match (self.told)(self.exported.messages + self.exported.files) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ExportError::Interrupted),
        }
    }

    fn write_people(&mut self) -> Result<(), ExportError> {
        let mut lines = self.folder.lines("people.jsonl")?;
        let mut after = None;
        loop {
            let page = accounts::page(self.sources.view, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for account in &page {
                lines.add(&rows::Person::from(account))?;
                self.exported.people += 1;
            }
        }
        lines.end()
    }

    /// The last active first.
    fn write_conversations(&mut self) -> Result<(), ExportError> {
        let mut order: Vec<(Timestamp, ConversationId)> = Vec::new();
        let mut after = None;
        loop {
            let page = conversations::page(self.sources.view, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            order.extend(page.iter().map(|it| (it.updated_at, it.id)));
        }
        order.sort_unstable_by(|one, other| other.cmp(one));
        let mut lines = self.folder.lines("conversations.jsonl")?;
        let mut index = Index::new(self.sources.server, self.sources.at, order.len());
        for (_, id) in order {
            if self.is_deleted(id)? {
                continue;
            }
            let Some(conversation) = conversations::find(self.sources.view, id)? else {
                continue;
            };
            let entry = self.write_conversation(&conversation, &mut lines)?;
            index.add(&self.folder, &entry)?;
            self.exported.conversations += 1;
            self.tell()?;
        }
        index.end(&self.folder)?;
        lines.end()
    }

    fn write_conversation(
        &mut self,
        conversation: &Conversation,
        lines: &mut Lines,
    ) -> Result<index::Entry, ExportError> {
        let view = self.sources.view;
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = members::page(view, conversation.id, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.user);
            all.extend(page.iter().map(rows::Member::from));
        }
        lines.add(&rows::Conversation::new(conversation, &all))?;
        let title = self.people.title(view, conversation, &all)?;
        let entry = index::Entry::new(conversation, title);
        let head = pages::Head {
            id: conversation.id,
            title: entry.title.clone(),
            members: self.people.first_names(view, &all)?,
        };
        drop(all);
        self.write_messages(conversation.id, head)?;
        Ok(entry)
    }

    fn write_messages(&mut self, id: ConversationId, head: pages::Head) -> Result<(), ExportError> {
        let view = self.sources.view;
        self.folder.make_dir("messages")?;
        let mut lines = self.folder.lines(format!("messages/{id}.jsonl"))?;
        let mut pages = Pages::new(&self.folder, head)?;
        let mut after = Seq(0);
        loop {
            let some = messages::after(view, id, after, PAGE)?;
            let Some(last) = some.last() else { break };
            after = last.id.seq;
            for message in &some {
                let versions = match message.edited_at {
                    Some(_) => history::all(view, message.id)?,
                    None => Vec::new(),
                };
                lines.add(&rows::Message::new(message, &versions))?;
                let shown = pages::Shown {
                    message,
                    versions: &versions,
                    sender: self.people.name(view, message.sender)?,
                    files: self.files_of(&message.attachments)?,
                };
                pages.add(&self.folder, &shown)?;
                self.exported.messages += 1;
            }
            self.tell()?;
        }
        pages.end(&self.folder)?;
        lines.end()
    }

    /// The files that a message carries, and where each is.
    fn files_of(
        &self,
        ids: &[crate::model::FileId],
    ) -> Result<Vec<(File, Option<String>)>, ExportError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(file) = files::find(self.sources.view, *id)? {
                let path = self.content(&file).exists().then(|| self.place(&file));
                found.push((file, path.transpose()?));
            }
        }
        Ok(found)
    }

    fn write_files(&mut self) -> Result<(), ExportError> {
        let mut lines = self.folder.lines("files.jsonl")?;
        self.folder.make_dir("files")?;
        let mut after = None;
        loop {
            let page = files::page(self.sources.view, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for file in &page {
                if let FileUse::Message(MessageId { conversation, .. })
                | FileUse::Avatar(AvatarOf::Conversation(conversation)) = file.used
                    && self.is_deleted(conversation)?
                {
                    continue;
                }
                let path = self.place(file)?;
                let there = self.folder.link(&self.content(file), &path)?;
                lines.add(&rows::File::new(file, there.then_some(&*path)))?;
                if there {
                    self.exported.files += 1;
                    self.exported.bytes += file.size;
                } else {
                    self.exported.missing += 1;
                }
                self.tell()?;
            }
        }
        lines.end()
    }

    /// Whether it was deleted for good: a part of it may not be erased yet.
    fn is_deleted(&self, conversation: ConversationId) -> Result<bool, ExportError> {
        Ok(groups::state(self.sources.view, conversation)? == GroupState::Deleted)
    }

    fn content(&self, file: &File) -> PathBuf {
        blobs::place_of_content(self.sources.contents, &blobs::BlobHash(file.hash))
    }

    /// Where a file goes, below the folder.
    fn place(&self, file: &File) -> Result<String, ExportError> {
        let name = names::safe(&file.name);
        Ok(match file.used {
            FileUse::Message(MessageId { conversation, seq }) => {
                let id = MessageId { conversation, seq };
                let message = messages::find(self.sources.view, id)?;
                let files = message.map_or_else(Vec::new, |message| message.attachments);
                let number = files.iter().position(|it| *it == file.id);
                let number = number.map_or(0, |number| number + 1);
                format!("files/{conversation}/{}-{number}-{name}", seq.0)
            }
            FileUse::Avatar(_) => format!("files/pictures/{}-{name}", file.id),
            FileUse::Unattached => format!("files/unsent/{}-{name}", file.id),
        })
    }
}
