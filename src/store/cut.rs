//! All rows as of one moment, told while commits go on: a scan, then what was committed meanwhile.

use std::iter;
use std::ops::ControlFlow;

use super::Store;
use super::error::StoreError;
use super::kv::Order;
use super::rows::{Rows, Span};
use super::schema::Key;
use super::tee::{Each, Kept, Purpose};

/// How many rows are held at a time.
pub(super) const PAGE: usize = 256;

/// Rows that follow each other, in one piece: those of a whole database pass through here, and one by one they
/// would leave holes between what the engine keeps of them.
#[derive(Default)]
pub(super) struct Page {
    bytes: Vec<u8>,
    /// Where the key and the value of each row end.
    ends: Vec<(usize, usize)>,
}

impl Page {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn push(&mut self, key: &[u8], value: &[u8]) {
        self.bytes.extend_from_slice(key);
        let end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.ends.push((end, self.bytes.len()));
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Its rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let begins = iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        let places = begins.zip(&self.ends);
        places.map(|(begin, &(key, end))| (&self.bytes[begin..key], &self.bytes[key..end]))
    }
}

impl Store {
    /// Tells all rows as of one moment, which is when the scan of them has ended: a row that comes again
    /// replaces the one before, `None` removes it. Blocks; others read and write meanwhile. One at a time.
    ///
    /// # Errors
    /// Whatever `each` returns; [`StoreError::Busy`] while another cut is told; a database that can't
    /// be read, a disk without room for what is committed meanwhile.
    pub fn cut(&self, each: &mut Each<'_>) -> Result<(), StoreError> {
        let mut kept = Kept::begin(&self.0, Purpose::Cut)?;
        self.tell_pages(&mut |_, page| {
            for (key, value) in page.rows() {
                each((key, Some(value)))?;
            }
            Ok(())
        })?;
        // From here on it is what it is.
        kept.tell(each)
    }

    /// Tells all rows, a page at a time, so that no commit waits for whoever hears of it, each with where it
    /// began.
    pub(super) fn tell_pages(
        &self,
        each: &mut dyn FnMut(Span, &Page) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let view = self.view();
        let mut rest = Span {
            from: Key::from_slice(&[]),
            to: Key::from_slice(&[u8::MAX]),
            order: Order::Forward,
        };
        let mut page = Page::default();
        loop {
            page.clear();
            view.scan(&rest, &mut |key, value| {
                page.push(key, value);
                Ok(match page.len() {
                    PAGE => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                })
            })?;
            let last = page.rows().last().filter(|_| page.len() == PAGE);
            let next = last.map_or(rest.to, |(last, _)| Key::behind(last));
            each(Span { to: next, ..rest }, &page)?;
            if page.len() < PAGE {
                return Ok(());
            }
            rest.from = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_its_rows_as_they_came() {
        let mut page = Page::default();
        page.push(b"left over", b"from before");
        page.clear();
        assert_eq!(page.rows().next(), None);
        let rows: [(&[u8], &[u8]); 3] = [(b"", b"no key"), (b"no value", b""), (b"key", b"value")];
        for (key, value) in rows {
            page.push(key, value);
        }
        assert_eq!(page.len(), rows.len());
        assert_eq!(page.rows().collect::<Vec<_>>(), rows);
    }
}
