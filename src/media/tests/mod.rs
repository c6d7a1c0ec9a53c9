//! The room as its callers see it, with little files that are made here.

mod anything;
mod movies;
mod pictures;
mod samples;
mod secrets;
mod sniffing;
