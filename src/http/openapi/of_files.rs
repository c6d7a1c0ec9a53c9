//! What each address of the API for files does, takes and gives.
//!
//! Words and shapes only, as in `operations`.

use http::Method;
use serde_json::{Value, json};

use super::describe::{Operation, operation};
use crate::http::{attachments, auth, avatars, files, uploads};
use crate::model::view::ConversationView;

/// All of them.
pub(super) fn all() -> Vec<Operation> {
    let mut all = Vec::from(uploading());
    all.extend(going_on());
    all.extend(reading());
    all.extend(keeping());
    all.extend(faces());
    all
}

fn bytes() -> Value {
    json!({"type": "string", "format": "binary"})
}

/// What an upload may be refused for when it becomes a file.
const FINISHING: [&str; 3] = ["picture_refused", "quota_exceeded", "storage_full"];

fn tus(method: Method, path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(method, path, name, summary)
        .header("Tus-Resumable", "The version of tus.", "1.0.0")
        .refuses(&["other_version"])
}

fn uploading() -> [Operation; 4] {
    const ALL: &str = "/api/uploads";
    const WORDS: &str = "Says which version and extensions of tus uploads speak, and the largest \
        file.";
    let options = |path, name| {
        let told = operation(Method::OPTIONS, path, name, WORDS);
        told.open().gives_nothing("The headers say it.")
    };
    [
        options(ALL, "uploadOptions"),
        options("/api/uploads/{id}", "oneUploadOptions"),
        tus(
            Method::POST,
            ALL,
            "beginUpload",
            "Begins an upload (tus 1.0.0), with its first bytes if the body has some. The id of \
             the upload is that of the file that it becomes.",
        )
        .header("Upload-Length", "How many bytes the file has.", "5")
        .header(
            "Upload-Metadata",
            "`filename`, a space, and the name in base 64.",
            "filename YS50eHQ=",
        )
        .takes_as("application/offset+octet-stream", &bytes())
        .gives_head(
            201,
            "It is begun; the header Location says where it goes on.",
        )
        .refuses(&[
            "conflict",
            "file_too_large",
            "payload_too_large",
            "checksum_mismatch",
        ])
        .refuses(&FINISHING),
        operation(
            Method::POST,
            "/api/attachments",
            "uploadFiles",
            "Takes one or more files in one request. Those before one that is refused stay.",
        )
        .takes_form::<attachments::Form>()
        .gives::<attachments::Uploaded>(201, "In the order of the request.")
        .refuses(&["file_too_large", "too_long"])
        .refuses(&FINISHING),
    ]
}

fn going_on() -> [Operation; 4] {
    const ONE: &str = "/api/uploads/{id}";
    [
        operation(
            Method::GET,
            ONE,
            "upload",
            "How far an upload has come. HEAD is that of tus: it also ends whoever still sends.",
        )
        .gives::<uploads::Upload>(200, "It goes on, or ended within the last hour.")
        .refuses(&["upload_busy"]),
        tus(
            Method::PATCH,
            ONE,
            "continueUpload",
            "Sends the next bytes of an upload. The answer to the last ones says `Inkspot-File`.",
        )
        .header("Upload-Offset", "Where they belong.", "0")
        .may_have_header(
            "Upload-Checksum",
            "`sha1` or `sha256`, a space, and the sum in base 64.",
        )
        .takes_as("application/offset+octet-stream", &bytes())
        .gives_nothing("They are kept; the header Upload-Offset says up to where.")
        .refuses(&[
            "wrong_offset",
            "payload_too_large",
            "checksum_mismatch",
            "upload_busy",
        ])
        .refuses(&FINISHING),
        tus(Method::DELETE, ONE, "discardUpload", "Gives an upload up.")
            .gives_nothing("It is gone.")
            .refuses(&["upload_busy", "storage_full"]),
        tus(
            Method::POST,
            ONE,
            "overrideUpload",
            "PATCH, DELETE or HEAD, for networks that let only POST pass.",
        )
        .header(
            "X-HTTP-Method-Override",
            "`PATCH`, `DELETE` or `HEAD`.",
            "DELETE",
        )
        .gives_nothing("As the method says.")
        .refuses(&[
            "method_not_allowed",
            "wrong_offset",
            "upload_busy",
            "invalid_field",
        ])
        .refuses(&FINISHING),
    ]
}

fn reading() -> [Operation; 3] {
    let file = |path, name, summary| {
        operation(Method::GET, path, name, summary)
            .may_have_header("Range", "One range of bytes.")
            .may_have_header("If-None-Match", "The ETag of what is known.")
            .gives_bytes(200, "The file.")
            .gives_bytes(206, "The range of it.")
            .gives_head(304, "It is the one that is known.")
            .refuses(&["range_not_satisfiable"])
    };
    let save = json!({"type": "string", "enum": ["1"]});
    let words = "A file: to members of the conversation that holds its message, and to its owner \
        until it is sent.";
    [
        file("/api/files/{id}", "file", words).query("download", "1: to be saved.", &save),
        file("/api/files/{id}/{name}", "namedFile", words).query(
            "download",
            "1: to be saved.",
            &save,
        ),
        file(
            "/api/files/{id}/thumbnails/{side}",
            "thumbnail",
            "A smaller still of a picture; `side` is 320 or 1280.",
        ),
    ]
}

fn keeping() -> [Operation; 3] {
    let kinds = json!({"type": "string",
        "enum": ["all", "image", "video", "audio", "file", "media"], "default": "all"});
    [
        operation(
            Method::DELETE,
            "/api/files/{id}",
            "deleteFile",
            "Removes one of the caller's files that was not sent.",
        )
        .gives_nothing("It is gone.")
        .refuses(&["storage_full"]),
        operation(
            Method::GET,
            "/api/conversations/{id}/files",
            "conversationFiles",
            "The files that were sent in a conversation.",
        )
        .paged()
        .query(
            "kind",
            "Which: `file` is all but pictures, `media` pictures and films.",
            &kinds,
        )
        .query(
            "cursor",
            "`next` of the part before.",
            &json!({"type": "string"}),
        )
        .gives::<files::SentFiles>(200, "The newest first."),
        operation(
            Method::GET,
            "/api/auth/usage",
            "usage",
            "How much room the caller's files take.",
        )
        .gives::<files::Usage>(200, "In bytes."),
    ]
}

fn faces() -> [Operation; 6] {
    const OWN: &str = "/api/auth/me/avatar";
    const GROUP: &str = "/api/conversations/{id}/avatar";
    let example = json!({"fileId": "00000000000000000000000001"});
    let face = |path, name, summary| {
        operation(Method::GET, path, name, summary)
            .gives_bytes(200, "A picture of at most 320 pixels a side.")
            .gives_head(304, "It is the one that is known.")
    };
    [
        operation(
            Method::PUT,
            OWN,
            "setAvatar",
            "Makes an uploaded picture the caller's face.",
        )
        .takes::<avatars::Face>(&example)
        .gives::<auth::OneUser>(200, "The caller.")
        .refuses(&["storage_full"]),
        operation(
            Method::DELETE,
            OWN,
            "removeAvatar",
            "Takes the caller's face away.",
        )
        .gives::<auth::OneUser>(200, "The caller.")
        .refuses(&["storage_full"]),
        operation(
            Method::PUT,
            GROUP,
            "setGroupAvatar",
            "Makes an uploaded picture a group's face: its owners.",
        )
        .takes::<avatars::Face>(&example)
        .gives::<ConversationView>(200, "The group.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
        operation(
            Method::DELETE,
            GROUP,
            "removeGroupAvatar",
            "Takes a group's face away: its owners.",
        )
        .gives::<ConversationView>(200, "The group.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
        face(
            "/api/avatars/users/{id}/{version}",
            "userAvatar",
            "Somebody's face, for everybody who is signed in.",
        ),
        face(
            "/api/avatars/conversations/{id}/{version}",
            "groupAvatar",
            "A group's face, for its members.",
        ),
    ]
}
