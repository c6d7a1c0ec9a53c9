//! How accounts are made: the first administrator by the setup link, others by an invite
//! (`invites`) or from the command line; and the room "Everyone" that all of them join.

use std::net::IpAddr;

use subtle::ConstantTimeEq;

use super::decision::Decision;
use super::fields;
use super::limits::{LimitKey, LimitedAction};
use super::{Answer, Device, NewAccount, Service, ServiceError, SetUp, SetupState};
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, Seq, UserId};
use crate::model::name::fold;
use crate::model::view::UserView;
use crate::model::{Account, Conversation, EventBody, Member, MemberRole, OwnSettings, Role};
use crate::store::{Reads, accounts, conversations};

/// The name of the room that everybody joins, until somebody changes it.
const EVERYONE: &str = "Everyone";

/// How many accounts are read at once.
const SLICE: usize = 500;

/// An account whose fields are valid and whose password is hashed.
#[derive(Clone, Debug)]
pub(super) struct Applicant {
    pub id: UserId,
    username: String,
    display_name: String,
    role: Role,
    password_hash: String,
}

impl Applicant {
    fn account(&self, now: Timestamp) -> Account {
        Account {
            id: self.id,
            username: self.username.clone(),
            display_name: self.display_name.clone(),
            role: self.role,
            disabled: false,
            password_hash: self.password_hash.clone(),
            created_at: now,
            last_seen_at: None,
            avatar: None,
        }
    }
}

impl Service {
    /// What a setup link with this token is good for, for somebody at this address.
    /// Errors: `rate_limited`.
    pub fn setup_state(&self, token: Option<&str>, from: IpAddr) -> Answer<SetupState> {
        self.limit(LimitedAction::Join, LimitKey::network(from))?;
        let needed = self.needs_setup()?;
        let valid = needed && token.is_some_and(|token| self.is_setup_token(token));
        Ok(SetupState { needed, valid })
    }

    /// The token of the setup link while the server waits for its first administrator.
    pub fn setup_token(&self) -> Option<String> {
        let needed = self.needs_setup().unwrap_or(false);
        needed.then(|| self.0.store.installation().setup_token.clone())
    }

    /// Makes the first administrator and the room "Everyone" with all accounts so far in it, and
    /// signs them in. Errors: `setup_done` (also for a wrong token), fields, `username_taken`,
    /// `rate_limited`.
    pub async fn setup(&self, token: String, new: NewAccount, device: Device) -> Answer<SetUp> {
        self.limit(LimitedAction::Join, LimitKey::network(device.address))?;
        if !self.is_setup_token(&token) || !self.needs_setup()? {
            return Err(ServiceError::SetupDone);
        }
        let applicant = self.applicant(new, Role::Admin).await?;
        let (user, room) = (applicant.id, ConversationId(self.next_id()));
        let session = self.new_session(&device);
        let started = session.clone();
        let invite = self.new_invite(user, None);
        let invite = self
            .decide(move |state, now| {
                if conversations::everyone(state)?.is_some() {
                    return Err(ServiceError::SetupDone);
                }
                let mut events = first_admin(state, now, &applicant, room)?;
                events.push(started.start(user, now));
                let invite = invite.made(now);
                events.push(EventBody::InviteCreated(invite.clone()));
                Ok(Decision::events(events, invite))
            })
            .await?;
        let signed_in = self.signed_in(user, session)?;
        let conversation = self.conversation_view(signed_in.caller.user, room)?;
        Ok(SetUp {
            signed_in,
            conversation,
            invite,
        })
    }

    /// Makes an account from the command line. The first administrator made so makes the room
    /// "Everyone" too. Errors: fields, `username_taken`.
    pub async fn add_user(&self, new: NewAccount, role: Role) -> Answer<UserView> {
        let applicant = self.applicant(new, role).await?;
        let (user, room) = (applicant.id, ConversationId(self.next_id()));
        self.decide(move |state, now| {
            let first = role == Role::Admin && conversations::everyone(state)?.is_none();
            let events = if first {
                first_admin(state, now, &applicant, room)?
            } else {
                admit(state, now, &applicant)?
            };
            Ok(Decision::events(events, ()))
        })
        .await?;
        self.user_view(user)
    }

    fn needs_setup(&self) -> Answer<bool> {
        Ok(conversations::everyone(&self.0.store.view())?.is_none())
    }

    fn is_setup_token(&self, token: &str) -> bool {
        let right = self.0.store.installation().setup_token.as_bytes();
        token.as_bytes().ct_eq(right).into()
    }

    /// Checks the fields of a new account and hashes its password. That the name is free is
    /// decided later; one that is known to be taken is refused before the costly part.
    pub(super) async fn applicant(&self, new: NewAccount, role: Role) -> Answer<Applicant> {
        let username = fields::username(&new.username)?;
        let display_name = fields::display_name_or(new.display_name.as_deref(), &username)?;
        let display_name = display_name.into_owned();
        let password = fields::new_password("password", &new.password)?;
        require_free(&self.0.store.view(), &username)?;
        Ok(Applicant {
            id: UserId(self.next_id()),
            username,
            display_name,
            role,
            password_hash: self.0.passwords.hash(password).await?,
        })
    }
}

fn require_free(state: &dyn Reads, username: &str) -> Answer<()> {
    match accounts::find_by_username(state, &fold(username))? {
        Some(_) => Err(ServiceError::UsernameTaken),
        None => Ok(()),
    }
}

/// Makes an account, and a member of "Everyone" where that exists.
pub(super) fn admit(
    state: &dyn Reads,
    now: Timestamp,
    applicant: &Applicant,
) -> Answer<Vec<EventBody>> {
    require_free(state, &applicant.username)?;
    if accounts::find(state, applicant.id)?.is_some() {
        // Two of the same millisecond with the same random bits, from before a restart.
        return Err(ServiceError::ServerBusy);
    }
    let mut events = vec![EventBody::AccountCreated(applicant.account(now))];
    if let Some(everyone) = conversations::everyone(state)? {
        let everyone = conversations::find(state, everyone)?.ok_or(ServiceError::NotFound)?;
        events.push(join(&everyone, applicant.id, MemberRole::Member, now));
    }
    Ok(events)
}

/// Somebody becomes a member, to whom everything so far counts as read.
pub(super) fn join(
    conversation: &Conversation,
    user: UserId,
    role: MemberRole,
    now: Timestamp,
) -> EventBody {
    EventBody::MemberAdded(Member {
        conversation: conversation.id,
        user,
        role,
        joined_at: now,
        last_read_seq: conversation.last_seq,
        last_read_at: None,
        unread_from: None,
        own: OwnSettings::default(),
    })
}

/// Makes the first administrator, and "Everyone" with all accounts in it.
fn first_admin(
    state: &dyn Reads,
    now: Timestamp,
    applicant: &Applicant,
    room: ConversationId,
) -> Answer<Vec<EventBody>> {
    let mut events = admit(state, now, applicant)?;
    let everyone = new_group(room, EVERYONE.into(), true, now);
    events.push(EventBody::ConversationCreated(everyone.clone()));
    events.push(join(&everyone, applicant.id, MemberRole::Owner, now));
    let mut after = None;
    loop {
        let slice = accounts::page(state, after, SLICE)?;
        let joined = slice.iter();
        events.extend(joined.map(|a| join(&everyone, a.id, MemberRole::Member, now)));
        after = slice.last().map(|account| account.id);
        if slice.len() < SLICE {
            return Ok(events);
        }
    }
}

/// A group without members and messages.
pub(super) fn new_group(
    id: ConversationId,
    title: String,
    everyone: bool,
    now: Timestamp,
) -> Conversation {
    Conversation {
        id,
        title: Some(title),
        is_group: true,
        everyone,
        created_at: now,
        updated_at: now,
        last_seq: Seq(0),
        member_count: 0,
        avatar: None,
    }
}
