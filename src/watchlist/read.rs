//! Reads what is put on a list, and what a list is asked for.
//!
//! Nearly all values of feeds and logs are canonical already: a name in lower case, an IPv4 address, a digest. One look
//! at each byte tells ([`plain`]), and nothing is copied; all else goes to [`classify`].

use std::borrow::Cow;

use crate::indicator::{Kind, ToAscii, classify, classify_as, ip, tld};

/// A kind and a canonical value.
pub(super) type Value<'t> = (Kind, Cow<'t, str>);

/// An entry's value; of the given kind, if one is given.
pub(super) fn entry(text: &str, kind: Option<Kind>, to_ascii: ToAscii) -> Option<Value<'_>> {
    let plain = plain(text).filter(|plain| match kind {
        Some(kind) => kind == *plain,
        None => *plain != Kind::Domain || tld::accepts(text),
    });
    if let Some(kind) = plain {
        return Some((kind, Cow::Borrowed(text)));
    }
    let found = match kind {
        Some(kind) => classify_as(kind, text, to_ascii),
        None => classify(text, to_ascii),
    };
    found.map(|found| (found.kind, Cow::Owned(found.value)))
}

/// A query. What has no listed last label but the form of a name, a URL without a scheme, or an address of mail is
/// that: entries of a given kind may be such.
pub(super) fn query(text: &str, to_ascii: ToAscii) -> Option<Value<'_>> {
    if let Some(kind) = plain(text) {
        return Some((kind, Cow::Borrowed(text)));
    }
    let found = classify(text, to_ascii).or_else(|| {
        [Kind::Domain, Kind::Url, Kind::Email].into_iter().find_map(|kind| classify_as(kind, text, to_ascii))
    })?;
    Some((found.kind, Cow::Owned(found.value)))
}

/// The kind of a text that is canonical as it stands and can be read in one way only.
fn plain(text: &str) -> Option<Kind> {
    const NAME_LIMIT: usize = 253;
    if text.len() > NAME_LIMIT {
        return None;
    }
    if is_plain_name(text.as_bytes()) {
        return Some(Kind::Domain);
    }
    if ip::v4(text).is_some() {
        return Some(Kind::Ipv4);
    }
    digest(text)
}

fn digest(text: &str) -> Option<Kind> {
    let kind = match text.len() {
        32 => Kind::Md5,
        40 => Kind::Sha1,
        64 => Kind::Sha256,
        _ => return None,
    };
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(kind)
}

/// Two labels or more, of letters and digits, `-` and `_` between them, the last one without `_` and after a letter. A
/// label that IDNA made may have a better form, so it is not plain.
fn is_plain_name(text: &[u8]) -> bool {
    const LABEL_LIMIT: usize = 63;
    let mut length = 0;
    let mut first = b'.';
    let mut previous = b'.';
    let mut is_last = false;
    let mut has_underscore = false;
    for &byte in text {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => {}
            b'.' if is_inner(previous) || length > LABEL_LIMIT => return false,
            b'.' => {
                is_last = true;
                has_underscore = false;
                length = 0;
                previous = byte;
                continue;
            }
            // `xn--`, and what else has hyphens there.
            b'-' if length == 0 || length == 3 && previous == b'-' => return false,
            b'_' if length == 0 => return false,
            b'-' => {}
            b'_' => has_underscore = true,
            _ => return false,
        }
        if length == 0 {
            first = byte;
        }
        length += 1;
        previous = byte;
    }
    is_last && !is_inner(previous) && length <= LABEL_LIMIT && !has_underscore && first.is_ascii_lowercase()
}

/// Whether no label ends with this byte.
fn is_inner(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::indicator::native_to_ascii;

    fn value(value: Option<Value<'_>>) -> Option<(Kind, String)> {
        value.map(|(kind, text)| (kind, text.into_owned()))
    }

    #[test]
    fn what_is_canonical_already_is_read_without_a_copy() {
        for (text, kind) in [
            ("a-b.c_d.example.co.uk", Kind::Domain),
            ("1.2.3.4", Kind::Ipv4),
            ("0123456789abcdef0123456789abcdef", Kind::Md5),
            ("0.pool.ntp.org", Kind::Domain),
        ] {
            assert!(matches!(query(text, native_to_ascii), Some((found, Cow::Borrowed(_))) if found == kind), "{text}");
        }
    }

    #[test]
    fn a_name_without_a_listed_last_label_is_a_query_and_an_entry_of_a_given_kind() {
        let name = Some((Kind::Domain, "apk.xrat".to_owned()));
        for text in ["apk.xrat", "apk[.]xrat", "APK.xrat"] {
            assert_eq!(value(query(text, native_to_ascii)), name);
            assert_eq!(value(entry(text, Some(Kind::Domain), native_to_ascii)), name);
            assert_eq!(value(entry(text, None, native_to_ascii)), None);
        }
    }

    #[test]
    fn what_an_entry_of_a_given_kind_was_read_from_is_a_query_too() {
        for (text, kind) in [("h.xrat/a", Kind::Url), ("who@h.xrat", Kind::Email), ("h.xrat", Kind::Domain)] {
            let given = entry(text, Some(kind), native_to_ascii);
            assert!(given.is_some(), "{text}");
            assert_eq!(value(query(text, native_to_ascii)), value(given));
        }
    }

    #[test]
    fn a_value_that_cannot_be_of_the_given_kind_is_none() {
        assert_eq!(entry("1.2.3.4", Some(Kind::Domain), native_to_ascii), None);
        assert_eq!(entry("example.com", Some(Kind::Ipv4), native_to_ascii), None);
        assert_eq!(query("not an indicator", native_to_ascii), None);
    }

    proptest! {
        #[test]
        fn what_is_plain_is_read_alike_by_the_long_way(
            text in prop_oneof![
                "[a-z0-9_.-]{1,20}",
                "([a-z0-9_-]{1,4}\\.){1,3}(com|x|1|0x1|xn--p1ai|a-|-a|c_m)",
                "(xn--)?[a-z]{1,5}\\.(com|uk)",
                "[a-z]{60,66}\\.[a-z]{60,66}\\.[a-z]{60,66}\\.[a-z]{60,66}",
                "([0-9]{1,3}\\.){3}[0-9]{1,3}",
                "[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-g]{64}",
            ],
        ) {
            if let Some(kind) = plain(&text) {
                let found = classify_as(kind, &text, native_to_ascii);
                prop_assert_eq!(found.map(|found| (found.kind, found.value)), Some((kind, text.clone())));
            }
            let guessed = classify(&text, native_to_ascii).map(|found| (found.kind, found.value));
            prop_assert_eq!(value(entry(&text, None, native_to_ascii)), guessed.clone(), "{}", text);
            if guessed.is_some() {
                prop_assert_eq!(value(query(&text, native_to_ascii)), guessed, "{}", text);
            }
        }
    }
}
