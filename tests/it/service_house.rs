//! A house to test the service in: real store in a temporary folder, a clock that the test moves,
//! cheap passwords, and everything that was published.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use inkspot::base::clock::{Clock, Timestamp};
use inkspot::base::rng::Rng;
use inkspot::blobs::{self, BlobKind, BlobOptions, Blobs};
use inkspot::model::ids::ConversationId;
use inkspot::model::{Event, EventBody, MessageKind, Role};
use inkspot::service::{
    Answer, Caller, Device, Follower, NewAccount, NewConversation, NewMessage, Parts, PasswordCost,
    Running, Sent, Service, SetUp, Settings, Signal, SignedIn,
};
use inkspot::store::{self, StoreOptions};
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::sync::mpsc;

pub const PASSWORD: &str = "correct horse";

/// Everything that was published.
#[derive(Default)]
pub struct Published(Mutex<Vec<Event>>);

impl Follower for Published {
    fn committed(&self, events: &[Event]) {
        self.0.lock().extend_from_slice(events);
    }
}

impl Published {
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().clone()
    }

    pub fn count(&self, of: impl Fn(&EventBody) -> bool) -> usize {
        self.0.lock().iter().filter(|event| of(&event.body)).count()
    }
}

pub struct House {
    pub service: Service,
    pub running: Running,
    pub clock: Clock,
    pub published: Arc<Published>,
    pub signals: mpsc::UnboundedReceiver<Signal>,
    pub fatal: Arc<Mutex<Option<String>>>,
    pub folder: TempDir,
}

/// Settings under which tests are quick: no limits, cheap passwords.
pub fn settings() -> Settings {
    Settings {
        server_name: "Test".into(),
        limited: false,
        password_cost: PasswordCost {
            memory_kib: 8,
            passes: 1,
        },
        password_turns: 2,
        ..Settings::default()
    }
}

impl House {
    pub fn open() -> Self {
        Self::open_with(settings())
    }

    pub fn open_with(settings: Settings) -> Self {
        let clock = Clock::manual(Timestamp(1_795_359_600_000));
        Self::open_in(tempfile::tempdir().unwrap(), clock, settings, 0, |blobs| {
            blobs
        })
    }

    /// A house whose blobs are what the test makes of them.
    pub fn open_over(wrap: impl FnOnce(Arc<dyn Blobs>) -> Arc<dyn Blobs>) -> Self {
        let clock = Clock::manual(Timestamp(1_795_359_600_000));
        Self::open_in(tempfile::tempdir().unwrap(), clock, settings(), 0, wrap)
    }

    fn open_in(
        folder: TempDir,
        clock: Clock,
        settings: Settings,
        floor_bytes: u64,
        wrap: impl FnOnce(Arc<dyn Blobs>) -> Arc<dyn Blobs>,
    ) -> Self {
        let rng = Rng::system();
        let options = StoreOptions {
            floor_bytes,
            ballast_bytes: 0,
            ..StoreOptions::default()
        };
        let (store, writer) = store::open(folder.path(), &options, &rng, &clock).unwrap();
        let fatal = Arc::new(Mutex::new(None));
        let told = Arc::clone(&fatal);
        let options = BlobOptions {
            floor_bytes: 0,
            ..BlobOptions::default()
        };
        let blobs = folder.path().join("blobs");
        let blobs = blobs::open(&blobs, BlobKind::Files, &options).unwrap();
        let (service, running) = Service::start(Parts {
            store,
            writer,
            blobs: wrap(blobs),
            clock: clock.clone(),
            rng,
            settings,
            fatal: Box::new(move |reason| *told.lock() = Some(reason.to_owned())),
        })
        .unwrap();
        let published = Arc::new(Published::default());
        service.on_commit(published.clone());
        let (heard, signals) = mpsc::unbounded_channel();
        service.on_signal(Arc::new(move |signal| {
            // The test may have heard enough.
            let _ = heard.send(signal);
        }));
        Self {
            service,
            running,
            clock,
            published,
            signals,
            fatal,
            folder,
        }
    }

    /// Ends in order and starts again on the same folder.
    pub async fn restart(self, settings: Settings) -> Self {
        self.restart_with(settings, 0).await
    }

    /// The same, with a disk on which nothing more may be written.
    pub async fn restart_full(self) -> Self {
        self.restart_with(settings(), u64::MAX).await
    }

    async fn restart_with(self, settings: Settings, floor_bytes: u64) -> Self {
        let Self {
            service,
            running,
            clock,
            folder,
            ..
        } = self;
        running.stop().await;
        drop(service);
        Self::open_in(folder, clock, settings, floor_bytes, |blobs| blobs)
    }

    pub async fn set_up(&self) -> SetUp {
        let token = self.service.setup_token().unwrap();
        let new = account("admin");
        self.service.setup(token, new, device()).await.unwrap()
    }

    /// An account and a session of it.
    pub async fn user(&self, name: &str) -> Caller {
        self.service
            .add_user(account(name), Role::Member)
            .await
            .unwrap();
        self.sign_in(name).await.unwrap().caller
    }

    /// An administrator beside the first one, and a session.
    pub async fn admin(&self, name: &str) -> Caller {
        self.service
            .add_user(account(name), Role::Admin)
            .await
            .unwrap();
        self.sign_in(name).await.unwrap().caller
    }

    pub async fn sign_in(&self, name: &str) -> Answer<SignedIn> {
        self.service.sign_in(name, PASSWORD, device()).await
    }

    /// Three people who are in no conversation but "Everyone".
    pub async fn people(&self) -> (Caller, Caller, Caller) {
        self.set_up().await;
        (
            self.user("anna").await,
            self.user("bert").await,
            self.user("carl").await,
        )
    }

    pub async fn group(&self, owner: Caller, members: &[&str]) -> ConversationId {
        let new = group("Group", members);
        let opened = self.service.create_conversation(owner, new).await.unwrap();
        opened.conversation.id
    }

    pub async fn send(&self, from: Caller, to: ConversationId, text: &str) -> Answer<Sent> {
        self.service.send(from, message(to, text)).await
    }

    pub async fn direct(&self, one: Caller, with: &str) -> ConversationId {
        let opened = self
            .service
            .create_conversation(one, direct(with))
            .await
            .unwrap();
        opened.conversation.id
    }

    pub fn is_member(&self, conversation: ConversationId, user: Caller) -> bool {
        self.service
            .place(user.user, conversation)
            .unwrap()
            .is_some()
    }

    /// The unread count and the read mark of somebody in a conversation.
    pub fn unread(&self, who: Caller, conversation: ConversationId) -> (u64, u64) {
        let view = self.service.conversation(who, conversation).unwrap();
        (view.unread, view.last_read_seq)
    }
}

pub fn account(name: &str) -> NewAccount {
    NewAccount {
        username: name.into(),
        display_name: None,
        password: PASSWORD.into(),
    }
}

pub fn device() -> Device {
    device_at([192, 0, 2, 1])
}

pub fn device_at(address: [u8; 4]) -> Device {
    Device {
        address: IpAddr::V4(Ipv4Addr::from(address)),
        user_agent: "Test/1".into(),
        token: None,
    }
}

pub fn group(title: &str, members: &[&str]) -> NewConversation {
    NewConversation {
        title: Some(title.into()),
        is_group: true,
        members: members.iter().map(ToString::to_string).collect(),
    }
}

pub fn direct(with: &str) -> NewConversation {
    NewConversation {
        title: None,
        is_group: false,
        members: vec![with.into()],
    }
}

pub fn message(conversation: ConversationId, content: &str) -> NewMessage {
    NewMessage {
        conversation,
        content: content.into(),
        kind: MessageKind::Text,
        attachments: Vec::new(),
        client_id: None,
    }
}

/// What an answer was refused with: code, field, limit.
pub fn refused<T>(answer: Answer<T>) -> (&'static str, Option<&'static str>, Option<u64>) {
    let error = answer.map(drop).unwrap_err();
    (error.code(), error.field(), error.limit())
}

/// The code that an answer was refused with.
pub fn code<T>(answer: Answer<T>) -> &'static str {
    refused(answer).0
}
