//! Texts made to hurt: the wasm has 32-bit sizes and a small stack, and a trap would end every call of the instance.

use super::to_ascii;
use ioc_lookup::indicator::{self, ExtractOptions};
use wasm_bindgen_test::wasm_bindgen_test;

/// How long a text becomes, in bytes of UTF-8.
const LENGTH: usize = 60_000;

/// Pieces that a scanner could fall over when they are repeated.
const PIECES: [&str; 14] =
    ["a", "a.", "1.", "f", "@", "[.]", "[[", "http://", "hxxp://a.b/", "::", "é", "é.", "💩.", "\u{fffd}"];

#[wasm_bindgen_test(unsupported = test)]
fn a_long_text_of_one_piece_is_read_to_its_end() {
    for piece in PIECES {
        let text = piece.repeat(LENGTH / piece.len());
        let everything = ExtractOptions { include_low: true, ..ExtractOptions::default() };
        // Behind all of it stands something that must be found if the end was reached.
        let text = text + " \n 203.0.113.7 \n";
        let mut last = String::new();
        indicator::extract(&text, &everything, to_ascii, &mut |found| last = found.value.to_owned());
        assert_eq!(last, "203.0.113.7", "{piece:?}");
        assert_eq!(indicator::classify(&text, to_ascii), None, "{piece:?}");
        assert!(indicator::refang(&text, to_ascii).ends_with("203.0.113.7 \n"), "{piece:?}");
        assert!(indicator::defang(&text, to_ascii).ends_with("203[.]0[.]113[.]7 \n"), "{piece:?}");
    }
}
