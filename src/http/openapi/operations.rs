//! What each address of the API does, takes and gives.
//!
//! Words and shapes only; `routes` decides which address exists, a test compares the two.

use http::Method;
use serde_json::{Value, json};

use super::describe::{Operation, operation};
use super::{of_admin, of_devices, of_files, of_search};
use crate::http::{auth, conversations, health, invites, members, messages, own, setup, users};
use crate::model::view::{ConversationView, MemberView, MessageView, UserView};

/// All of them.
pub(super) fn all() -> Vec<Operation> {
    let mut all = vec![
        get("/api/health", "health", "Whether the server works.")
            .open()
            .gives::<health::Health>(200, "It does."),
        get("/api/openapi.json", "describe", "This document.")
            .open()
            .gives::<Value>(200, "OpenAPI 3.1."),
    ];
    all.extend(coming_in());
    all.extend(oneself());
    all.extend(inviting());
    all.extend(people());
    all.extend(talks());
    all.extend(membership());
    all.extend(words());
    all.extend(second_thoughts());
    all.extend(own_view());
    all.extend(of_admin::all());
    all.extend(of_devices::all());
    all.extend(of_files::all());
    all.extend(of_search::all());
    all
}

fn get(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(Method::GET, path, name, summary)
}

fn post(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(Method::POST, path, name, summary)
}

fn patch(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(Method::PATCH, path, name, summary)
}

fn delete(path: &'static str, name: &'static str, summary: &'static str) -> Operation {
    operation(Method::DELETE, path, name, summary)
}

fn text() -> Value {
    json!({"type": "string"})
}

fn coming_in() -> [Operation; 6] {
    [
        get("/api/setup", "setupState", "What a setup link is good for.")
            .open()
            .query("token", "From the setup link.", &text())
            .gives::<setup::SetupState>(200, "Whether it can be used."),
        post(
            "/api/setup",
            "setUp",
            "Makes the first administrator and the group “Everyone”.",
        )
        .open()
        .takes::<setup::Setup>(&json!({
            "token": "from-the-setup-link",
            "username": "ada",
            "displayName": "Ada Lovelace",
            "password": "correct horse battery",
        }))
        .gives::<setup::SetupDone>(201, "The administrator is signed in.")
        .refuses(&["setup_done", "username_taken", "storage_full"]),
        post("/api/auth/login", "signIn", "Signs somebody in.")
            .open()
            .takes::<auth::Login>(&json!({
                "username": "ada",
                "password": "correct horse battery",
            }))
            .gives::<auth::LoggedIn>(200, "They are signed in.")
            .refuses(&["invalid_credentials", "storage_full"]),
        post(
            "/api/auth/register",
            "register",
            "Makes an account without an invite, where `registration` is `open`.",
        )
        .open()
        .takes::<invites::Accept>(&json!({
            "username": "mary",
            "displayName": "Mary Somerville",
            "password": "correct horse battery",
        }))
        .gives::<invites::Accepted>(201, "They are signed in.")
        .refuses(&[
            "registration_closed",
            "registration_busy",
            "house_full",
            "username_taken",
            "storage_full",
        ]),
        get(
            "/api/auth/session",
            "session",
            "Whether somebody is signed in, and who; and who may make an account.",
        )
        .open()
        .gives::<auth::Here>(200, "The caller, or nobody."),
        post("/api/auth/logout", "signOut", "Ends the caller's session.")
            .gives_nothing("It is ended.")
            .refuses(&["storage_full"]),
    ]
}

fn oneself() -> [Operation; 6] {
    [
        get("/api/auth/me", "me", "Who is signed in.").gives::<auth::Me>(200, "The caller."),
        patch(
            "/api/auth/me",
            "setDisplayName",
            "Changes the caller's display name.",
        )
        .takes::<auth::Profile>(&json!({"displayName": "Ada"}))
        .gives::<auth::OneUser>(200, "The caller, renamed.")
        .refuses(&["storage_full"]),
        post(
            "/api/auth/password",
            "changePassword",
            "Changes the caller's password and ends all their other sessions.",
        )
        .takes::<auth::PasswordChange>(&json!({
            "currentPassword": "correct horse battery",
            "newPassword": "staple battery horse",
        }))
        .gives_nothing("It is changed.")
        .refuses(&["invalid_credentials", "storage_full"]),
        get(
            "/api/auth/sessions",
            "sessions",
            "The caller's signed-in devices.",
        )
        .gives::<auth::Sessions>(200, "All of them."),
        delete(
            "/api/auth/sessions",
            "endOtherSessions",
            "Ends all of the caller's sessions but the one that asks.",
        )
        .gives_nothing("They are ended.")
        .refuses(&["storage_full"]),
        delete(
            "/api/auth/sessions/{id}",
            "endSession",
            "Ends one of the caller's sessions.",
        )
        .gives_nothing("It is ended.")
        .refuses(&["storage_full"]),
    ]
}

fn inviting() -> [Operation; 6] {
    const PREVIEW: &str = "/api/invites/{code}/preview";
    const ACCEPT: &str = "/api/invites/{code}/accept";
    const JOIN: &str = "/api/invites/{code}/join";
    [
        get(
            "/api/invites",
            "invites",
            "The invites that the caller may hand out.",
        )
        .gives::<invites::Invites>(200, "Their own; for an administrator all."),
        post(
            "/api/invites",
            "createInvite",
            "Makes an invite: administrators, and group owners.",
        )
        .takes::<invites::InviteAsked>(&json!({"expiresInHours": 24, "maxUses": 5}))
        .gives::<invites::InviteMade>(201, "It is made.")
        .refuses(&["forbidden", "not_found", "conflict", "storage_full"]),
        delete("/api/invites/{id}", "revokeInvite", "Takes an invite back.")
            .gives_nothing("It works no more.")
            .refuses(&["storage_full"]),
        get(PREVIEW, "previewInvite", "What an invite leads to.")
            .open()
            .gives::<invites::Preview>(200, "Who invites, and where to.")
            .refuses(&["invite_invalid"]),
        post(
            ACCEPT,
            "acceptInvite",
            "Makes an account by an invite and signs it in.",
        )
        .open()
        .takes::<invites::Accept>(&json!({
            "username": "grace",
            "password": "correct horse battery",
        }))
        .gives::<invites::Accepted>(201, "They are signed in.")
        .refuses(&[
            "invite_invalid",
            "registration_closed",
            "username_taken",
            "storage_full",
        ]),
        post(
            JOIN,
            "joinByInvite",
            "Takes the caller into the group that an invite leads to.",
        )
        .gives::<invites::OneConversation>(200, "They are a member.")
        .refuses(&["invite_invalid", "conflict", "storage_full"]),
    ]
}

fn people() -> [Operation; 4] {
    const USER: &str = "/api/users/{id}";
    [
        get("/api/users", "users", "The directory, by name.")
            .paged()
            .query(
                "q",
                "Start of the username, or of a word of the display name.",
                &text(),
            )
            .gives::<users::Users>(200, "Who was found."),
        get(USER, "user", "One person.").gives::<UserView>(200, "They exist."),
        patch(
            USER,
            "changeUser",
            "Disables, enables, promotes or demotes: administrators.",
        )
        .takes::<users::UserChange>(&json!({"disabled": false}))
        .gives::<auth::OneUser>(200, "The person, changed.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
        post(
            "/api/users/{id}/password",
            "setPassword",
            "Gives somebody a password and ends all their sessions: administrators.",
        )
        .takes::<users::NewPassword>(&json!({"newPassword": "staple battery horse"}))
        .gives_nothing("It is set.")
        .refuses(&["forbidden", "storage_full"]),
    ]
}

fn talks() -> [Operation; 4] {
    const ONE: &str = "/api/conversations/{id}";
    [
        get(
            "/api/conversations",
            "conversations",
            "The caller's conversations.",
        )
        .paged()
        .query("cursor", "`next` of the part before.", &text())
        .gives::<conversations::Conversations>(200, "The newest activity first."),
        post(
            "/api/conversations",
            "createConversation",
            "Makes a group, or opens the direct conversation of two people.",
        )
        .takes::<conversations::ConversationAsked>(&json!({
            "title": "Engines",
            "isGroup": true,
            "members": [],
        }))
        .gives::<ConversationView>(201, "It is made.")
        .gives::<ConversationView>(200, "These two have had it already.")
        .refuses(&["storage_full"]),
        get(
            ONE,
            "conversation",
            "One conversation, with up to 200 members.",
        )
        .gives::<ConversationView>(200, "As the caller sees it."),
        patch(ONE, "renameConversation", "Names a group: its owners.")
            .takes::<conversations::Title>(&json!({"title": "Analytical engines"}))
            .gives::<ConversationView>(200, "The group, renamed.")
            .refuses(&["forbidden", "conflict", "storage_full"]),
    ]
}

fn membership() -> [Operation; 4] {
    const ALL: &str = "/api/conversations/{id}/members";
    const ONE: &str = "/api/conversations/{id}/members/{userId}";
    [
        get(ALL, "members", "Who belongs to a conversation.")
            .paged()
            .query("cursor", "`next` of the part before.", &text())
            .gives::<members::Members>(200, "By id."),
        post(ALL, "addMembers", "Adds people to a group: its owners.")
            .takes::<members::MembersAsked>(&json!({"members": ["ada"]}))
            .gives::<members::MembersAdded>(200, "Who was not a member before.")
            .refuses(&["forbidden", "conflict", "storage_full"]),
        patch(
            ONE,
            "changeMember",
            "Makes a member owner, or an owner member: owners.",
        )
        .takes::<members::MemberChange>(&json!({"role": "owner"}))
        .gives::<MemberView>(200, "The member, changed.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
        delete(
            ONE,
            "removeMember",
            "Removes a member: owners. Oneself: leaves the group.",
        )
        .gives_nothing("They are no member any more.")
        .refuses(&["forbidden", "conflict", "storage_full"]),
    ]
}

fn words() -> [Operation; 3] {
    const CURSOR: &str = "A cursor of an earlier page, or a message's `seq`.";
    let digits = json!({"type": "string", "pattern": "^[0-9]{1,20}$"});
    [
        get(
            "/api/conversations/{id}/messages",
            "messages",
            "A page of a conversation's history; the newest if no place is given.",
        )
        .paged()
        .query("before", CURSOR, &digits)
        .query("after", CURSOR, &digits)
        .query(
            "around",
            "A message's `seq`, to see both sides of.",
            &digits,
        )
        .gives::<messages::Page>(200, "Oldest first."),
        post(
            "/api/conversations/{id}/read",
            "markRead",
            "Says how far the caller has read.",
        )
        .takes::<messages::ReadMark>(&json!({"seq": 0}))
        .gives_nothing("It is noted.")
        .refuses(&["storage_full"]),
        post(
            "/api/messages/realtime",
            "sendMessage",
            "Sends a message to everybody there.",
        )
        .takes::<messages::MessageAsked>(&json!({
            "conversationId": "0000000000001",
            "content": "Hello",
            "attachments": [],
            "clientId": "a-name-of-your-own",
        }))
        .gives::<MessageView>(201, "It is stored, and on its way.")
        .gives::<MessageView>(200, "It had been stored before, under the same `clientId`.")
        .refuses(&["not_found", "storage_full"]),
    ]
}

fn second_thoughts() -> [Operation; 3] {
    const ONE: &str = "/api/messages/{id}";
    [
        patch(ONE, "editMessage", "Changes what a message says: its sender.")
            .takes::<messages::Words>(&json!({"content": "Hello again"}))
            .gives::<MessageView>(200, "The message, changed.")
            .refuses(&["forbidden", "conflict", "storage_full"]),
        delete(
            ONE,
            "deleteMessage",
            "Erases a message, its earlier versions and its files: its sender, and the group's owners.",
        )
        .gives_nothing("It is erased.")
        .refuses(&["forbidden", "storage_full"]),
        get(
            "/api/messages/{id}/history",
            "messageHistory",
            "What a message has said.",
        )
        .gives::<messages::History>(200, "Oldest first."),
    ]
}

fn own_view() -> [Operation; 4] {
    [
        patch(
            "/api/conversations/{id}/settings",
            "changeOwnSettings",
            "Mutes, pins or archives a conversation for the caller alone.",
        )
        .takes::<own::SettingsChange>(&json!({"muted": true}))
        .gives::<ConversationView>(200, "As the caller sees it.")
        .refuses(&["storage_full"]),
        post(
            "/api/conversations/{id}/unread",
            "markUnread",
            "Lets messages count as unread again, for the caller alone.",
        )
        .takes::<own::UnreadMark>(&json!({"seq": 1}))
        .gives_nothing("It is noted.")
        .refuses(&["storage_full"]),
        operation(
            Method::PUT,
            "/api/conversations/{id}/draft",
            "setDraft",
            "Keeps what the caller began to write.",
        )
        .takes::<own::DraftWords>(&json!({"content": "Dear"}))
        .gives_nothing("It is kept.")
        .refuses(&["conflict", "storage_full"]),
        get("/api/drafts", "drafts", "What the caller began to write.")
            .gives::<own::Drafts>(200, "All of it."),
    ]
}
