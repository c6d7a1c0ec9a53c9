//! What a check can find: a code that stays the same, and facts. State and English sentences follow from
//! the code and nothing else, so that others can say it in the language of whoever reads.

use std::fmt;

use serde_json::{Map, Value};

use super::State;
use crate::base::clock::Timestamp;
use crate::model::certificate::Advice;

/// A finding, taken apart for a [`Check`](super::Check).
pub(super) struct Told {
    pub code: &'static str,
    pub state: State,
    pub detail: String,
    pub remedy: Option<String>,
    pub facts: Map<String, Value>,
}

/// Writes an enum of findings from a table: code, name with facts, state, what is seen and, unless all is
/// well, what helps. A sentence takes the facts by their names.
macro_rules! findings {
    ($(#[$about:meta])* $seen:vis enum $name:ident {
        $($code:literal $variant:ident $({ $($fact:ident: $kind:ty),+ })?
            => $state:ident $detail:literal $(, $remedy:literal)?;)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        $seen enum $name {
            $($variant $({ $($fact: $kind),+ })?,)+
        }

        impl $name {
            /// Each code, with the names of its facts and whether a remedy comes with it.
            $seen const ALL: &[(&str, &[&str], bool)] = &[
                $(($code, &[$($(stringify!($fact)),+)?], $crate::doctor::finding::is_said!($($remedy)?)),)+
            ];
        }

        impl From<$name> for $crate::doctor::finding::Told {
            fn from(finding: $name) -> Self {
                match finding {
                    $($name::$variant $({ $($fact),+ })? => Self {
                        code: $code,
                        state: $crate::doctor::State::$state,
                        detail: ::std::fmt::format(format_args!($detail)),
                        remedy: [$(::std::fmt::format(format_args!($remedy)))?].into_iter().next(),
                        facts: [$($((
                            $crate::doctor::finding::camel_case(stringify!($fact)),
                            ::serde_json::Value::from($fact),
                        )),+)?].into_iter().collect(),
                    },)+
                }
            }
        }
    };
}

/// Whether there is anything.
macro_rules! is_said {
    () => {
        false
    };
    ($words:literal) => {
        true
    };
}

pub(super) use {findings, is_said};

/// `free_bytes` as it is on the wire: `freeBytes`.
pub(super) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (head, rest) = word.split_at(word.len().min(1));
        all + &head.to_ascii_uppercase() + rest
    })
}

/// How much: a number of bytes, which people read in MiB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB", self.0 >> 20)
    }
}

impl From<Bytes> for Value {
    fn from(Bytes(bytes): Bytes) -> Self {
        bytes.into()
    }
}

/// How long: milliseconds, to a tenth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Millis(pub f64);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ms", self.0)
    }
}

impl From<Millis> for Value {
    fn from(Millis(millis): Millis) -> Self {
        ((millis * 10.0).round() / 10.0).into()
    }
}

/// When: ISO 8601 on the wire, which people read to the minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_minute())
    }
}

impl From<Moment> for Value {
    fn from(Moment(at): Moment) -> Self {
        at.to_string().into()
    }
}

impl From<Advice> for Value {
    fn from(advice: Advice) -> Self {
        advice.code().into()
    }
}

/// Several of a kind: a list on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Several(pub Vec<String>);

impl fmt::Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl From<Several> for Value {
    fn from(Several(all): Several) -> Self {
        all.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    findings! {
        /// What this test finds.
        enum Thing {
            "thing-fine" Fine => Ok "It is fine.";
            "thing-full" Full { folder: String, free_bytes: Bytes } => Fail
                "{folder} has {free_bytes}.", "Make room in {folder}.";
        }
    }

    #[test]
    fn a_finding_says_the_same_in_words_and_in_facts() {
        let fine = Told::from(Thing::Fine);
        assert_eq!((fine.code, fine.state), ("thing-fine", State::Ok));
        assert_eq!((fine.remedy, fine.facts.len()), (None, 0));
        let full = Told::from(Thing::Full {
            folder: "/x".to_owned(),
            free_bytes: Bytes(3 << 20),
        });
        assert_eq!(full.detail, "/x has 3 MiB.");
        assert_eq!(full.remedy.as_deref(), Some("Make room in /x."));
        let facts = Value::from(full.facts);
        assert_eq!(
            facts,
            serde_json::json!({"folder": "/x", "freeBytes": 3_145_728})
        );
        let all: &[(_, &[_], _)] = &[
            ("thing-fine", &[], false),
            ("thing-full", &["folder", "free_bytes"], true),
        ];
        assert_eq!(Thing::ALL, all);
    }

    #[test]
    fn facts_are_plain_values() {
        assert_eq!(Value::from(Millis(12.345)), 12.3);
        assert_eq!(Millis(12.345).to_string(), "12.3 ms");
        let at = Moment(Timestamp(1_795_359_600_123));
        assert_eq!(Value::from(at), "2026-11-22T15:00:00.123Z");
        assert_eq!(at.to_string(), "2026-11-22 15:00 UTC");
        let both = Several(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(both.to_string(), "a, b");
        assert_eq!(Value::from(both), serde_json::json!(["a", "b"]));
    }
}
