//! Values in and out.
//!
//! Results cross as JSON text that JavaScript parses: faster than building objects one by one, and the one way costs less
//! of the wasm than two.

use crate::error::{Code, Error};
use crate::json::{array, quoted};
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

/// What a call brought.
pub fn output(output: Output) -> Result<JsValue, Error> {
    match output {
        Output::Nothing => Ok(JsValue::UNDEFINED),
        Output::Json(text) => js_sys::JSON::parse(&text).map_err(|_| Error::new(Code::Internal)),
        Output::Headers(headers) => Ok(pairs(&headers)),
        Output::Response(answer) => {
            let object = js_sys::Object::new();
            set(&object, "status", &answer.status.into());
            set(&object, "headers", &pairs(&answer.headers));
            set(&object, "body", &js_sys::Uint8Array::from(answer.body.as_slice()));
            Ok(object.into())
        }
    }
}

fn pairs(pairs: &[(String, String)]) -> JsValue {
    parsed(&array(pairs.iter().map(|(name, value)| array([quoted(name), quoted(value)]))))
}

/// Sets a member of an object of ours, which cannot fail.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(object, &name.into(), value);
}

/// A member of an object that may be anything; a getter that throws counts as absent.
pub fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// A method of an object that may be anything.
pub fn method(object: &JsValue, name: &str) -> Option<js_sys::Function> {
    get(object, name)?.dyn_into().ok()
}
