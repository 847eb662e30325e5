//! The boundary: the only module that knows JavaScript. It converts and delegates; it decides nothing.

use wasm_bindgen::prelude::*;

/// `version` of the contract.
#[wasm_bindgen(skip_typescript)]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
