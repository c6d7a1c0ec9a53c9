//! All rows as of one moment, told while commits go on: a scan, then what was committed meanwhile.

use std::ops::ControlFlow;

use super::Store;
use super::error::StoreError;
use super::kv::Order;
use super::rows::{Rows, Span};
use super::schema::Key;
use super::tee::{Each, Kept, Purpose};

/// How many rows are held at a time.
pub(super) const PAGE: usize = 256;

/// Rows that follow each other.
pub(super) type Page = Vec<(Vec<u8>, Vec<u8>)>;

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
            for (key, value) in page {
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
        let mut page = Page::with_capacity(PAGE);
        loop {
            page.clear();
            view.scan(&rest, &mut |key, value| {
                page.push((key.to_vec(), value.to_vec()));
                Ok(match page.len() {
                    PAGE => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                })
            })?;
            let last = page.last().filter(|_| page.len() == PAGE);
            let next = last.map_or(rest.to, |(last, _)| Key::behind(last));
            each(Span { to: next, ..rest }, &page)?;
            if page.len() < PAGE {
                return Ok(());
            }
            rest.from = next;
        }
    }
}
