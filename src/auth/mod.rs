//! Tokens: how they are asked for, judged, kept, renewed and put on a request.
//!
//! - [`dialect`]: what a platform says about its token endpoint.
//! - [`token`]: reading a token response; [`complaint`]: reading a refusal.
//! - [`manager`]: every decision about the one token of a client, without I/O.
//! - [`flight`]: one acquisition or renewal; [`session`]: one authorized call, with renewal, replay and retries.
//! - [`record`], [`storage`]: what outlives an instance.
//! - [`redact`]: no secret in what a server said.

pub mod complaint;
pub mod dialect;
pub mod flight;
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzz;
pub mod manager;
#[cfg(any(test, fuzzing))]
mod plain;
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
mod properties;
pub mod record;
pub mod redact;
pub mod session;
#[cfg(test)]
mod session_tests;
pub mod storage;
pub mod token;

pub use dialect::{Dialect, Grant, Refused};
pub use manager::{Bearer, Manager};
pub use session::Session;
