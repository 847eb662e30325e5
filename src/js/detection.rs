//! The synchronous functions of the contract.

use super::convert;
use super::host::to_ascii;
use crate::indicator;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// `classify` of the contract; `null` for what is no indicator.
#[wasm_bindgen(skip_typescript)]
pub fn classify(text: &str) -> JsValue {
    #[derive(Serialize)]
    struct Classified<'a> {
        kind: &'static str,
        value: &'a str,
        special: bool,
    }
    match indicator::classify(text, to_ascii) {
        Some(read) => convert::to_js(&Classified { kind: read.kind.name(), value: &read.value, special: read.special }),
        None => JsValue::NULL,
    }
}

/// `refang` of the contract.
#[wasm_bindgen(skip_typescript)]
pub fn refang(text: &str) -> String {
    indicator::refang(text, to_ascii).into_owned()
}
