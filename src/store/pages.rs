//! Pages: the older messages of a conversation, many to a row. The table `MessagePages`.
//!
//! The engine spends memory on each row for as long as it is open, so that rows must be few. The
//! newest messages have rows of their own, which are cheap to add; from time to time the oldest
//! of these move into pages. Within a conversation every page is older than every row, and both
//! follow each other without gaps.
//!
//! A page is a version byte, then for each message the length of its row, two bytes big-endian,
//! and the row as it was; what rows mean is the affair of `messages`.

use std::ops::ControlFlow;

use super::codec::{self, MAX_VALUE};
use super::error::StoreError;
use super::rows::{self, Reads, Span, u64_at};
use super::schema::{Key, Table};
use super::txn::Changes;
use crate::model::{ConversationId, MessageId, Seq};

const NAME: &str = "page of messages";

/// The version of a page, and how many bytes it takes.
const VERSION: u8 = 1;
const FRAME: usize = 1;

/// How many bytes the length of a row takes.
const ROW_FRAME: usize = 2;

/// A message's place and its row.
pub(super) type Placed = (Seq, Vec<u8>);

/// The messages of one page, oldest first.
struct Page(Vec<Placed>);

fn conversation_key(conversation: ConversationId) -> Key {
    Key::new(Table::MessagePages).u64(conversation.0)
}

fn key(conversation: ConversationId, first: Seq) -> Key {
    conversation_key(conversation).u64(first.0)
}

/// The row of a message, if it is in a page.
pub(super) fn find(reads: &dyn Reads, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
    let mut found = None;
    reads.scan(&up_to(id), &mut |key, page| {
        // The others are not copied, and what comes after it is not looked at.
        for row in rows_of(Seq(u64_at(NAME, key, 9)?), page)? {
            let (seq, row) = row?;
            if seq == id.seq {
                found = Some(row.to_vec());
                break;
            }
        }
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// At most `limit` rows before `before`, or the newest that are in pages; newest first.
pub(super) fn before(
    reads: &dyn Reads,
    conversation: ConversationId,
    before: Option<Seq>,
    limit: usize,
) -> Result<Vec<Placed>, StoreError> {
    let mut found = Vec::new();
    let mut span = Span::of(conversation_key(conversation)).backward();
    if let Some(before) = before {
        span.to = key(conversation, before);
    }
    while found.len() < limit {
        let Some(Page(rows)) = read(reads, &span)? else {
            break;
        };
        if let Some((first, _)) = rows.first() {
            span.to = key(conversation, *first);
        }
        let wanted = |(seq, _): &Placed| before.is_none_or(|before| *seq < before);
        let rows = rows.into_iter().rev().filter(wanted);
        found.extend(rows.take(limit - found.len()));
    }
    Ok(found)
}

/// At most `limit` rows after `after`; oldest first.
pub(super) fn after(
    reads: &dyn Reads,
    conversation: ConversationId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Placed>, StoreError> {
    let mut found: Vec<Placed> = Vec::new();
    let seq = after.next();
    let mut page = holding(reads, MessageId { conversation, seq })?;
    while let Some(Page(rows)) = page {
        let last = rows.last().map_or(after, |(seq, _)| *seq);
        let rows = rows.into_iter().filter(|(seq, _)| *seq > after);
        found.extend(rows.take(limit - found.len()));
        if found.len() >= limit {
            break;
        }
        let mut span = Span::of(conversation_key(conversation));
        span.from = key(conversation, last.next());
        page = read(reads, &span)?;
    }
    Ok(found)
}

/// Puts a row in the place of what the message's row was in its page.
pub(super) fn replace(
    changes: &mut Changes<'_>,
    id: MessageId,
    row: Vec<u8>,
) -> Result<(), StoreError> {
    let missing = StoreError::Contradiction("the message is in no page");
    let Some(Page(mut rows)) = holding(changes, id)? else {
        return Err(missing);
    };
    let first = rows.first().map_or(id.seq, |(seq, _)| *seq);
    let place = rows.iter_mut().find(|(seq, _)| *seq == id.seq);
    let (_, old) = place.ok_or(missing)?;
    *old = row;
    // It may have become two pages, of which the first begins where it did.
    changes.set(key(id.conversation, first), None)?;
    for page in fill(rows) {
        write(changes, id.conversation, page)?;
    }
    Ok(())
}

/// Puts rows that follow each other, oldest first, into pages, as far as they fill these.
/// Returns how many went.
pub(super) fn add(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    rows: Vec<Placed>,
) -> Result<usize, StoreError> {
    let mut pages = fill(rows);
    // The last one may have room for more.
    pages.pop();
    let mut went = 0;
    for page in pages {
        went += page.0.len();
        write(changes, conversation, page)?;
    }
    Ok(went)
}

/// The rows of the newest page, oldest first.
pub(super) fn last(
    reads: &dyn Reads,
    conversation: ConversationId,
) -> Result<Option<Vec<Placed>>, StoreError> {
    let newest = Span::of(conversation_key(conversation)).backward();
    Ok(read(reads, &newest)?.map(|Page(rows)| rows))
}

/// Removes the page of these rows.
pub(super) fn remove(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    rows: &[Placed],
) -> Result<(), StoreError> {
    match rows.first() {
        Some((first, _)) => changes.set(key(conversation, *first), None),
        None => Ok(()),
    }
}

/// As many to a page as a value can hold.
fn fill(rows: Vec<Placed>) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let mut room = 0;
    for row in rows {
        let size = row.1.len() + ROW_FRAME;
        match pages.last_mut() {
            Some(page) if size <= room => page.0.push(row),
            _ => {
                room = MAX_VALUE - FRAME;
                pages.push(Page(vec![row]));
            }
        }
        room = room.saturating_sub(size);
    }
    pages
}

fn write(
    changes: &mut Changes<'_>,
    conversation: ConversationId,
    Page(rows): Page,
) -> Result<(), StoreError> {
    let Some((first, _)) = rows.first() else {
        return Ok(());
    };
    changes.set(key(conversation, *first), Some(encode(&rows)?))
}

fn encode(rows: &[Placed]) -> Result<Vec<u8>, StoreError> {
    let len = FRAME
        + rows
            .iter()
            .map(|(_, row)| ROW_FRAME + row.len())
            .sum::<usize>();
    if len > MAX_VALUE {
        return Err(StoreError::TooLarge {
            record: NAME,
            len,
            limit: MAX_VALUE,
        });
    }
    let mut page = Vec::with_capacity(len);
    page.push(VERSION);
    for (_, row) in rows {
        // A row of a page is shorter than `MAX_VALUE`.
        let len = u16::try_from(row.len()).unwrap_or(u16::MAX);
        page.extend_from_slice(&len.to_be_bytes());
        page.extend_from_slice(row);
    }
    Ok(page)
}

fn decode(first: Seq, page: &[u8]) -> Result<Page, StoreError> {
    let rows = rows_of(first, page)?.map(|row| row.map(|(seq, row)| (seq, row.to_vec())));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Err(StoreError::corrupt(NAME, "it has no rows"));
    }
    Ok(Page(rows))
}

/// A message's place and its row, or why the page can't be read from there on.
type Read<'a> = Result<(Seq, &'a [u8]), StoreError>;

/// The rows of a page, which begins with `first`, one after the other; none after an error.
fn rows_of(first: Seq, page: &[u8]) -> Result<impl Iterator<Item = Read<'_>>, StoreError> {
    let mut rest = match page.split_first() {
        Some((&VERSION, rest)) => rest,
        Some((version, _)) => return codec::unknown_version(NAME, *version),
        None => return Err(StoreError::corrupt(NAME, "it is empty")),
    };
    let mut seq = first;
    Ok(std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let row = rest
            .split_first_chunk()
            .and_then(|(len, bytes)| bytes.split_at_checked(usize::from(u16::from_be_bytes(*len))));
        let Some((row, after)) = row else {
            rest = &[];
            return Some(Err(StoreError::corrupt(NAME, "a row is cut off")));
        };
        let placed = (seq, row);
        (rest, seq) = (after, seq.next());
        Some(Ok(placed))
    }))
}

/// The page in which a message would be.
fn holding(reads: &dyn Reads, id: MessageId) -> Result<Option<Page>, StoreError> {
    read(reads, &up_to(id))
}

/// The pages up to the one in which a message would be, which comes first.
fn up_to(id: MessageId) -> Span {
    let mut span = Span::of(conversation_key(id.conversation)).backward();
    span.to = key(id.conversation, id.seq.next());
    span
}

/// The first page of a range.
fn read(reads: &dyn Reads, span: &Span) -> Result<Option<Page>, StoreError> {
    let mut pages = rows::collect(reads, span, 1, |key, value| {
        decode(Seq(u64_at(NAME, key, 9)?), value)
    })?;
    Ok(pages.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_looks_on_disk_as_ever() {
        let rows = [
            (Seq(9), vec![1, 0xaa]),
            (Seq(10), vec![]),
            (Seq(11), vec![7]),
        ];
        let page = [1, 0, 2, 1, 0xaa, 0, 0, 0, 1, 7];
        assert_eq!(encode(&rows).unwrap(), page);
        assert_eq!(decode(Seq(9), &page).unwrap().0, rows);
    }

    proptest! {
        #[test]
        fn rows_fill_pages_and_come_back(sizes in prop::collection::vec(0_usize..4_000, 0..60)) {
            let row = |size: &usize| vec![u8::try_from(size % 251).unwrap(); *size];
            let rows: Vec<Placed> = (5..).map(Seq).zip(sizes.iter().map(row)).collect();
            let mut back = Vec::new();
            for Page(page) in fill(rows.clone()) {
                let first = page[0].0;
                let bytes = encode(&page).unwrap();
                prop_assert!(bytes.len() <= MAX_VALUE);
                back.extend(decode(first, &bytes).unwrap().0);
            }
            prop_assert_eq!(back, rows);
        }

        #[test]
        fn a_damaged_page_is_refused_or_read_but_never_more(mut page: Vec<u8>, first: u64) {
            if let Ok(Page(rows)) = decode(Seq(first), &page) {
                prop_assert_eq!(encode(&rows).unwrap(), page.clone());
            }
            page.insert(0, VERSION);
            if let Ok(Page(rows)) = decode(Seq(first), &page) {
                prop_assert_eq!(encode(&rows).unwrap(), page);
            }
        }
    }
}
