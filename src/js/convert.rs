//! Values in and out.

use crate::error::{Code, Error};
use crate::platform::Output;
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// A small value as a plain JavaScript object; `None` becomes `null`, as the contract says.
pub fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}

/// An error as the plain object of which the facade makes a `LookupError`.
pub fn error(error: &Error) -> JsValue {
    to_js(error)
}

/// Arguments and options arrive as JSON text: it is checked for lone surrogates on the way, and read in one piece.
pub fn json(text: &str, name: &'static str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|_| Error::config(name))
}

/// What a call brought. Bulk data cross as JSON text that JavaScript parses: faster than building objects one by one.
pub fn output(output: Output) -> Result<JsValue, Error> {
    match output {
        Output::Nothing => Ok(JsValue::UNDEFINED),
        Output::Json(text) => js_sys::JSON::parse(&text).map_err(|_| Error::new(Code::Internal)),
        Output::Headers(headers) => Ok(to_js(&headers)),
        Output::Response(answer) => {
            let object = js_sys::Object::new();
            set(&object, "status", &answer.status.into());
            set(&object, "headers", &to_js(&answer.headers));
            set(&object, "body", &js_sys::Uint8Array::from(answer.body.as_slice()));
            Ok(object.into())
        }
    }
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
