//! What is done with every byte of a text, a page or a list, and therefore built for speed where the rest is built for size.
//!
//! - [`watchlist`]: indicators to match against, kept as bytes and asked without any network.
//! - [`indicator`]: kinds, canonical values, refanging, extraction from text.
//! - [`json`]: reading and writing JSON.
//! - [`verdict`]: our four words for how bad it is.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

pub mod indicator;
pub mod json;
#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "../fuzz/seeds.rs"]
mod seeds;
pub mod verdict;
pub mod watchlist;
