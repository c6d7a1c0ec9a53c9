//! The HTTP door, over real connections.

mod access;
mod accounts;
mod admin;
mod admin_groups;
mod admin_house;
mod attachments;
mod backups;
mod cookies;
mod described;
mod files;
mod flow;
mod handoffs;
mod limits;
mod search;
mod sign_in;
mod transport;
mod uploads;
