//! The synchronous functions of the contract.

use super::convert;
use super::host::to_ascii;
use super::memory::{Answers, asked};
use crate::error::Error;
use crate::indicator::{self, Confidence, ExtractOptions, Found, Kind};
use crate::json::{self, Object};
use crate::options::Options;
use std::cell::RefCell;
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

/// `defang` of the contract.
#[wasm_bindgen(skip_typescript)]
pub fn defang(text: &str) -> String {
    indicator::defang(text, to_ascii)
}

thread_local! {
    static FOUND: RefCell<Answers<4>> = RefCell::default();
}

/// The value is what stands in the text, letter by letter.
const VALUE_IS_RAW: u32 = 1 << 8;
const DEFANGED: u32 = 1 << 9;
const LOW: u32 = 1 << 10;
const SPECIAL: u32 = 1 << 11;

/// `extract` of the contract on the text of so many bytes that was written into the room; options as JSON text. Returns
/// how many indicators there are: [`found`] says where. Each is start, end, kind with flags, and the length of its value.
#[wasm_bindgen(skip_typescript)]
pub fn extract(length: usize, options: Option<String>) -> Result<u32, JsValue> {
    let options = match options {
        None => ExtractOptions::default(),
        Some(text) => read_options(&text).map_err(|error| convert::error(&error))?,
    };
    FOUND.with_borrow_mut(|answers| {
        answers.clear();
        asked(length, |text| {
            indicator::extract(text, &options, to_ascii, &mut |found| add(answers, text, &found));
        });
        Ok(answers.count())
    })
}

/// Where the indicators of the latest [`extract`] are.
#[wasm_bindgen(skip_typescript)]
pub fn found() -> u32 {
    FOUND.with_borrow_mut(Answers::address)
}

fn add(answers: &mut Answers<4>, text: &str, found: &Found<'_>) {
    let flag = |flag: u32, is_set: bool| if is_set { flag } else { 0 };
    // Of ASCII only: half of a surrogate pair is another character here than in the caller's own string.
    let is_raw = found.value.is_ascii() && text.get(found.bytes.clone()) == Some(found.value);
    let what = found.kind as u32
        | flag(VALUE_IS_RAW, is_raw)
        | flag(DEFANGED, found.defanged)
        | flag(LOW, found.confidence == Confidence::Low)
        | flag(SPECIAL, found.special);
    let value_length = if is_raw { 0 } else { answers.text(found.value) };
    answers.push([found.start as u32, found.end as u32, what, value_length]);
}

fn read_options(text: &str) -> Result<ExtractOptions, Error> {
    let options = Options::of(json::parse(text).ok(), "")?;
    let kinds = match options.texts("kinds")? {
        None => None,
        Some(names) => {
            let kinds: Option<Vec<Kind>> = names.iter().map(|name| Kind::from_name(name)).collect();
            Some(kinds.ok_or_else(|| options.wrong("kinds"))?)
        }
    };
    Ok(ExtractOptions {
        kinds,
        include_low: options.flag("includeLow")?,
        include_special: options.get("includeSpecial").is_none() || options.flag("includeSpecial")?,
        unique: options.flag("unique")?,
    })
}
