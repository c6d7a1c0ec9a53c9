//! Whom a message names: `@username` of a member, `@all` in a group.

use super::Answer;
use super::fields::{USERNAME_MAX, in_username};
use crate::model::ids::UserId;
use crate::model::name::fold;
use crate::model::{Conversation, Mentions};
use crate::store::{Reads, accounts, members};

/// How many different names of one message are looked up; those that follow are only words.
pub const NAMES_MAX: usize = 50;

/// What stands for everybody.
const ALL: &str = "all";

/// The names in a text, folded, whether somebody has them or not.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// The first names that are written after an `@`. One inside a word is none: it is an address.
    pub(super) fn of(content: &str) -> Self {
        let mut names: Vec<String> = Vec::new();
        for (at, _) in content.match_indices('@') {
            if content[..at].chars().next_back().is_some_and(in_username) {
                continue;
            }
            let after = &content[at + 1..];
            let end = after.find(|c| !in_username(c)).unwrap_or(after.len());
            let name = &after[..end];
            // Folding can make one shorter, but not as much as that.
            if name.is_empty() || name.chars().nth(USERNAME_MAX * 4).is_some() {
                continue;
            }
            let name = fold(name);
            if !names.contains(&name) {
                names.push(name);
            }
            if names.len() == NAMES_MAX {
                break;
            }
        }
        Self(names)
    }

    /// Those of them who are members, except who writes it.
    pub(super) fn find(
        &self,
        state: &dyn Reads,
        conversation: &Conversation,
        sender: UserId,
    ) -> Answer<Mentions> {
        let mut found = Mentions::default();
        for name in &self.0 {
            // A name can end like a sentence.
            let bare = name.trim_end_matches(['.', '-', '_']);
            if bare == ALL && conversation.is_group {
                found.all = true;
                continue;
            }
            let mut user = member(state, conversation, name)?;
            if user.is_none() && bare != name {
                user = member(state, conversation, bare)?;
            }
            let fresh = |user: &UserId| *user != sender && !found.users.contains(user);
            if let Some(user) = user.filter(fresh) {
                found.users.push(user);
            }
        }
        Ok(found)
    }
}

fn member(state: &dyn Reads, conversation: &Conversation, name: &str) -> Answer<Option<UserId>> {
    let Some(account) = accounts::find_by_username(state, name)? else {
        return Ok(None);
    };
    let member = members::find(state, conversation.id, account.id)?;
    Ok(member.map(|member| member.user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_alone_and_end_where_a_name_ends() {
        for (text, expected) in [
            ("@ada hi", vec!["ada"]),
            ("hi @Ada, @bob-2!", vec!["ada", "bob-2"]),
            ("(@ada) \"@bob\"\n@eve", vec!["ada", "bob", "eve"]),
            ("@ada.", vec!["ada."]),
            ("@ÉRIC @éric", vec!["éric"]),
            ("mail ada@bob.example or a@b", vec![]),
            ("@ @@ada @-", vec!["ada", "-"]),
            ("@\u{200b}ada", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(Names::of(text).0, expected, "{text}");
        }
    }

    #[test]
    fn of_very_many_names_some_count_and_of_endless_ones_none() {
        let names: Vec<_> = (0..10_000).map(|n| format!("@{n}")).collect();
        let text = names.join(" ");
        let names = Names::of(&text);
        assert_eq!((names.0.len(), names.0[49].as_str()), (NAMES_MAX, "49"));
        assert_eq!(Names::of(&"@ada ".repeat(10_000)).0, ["ada"]);
        assert_eq!(Names::of(&format!("@{}", "a".repeat(129))).0, [""; 0]);
        assert_eq!(Names::of(&format!("@{}", "a".repeat(128))).0.len(), 1);
    }
}
