//! Detection against real reports, a real feed, synthetic texts, hostile ones, and other implementations. Native only:
//! the same code runs in wasm, and reading files does not.
#![cfg(not(target_arch = "wasm32"))]

mod addresses;
mod data;
mod feed;
mod generator;
mod properties;
mod score;
mod synthetic;
mod text;
mod truth;
mod urls;
