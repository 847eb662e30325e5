//! Detection against real reports, real feeds and synthetic texts. Native only: the same code runs in wasm, and
//! reading files does not.
#![cfg(not(target_arch = "wasm32"))]

mod data;
mod score;
mod truth;
