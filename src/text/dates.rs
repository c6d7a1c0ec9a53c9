//! The days that `before:`, `after:` and `on:` speak of.

use std::ops::Range;
use std::time::Duration;

use time::{Date, Month, OffsetDateTime, UtcOffset};

use crate::base::clock::Timestamp;

/// When somebody searches, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    pub now: Timestamp,
    /// Minutes that local time is ahead of UTC.
    pub offset_minutes: i32,
}

/// Why a word is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoDate {
    /// It isn't written like one.
    Form,
    /// It is, but the calendar doesn't have it.
    Day,
}

impl Here {
    /// The time that `2026`, `2026-11`, `2026-11-22`, `today` or `yesterday` lasts here.
    pub(super) fn read(self, text: &str) -> Result<Range<Timestamp>, NoDate> {
        let today = || self.today().ok_or(NoDate::Day);
        let (first, next) = match text {
            "today" => span(today()?, 1),
            "yesterday" => span(today()?.previous_day().ok_or(NoDate::Day)?, 1),
            _ => written(text)?,
        };
        let end = next.map_or(Timestamp::MAX, |next| self.midnight(next));
        Ok(self.midnight(first)..end)
    }

    fn offset(self) -> i32 {
        self.offset_minutes.clamp(-24 * 60 + 1, 24 * 60 - 1)
    }

    fn today(self) -> Option<Date> {
        let seconds = i64::try_from(self.now.as_secs()).ok()?;
        let offset = UtcOffset::from_whole_seconds(self.offset() * 60).ok()?;
        let now = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        Some(now.checked_to_offset(offset)?.date())
    }

    fn midnight(self, day: Date) -> Timestamp {
        let there = day.midnight().assume_utc().unix_timestamp();
        let here = there - i64::from(self.offset()) * 60;
        Timestamp(0).plus(Duration::from_secs(u64::try_from(here).unwrap_or(0)))
    }
}

/// The first day of those that begin with `first`, and the first after them; `None` at the end of
/// time.
fn span(first: Date, days: i64) -> (Date, Option<Date>) {
    (first, first.checked_add(time::Duration::days(days)))
}

fn written(text: &str) -> Result<(Date, Option<Date>), NoDate> {
    let mut parts = text.split('-');
    let mut number = |digits: std::ops::RangeInclusive<usize>| match parts.next() {
        Some(part) if digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()) => {
            part.parse().map(Some).map_err(|_| NoDate::Form)
        }
        Some(_) => Err(NoDate::Form),
        None => Ok(None),
    };
    let year: i32 = number(4..=4)?.ok_or(NoDate::Form)?;
    let month = number(1..=2)?;
    let day = number(1..=2)?;
    if parts.next().is_some() {
        return Err(NoDate::Form);
    }
    let date = |year: i32, month: i32, day: i32| {
        let month = u8::try_from(month).map_err(|_| NoDate::Day)?;
        let month = Month::try_from(month).map_err(|_| NoDate::Day)?;
        let day = u8::try_from(day).map_err(|_| NoDate::Day)?;
        Date::from_calendar_date(year, month, day).map_err(|_| NoDate::Day)
    };
    Ok(match (month, day) {
        (None, _) => (date(year, 1, 1)?, date(year + 1, 1, 1).ok()),
        (Some(12), None) => (date(year, 12, 1)?, date(year + 1, 1, 1).ok()),
        (Some(month), None) => (date(year, month, 1)?, date(year, month + 1, 1).ok()),
        (Some(month), Some(day)) => span(date(year, month, day)?, 1),
    })
}
