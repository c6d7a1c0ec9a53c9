//! The pages of a conversation: its messages in the order in which they were sent, as many to a page as are
//! read with ease.

use super::ExportError;
use super::folder::Folder;
use super::html::{Html, day, moment};
use crate::model::{ConversationId, File, FileClass, Message, Seq, Version};

/// The most messages of a page, and the most bytes after which another one begins.
const MESSAGES: usize = 200;
const BYTES: usize = 512 << 10;

/// From a page to the folder.
const ROOT: &str = "../../";

/// What stands above the messages.
pub struct Head {
    pub id: ConversationId,
    pub title: String,
    pub members: String,
}

/// A message and what is around it.
pub struct Shown<'a> {
    pub message: &'a Message,
    pub versions: &'a [Version],
    pub sender: String,
    /// Each with where it is, unless it is lost.
    pub files: Vec<(File, Option<String>)>,
}

/// The pages in the making: one is in memory.
pub struct Pages {
    head: Head,
    /// The first message of each page.
    firsts: Vec<Seq>,
    body: Html,
    count: usize,
    day: String,
    last: Option<crate::model::UserId>,
}

impl Pages {
    pub fn new(folder: &Folder, head: Head) -> Result<Self, ExportError> {
        folder.make_dir("conversations")?;
        folder.make_dir(format!("conversations/{}", head.id))?;
        Ok(Self {
            head,
            firsts: Vec::new(),
            body: Html::default(),
            count: 0,
            day: String::new(),
            last: None,
        })
    }

    pub fn add(&mut self, folder: &Folder, shown: &Shown<'_>) -> Result<(), ExportError> {
        if self.count == MESSAGES || self.body.len() >= BYTES {
            self.write(folder, false)?;
        }
        let message = shown.message;
        if self.count == 0 {
            self.firsts.push(message.id.seq);
        }
        self.count += 1;
        let today = day(message.created_at);
        if today != self.day {
            self.body.markup("<h2>").text(&today).markup("</h2>\n");
            (self.day, self.last) = (today, None);
        }
        let named = self.last != Some(message.sender);
        self.last = Some(message.sender);
        self.body.markup("<article id=\"m").number(message.id.seq.0);
        self.body.markup("\"><div class=\"who\">");
        if named {
            self.body
                .markup("<b dir=\"auto\">")
                .text(&shown.sender)
                .markup("</b>");
        }
        self.body
            .time(message.created_at)
            .markup("</div><div class=\"what\">");
        self.add_content(shown);
        self.body.markup("</div></article>\n");
        Ok(())
    }

    fn add_content(&mut self, shown: &Shown<'_>) {
        let message = shown.message;
        if message.deleted_at.is_some() {
            self.body
                .markup("<p class=\"text gone\">This message was deleted.</p>");
            return;
        }
        if let Some(seq) = message.reply_to {
            self.add_reply(seq);
        }
        if message.sealed.is_some() {
            self.body.markup("<p class=\"text gone\">This message is encrypted; only its people can read it.</p>");
        }
        if !message.content.is_empty() {
            self.body.markup("<p class=\"text\" dir=\"auto\">");
            self.body.linked(&message.content).markup("</p>");
        }
        for (file, path) in &shown.files {
            self.add_file(file, path.as_deref());
        }
        if let Some(at) = message.edited_at {
            self.add_versions(&moment(at), shown.versions);
        }
    }

    /// To the message that it answers, which stands on this page or an earlier one.
    fn add_reply(&mut self, seq: Seq) {
        let page = self.firsts.partition_point(|first| *first <= seq).max(1);
        self.body.markup("<p class=\"more\">In reply to <a href=\"");
        self.body
            .number(page as u64)
            .markup(".html#m")
            .number(seq.0);
        self.body
            .markup("\">message ")
            .number(seq.0)
            .markup("</a></p>");
    }

    fn add_file(&mut self, file: &File, path: Option<&str>) {
        let body = &mut self.body;
        let Some(path) = path else {
            body.markup("<p class=\"file gone\">The file “<bdi>")
                .text(&file.name);
            body.markup("</bdi>” is lost.</p>");
            return;
        };
        if file.class == FileClass::Image && file.inline && !path.ends_with(".download") {
            body.markup("<a class=\"picture\" href=\"")
                .address(ROOT, path);
            body.markup("\"><img loading=\"lazy\" src=\"")
                .address(ROOT, path);
            body.markup("\" alt=\"").text(&file.name).markup("\"");
            if let Some((width, height)) = file.sides {
                body.markup(" width=\"").number(width.into());
                body.markup("\" height=\"")
                    .number(height.into())
                    .markup("\"");
            }
            body.markup("></a>");
            return;
        }
        body.markup("<p class=\"file\"><a download=\"")
            .text(&file.name);
        body.markup("\" href=\"")
            .address(ROOT, path)
            .markup("\"><bdi>");
        body.text(&file.name)
            .markup("</bdi></a> <span class=\"more\">");
        body.text(&size(file.size)).markup("</span></p>");
    }

    fn add_versions(&mut self, at: &str, versions: &[Version]) {
        let body = &mut self.body;
        if versions.is_empty() {
            body.markup("<p class=\"more\">Changed on ")
                .text(at)
                .markup("</p>");
            return;
        }
        body.markup("<details><summary class=\"more\">Changed on ")
            .text(at);
        body.markup("; what it said before</summary>");
        for version in versions {
            body.markup("<p class=\"more\">").text(&moment(version.at));
            body.markup("</p><p class=\"text\" dir=\"auto\">")
                .linked(&version.content);
            body.markup("</p>");
        }
        body.markup("</details>");
    }

    /// Writes the last page; a conversation without messages has one, too.
    pub fn end(mut self, folder: &Folder) -> Result<(), ExportError> {
        self.write(folder, true)
    }

    fn write(&mut self, folder: &Folder, last: bool) -> Result<(), ExportError> {
        let number = self.firsts.len().max(1) as u64;
        let mut page = Html::default();
        page.markup("<nav><a href=\"../../index.html\">All conversations</a></nav>\n<header><h1 dir=\"auto\">");
        page.text(&self.head.title)
            .markup("</h1><p class=\"note\" dir=\"auto\">");
        page.text(&self.head.members).markup("</p></header>\n");
        let mut nav = Html::default();
        if number > 1 || !last {
            nav.markup("<nav aria-label=\"Pages\">");
            if number > 1 {
                nav.markup("<a rel=\"prev\" href=\"").number(number - 1);
                nav.markup(".html\">← Older</a>");
            }
            nav.markup("<span>Page ").number(number).markup("</span>");
            if !last {
                nav.markup("<a rel=\"next\" href=\"").number(number + 1);
                nav.markup(".html\">Newer →</a>");
            }
            nav.markup("</nav>\n");
        }
        page.part(&nav).markup("<main>\n");
        if self.body.is_empty() {
            page.markup("<p class=\"note\">Nothing was written here.</p>");
        }
        page.part(&self.body).markup("</main>\n").part(&nav);
        page.markup("<footer>Times are UTC.</footer>\n");
        let path = format!("conversations/{}/{number}.html", self.head.id);
        folder.write(path, &page.page(&self.head.title))?;
        (self.body, self.count) = (Html::default(), 0);
        (self.day, self.last) = (String::new(), None);
        Ok(())
    }
}

/// "12 KiB".
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_leads_to_the_page_of_what_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let head = Head {
            id: ConversationId(7),
            title: String::new(),
            members: String::new(),
        };
        let mut pages = Pages::new(&Folder::new(folder.path()), head).unwrap();
        pages.firsts = vec![Seq(1), Seq(201), Seq(390)];
        for (seq, address) in [
            (1, "1.html#m1"),
            (200, "1.html#m200"),
            (201, "2.html#m201"),
            (400, "3.html#m400"),
        ] {
            pages.body = Html::default();
            pages.add_reply(Seq(seq));
            let page = String::from_utf8(pages.body.page("")).unwrap();
            assert!(page.contains(&format!("<a href=\"{address}\">")), "{page}");
        }
    }
}
