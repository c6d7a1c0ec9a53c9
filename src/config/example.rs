//! The example file: every setting with its words and its default, commented out, so that a copy
//! of it freezes nothing.

use super::topic::Setting;
use super::{Accounts, Backups, Files, Limits, Log, Memory, Metrics, Server, Sessions, Tls};

/// Each topic's name with the names of its settings.
pub(super) type Known = Vec<(&'static str, Vec<&'static str>)>;

struct Topic {
    section: &'static str,
    head: &'static [&'static str],
    settings: Vec<Setting>,
}

fn topics() -> Vec<Topic> {
    macro_rules! topics {
        ($($name:ident)+) => {
            vec![$(Topic {
                section: $name::SECTION,
                head: $name::HEAD,
                settings: $name::settings(),
            }),+]
        };
    }
    topics!(Server Tls Limits Memory Files Backups Accounts Sessions Log Metrics)
}

pub(super) fn known_keys() -> Known {
    let topics = topics().into_iter();
    topics
        .map(|topic| {
            (
                topic.section,
                topic.settings.iter().map(|s| s.key).collect(),
            )
        })
        .collect()
}

/// The text of `config.example.toml`.
pub fn example() -> String {
    let mut text = String::from(
        "# Inkspot's settings with their defaults. Start with `inkspot serve --config FILE`.\n\
         # The command line wins over INKSPOT_* variables, those over this file.\n\
         # This file is written by `inkspot config example`.\n",
    );
    for topic in topics() {
        text.push('\n');
        comment(&mut text, topic.head);
        text.extend(["[", topic.section, "]\n"]);
        for setting in topic.settings {
            text.push('\n');
            comment(&mut text, setting.doc);
            let unset = if setting.is_default { "" } else { " # not set" };
            text.extend(["#", setting.key, " = ", &setting.value, unset, "\n"]);
        }
    }
    text
}

fn comment(text: &mut String, lines: &[&str]) {
    for line in lines {
        text.push('#');
        text.push_str(line);
        text.push('\n');
    }
}
