//! HTTP as plain values: what is asked, what is answered, and the rules between the two. Nothing here sends.
//!
//! - [`request`], [`response`]: the values.
//! - [`url`]: percent-encoding, joining, and the check that a request stays on its origin.
//! - [`retry`]: which failures are tried again, and when.
//! - [`gate`]: how many requests are under way at once.
//! - [`host`]: what the core asks of its surroundings: one request, the time, a random number.
//! - [`attempt`]: one request with its timer; [`join`], [`race`]: several futures at once.

pub mod attempt;
#[cfg(any(fuzzing, all(test, not(target_arch = "wasm32"))))]
pub mod fuzz;
pub mod gate;
pub mod host;
pub mod join;
pub mod race;
pub mod request;
pub mod response;
pub mod retry;
#[cfg(any(test, fuzzing))]
#[cfg_attr(not(test), allow(dead_code))]
pub(crate) mod sim;
pub mod url;

pub use attempt::{Call, Failure, Limits, Tally};
pub use host::{Boxed, Clock, Host, Phase};
pub use request::{Method, Request};
pub use response::{Kind, Response};
