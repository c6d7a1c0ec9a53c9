//! Reading the configuration file, with the place of each mistake.

use std::fs;
use std::ops::Range;
use std::path::Path;

use super::{Config, ConfigError, example};

/// The file's settings over the defaults, not yet checked together.
pub(super) fn read(path: &Path) -> Result<Config, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let (line, column) = position(text, span.start);
        let path = path.to_owned();
        if let Some(key) = unknown_key(error.message()) {
            let nearest = nearest(&key, text, &span);
            ConfigError::UnknownKey {
                path,
                line,
                column,
                key,
                nearest,
            }
        } else {
            let message = error.message().replace('\n', ", ");
            ConfigError::Invalid {
                path,
                line,
                column,
                message,
            }
        }
    })
}

/// Line and column of a byte offset, both from 1, the column in characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

/// The key out of serde's sentence "unknown field `key`, expected …".
fn unknown_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    Some(rest.split_once('`')?.0.to_owned())
}

/// The known name closest to `key`: among the settings of its topic first, then among all with
/// their topics; a topic's name when it stands for a topic.
fn nearest(key: &str, text: &str, span: &Range<usize>) -> Option<String> {
    let topic = topic_at(text, span.start).filter(|topic| *topic != key);
    let known = example::known_keys();
    let closest = |names: Vec<&str>| {
        let scored = names
            .into_iter()
            .map(|name| (strsim::jaro_winkler(key, name), name));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 >= 0.75).then(|| best.1.to_owned())
    };
    match topic.and_then(|topic| known.iter().find(|(name, _)| *name == topic)) {
        Some((topic, keys)) => closest(keys.clone()).or_else(|| elsewhere(&known, topic, key)),
        None => closest(known.iter().map(|(topic, _)| *topic).collect())
            .or_else(|| elsewhere(&known, "", key)),
    }
}

/// A setting of exactly this name in another topic.
fn elsewhere(known: &example::Known, topic: &str, key: &str) -> Option<String> {
    let (other, _) = known
        .iter()
        .find(|(name, keys)| *name != topic && keys.contains(&key))?;
    Some(format!("[{other}] {key}"))
}

/// The table heading that stands before `offset`.
fn topic_at(text: &str, offset: usize) -> Option<&str> {
    let headings = text.get(..offset)?.lines().map(str::trim);
    let heading = headings.rev().find(|line| line.starts_with('['))?;
    heading.strip_prefix('[')?.split(']').next().map(str::trim)
}
