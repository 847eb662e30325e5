//! UTS 46 by whoever brings the tables: a value must be the same on a server, in a page and in the tests.

use super::to_ascii;
use ioc_lookup::indicator::{self, ExtractOptions, Kind};
use wasm_bindgen_test::wasm_bindgen_test;

/// Hosts that are not ASCII, as they stand in a text, and as every runtime must write them.
const HOSTS: [(&str, &str); 21] = [
    ("bücher.example", "xn--bcher-kva.example"),
    ("BÜCHER.example", "xn--bcher-kva.example"),
    // One character or two: normalised first.
    ("bu\u{308}cher.example", "xn--bcher-kva.example"),
    // Non-transitional: these four characters are names of their own.
    ("faß.example", "xn--fa-hia.example"),
    ("βόλος.com", "xn--nxasmm1c.com"),
    ("क्\u{200d}ष.example", "xn--11b2ezcw70k.example"),
    ("ΒΌΛΟΣ.com", "xn--nxasmq6b.com"),
    // Characters that look like ASCII and are mapped to it.
    ("ｅｘａｍｐｌｅ.com", "example.com"),
    ("ⓔxample.com", "example.com"),
    ("\u{212a}.com", "k.com"),
    ("ﬁle.com", "file.com"),
    ("１２７.0.0.1", "127.0.0.1"),
    // Other full stops.
    ("日本語。jp", "xn--wgv71a119e.jp"),
    ("example．com", "example.com"),
    // Right to left, beyond the first plane, and nothing but a symbol.
    ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
    ("💩.la", "xn--ls8h.la"),
    ("☃.net", "xn--n3h.net"),
    // Invisible, and gone.
    ("a\u{ad}bücher.example", "xn--abcher-4ya.example"),
    // Letters whose small form differs between languages.
    ("İstanbul.com", "xn--istanbul-o0e.com"),
    ("ı.com", "xn--cfa.com"),
    ("xn--bcher-kva.bücher", "xn--bcher-kva.xn--bcher-kva"),
];

/// Hosts that no runtime may accept: a wrong joiner, wrong punycode, mixed directions, a mark without a letter, and
/// what is no host character.
const REFUSED: [&str; 7] = [
    "a\u{200d}b.éxample",
    "xn--a.éxample",
    "xn--zzzzzz.é",
    "א1a.example",
    "\u{301}a.example",
    "é%.example",
    "\u{2488}com.é",
];

#[wasm_bindgen_test(unsupported = test)]
fn the_runtime_encodes_names_as_every_other_does() {
    for (host, ascii) in HOSTS {
        assert_eq!(to_ascii(host).as_deref(), Some(ascii), "{host:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_runtime_refuses_what_is_no_name() {
    for host in REFUSED {
        assert_eq!(to_ascii(host), None, "{host:?}");
    }
}

/// Node 20 still has the tables from before Unicode 15.1, which made the capital letter one of its own.
#[wasm_bindgen_test(unsupported = test)]
fn the_capital_sharp_s_is_one_of_two_names_and_no_third() {
    let ascii = to_ascii("ẞ.com");
    assert!(matches!(ascii.as_deref(), Some("ss.com" | "xn--zca.com")), "{ascii:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn one_value_however_the_name_is_written() {
    for spelling in
        ["bücher.de", "BÜCHER[.]DE", "bu\u{308}cher(dot)de", "xn--bcher-kva.de", "bücher。de", " \"bücher.de.\" "]
    {
        let read = indicator::classify(spelling, to_ascii);
        let read = read.unwrap_or_else(|| panic!("{spelling:?} is a domain"));
        assert_eq!((read.kind, read.value.as_str()), (Kind::Domain, "xn--bcher-kva.de"), "{spelling:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_host_inside_a_url_or_an_address_is_encoded_too() {
    let value = |text| indicator::classify(text, to_ascii).map(|read| read.value);
    assert_eq!(value("hxxps://BÜCHER[.]de/Straße").as_deref(), Some("https://xn--bcher-kva.de/Stra%C3%9Fe"));
    assert_eq!(value("leser[at]bücher[.]de").as_deref(), Some("leser@xn--bcher-kva.de"));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_name_that_is_refused_is_not_found_in_text() {
    let text = "א1a.com und bücher.de";
    let mut values = Vec::new();
    indicator::extract(text, &ExtractOptions::default(), to_ascii, &mut |found| values.push(found.value.to_owned()));
    assert_eq!(values, ["xn--bcher-kva.de"]);
}
