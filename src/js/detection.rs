//! The synchronous functions of the contract.

use super::convert;
use super::host::to_ascii;
use crate::error::Error;
use crate::indicator::{self, Confidence, ExtractOptions, Found, Kind};
use crate::json::{self, Object};
use crate::options::Options;
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

/// `extract` of the contract, options as JSON text. `raw` is left empty for the facade, which has the caller's own string:
/// half of a surrogate pair does not survive the way into the wasm.
#[wasm_bindgen(skip_typescript)]
pub fn extract(text: &str, options: &str) -> Result<JsValue, JsValue> {
    let options = read_options(options).map_err(|error| convert::error(&error))?;
    let mut list = String::from("[");
    indicator::extract(text, &options, to_ascii, &mut |found| {
        if list.len() > 1 {
            list.push(',');
        }
        list.push_str(&indicator_json(&found));
    });
    list.push(']');
    Ok(convert::parsed(&list))
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

fn indicator_json(found: &Found<'_>) -> String {
    Object::new()
        .text("kind", found.kind.name())
        .text("value", found.value)
        .raw("raw", "\"\"")
        .number("start", found.start as u64)
        .number("end", found.end as u64)
        .flag("defanged", found.defanged)
        .text("confidence", if found.confidence == Confidence::Low { "low" } else { "high" })
        .flag("special", found.special)
        .finish()
}
