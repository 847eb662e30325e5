//! Values in and out.
//!
//! Results cross as JSON text that JavaScript parses: faster than building objects one by one, and the one way costs less
//! of the wasm than two.

use crate::error::{Code, Error};
use crate::json::quote;
use crate::platform::Output;
use wasm_bindgen::prelude::*;

/// The JavaScript value of a JSON text of ours.
pub fn parsed(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap_or(JsValue::UNDEFINED)
}

/// An error as the plain object of which the facade makes a `LookupError`.
pub fn error(error: &Error) -> JsValue {
    parsed(&error.to_json())
}

/// What a call brought. An answer is `[status, headers, body]`.
pub fn output(output: Output) -> Result<JsValue, Error> {
    match output {
        Output::Nothing => Ok(JsValue::UNDEFINED),
        Output::Json(text) => js_sys::JSON::parse(&text).map_err(|_| Error::new(Code::Internal)),
        Output::Headers(headers) => Ok(parsed(&pairs(&headers))),
        Output::Response(answer) => {
            let body = js_sys::Uint8Array::from(answer.body.as_slice());
            Ok(js_sys::Array::of3(&answer.status.into(), &parsed(&pairs(&answer.headers)), &body).into())
        }
    }
}

/// Names and values as JSON: `[[name, value], …]`. In one piece from the start: headers hold secrets, and a text that
/// grows leaves copies behind.
pub fn pairs(pairs: &[(String, String)]) -> String {
    let room = pairs.iter().map(|(name, value)| name.len() + value.len() + "[\"\",\"\"],".len()).sum::<usize>();
    let mut out = String::with_capacity(room + "[]".len());
    for (index, (name, value)) in pairs.iter().enumerate() {
        out.push_str(if index == 0 { "[[" } else { ",[" });
        quote(&mut out, name);
        out.push(',');
        quote(&mut out, value);
        out.push(']');
    }
    out.push_str(if pairs.is_empty() { "[]" } else { "]" });
    out
}
