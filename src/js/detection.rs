//! The synchronous functions of the contract.

use super::convert;
use super::host::to_ascii;
use crate::indicator;
use crate::json::Object;
use wasm_bindgen::prelude::*;

/// `classify` of the contract; `null` for what is no indicator.
#[wasm_bindgen(skip_typescript)]
pub fn classify(text: &str) -> JsValue {
    let Some(read) = indicator::classify(text, to_ascii) else { return JsValue::NULL };
    let mut found = Object::new();
    found.text("kind", read.kind.name()).text("value", &read.value).flag("special", read.special);
    convert::parsed(&found.finish())
}

/// `refang` of the contract.
#[wasm_bindgen(skip_typescript)]
pub fn refang(text: &str) -> String {
    indicator::refang(text, to_ascii).into_owned()
}
