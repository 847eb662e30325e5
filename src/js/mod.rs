//! The boundary: the only module that knows JavaScript. It converts and delegates; it decides nothing.
//!
//! - [`client`]: clients, and the tasks that their calls are.
//! - [`task`]: a future that JavaScript polls.
//! - [`host`]: the surroundings of the core, over JavaScript; [`fetch`]: the sending.
//! - [`runtime`]: what a task waits for, and what is left when nobody waits any more.
//! - [`detection`]: the synchronous functions; [`watchlist`]: lists to match against; [`memory`]: how their questions and
//!   answers cross.
//! - [`convert`]: values in and out.

mod client;
mod convert;
mod detection;
mod fetch;
mod host;
mod memory;
mod runtime;
mod task;
mod watchlist;

pub use host::to_ascii;

use wasm_bindgen::prelude::*;

/// `version` of the contract.
#[wasm_bindgen(skip_typescript)]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
