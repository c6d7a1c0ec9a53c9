//! How a part of a list is asked for.

use std::collections::HashMap;

use super::error::Failure;
use crate::model::Seq;
use crate::service::PageAt;

/// Most entries of one answer.
pub(super) const LIMIT_MAX: u32 = 100;
/// Entries of one answer if the client does not say.
pub(super) const LIMIT_DEFAULT: u32 = 50;

/// How many entries are asked for.
pub(super) fn limit(query: &HashMap<String, String>) -> Result<u32, Failure> {
    let Some(text) = query.get("limit") else {
        return Ok(LIMIT_DEFAULT);
    };
    match text.parse() {
        Ok(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
        _ => {
            let message = format!("“limit” is a number from 1 to {LIMIT_MAX}.");
            Err(Failure::invalid_field("limit", message).over(LIMIT_MAX.into()))
        }
    }
}

/// Where in a history to look. A cursor is the position it stands at.
pub(super) fn place(query: &HashMap<String, String>) -> Result<PageAt, Failure> {
    let asked = ["before", "after", "around"]
        .into_iter()
        .filter(|name| query.contains_key(*name));
    match asked.collect::<Vec<_>>()[..] {
        [] => Ok(PageAt::Newest),
        ["before"] => seq(query, "before").map(PageAt::Before),
        ["after"] => seq(query, "after").map(PageAt::After),
        ["around"] => seq(query, "around").map(PageAt::Around),
        [_, second, ..] => {
            let message = "Give only one of “before”, “after” and “around”.";
            Err(Failure::invalid_field(second, message))
        }
        [_] => Err(Failure::not_found()),
    }
}

fn seq(query: &HashMap<String, String>, name: &str) -> Result<Seq, Failure> {
    let digits = query
        .get(name)
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    digits
        .and_then(|text| text.parse().ok())
        .map(Seq)
        .ok_or_else(|| {
            let message =
                format!("“{name}” is a cursor from an earlier page, or a message's “seq”.");
            Failure::invalid_field(name, message)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn a_limit_is_1_to_100() {
        assert_eq!(limit(&query(&[])).ok(), Some(50));
        assert_eq!(limit(&query(&[("limit", "1")])).ok(), Some(1));
        assert_eq!(limit(&query(&[("limit", "100")])).ok(), Some(100));
        for bad in ["0", "101", "-1", "", "x", "1e1", "99999999999999999999"] {
            assert!(limit(&query(&[("limit", bad)])).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_place_is_given_once_and_is_a_number() {
        assert_eq!(place(&query(&[])).ok(), Some(PageAt::Newest));
        assert_eq!(
            place(&query(&[("before", "7")])).ok(),
            Some(PageAt::Before(Seq(7)))
        );
        assert_eq!(
            place(&query(&[("after", "0")])).ok(),
            Some(PageAt::After(Seq(0)))
        );
        assert_eq!(
            place(&query(&[("around", "7")])).ok(),
            Some(PageAt::Around(Seq(7)))
        );
        for bad in ["", "-1", "+1", "x", "18446744073709551616"] {
            assert!(place(&query(&[("before", bad)])).is_err(), "{bad}");
        }
        assert!(place(&query(&[("before", "7"), ("after", "7")])).is_err());
    }
}
