//! Ask threat-intelligence platforms what they know about an indicator.
//!
//! The map of the crate. Arrows point down only: what stands higher may use what stands lower.
//!
//! - `js`: the boundary, the only part that knows JavaScript. It converts and delegates.
//! - [`platform`]: ThreatQ, QRadar, Taegis: one folder each.
//! - [`watchlist`]: indicators to match against, kept as bytes and asked without any network.
//! - [`report`]: what a platform says about a value.
//! - [`auth`]: tokens, and authorized calls.
//! - [`http`]: requests and answers as plain values, retries, limits.
//! - [`indicator`]: kinds, canonical values, refanging, extraction from text.
//! - [`options`]: reading what a caller gave; [`json`]: reading and writing JSON.
//! - [`time`], [`secret`], [`error`]: a type for each.
//!
//! [`watchlist`], [`indicator`], [`json`] and [`verdict`] are built for speed, in a package of their own (`hot.rs`).
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

pub mod auth;
pub mod error;
pub mod http;
// wasm-bindgen exports public functions only; in Rust nothing but the tests reaches them.
#[cfg(target_arch = "wasm32")]
#[allow(unreachable_pub)]
pub mod js;
pub mod options;
pub mod platform;
pub mod report;
pub mod secret;
#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "../fuzz/seeds.rs"]
mod seeds;
pub mod time;

pub use ioc_lookup_hot::{indicator, json, verdict, watchlist};
