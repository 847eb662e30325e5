//! Watchlists: a million indicators in fourteen bytes each, asked without any network. Pure; no I/O, no clock, no
//! random numbers: all three come from the caller.
//!
//! The map, from what is given to what is asked:
//!
//! - `entry`: what is said about a value. `attributes`, `index`: the table of what many say alike. `extras`: ids and
//!   labels.
//! - `read`: values as people write them. `key`: what a value is found by. `fingerprint`, `hash`: ninety-six bits
//!   instead of a text. `networks`: the closest one that holds an address.
//! - `build`, `staged`, `write`: from entries to bytes. `sync`: from a previous list and what has changed.
//! - `layout`, `meta`: how the bytes lie. `docs/watchlist-format.md` tells it to readers in other languages.
//! - `check`, `snapshot`: bytes, checked once and read in place. `matcher`: the most specific entry for a value; `hit`:
//!   what is told about it.

mod attributes;
mod build;
mod check;
mod entry;
mod extras;
mod fingerprint;
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzz;
mod hash;
mod hit;
mod index;
mod key;
mod layout;
mod matcher;
mod meta;
mod networks;
mod read;
mod snapshot;
mod staged;
mod sync;
mod write;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use build::{Builder, NAME_LIMIT, Options};
pub use check::Invalid;
pub use entry::{Details, Entry, ID_LIMIT, LABEL_LIMIT, SOURCE_LIMIT, score};
pub use hit::{Hit, Match, MatchedBy, MatchedValue};
pub use snapshot::Watchlist;
