//! The first page: all conversations, some hundred to a page.

use super::ExportError;
use super::folder::Folder;
use super::html::{Html, count, day, moment};
use crate::base::clock::Timestamp;
use crate::model::{Conversation, ConversationId};

/// How many stand on a page.
const ENTRIES: usize = 500;

/// A line of it.
pub struct Entry {
    id: ConversationId,
    pub title: String,
    is_group: bool,
    members: u32,
    messages: u64,
    at: Timestamp,
}

impl Entry {
    pub fn new(conversation: &Conversation, title: String) -> Self {
        Self {
            id: conversation.id,
            title,
            is_group: conversation.is_group,
            members: conversation.member_count,
            messages: conversation.last_seq.0,
            at: conversation.updated_at,
        }
    }
}

/// The pages in the making: one is in memory.
pub struct Index {
    server: String,
    at: Timestamp,
    total: usize,
    entries: Html,
    done: usize,
    number: u64,
}

impl Index {
    pub fn new(server: &str, at: Timestamp, total: usize) -> Self {
        Self {
            server: server.to_owned(),
            at,
            total,
            entries: Html::default(),
            done: 0,
            number: 1,
        }
    }

    pub fn add(&mut self, folder: &Folder, entry: &Entry) -> Result<(), ExportError> {
        if self.done > 0 && self.done.is_multiple_of(ENTRIES) {
            self.write(folder, false)?;
        }
        self.done += 1;
        let html = &mut self.entries;
        html.markup("<li><a href=\"conversations/");
        html.text(&entry.id.to_string())
            .markup("/1.html\"><b dir=\"auto\">");
        html.text(&entry.title).markup("</b><span class=\"note\">");
        if entry.is_group {
            html.text(&count(entry.members.into(), "member"))
                .markup(", ");
        } else {
            html.markup("Direct, ");
        }
        html.text(&count(entry.messages, "message"));
        html.markup(", last active on ").text(&day(entry.at));
        html.markup("</span></a></li>\n");
        Ok(())
    }

    pub fn end(mut self, folder: &Folder) -> Result<(), ExportError> {
        self.write(folder, true)
    }

    fn write(&mut self, folder: &Folder, last: bool) -> Result<(), ExportError> {
        let mut page = Html::default();
        page.markup("<header><h1 dir=\"auto\">").text(&self.server);
        page.markup("</h1><p class=\"note\">")
            .text(&count(self.total as u64, "conversation"));
        page.markup(", as of ").text(&moment(self.at));
        page.markup(" UTC. Direct ones are here, too: keep this folder as you would keep letters.</p></header>\n<main><ul>\n");
        page.part(&self.entries).markup("</ul></main>\n");
        if self.number > 1 || !last {
            page.markup("<nav aria-label=\"Pages\">");
            if self.number > 1 {
                page.markup("<a rel=\"prev\" href=\"")
                    .text(&name(self.number - 1));
                page.markup("\">← More active</a>");
            }
            if !last {
                page.markup("<a rel=\"next\" href=\"")
                    .text(&name(self.number + 1));
                page.markup("\">Less active →</a>");
            }
            page.markup("</nav>\n");
        }
        folder.write(name(self.number), &page.page(&self.server))?;
        self.entries = Html::default();
        self.number += 1;
        Ok(())
    }
}

fn name(number: u64) -> String {
    match number {
        1 => "index.html".to_owned(),
        _ => format!("index-{number}.html"),
    }
}
