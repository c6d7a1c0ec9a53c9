//! Many clients against a simple model of what each of them must hear.
//!
//! People send, are removed and added again, join and leave, hang, are cut and resume, and the
//! server is started anew. Whatever happens: every message is heard once and in order by each tab
//! that joined its conversation, and nobody hears of a conversation that they are not in.
//!
//! `INKSPOT_SEED` repeats a run, `INKSPOT_MODEL_WORLDS` asks for more than 3 of them.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use inkspot::base::rng::Rng;
use serde_json::json;

use crate::harness::{Client, TestServer};
use crate::ledger::number;
use crate::realtime::socket::{Line, Said, Socket};

const PEOPLE: usize = 5;
const TABS: usize = 2;
const ROOMS: usize = 4;
const STEPS: usize = 250;

/// A conversation as it should be. Person 0 owns it.
struct Room {
    id: String,
    members: BTreeSet<usize>,
    /// By position: who sent it, and what it said at each time; deleted, it says nothing.
    messages: Vec<Spoken>,
}

/// A message as it should be.
struct Spoken {
    id: String,
    sender: usize,
    said: Vec<String>,
}

impl Spoken {
    fn now(&self) -> &str {
        self.said.last().unwrap()
    }
}

/// A message that a tab must hear, or may, if it was taken out before it was sure to have.
struct Owed {
    room: usize,
    seq: u64,
    may: bool,
}

/// One client, over all its connections.
struct Tab {
    person: usize,
    /// `None`: cut.
    socket: Option<Socket>,
    line: Line,
    joined: BTreeSet<usize>,
    owed: VecDeque<Owed>,
    /// By conversation: the newest position heard.
    newest: HashMap<usize, u64>,
    /// What it shows of each message that it heard.
    now: HashMap<(usize, u64), String>,
    /// How far the offsets have come.
    place: u64,
    /// Conversations of which it may hear: those it was in since it was last asked.
    seen: BTreeSet<usize>,
    /// Those that it was taken out of and hasn't heard so.
    lost: BTreeSet<usize>,
    /// Whether the server has forgotten its line.
    unknown: bool,
}

impl Tab {
    /// Takes everything that arrived; afterwards nothing more is owed.
    fn take(&mut self, heard: &[Said], rooms: &[Room]) {
        self.note(heard, rooms);
        let owed: Vec<_> = self.owed.drain(..).filter(|owed| !owed.may).collect();
        let owed: Vec<_> = owed.iter().map(|owed| (owed.room, owed.seq)).collect();
        assert!(owed.is_empty(), "never heard: {owed:?}");
        self.unknown = false;
        self.lost.clear();
        self.seen = memberships(rooms, self.person);
    }

    /// Takes some of it.
    fn note(&mut self, heard: &[Said], rooms: &[Room]) {
        for said in heard {
            if let Some(offset) = said.args.last().and_then(|arg| arg.as_str()) {
                let place = offset.split(':').nth(1).unwrap().parse().unwrap();
                assert!(place >= self.place, "{} then {said:?}", self.place);
                self.place = place;
            }
            let about = said.args[0]["conversationId"].as_str();
            let Some(room) = about.and_then(|id| rooms.iter().position(|room| room.id == id))
            else {
                continue;
            };
            assert!(self.seen.contains(&room), "not theirs: {said:?}");
            if said.name == "conversation-removed" {
                self.lost.remove(&room);
            }
            if said.name == "new-message" {
                let seq = said.args[0]["seq"].as_u64().unwrap();
                let content = said.args[0]["content"].as_str().unwrap();
                let index = usize::try_from(seq).unwrap() - 1;
                assert!(
                    rooms[room].messages[index]
                        .said
                        .iter()
                        .any(|said| said == content)
                );
                if self.joined.contains(&room) {
                    self.now.insert((room, seq), content.to_owned());
                }
                self.hear(room, seq);
            }
            if said.name == "message-updated" {
                let seq = said.args[0]["seq"].as_u64().unwrap();
                let content = said.args[0]["content"].as_str().unwrap();
                let index = usize::try_from(seq).unwrap() - 1;
                assert!(
                    rooms[room].messages[index]
                        .said
                        .iter()
                        .any(|said| said == content)
                );
                if let Some(now) = self.now.get_mut(&(room, seq)) {
                    content.clone_into(now);
                }
            }
        }
    }

    fn hear(&mut self, room: usize, seq: u64) {
        let newest = self.newest.entry(room).or_insert(0);
        assert!(seq > *newest, "{seq} after {newest} in {room}");
        *newest = seq;
        let same = |owed: &Owed| (owed.room, owed.seq) == (room, seq);
        match self.owed.iter().position(same) {
            Some(index) => {
                let skipped = self.owed.drain(..=index).take(index);
                let lost: Vec<_> = skipped.filter(|owed| !owed.may).collect();
                assert!(lost.is_empty(), "{} were skipped", lost.len());
            }
            // A line that is not known any more is resumed everywhere.
            None => assert!(self.unknown, "{seq} in {room} was for nobody here"),
        }
    }

    /// It hears no more of what it has of this conversation.
    fn left(&mut self, room: usize) {
        self.joined.remove(&room);
        self.now.retain(|(of, _), _| *of != room);
    }

    /// What is owed from there may be missing from now on.
    fn forgive(&mut self, room: usize) {
        self.left(room);
        for owed in self.owed.iter_mut().filter(|owed| owed.room == room) {
            owed.may = true;
        }
    }
}

fn memberships(rooms: &[Room], person: usize) -> BTreeSet<usize> {
    let mine = |(index, room): (usize, &Room)| room.members.contains(&person).then_some(index);
    rooms.iter().enumerate().filter_map(mine).collect()
}

struct World {
    rng: Rng,
    server: Option<TestServer>,
    people: Vec<Client>,
    rooms: Vec<Room>,
    tabs: Vec<Tab>,
}

impl World {
    async fn new(rng: Rng) -> Self {
        let server = TestServer::start().await;
        let mut people = Vec::new();
        for person in 0..PEOPLE {
            people.push(server.person(&format!("person{person}")).await);
        }
        let others: Vec<_> = people.iter().skip(1).collect();
        let mut rooms = Vec::new();
        for room in 0..ROOMS {
            rooms.push(Room {
                id: people[0].group(&format!("Room {room}"), &others).await,
                members: (0..PEOPLE).collect(),
                messages: Vec::new(),
            });
        }
        let mut tabs = Vec::new();
        for tab in 0..PEOPLE * TABS {
            let person = tab % PEOPLE;
            let socket = Socket::enter(&people[person]).await.unwrap();
            tabs.push(Tab {
                person,
                line: socket.line(),
                socket: Some(socket),
                joined: BTreeSet::new(),
                owed: VecDeque::new(),
                newest: HashMap::new(),
                now: HashMap::new(),
                place: 0,
                seen: (0..ROOMS).collect(),
                lost: BTreeSet::new(),
                unknown: false,
            });
        }
        Self {
            rng,
            server: Some(server),
            people,
            rooms,
            tabs,
        }
    }

    fn below(&self, bound: usize) -> usize {
        usize::try_from(self.rng.u64() % bound as u64).unwrap()
    }

    async fn step(&mut self) {
        let (tab, room) = (self.below(self.tabs.len()), self.below(ROOMS));
        let person = 1 + self.below(PEOPLE - 1);
        match self.below(100) {
            0..25 => self.send(tab, room).await,
            25..35 => self.change(tab, room).await,
            35..47 => self.join(tab, room).await,
            47..51 => self.leave(tab, room).await,
            51..59 => self.remove(person, room).await,
            59..69 => self.add(person, room).await,
            69..76 => self.cut(tab).await,
            76..86 => self.resume(tab).await,
            86..90 => self.hang(tab, false),
            90..94 => self.hang(tab, true),
            94..98 => self
                .server
                .as_ref()
                .unwrap()
                .wait(Duration::from_millis(200)),
            98 => self.listen(tab).await,
            _ => self.restart().await,
        }
    }

    /// Over HTTP or over the tab, whichever works.
    async fn send(&mut self, tab: usize, room: usize) {
        let person = self.tabs[tab].person;
        let content = format!("{} of room {room}", self.rooms[room].messages.len() + 1);
        let arg = json!({
            "conversationId": self.rooms[room].id,
            "content": content,
            "clientId": format!("{person}-{}", self.rng.u64()),
        });
        let over_socket = self.below(2) == 0 && self.tabs[tab].socket.is_some();
        let answer = if over_socket {
            self.ask(tab, "send-message", arg.clone()).await
        } else {
            let reply = self.people[person].post("/api/messages/realtime", arg.clone());
            let json = reply.await.json;
            json.get("error").cloned().unwrap_or(json)
        };
        if !self.rooms[room].members.contains(&person) {
            assert_eq!(answer["code"], "not_found");
            return;
        }
        self.rooms[room].messages.push(Spoken {
            id: answer["id"].as_str().unwrap().to_owned(),
            sender: person,
            said: vec![content],
        });
        let seq = self.rooms[room].messages.len() as u64;
        assert_eq!(answer["seq"], seq, "{answer}");
        for tab in self
            .tabs
            .iter_mut()
            .filter(|tab| tab.joined.contains(&room))
        {
            tab.owed.push_back(Owed {
                room,
                seq,
                may: false,
            });
        }
        if self.below(4) == 0 {
            // The answer was lost, as it were.
            let reply = self.people[person].post("/api/messages/realtime", arg);
            assert_eq!(reply.await.gives(200)["seq"], seq);
        }
    }

    /// Changes or deletes any message, which is for its sender, and for the owner to delete.
    async fn change(&mut self, tab: usize, room: usize) {
        let count = self.rooms[room].messages.len();
        if count == 0 {
            return;
        }
        let (index, delete) = (self.below(count), self.below(3) == 0);
        let line = &self.rooms[room].messages[index];
        let (person, path) = (self.tabs[tab].person, format!("/api/messages/{}", line.id));
        let here = self.rooms[room].members.contains(&person);
        let gone = line.now().is_empty();
        let content = format!("{} of room {room}, again {}", index + 1, line.said.len());
        let expected = match (here, line.sender == person) {
            (false, _) => 404,
            (true, false) if !(delete && person == 0) => 403,
            _ if delete => 204,
            _ if gone => 409,
            _ => 200,
        };
        let over_socket = self.below(2) == 0 && self.tabs[tab].socket.is_some();
        let arg = json!({"messageId": line.id, "content": content});
        if over_socket {
            let name = if delete {
                "delete-message"
            } else {
                "edit-message"
            };
            let answer = self.ask(tab, name, arg).await;
            assert_eq!(answer.get("code").is_none(), expected < 300, "{answer}");
        } else {
            let reply = if delete {
                self.people[person].delete(&path).await
            } else {
                self.people[person].patch(&path, arg).await
            };
            assert_eq!(reply.status, expected, "{}", reply.text);
        }
        if expected < 300 && !gone {
            let said = if delete { String::new() } else { content };
            self.rooms[room].messages[index].said.push(said);
        }
    }

    /// Asks something over a tab that is connected. Whatever was said before has arrived then.
    async fn ask(&mut self, tab: usize, name: &str, arg: serde_json::Value) -> serde_json::Value {
        let tab = &mut self.tabs[tab];
        let socket = tab.socket.as_mut().unwrap();
        socket.read(true);
        let heard = socket.heard_by_now().await;
        tab.take(&heard, &self.rooms);
        tab.socket.as_mut().unwrap().ask(name, arg).await
    }

    async fn join(&mut self, tab: usize, room: usize) {
        if self.tabs[tab].socket.is_none() {
            return;
        }
        let arg = json!(self.rooms[room].id);
        let answer = self.ask(tab, "join-conversation", arg).await;
        if self.rooms[room].members.contains(&self.tabs[tab].person) {
            assert_eq!(answer, json!({"ok": true}));
            self.tabs[tab].joined.insert(room);
        } else {
            assert_eq!(answer["code"], "not_found");
        }
    }

    async fn leave(&mut self, tab: usize, room: usize) {
        if self.tabs[tab].socket.is_some() {
            let arg = json!(self.rooms[room].id);
            self.ask(tab, "leave-conversation", arg).await;
            self.tabs[tab].left(room);
        }
    }

    async fn remove(&mut self, person: usize, room: usize) {
        let path = format!(
            "/api/conversations/{}/members/{}",
            self.rooms[room].id,
            self.people[person].id()
        );
        let was = self.rooms[room].members.remove(&person);
        let reply = self.people[0].delete(&path).await;
        assert_eq!(reply.status, if was { 204 } else { 404 });
        if was {
            for tab in self.tabs.iter_mut().filter(|tab| tab.person == person) {
                tab.forgive(room);
                tab.lost.insert(room);
            }
        }
    }

    async fn add(&mut self, person: usize, room: usize) {
        let path = format!("/api/conversations/{}/members", self.rooms[room].id);
        let members = json!({"members": [self.people[person].name()]});
        self.people[0].post(&path, members).await.gives(200);
        self.rooms[room].members.insert(person);
        for tab in self.tabs.iter_mut().filter(|tab| tab.person == person) {
            tab.seen.insert(room);
        }
    }

    /// What has arrived has arrived.
    async fn cut(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        if let Some(socket) = tab.socket.take() {
            let (line, heard) = socket.cut().await;
            tab.line = line;
            tab.note(&heard, &self.rooms);
        }
    }

    async fn resume(&mut self, tab: usize) {
        let tab = &mut self.tabs[tab];
        if tab.socket.is_some() {
            return;
        }
        let mut socket = Socket::resume(&self.people[tab.person], &tab.line).await;
        assert_eq!(socket.session["recovered"], true);
        let mine = memberships(&self.rooms, tab.person);
        if tab.unknown {
            tab.joined.clone_from(&mine);
        }
        tab.joined
            .retain(|room| mine.contains(room) && !tab.lost.contains(room));
        let heard = socket.heard_by_now().await;
        tab.take(&heard, &self.rooms);
        tab.socket = Some(socket);
    }

    fn hang(&self, tab: usize, reads: bool) {
        if let Some(socket) = &self.tabs[tab].socket {
            socket.read(reads);
        }
    }

    async fn listen(&mut self, tab: usize) {
        if self.tabs[tab].socket.is_some() {
            self.ask(tab, "typing-stop", json!({})).await;
        }
    }

    async fn restart(&mut self) {
        for tab in 0..self.tabs.len() {
            self.cut(tab).await;
            self.tabs[tab].unknown = true;
        }
        let server = self.server.take().unwrap().restart().await;
        for person in &mut self.people {
            let user = person.user.clone();
            *person = server.visitor().with_token(person.token.as_ref().unwrap());
            person.user = user;
        }
        self.server = Some(server);
    }

    /// Everybody comes back, and everything is as it should be.
    async fn end(mut self) {
        for tab in 0..self.tabs.len() {
            self.resume(tab).await;
            self.listen(tab).await;
        }
        for tab in &self.tabs {
            for ((room, seq), shown) in &tab.now {
                let index = usize::try_from(*seq).unwrap() - 1;
                assert_eq!(shown, self.rooms[*room].messages[index].now());
            }
        }
        for room in &self.rooms {
            let mut stored = Vec::new();
            loop {
                let after = stored.len();
                let path = format!("/api/conversations/{}/messages?after={after}", room.id);
                let page = self.people[0].get(&path).await.gives(200);
                let messages = page["messages"].as_array().unwrap();
                stored.extend(
                    messages
                        .iter()
                        .map(|m| m["content"].as_str().unwrap().to_owned()),
                );
                if page["after"].is_null() {
                    break;
                }
            }
            let expected: Vec<_> = room.messages.iter().map(Spoken::now).collect();
            assert_eq!(stored, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_everybody_hears_what_is_theirs_once_and_in_order() {
    let worlds = number("INKSPOT_MODEL_WORLDS").unwrap_or(3);
    for _ in 0..worlds {
        let seed = number("INKSPOT_SEED").unwrap_or_else(|| Rng::system().u64());
        // Shown when the test fails.
        println!("INKSPOT_SEED={seed}");
        let mut world = World::new(Rng::seeded(seed)).await;
        for _ in 0..STEPS {
            world.step().await;
        }
        world.end().await;
    }
}
