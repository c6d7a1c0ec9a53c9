//! Invites: how people come in, and into groups.

use std::cmp::Reverse;
use std::net::IpAddr;
use std::time::Duration;

use super::decision::Decision;
use super::fields;
use super::house::registration;
use super::limits::{LimitKey, LimitedAction};
use super::members::require_room;
use super::rules::{require_account, require_member, require_open};
use super::setup::{admit, join};
use super::{
    Answer, Caller, Device, InviteObstacle, InvitePreview, Joined, NewAccount, NewInvite, Service,
    ServiceError,
};
use crate::base::clock::Timestamp;
use crate::model::ids::{ConversationId, InviteId, UserId};
use crate::model::view::ConversationView;
use crate::model::{Account, EventBody, GroupState, Invite, MemberRole, Registration, Role};
use crate::store::{Reads, accounts, conversations, groups, invites, members};

/// The most invites of one person that work at the same time.
const MOST: usize = 100;

/// Characters of an invite's code.
const CODE_LEN: usize = 43;

/// Hours that an invite may work: at least, at most, if nothing is said.
const HOURS: (u32, u32, u32) = (1, 720, 168);

/// People that an invite may let in: at least, at most, if nothing is said.
const USES: (u32, u32, u32) = (1, 1000, 10);

/// An invite in the making.
pub(super) struct InviteDraft {
    invite: Invite,
    hours: u32,
}

impl InviteDraft {
    /// The invite, from when it is decided.
    pub(super) fn made(self, now: Timestamp) -> Invite {
        let hours = Duration::from_hours(u64::from(self.hours));
        Invite {
            created_at: now,
            expires_at: Some(now.plus(hours)),
            ..self.invite
        }
    }
}

impl Service {
    pub(super) fn new_invite(
        &self,
        created_by: UserId,
        conversation: Option<ConversationId>,
    ) -> InviteDraft {
        InviteDraft {
            invite: Invite {
                id: InviteId(u128::from_be_bytes(self.0.rng.bytes())),
                code: self.0.rng.token(),
                created_by,
                conversation,
                created_at: Timestamp::default(),
                expires_at: None,
                max_uses: Some(USES.2),
                uses: 0,
            },
            hours: HOURS.2,
        }
    }

    /// Makes an invite: administrators, and an owner of a group for it.
    /// Errors: `forbidden`, `not_found` (a group that the caller is not in), fields, `conflict`
    /// (too many that still work), `rate_limited`.
    pub async fn create_invite(&self, caller: Caller, new: NewInvite) -> Answer<Invite> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        let mut draft = self.new_invite(caller.user, new.conversation);
        if let Some(hours) = new.expires_in_hours {
            draft.hours = fields::number("expiresInHours", hours, HOURS.0, HOURS.1)?;
        }
        if let Some(uses) = new.max_uses {
            draft.invite.max_uses = Some(fields::number("maxUses", uses, USES.0, USES.1)?);
        }
        self.decide(move |state, now| {
            let account = require_account(state, caller)?;
            require_may_invite(state, &account, new.conversation)?;
            if let Some(group) = new.conversation {
                require_open(state, group)?;
            }
            let own = invites::of_user(state, caller.user)?.into_iter();
            let (working, dead): (Vec<_>, Vec<_>) = own.partition(|invite| works(invite, now));
            if working.len() >= MOST {
                let message = "You have very many invites. Please take some back first.";
                return Err(ServiceError::Conflict {
                    field: "invites",
                    message,
                });
            }
            let invite = draft.made(now);
            // What is of no use any more need not be kept.
            let gone = |dead: Invite| EventBody::InviteRevoked { invite: dead.id };
            let mut events: Vec<_> = dead.into_iter().map(gone).collect();
            events.push(EventBody::InviteCreated(invite.clone()));
            Ok(Decision::events(events, invite))
        })
        .await
    }

    /// The invites that still work and that the caller may hand out, newest first: their own, an
    /// administrator all but those to groups that they are not in.
    pub fn invites(&self, caller: Caller) -> Answer<Vec<Invite>> {
        self.limit(LimitedAction::Read, LimitKey::user(caller.user))?;
        let state = self.0.store.view();
        let account = require_account(&state, caller)?;
        let mut found = match account.role {
            Role::Admin => invites::all(&state)?,
            Role::Member => invites::of_user(&state, caller.user)?,
        };
        let now = self.0.clock.now();
        found.retain(|invite| works(invite, now));
        let mut shown = Vec::with_capacity(found.len());
        for invite in found {
            if may_see(&state, caller.user, &invite)? {
                shown.push(invite);
            }
        }
        shown.sort_by_key(|invite| Reverse((invite.created_at, invite.id)));
        Ok(shown)
    }

    /// Takes an invite back: who made it, and administrators. Errors: `not_found`.
    pub async fn revoke_invite(&self, caller: Caller, invite: InviteId) -> Answer<()> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        self.decide(move |state, _| {
            let account = require_account(state, caller)?;
            let found = invites::find(state, invite)?.ok_or(ServiceError::NotFound)?;
            let own = found.created_by == caller.user;
            if !(own || account.role == Role::Admin && may_see(state, caller.user, &found)?) {
                return Err(ServiceError::NotFound);
            }
            let revoked = EventBody::InviteRevoked { invite };
            Ok(Decision::events(vec![revoked], ()))
        })
        .await
    }

    /// What an invite leads to, for somebody at this address. Errors: `invite_invalid`,
    /// `rate_limited`.
    pub fn preview_invite(&self, code: &str, from: IpAddr) -> Answer<InvitePreview> {
        self.limit(LimitedAction::Join, LimitKey::network(from))?;
        let state = self.0.store.view();
        let invite = require_invite(&state, code, self.0.clock.now())?;
        let title = match invite.conversation {
            Some(group) => conversations::find(&state, group)?.and_then(|group| group.title),
            None => None,
        };
        Ok(InvitePreview {
            server_name: self.server_name(),
            invited_by: self.sender_view(invite.created_by).display_name,
            conversation_title: title,
            expires_at: invite.expires_at,
            obstacle: obstacle(&state, &invite, self.registration())?,
        })
    }

    /// Makes an account by an invite and signs it in. Errors: `invite_invalid`, `registration_closed`,
    /// `username_taken`, fields, `conflict` (the group is full), `rate_limited`.
    pub async fn accept_invite(
        &self,
        code: String,
        new: NewAccount,
        device: Device,
    ) -> Answer<Joined> {
        self.limit(LimitedAction::Join, LimitKey::network(device.address))?;
        require_invite(&self.0.store.view(), &code, self.0.clock.now())?;
        require_newcomers(self.registration())?;
        let applicant = self.applicant(new, Role::Member).await?;
        let user = applicant.id;
        let session = self.new_session(&device);
        let started = session.clone();
        let unsettled = self.settings().registration;
        let led_to = self
            .decide(move |state, now| {
                require_newcomers(registration(state, unsettled)?)?;
                let invite = require_invite(state, &code, now)?;
                let everyone = conversations::everyone(state)?;
                let led_to = invite.conversation.or(everyone);
                let led_to = led_to.ok_or(ServiceError::InviteInvalid)?;
                let mut events = admit(state, now, &applicant)?;
                if Some(led_to) != everyone {
                    events.extend(enter(state, now, led_to, user)?);
                }
                events.push(use_up(&invite, user));
                events.push(started.start(user, now));
                Ok(Decision::events(events, led_to))
            })
            .await?;
        Ok(Joined {
            signed_in: self.signed_in(user, session)?,
            conversation: self.conversation_view(user, led_to)?,
        })
    }

    /// Takes the caller, who has an account, into the invite's group ("Everyone" if it has none).
    /// Who is a member already uses no place up. Errors: `invite_invalid`, `conflict` (the group
    /// is full), `rate_limited`.
    pub async fn join_by_invite(&self, caller: Caller, code: String) -> Answer<ConversationView> {
        self.limit(LimitedAction::Account, LimitKey::user(caller.user))?;
        if code.len() != CODE_LEN {
            return Err(ServiceError::InviteInvalid);
        }
        let group = self
            .decide(move |state, now| {
                require_account(state, caller)?;
                let invite = require_invite(state, &code, now)?;
                let everyone = conversations::everyone(state)?;
                let group = invite.conversation.or(everyone);
                let group = group.ok_or(ServiceError::InviteInvalid)?;
                Ok(match enter(state, now, group, caller.user)? {
                    Some(entered) => {
                        let used = use_up(&invite, caller.user);
                        Decision::events(vec![entered, used], group)
                    }
                    None => Decision::nothing(group),
                })
            })
            .await?;
        self.conversation_view(caller.user, group)
    }
}

/// What keeps people out at the moment.
fn obstacle(
    state: &dyn Reads,
    invite: &Invite,
    registration: Registration,
) -> Answer<Option<InviteObstacle>> {
    if let Some(group) = invite.conversation {
        if groups::state(state, group)? == GroupState::ReadOnly {
            return Ok(Some(InviteObstacle::ReadOnly));
        }
        let found = conversations::find(state, group)?;
        if found.is_some_and(|group| require_room(&group, 1).is_err()) {
            return Ok(Some(InviteObstacle::Members));
        }
    }
    let closed = registration == Registration::Closed;
    Ok(closed.then_some(InviteObstacle::Registration))
}

/// Invites let people in who have no account, unless nobody may make one.
fn require_newcomers(registration: Registration) -> Answer<()> {
    match registration {
        Registration::Closed => Err(ServiceError::RegistrationClosed),
        Registration::Invite | Registration::Open => Ok(()),
    }
}

/// Whether an invite lets people in, apart from what its maker may do now.
fn works(invite: &Invite, now: Timestamp) -> bool {
    invite.expires_at.is_none_or(|at| now < at)
        && invite.max_uses.is_none_or(|most| invite.uses < most)
}

/// Whether an administrator, or who made it, may know of an invite.
fn may_see(state: &dyn Reads, user: UserId, invite: &Invite) -> Answer<bool> {
    Ok(match invite.conversation {
        Some(_) if invite.created_by == user => true,
        Some(group) => members::find(state, group, user)?.is_some(),
        None => true,
    })
}

/// Administrators may invite to the server and to groups that they are in, an owner to the group.
fn require_may_invite(
    state: &dyn Reads,
    account: &Account,
    conversation: Option<ConversationId>,
) -> Answer<()> {
    let admin = account.role == Role::Admin;
    let Some(conversation) = conversation else {
        let message = "Only an administrator can invite people to this server.";
        return admin.then_some(()).ok_or(ServiceError::Forbidden(message));
    };
    let (conversation, member) = require_member(state, account.id, conversation)?;
    if !conversation.is_group {
        return Err(ServiceError::Conflict {
            field: "isGroup",
            message: "A direct conversation is for two only.",
        });
    }
    let may = admin || member.role == MemberRole::Owner;
    let message = "Only an owner of this group, or an administrator in it, can invite to it.";
    may.then_some(()).ok_or(ServiceError::Forbidden(message))
}

/// The invite with this code, if it lets somebody in now: also its maker must still be allowed
/// to invite.
fn require_invite(state: &dyn Reads, code: &str, now: Timestamp) -> Answer<Invite> {
    if code.len() != CODE_LEN {
        return Err(ServiceError::InviteInvalid);
    }
    let invite = invites::find_by_code(state, code)?.filter(|invite| works(invite, now));
    let invite = invite.ok_or(ServiceError::InviteInvalid)?;
    let maker = accounts::find(state, invite.created_by)?.filter(|maker| !maker.disabled);
    let maker = maker.ok_or(ServiceError::InviteInvalid)?;
    match require_may_invite(state, &maker, invite.conversation) {
        Ok(()) => Ok(invite),
        Err(error @ (ServiceError::Internal(_) | ServiceError::StorageFull)) => Err(error),
        Err(_) => Err(ServiceError::InviteInvalid),
    }
}

fn use_up(invite: &Invite, user: UserId) -> EventBody {
    let invite = invite.id;
    EventBody::InviteUsed { invite, user }
}

/// Somebody becomes a member of a group, if they aren't.
fn enter(
    state: &dyn Reads,
    now: Timestamp,
    group: ConversationId,
    user: UserId,
) -> Answer<Option<EventBody>> {
    if members::find(state, group, user)?.is_some() {
        return Ok(None);
    }
    let group = conversations::find(state, group)?.ok_or(ServiceError::InviteInvalid)?;
    require_open(state, group.id)?;
    require_room(&group, 1)?;
    Ok(Some(join(&group, user, MemberRole::Member, now)))
}
