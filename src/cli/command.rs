//! What the command line asks of the service, the same on a running and on a stopped server.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::model::Actor;
use crate::model::account::Role;
use crate::model::view::UserView;
use crate::server::Links;
use crate::service::{AccountChange, NewAccount, NewResetLink, Service, ServiceError};

/// One task. Not `Debug`: it may hold a password.
#[derive(Serialize, Deserialize)]
#[serde(
    tag = "command",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum Command {
    AddUser {
        username: String,
        display_name: Option<String>,
        password: String,
        admin: bool,
    },
    ListUsers {
        json: bool,
    },
    SetPassword {
        username: String,
        password: String,
    },
    SetDisabled {
        username: String,
        disabled: bool,
    },
    SetupLink,
    /// Begins to give space back.
    Compact,
    /// Which run of which version this is, so that one is told from the next.
    WhichRun,
    /// Makes way for the program that is installed now.
    Restart,
    /// Makes a link by which somebody chooses a new password.
    Rescue {
        username: String,
    },
    /// Answered with what the doctor finds, as JSON, by a running server only.
    Examine,
    /// Answered by a transfer, not by a line. Who asks for it hears how far it is; an older server does not
    /// know that wish, and an older command line does not have it.
    BackUp {
        #[serde(default)]
        told: bool,
    },
}

impl Command {
    /// Does it. Both results are for people: what to print, or one sentence about what is wrong.
    pub async fn run(self, service: &Service, links: &Links) -> Result<String, String> {
        match self {
            Self::AddUser {
                username,
                display_name,
                password,
                admin,
            } => {
                let role = if admin { Role::Admin } else { Role::Member };
                let new = NewAccount {
                    username,
                    display_name,
                    password,
                };
                let user = service.add_user(new, role).await.map_err(sentence)?;
                let what = if admin {
                    "the administrator"
                } else {
                    "the member"
                };
                Ok(format!("Added {what} {}.\n", user.username))
            }
            Self::ListUsers { json } => {
                let users = service.all_users();
                if json {
                    as_json(&users)
                } else {
                    Ok(as_table(&users))
                }
            }
            Self::SetPassword { username, password } => {
                let user = find(service, &username)?;
                let set = service.set_password(Actor::System, user.id, password).await;
                set.map_err(sentence)?;
                Ok(format!(
                    "{} has a new password and is signed out everywhere.\n",
                    user.username
                ))
            }
            Self::SetDisabled { username, disabled } => {
                let user = find(service, &username)?;
                let change = AccountChange {
                    disabled: Some(disabled),
                    ..AccountChange::default()
                };
                let changed = service.change_account(Actor::System, user.id, change).await;
                changed.map_err(sentence)?;
                let what = if disabled {
                    "disabled and signed out everywhere"
                } else {
                    "enabled"
                };
                Ok(format!("{} is {what}.\n", user.username))
            }
            Self::SetupLink => match service.setup_token() {
                Some(token) => Ok(setup_links(links, &token)),
                None => Err(sentence(ServiceError::SetupDone)),
            },
            Self::Compact => {
                service.compact_soon().map_err(sentence)?;
                Ok(
                    "The server gives space back while it runs; its log says when it is done.\n"
                        .into(),
                )
            }
            Self::Rescue { username } => {
                let user = find(service, &username)?;
                let made = service.make_reset_link(Actor::System, user.id).await;
                let made = made.map_err(sentence)?;
                Ok(rescue_links(links, &user.username, &made))
            }
            Self::WhichRun | Self::Restart | Self::Examine | Self::BackUp { .. } => {
                Err("only a running server can do that".to_owned())
            }
        }
    }
}

/// The link that makes the first administrator, under one base URL.
pub(super) fn setup_link(base: &str, token: &str) -> String {
    format!("{base}/setup?token={token}")
}

/// Why a browser warns, and where it is told what ends that; for the server's own authority only.
pub(super) fn about_trust(page: &str) -> String {
    format!(
        "The browser warns that the connection is not private? It does so on each device that does not\n\
         trust this server's own authority yet. This page shows how it learns that, once:\n\n  {page}\n"
    )
}

/// The links alone in their lines, so that a script finds them, then what helps to open them.
fn setup_links(links: &Links, token: &str) -> String {
    let mut text = String::new();
    for base in &links.people {
        text.push_str(&setup_link(base, token));
        text.push('\n');
    }
    if let Some(page) = &links.trust {
        text.push('\n');
        text.push_str(&about_trust(page));
    }
    text
}

fn rescue_links(links: &Links, username: &str, made: &NewResetLink) -> String {
    let mut text = format!(
        "{username} chooses a new password here. It works once, until {}:\n\n",
        made.expires_at
    );
    for base in &links.people {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{base}/reset/{}", made.code);
    }
    text
}

fn find(service: &Service, username: &str) -> Result<UserView, String> {
    service.find_user(username).map_err(|error| match error {
        ServiceError::NotFound => {
            format!("there is no user {username:?}; see `inkspot user list`")
        }
        error => sentence(error),
    })
}

fn as_json(users: &[UserView]) -> Result<String, String> {
    let json = serde_json::to_string(users).map_err(|error| error.to_string())?;
    Ok(json + "\n")
}

/// One line each: name, role, state, creation, display name.
fn as_table(users: &[UserView]) -> String {
    let width = users
        .iter()
        .map(|user| user.username.chars().count())
        .max()
        .unwrap_or(0);
    let mut table = String::new();
    for user in users {
        let role = match user.role {
            Role::Admin => "admin",
            Role::Member => "member",
        };
        let state = if user.disabled { "disabled" } else { "enabled" };
        // Writing to a string can't fail.
        let _ = writeln!(
            table,
            "{:width$}  {role:6}  {state:8}  {}  {}",
            user.username, user.created_at, user.display_name
        );
    }
    table
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn sentence(error: ServiceError) -> String {
    match (&error, error.log(), error.field()) {
        (_, Some(log), _) => log.to_owned(),
        (ServiceError::InvalidField { .. }, None, Some(field)) => {
            format!("{field}: {}", error.message())
        }
        _ => error.message().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setup_link_comes_with_the_page_about_trust_where_an_own_authority_needs_it() {
        let mut links = Links {
            people: vec![
                "https://192.0.2.1:8443".to_owned(),
                "https://inkspot.local:8443".to_owned(),
            ],
            ..Links::default()
        };
        let bare = "https://192.0.2.1:8443/setup?token=T0KEN\n\
             https://inkspot.local:8443/setup?token=T0KEN\n";
        assert_eq!(setup_links(&links, "T0KEN"), bare);
        links.trust = Some("http://192.0.2.1:8080/trust".to_owned());
        let text = setup_links(&links, "T0KEN");
        assert!(text.starts_with(bare), "{text}");
        assert!(
            text.ends_with("\n\n  http://192.0.2.1:8080/trust\n"),
            "{text}"
        );
    }
}
