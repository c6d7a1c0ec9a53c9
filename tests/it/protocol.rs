//! The wire's shapes in TypeScript: one committed file, kept equal to the server's own types.

use std::fs;
use std::path::Path;

use inkspot::model::view::{
    ConversationView, DraftView, ErrorAnswer, ErrorView, FileSource, FileView, InviteView,
    MemberView, MessageView, SenderView, SentFileView, SessionView, ThumbnailView, UserView,
    VersionView,
};
use inkspot::model::{
    ConversationBrief, FileClass, MemberRole, MessageKind, Role, SearchHit, SearchPage,
};
use ts_rs::TS;

const HEAD: &str = "\
// The shapes of Inkspot's wire; docs/PROTOCOL.md says what they mean.
// Generated from the server's own types: don't edit. `UPDATE_PROTOCOL=1 cargo test protocol` writes it anew.
";

fn generated() -> String {
    let mut declarations = vec![
        Role::decl(),
        MemberRole::decl(),
        MessageKind::decl(),
        FileClass::decl(),
        SenderView::decl(),
        UserView::decl(),
        MemberView::decl(),
        ThumbnailView::decl(),
        FileView::decl(),
        FileSource::decl(),
        SentFileView::decl(),
        MessageView::decl(),
        VersionView::decl(),
        DraftView::decl(),
        ConversationView::decl(),
        ConversationBrief::decl(),
        SearchHit::decl(),
        SearchPage::decl(),
        SessionView::decl(),
        InviteView::decl(),
        ErrorView::decl(),
        ErrorAnswer::decl(),
    ];
    declarations.extend(inkspot::realtime::typescript());
    declarations.extend(inkspot::doctor::typescript());
    let mut text = HEAD.to_owned();
    for declaration in declarations {
        text.push_str("\nexport ");
        text.push_str(&readable(&declaration));
    }
    text
}

/// One field a line, its words above it.
fn readable(declaration: &str) -> String {
    let Some((head, fields)) = declaration.split_once('{') else {
        return format!("{declaration}\n");
    };
    let mut text = format!("{head}{{\n");
    let mut rest = fields.trim_end_matches(['}', ';', ' ']);
    while !rest.is_empty() {
        let (before, more) = rest.split_once("/**").unwrap_or((rest, ""));
        let (words, after) = more.split_once("*/").unwrap_or_default();
        for field in split_fields(before) {
            text.extend(["  ", field, ";\n"]);
        }
        let words = words
            .lines()
            .map(|line| line.trim().trim_start_matches('*'));
        let words: Vec<&str> = words
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        if !words.is_empty() {
            text.extend(["  /** ", &words.join(" "), " */\n"]);
        }
        rest = after;
    }
    text + "};\n"
}

/// What stands between commas, where these are not within a tuple.
fn split_fields(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let fields = text.split(move |c| {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    fields.map(str::trim).filter(|field| !field.is_empty())
}

#[test]
fn protocol_types_are_those_of_the_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.d.ts");
    let generated = generated();
    if std::env::var_os("UPDATE_PROTOCOL").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed, generated,
        "docs/protocol.d.ts is old: run `UPDATE_PROTOCOL=1 cargo test protocol` and commit it"
    );
}
