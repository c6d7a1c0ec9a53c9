//! Why there is no certificate, in words for who runs the server: what is wrong, and what helps.

use std::time::Duration;

use instant_acme::{Error, Problem};

use super::client::Unanswered;
use crate::model::certificate::Advice;

/// What all problems that the protocol knows begin with (RFC 8555, section 6.7).
const PROBLEM: &str = "urn:ietf:params:acme:error:";

/// What kind of trouble it is: it decides when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The authority can't be reached, or is out of order.
    Unreachable,
    /// The authority did not find this server under its names.
    Unproven,
    /// It was asked too often.
    TooOften(Option<Duration>),
    /// Anything else.
    Refused,
}

/// Why there is no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}. {remedy}")]
pub struct Trouble {
    /// What kind of trouble it is.
    pub cause: Cause,
    /// What is wrong, with the authority's own words where it has some.
    pub detail: String,
    /// What helps.
    pub remedy: Advice,
}

impl Trouble {
    pub(super) fn new(cause: Cause, detail: impl Into<String>, remedy: Advice) -> Self {
        let detail = detail.into();
        Self {
            cause,
            detail,
            remedy,
        }
    }

    /// Something that can't be put right from here.
    pub(super) fn internal(detail: impl Into<String>) -> Self {
        Self::new(Cause::Refused, detail, Advice::Report)
    }

    /// Of an answer, or of none. `wait`: how long the authority asked to be left alone.
    pub(super) fn of(error: &Error, authority: &str, wait: Option<Duration>) -> Self {
        match error {
            Error::Api(problem) => Self::of_problem(problem, authority, wait),
            Error::Timeout(_) => Self::new(
                Cause::Unreachable,
                format!("{authority} took too long to make up its mind"),
                Advice::Wait,
            ),
            Error::Other(inner) => match inner.downcast_ref::<Unanswered>() {
                Some(unanswered) => Self::of_silence(unanswered, authority),
                None => Self::new(
                    Cause::Refused,
                    format!("{authority} gave an unexpected answer: {inner}"),
                    Advice::Directory,
                ),
            },
            error => Self::new(
                Cause::Refused,
                format!("{authority} gave an unexpected answer: {error}"),
                Advice::Directory,
            ),
        }
    }

    fn of_silence(unanswered: &Unanswered, authority: &str) -> Self {
        let remedy = match unanswered {
            Unanswered::Status(_) => Advice::OutOfOrder,
            Unanswered::Unreachable(text) if text.contains("certificate") => Advice::ClockOrRoot,
            _ => Advice::WayOut,
        };
        let detail = format!("{authority} can't be asked for a certificate: {unanswered}");
        Self::new(Cause::Unreachable, detail, remedy)
    }

    /// Of a problem document; the first part of it that has a known kind gives the remedy.
    pub(super) fn of_problem(problem: &Problem, authority: &str, wait: Option<Duration>) -> Self {
        let inner = problem.subproblems.iter();
        let kinds = inner.filter_map(|part| part.r#type.as_deref());
        let kinds = kinds.chain(problem.r#type.as_deref());
        let mut known = kinds.filter_map(|kind| kind.strip_prefix(PROBLEM));
        let (cause, remedy) = known
            .find_map(|kind| remedy_of(kind, wait))
            .unwrap_or((Cause::Refused, Advice::TheirWords));
        Self::new(
            cause,
            format!("{authority} says: {}", words_of(problem)),
            remedy,
        )
    }
}

fn remedy_of(kind: &str, wait: Option<Duration>) -> Option<(Cause, Advice)> {
    Some(match kind {
        "dns" => (Cause::Unproven, Advice::Records),
        "connection" => (Cause::Unproven, Advice::WayIn),
        "unauthorized" | "incorrectResponse" | "tls" => (Cause::Unproven, Advice::OtherServer),
        "caa" => (Cause::Unproven, Advice::Caa),
        "rateLimited" => (Cause::TooOften(wait), Advice::WaitAllowed),
        "rejectedIdentifier" | "unsupportedIdentifier" => (Cause::Refused, Advice::OtherName),
        "invalidContact" | "unsupportedContact" => (Cause::Refused, Advice::Email),
        "externalAccountRequired" => (Cause::Refused, Advice::AccountBeforehand),
        "userActionRequired" => (Cause::Refused, Advice::Terms),
        "serverInternal" => (Cause::Unreachable, Advice::OutOfOrder),
        _ => return None,
    })
}

/// The authority's words, those about the names first.
fn words_of(problem: &Problem) -> String {
    let parts = problem.subproblems.iter().filter_map(|part| {
        let name = part.identifier.as_ref();
        let name = name.map(|name| format!("{}: ", name.authorized(false)));
        let detail = part.detail.as_deref()?;
        Some(format!("{}{detail}", name.unwrap_or_default()))
    });
    let parts: Vec<String> = parts.collect();
    let kind = problem.r#type.as_deref();
    match (&problem.detail, parts.is_empty()) {
        (_, false) => parts.join("; "),
        (Some(detail), true) => detail.clone(),
        (None, true) => kind.unwrap_or("no, without a reason").to_owned(),
    }
}

/// An error with all that it came from, each once: libraries hide the useful part at the end.
pub(super) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(kind: &str, detail: &str) -> Problem {
        let json = serde_json::json!({"type": format!("{PROBLEM}{kind}"), "detail": detail});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_authority_s_words_come_with_a_remedy() {
        for (kind, cause, remedy) in [
            ("dns", Cause::Unproven, Advice::Records),
            ("connection", Cause::Unproven, Advice::WayIn),
            ("unauthorized", Cause::Unproven, Advice::OtherServer),
            ("rateLimited", Cause::TooOften(None), Advice::WaitAllowed),
            ("invalidContact", Cause::Refused, Advice::Email),
            ("new", Cause::Refused, Advice::TheirWords),
        ] {
            let trouble = Trouble::of_problem(&problem(kind, "no such name"), "ca.example", None);
            assert_eq!((trouble.cause, trouble.remedy), (cause, remedy), "{kind}");
            assert_eq!(trouble.detail, "ca.example says: no such name");
        }
    }

    #[test]
    fn the_part_about_a_name_says_more_than_the_whole() {
        let problem: Problem = serde_json::from_value(serde_json::json!({
            "type": "urn:ietf:params:acme:error:malformed",
            "detail": "Some of the identifiers requested were rejected",
            "subproblems": [{
                "type": "urn:ietf:params:acme:error:rejectedIdentifier",
                "detail": "the policy forbids it",
                "identifier": {"type": "dns", "value": "a.example"},
            }],
        }))
        .unwrap();
        let trouble = Trouble::of_problem(&problem, "ca.example", None);
        assert_eq!(
            trouble.detail,
            "ca.example says: a.example: the policy forbids it"
        );
        assert_eq!(trouble.remedy, Advice::OtherName);
    }
}
