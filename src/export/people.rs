//! Who somebody is, as pages show it.

use std::collections::HashMap;

use super::{ExportError, rows};
use crate::model::{Conversation, UserId};
use crate::store::{View, accounts};

/// How many names are remembered.
const KNOWN: usize = 4096;
/// How many names stand at the head of a conversation.
const SHOWN: usize = 12;

/// Names that were looked up.
#[derive(Default)]
pub struct People(HashMap<UserId, String>);

impl People {
    /// What others see of somebody.
    pub fn name(&mut self, view: &View, user: UserId) -> Result<String, ExportError> {
        if let Some(name) = self.0.get(&user) {
            return Ok(name.clone());
        }
        let account = accounts::find(view, user)?;
        let name = account.map_or_else(|| "somebody".to_owned(), |it| it.display_name);
        if self.0.len() >= KNOWN {
            self.0.clear();
        }
        self.0.insert(user, name.clone());
        Ok(name)
    }

    /// The name of a group, or who the two are.
    pub fn title(
        &mut self,
        view: &View,
        conversation: &Conversation,
        members: &[rows::Member],
    ) -> Result<String, ExportError> {
        match &conversation.title {
            Some(title) => Ok(title.clone()),
            None => self.first_names(view, members),
        }
    }

    /// The first of them, and how many more there are.
    pub fn first_names(
        &mut self,
        view: &View,
        members: &[rows::Member],
    ) -> Result<String, ExportError> {
        let mut names = Vec::new();
        for member in members.iter().take(SHOWN) {
            names.push(self.name(view, member.user)?);
        }
        let text = names.join(", ");
        Ok(match members.len() {
            0 => "nobody".to_owned(),
            count if count > SHOWN => format!("{text} and {} more", count - SHOWN),
            _ => text,
        })
    }
}
