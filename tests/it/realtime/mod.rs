//! The composed program through its realtime door: whole features, attacks and races.

mod attacks;
mod ear;
mod edits;
mod files;
mod limits;
mod own;
mod people;
mod polling;
mod races;
mod resume;
pub mod socket;

use serde_json::Value;

use self::socket::Said;

/// Where an event stands in the log, if it says so.
fn place(said: &Said) -> Option<u64> {
    let (_, seq) = said.args.last()?.as_str()?.split_once(':')?;
    seq.parse().ok()
}

/// A client that is cut right after any of these would otherwise be told things twice.
#[track_caller]
fn never_goes_back(heard: &[Said]) {
    let mut newest = 0;
    for said in heard {
        if let Some(place) = place(said) {
            assert!(place >= newest, "{place} after {newest}: {said:?}");
            newest = place;
        }
    }
}

/// Whether something is said about a conversation or repeats a text.
fn mentions(said: &Said, text: &str) -> bool {
    said.args.iter().any(|arg| arg.to_string().contains(text))
}

/// The contents of the messages among these.
fn contents(heard: &[Said]) -> Vec<&str> {
    let new = heard.iter().filter(|said| said.name == "new-message");
    new.map(|said| said.args[0]["content"].as_str().unwrap())
        .collect()
}

/// The id of something.
fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}
