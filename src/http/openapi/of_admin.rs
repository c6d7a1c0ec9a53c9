//! What each address of the API for administrators does, takes and gives.
//!
//! Words and shapes only, as in `operations`.

use http::Method;
use serde_json::json;

use super::describe::{Operation, operation};
use crate::http::admin::{groups, health, house, people, storage};
use crate::http::{auth, backups, confirm, link, resets, users};

/// All of them.
pub(super) fn all() -> Vec<Operation> {
    let mut all = installation();
    all.extend(backups());
    all.extend(of_people());
    all.extend(of_groups());
    all.extend(of_house());
    all.extend(passwords());
    all
}

fn installation() -> Vec<Operation> {
    let text = json!({"type": "string"});
    let role = json!({"type": "string", "enum": ["admin", "member"]});
    vec![
        get(
            "/api/admin/people",
            "adminPeople",
            "All accounts with their devices and files (administrators).",
        )
        .query("q", "Beginnings of words of their names.", &text)
        .query("role", "Only those.", &role)
        .query("cursor", "From the page before.", &text)
        .paged()
        .gives::<people::Accounts>(200, "A page.")
        .refuses(&["forbidden", "too_long"]),
        get(
            "/api/admin/storage",
            "adminStorage",
            "What lies on the disk and how much more may (administrators).",
        )
        .gives::<storage::StorageState>(200, "As it is now.")
        .refuses(&["forbidden"]),
        get(
            "/api/admin/health",
            "adminHealth",
            "How the server is (administrators).",
        )
        .gives::<health::ServerHealth>(200, "As it is now.")
        .refuses(&["forbidden"]),
        get(
            "/api/admin/metrics",
            "adminMetrics",
            "The numbers for a monitoring system, as OpenMetrics text (administrators).",
        )
        .gives_bytes(200, "As they are now.")
        .refuses(&["forbidden"]),
        operation(
            Method::POST,
            "/api/admin/compaction",
            "compact",
            "Begins to give the space of deleted things back to the disk, beside what people do \
             (administrators). The server does so by itself when most of the database is dead.",
        )
        .gives_nothing("It has begun; `adminStorage` tells when it is done.")
        .refuses(&["forbidden", "conflict"]),
    ]
}

fn of_people() -> Vec<Operation> {
    vec![
        operation(
            Method::DELETE,
            "/api/users/{id}/sessions",
            "endSessionsOf",
            "Signs somebody out everywhere (administrators); the caller's own session stays.",
        )
        .gives_nothing("They are.")
        .refuses(&["forbidden", "storage_full"]),
        operation(
            Method::DELETE,
            "/api/admin/sessions",
            "endAllSessions",
            "Signs everybody out (administrators); the caller's own session stays.",
        )
        .gives_nothing("They are.")
        .refuses(&["forbidden", "storage_full"]),
        operation(
            Method::PUT,
            "/api/admin/people/{id}/quota",
            "setQuota",
            "Lets somebody keep more or less than others (administrators). Files that are there stay.",
        )
        .takes::<people::QuotaAsked>(&json!({"bytes": 4_294_967_296_u64}))
        .gives_nothing("It holds from now on.")
        .refuses(&["forbidden", "storage_full"]),
        operation(
            Method::DELETE,
            "/api/admin/people/{id}/quota",
            "removeQuota",
            "Lets somebody keep what everybody may (administrators).",
        )
        .gives_nothing("It holds from now on.")
        .refuses(&["forbidden", "storage_full"]),
    ]
}

fn of_groups() -> Vec<Operation> {
    let text = json!({"type": "string"});
    vec![
        get(
            "/api/admin/groups",
            "adminGroups",
            "All groups from outside: never what was written in them (administrators).",
        )
        .query("cursor", "From the page before.", &text)
        .paged()
        .gives::<groups::Groups>(200, "A page.")
        .refuses(&["forbidden"]),
        operation(
            Method::PATCH,
            "/api/admin/groups/{id}",
            "archiveGroup",
            "Archives a group for everybody in it, or opens it again (administrators): it is read, \
             and nobody writes.",
        )
        .takes::<groups::GroupChange>(&json!({"readOnly": true}))
        .gives::<groups::Group>(200, "The group as it is now.")
        .refuses(&["forbidden", "storage_full"]),
        operation(
            Method::DELETE,
            "/api/admin/groups/{id}",
            "deleteGroup",
            "Deletes a group for good, with all that was written and sent in it (administrators). Its \
             members lose it at once; files and the search's words follow. The password must have been \
             confirmed for `delete-group`.",
        )
        .gives_nothing("It is gone.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
        get(
            "/api/admin/groups/{id}/members",
            "adminGroupMembers",
            "Who is in a group (administrators).",
        )
        .query("cursor", "From the page before.", &text)
        .paged()
        .gives::<groups::GroupMembers>(200, "A page.")
        .refuses(&["forbidden"]),
        operation(
            Method::PUT,
            "/api/admin/groups/{id}/owner",
            "giveOwner",
            "Makes a member the owner of a group that has none whose account is enabled \
             (administrators).",
        )
        .takes::<groups::NewOwner>(&json!({"userId": "0123456789abc"}))
        .gives::<groups::Group>(200, "The group as it is now.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
    ]
}

fn of_house() -> Vec<Operation> {
    vec![
        get(
            "/api/admin/house",
            "houseRules",
            "Who may make an account, and how long sessions stand (administrators).",
        )
        .gives::<house::HouseRules>(200, "As it is now.")
        .refuses(&["forbidden"]),
        operation(
            Method::PATCH,
            "/api/admin/house",
            "changeHouseRules",
            "Settles who may make an account, and how long sessions stand (administrators).",
        )
        .takes::<house::HouseAsked>(&json!({"registration": "open"}))
        .gives::<house::HouseRules>(200, "As it is now.")
        .refuses(&["forbidden", "storage_full"]),
    ]
}

fn backups() -> Vec<Operation> {
    vec![
        get(
            "/api/admin/backups",
            "adminBackups",
            "The server's own backups, and what goes on with them (administrators).",
        )
        .gives::<backups::BackupsNow>(200, "As it is now.")
        .refuses(&["forbidden"]),
        operation(
            Method::POST,
            "/api/admin/backups",
            "makeBackup",
            "Makes a backup now (administrators). Where one is being written, that is the one; one that \
             is only checked any more is followed by another.",
        )
        .gives::<backups::BackupsNow>(202, "It is begun; ask how far it has come.")
        .refuses(&["forbidden"]),
        get(
            "/api/admin/backups/{name}",
            "fetchBackup",
            "A whole backup (administrators), if the settings allow it and the password was given \
             again for `backups` in the last five minutes.",
        )
        .gives_bytes(200, "The backup.")
        .refuses(&["forbidden", "not_found"]),
        operation(
            Method::POST,
            "/api/auth/confirm",
            "confirmPassword",
            "Gives one's password again; it counts for five minutes, this session and one purpose, \
             and once but for `backups`.",
        )
        .takes::<confirm::Again>(
            &json!({"password": "correct horse battery", "purpose": "backups"}),
        )
        .gives_nothing("It does.")
        .refuses(&["invalid_credentials"]),
    ]
}

fn passwords() -> Vec<Operation> {
    vec![
        operation(
            Method::POST,
            "/api/users/{id}/reset-link",
            "makeResetLink",
            "Makes a link by which somebody chooses a new password, once, within 24 hours \
             (administrators). It takes the place of the one before.",
        )
        .gives::<resets::ResetLinkMade>(201, "The link, shown this once.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
        get(
            "/api/resets/{code}",
            "resetState",
            "Whose password a link is for.",
        )
        .open()
        .gives::<link::LinkState<'_>>(200, "It can be used.")
        .refuses(&["reset_invalid"]),
        operation(
            Method::POST,
            "/api/resets/{code}",
            "resetPassword",
            "Sets the password of whoever the link is for, ends all their sessions and signs them in \
             here. The link is used up.",
        )
        .open()
        .takes::<users::NewPassword>(&json!({"newPassword": "correct horse battery"}))
        .gives::<auth::LoggedIn>(200, "They are signed in.")
        .refuses(&["reset_invalid", "storage_full"]),
    ]
}

fn get(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(Method::GET, path, name, summary)
}
