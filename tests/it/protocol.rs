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
    let fields = fields.trim_end_matches(['}', ';', ' ']);
    let fields = fields.replace("/**\n * ", "/** ").replace("\n */", " */");
    for line in fields.lines().map(str::trim) {
        if line.starts_with("/**") {
            text.extend(["  ", line, "\n"]);
            continue;
        }
        for field in line
            .split(", ")
            .map(|f| f.trim_end_matches(','))
            .filter(|f| !f.is_empty())
        {
            text.extend(["  ", field, ";\n"]);
        }
    }
    text + "};\n"
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
