//! Ask threat-intelligence platforms what they know about an indicator.
//!
//! The map of the crate; arrows point down only:
//!
//! - [`indicator`]: kinds, canonical values, refanging, extraction from text.
//! - `js`: the boundary, the only part that knows JavaScript.
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
// wasm-bindgen exports public functions only, and nothing else reaches them.
#[cfg(target_arch = "wasm32")]
#[allow(unreachable_pub)]
mod js;
