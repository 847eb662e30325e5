//! Reference data: sets and their entries ([`sets`], [`entries`], [`bulk`]), and the older names for them ([`old`]).

pub(super) mod bulk;
pub(super) mod entries;
pub(super) mod old;
pub(super) mod sets;
mod types;

pub(super) use entries::NewEntry;
pub(super) use sets::{NewSet, Set};
pub(super) use types::EntryType;
