//! URLs, written as another implementation of the WHATWG's standard writes them.

use crate::text;
use ioc_lookup::indicator::{Kind, classify, native_to_ascii};
use proptest::prelude::*;
use url::Url;

/// A host that this package takes for one: labels that DNS allows, addresses of all spellings.
fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9]([a-zA-Z0-9-]{0,5}[a-zA-Z0-9])?(\\.[a-zA-Z]{2,6}){1,3}",
        "(0x[0-9a-f]{1,3}|0[0-7]{1,3}|[0-9]{1,4})(\\.(0x[0-9a-f]{1,3}|[0-9]{1,3})){0,4}",
        "\\[(2001:db8::[0-9a-f]{1,4}|::1|::ffff:1\\.2\\.3\\.4)\\]",
        "(bücher|例え|παράδειγμα|пример|ｅｖｉｌ)\\.(com|みんな|рф)",
        Just("localhost".to_owned()),
    ]
    .prop_filter("an A-label that may not decode", |host| !host.to_ascii_lowercase().contains("xn--"))
}

/// The rest of a URL, without `:` and `|`, behind a letter of which that implementation sees a drive of Windows, and without the spellings of a defanged path, which are undone here and only here.
fn rest() -> impl Strategy<Value = String> {
    let path = "(/(\\.|\\.\\.|%2e|%2E%2e|[a-zA-Z0-9._~!$'()*+,;=@\"`é访&-]{0,6})){0,5}";
    let query = "(\\?[a-zA-Z0-9'\"`{}|/?:@&=é-]{0,8})?(#[a-zA-Z0-9'\"`{}|/?#é-]{0,8})?";
    (path, query)
        .prop_map(|(path, query)| path + &query)
        .prop_filter("a spelling", |rest| !["&amp;", "{/", "{:", "{@"].iter().any(|spelling| rest.contains(spelling)))
}

proptest! {
    #![proptest_config(text::config())]

    #[test]
    fn a_url_has_the_serialisation_of_the_standard(
        scheme in "http|https|HTTP|ftp|ws|wss",
        slashes in ":(/{1,3}|\\\\\\\\|//)",
        userinfo in "([a-zA-Z0-9._~!$&'*+,;=|{}^é-]{0,4}(:[a-zA-Z0-9:;é]{0,4})?@)?",
        host in host(),
        dot in "\\.?",
        port in "(:(80|443|21|8080|0080|65535|65536|1)?)?",
        rest in rest(),
    ) {
        let text = format!("{scheme}{slashes}{userinfo}{host}{dot}{port}{rest}");
        let theirs = Url::parse(&text).ok().map(String::from);
        let ours = classify(&text, native_to_ascii).filter(|found| found.kind == Kind::Url).map(|found| found.value);
        // What that parser refuses, and what has a bad port, is no URL; the rest has one value.
        prop_assert_eq!(ours, theirs, "{}", text);
    }
}
