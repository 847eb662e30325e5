//! The sandbox: threat-intelligence platforms imitated over SQLite, for demos and tests on one machine.
//!
//! The frame knows no platform's protocol; a platform is one folder that knows nothing of the others:
//!
//! - [`cli`]: the command line; [`serve`]: listeners, [`ready`]: what is printed once they accept.
//! - [`layers`]: what every platform's requests pass: the log, CORS, latency, the rate limit.
//! - [`record`]: an indicator as no platform in particular knows it; [`seed`] and [`feed`]: where records
//!   come from, [`import`]: how they get into the platforms' tables.
//! - [`detect`]: the core's detection of indicators, seen from here.
//! - [`basic`]: `Authorization: Basic` as clients in the field write it.
//! - [`database`], [`clock`], [`secret`], [`tls`]: the outside world.
//! - [`threatq`], [`qradar`], [`taegis`]: the platforms.
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

pub mod basic;
pub mod cli;
pub mod clock;
pub mod database;
pub mod detect;
pub mod error;
pub mod feed;
pub mod import;
pub mod layers;
pub mod progress;
pub mod qradar;
pub mod ready;
pub mod record;
pub mod secret;
pub mod seed;
pub mod serve;
pub mod taegis;
pub mod threatq;
pub mod tls;

pub use error::Error;
