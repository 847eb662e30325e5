//! Ariel, the store of events and flows: its databases, searches in it, and the checker of queries.

pub(super) mod databases;
pub(super) mod endpoints;
pub(super) mod searches;
