//! JavaScript's own strings through the functions that the package exports: offsets are UTF-16 units, and half of a
//! surrogate pair is a unit like any other.

use ioc_lookup::js;
use js_sys::{Array, JSON, JsString, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// What precedes and follows an indicator, as UTF-16 units.
const SURROUNDINGS: [&[u16]; 7] = [
    &[],
    // A pair: one character, two units, four bytes.
    &[0xd83d, 0xde00, 0x20],
    // Halves, alone, doubled and in the wrong order.
    &[0xd83d, 0x20],
    &[0xde00, 0x20],
    &[0xde00, 0xd83d, 0x20],
    &[0xd83d, 0xd83d, 0xde00, 0x20],
    // Two and three bytes of UTF-8 in one unit each.
    &[0x00e9, 0x20ac, 0x20],
];

/// A string as JavaScript holds it, which Rust could not.
fn string(units: &[u16]) -> JsString {
    units
        .iter()
        .map(|unit| JsString::from_char_code(&[*unit]))
        .fold(JsString::from(""), |text, unit| text.concat(&unit))
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

/// What the boundary is handed for this string.
fn as_the_glue_hands_it(text: &JsString) -> String {
    String::from(text)
}

fn extract(text: &JsString) -> Vec<JsValue> {
    js::extract(&as_the_glue_hands_it(text), "{}").unwrap().unchecked_into::<Array>().to_vec()
}

#[wasm_bindgen_test]
fn offsets_cut_the_indicator_out_of_the_callers_own_string() {
    for before in SURROUNDINGS {
        for after in SURROUNDINGS {
            let indicator = units("evil-bücher[.]com");
            let after: Vec<u16> = after.iter().rev().copied().collect();
            let text = string(&[before, &indicator, &after].concat());
            let found = extract(&text);
            assert_eq!(found.len(), 1, "{before:x?} {after:x?}");
            let offset = |name| member(&found[0], name).as_f64().unwrap() as u32;
            let raw = text.slice(offset("start"), offset("end"));
            assert_eq!(String::from(raw), "evil-bücher[.]com", "{before:x?} {after:x?}");
            assert_eq!(offset("start") as usize, before.len());
        }
    }
}

#[wasm_bindgen_test]
fn half_a_pair_inside_a_name_ends_the_name() {
    let halved = string(&[units("bad.exa").as_slice(), &[0xd83d], &units("mple.com 198.51.100.7")].concat());
    let values: Vec<String> = extract(&halved).iter().map(|one| member(one, "value").as_string().unwrap()).collect();
    assert!(values.iter().all(|value| value.is_ascii()), "{values:?}");
    assert_eq!(values.last().map(String::as_str), Some("198.51.100.7"));
}

#[wasm_bindgen_test]
fn an_indicator_has_the_members_of_the_contract() {
    let found = extract(&"see hxxp://bad[.]example/a".into());
    let json: String = JSON::stringify(&found[0]).unwrap().into();
    assert_eq!(
        json,
        concat!(
            r#"{"kind":"url","value":"http://bad.example/a","raw":"","start":4,"end":26,"#,
            r#""defanged":true,"confidence":"high","special":true}"#
        )
    );
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
    let error = js::extract("a", r#"{"kinds":["ipv5"]}"#).unwrap_err();
    assert_eq!(member(&error, "code").as_string().as_deref(), Some("config_invalid"));
    let message = member(&error, "message").as_string().unwrap();
    assert!(message.contains("kinds"), "{message}");
}
