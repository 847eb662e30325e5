//! Texts through the functions that the package exports. How a string of JavaScript becomes a question, and what is made
//! of the answers, is proven on the package (`tests/package/detection.test.mjs`).

use ioc_lookup::js;
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

#[wasm_bindgen_test]
fn what_is_no_indicator_is_null() {
    assert!(js::classify("no indicator").is_null());
    let read = js::classify("203.0.113[.]7");
    assert_eq!(
        String::from(JSON::stringify(&read).unwrap()),
        r#"{"kind":"ipv4","value":"203.0.113.7","special":true}"#
    );
}

#[wasm_bindgen_test]
fn an_unknown_kind_is_an_error_that_says_which_option() {
    let error = js::extract(0, Some(r#"{"kinds":["ipv5"]}"#.to_owned())).unwrap_err();
    assert_eq!(member(&error, "code").as_string().as_deref(), Some("config_invalid"));
    let message = member(&error, "message").as_string().unwrap();
    assert!(message.contains("kinds"), "{message}");
}
