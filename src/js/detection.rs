//! The synchronous functions of the contract.

use super::convert;
use super::host::to_ascii;
use super::memory::{Answers, asked};
use crate::error::Error;
use crate::indicator::{self, Confidence, ExtractOptions, Found, Kind};
use crate::json;
use crate::options::Options;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static FOUND: RefCell<Answers<4>> = RefCell::default();
}

/// The value is what stands in the text, letter by letter.
const VALUE_IS_RAW: u32 = 1 << 8;
const DEFANGED: u32 = 1 << 9;
const LOW: u32 = 1 << 10;
const SPECIAL: u32 = 1 << 11;

/// `classify` of the contract on the text of so many bytes that was written into the room. Returns whether it is an
/// indicator: [`found`] says where it is, in the form of [`extract`] and without a place.
#[wasm_bindgen(skip_typescript)]
pub fn classify(length: usize) -> bool {
    FOUND.with_borrow_mut(|answers| {
        answers.clear();
        asked(length, |text| {
            let Some(read) = indicator::classify(text, to_ascii) else { return };
            let (is_raw, value_length) = value(answers, &read.value, text);
            answers.push([0, 0, read.kind as u32 | is_raw | flag(SPECIAL, read.special), value_length]);
        });
        answers.count() > 0
    })
}

/// `refang` of the contract, likewise.
#[wasm_bindgen(skip_typescript)]
pub fn refang(length: usize) -> String {
    asked(length, |text| indicator::refang(text, to_ascii).into_owned()).unwrap_or_default()
}

/// `defang` of the contract, likewise.
#[wasm_bindgen(skip_typescript)]
pub fn defang(length: usize) -> String {
    asked(length, |text| indicator::defang(text, to_ascii)).unwrap_or_default()
}

/// `extract` of the contract, likewise; options as JSON text. Returns how many indicators there are: [`found`] says where.
/// Each is start, end, kind with flags, and the length of its value.
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

/// Where the indicators of the latest [`extract`] or [`classify`] are.
#[wasm_bindgen(skip_typescript)]
pub fn found() -> u32 {
    FOUND.with_borrow_mut(Answers::address)
}

fn add(answers: &mut Answers<4>, text: &str, found: &Found<'_>) {
    let raw = text.get(found.bytes.clone()).unwrap_or_default();
    let (is_raw, value_length) = value(answers, found.value, raw);
    let what = found.kind as u32
        | is_raw
        | flag(DEFANGED, found.defanged)
        | flag(LOW, found.confidence == Confidence::Low)
        | flag(SPECIAL, found.special);
    answers.push([found.start as u32, found.end as u32, what, value_length]);
}

/// Adds a value, unless the facade has it: [`VALUE_IS_RAW`], and the length of what was added. Of ASCII only, since half of a
/// surrogate pair is another character here than in the caller's own string.
fn value(answers: &mut Answers<4>, value: &str, raw: &str) -> (u32, u32) {
    if value == raw && value.is_ascii() { (VALUE_IS_RAW, 0) } else { (0, answers.text(value)) }
}

fn flag(flag: u32, is_set: bool) -> u32 {
    if is_set { flag } else { 0 }
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
