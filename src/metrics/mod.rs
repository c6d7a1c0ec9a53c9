//! What is counted where it happens, and the page that a monitoring system reads.
//!
//! A [`Meters`] goes to everybody who counts: adding to one of them costs an atomic addition, or a
//! short lock where how long something took is sorted into buckets. What needs no counting, since it
//! can be asked when somebody looks, is added to the [`Page`] by who composes it. Labels come from
//! short lists only: no name, address or id of anybody ever becomes one.

mod meters;
mod page;
mod scrape;

pub use meters::{Backups, Meters};
pub use page::{CONTENT_TYPE, Page};
pub use scrape::Scrape;
