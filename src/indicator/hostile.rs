//! Texts made to be slow: each must cost a bounded number of looks per byte, however long it is.
//!
//! Looks at the text are counted, not time: the answer is the same on every machine.

use super::text::looks;
use super::{ExtractOptions, defang, extract, native_to_ascii, refang};

/// What is repeated; a `|` stands where it starts again after a beginning.
const PATTERNS: [&str; 64] = [
    "a",
    "a.",
    "a.b-",
    "-",
    "_",
    "a-",
    "a_.",
    ".",
    "..",
    "@",
    "a@",
    "a.b@",
    "a+",
    "a.b+",
    "a+@",
    "a@a.",
    ":",
    "::",
    "a:",
    "1:",
    "a::",
    "::a:",
    "[:]",
    "a[:]",
    "[",
    "[[",
    "[.",
    "a[.",
    "a[.]",
    "a(",
    "((",
    "a].[",
    "a [.] ",
    "a dot ",
    "a dot it ",
    "a at ",
    "a at b dot ",
    "1.",
    "1.1.1.1-",
    "1.1.1.1/",
    "1.1.1.1/24",
    "1.2.3.4",
    "http",
    "http:",
    "http:/",
    "http://",
    "h[tt]p",
    "ws:/a ",
    "ws:a:",
    "http://a@",
    "http://|a:",
    "http://a/|[",
    "http://a/?|[a",
    "http://a/|(",
    "http://a/|.",
    "http://a/|,",
    "http://a/|;h",
    "http://a/|&amp;",
    "http://|a.",
    "http://a/|\\",
    "\u{ad}",
    "a\u{ad}",
    "é",
    "éa",
];

const MORE: [&str; 22] = [
    "я.я ",
    "访",
    "访a",
    "访.a",
    "é.",
    "🔥",
    "。",
    "a。",
    "【",
    "a【.",
    "\u{fffd}",
    "d41d8cd98f00b204e9800998ecf8427e",
    "d41d8cd98f00b204e9800998ecf8427e-",
    "3:a",
    "96:abcdefgh",
    "cve-",
    "CVE-2021-",
    "AS1 ",
    "x://a/",
    "x://a:b@",
    "evil.com ",
    "a.com:",
];

/// A text of at least so many bytes.
fn text(pattern: &str, length: usize) -> String {
    let (begin, again) = pattern.split_once('|').unwrap_or(("", pattern));
    begin.to_owned() + &again.repeat(length / again.len())
}

fn patterns() -> impl Iterator<Item = &'static str> {
    PATTERNS.into_iter().chain(MORE)
}

fn looks_of_extract(text: &str) -> u64 {
    looks::of(|| extract(text, &ExtractOptions::default(), native_to_ascii, &mut |_| {}))
}

#[test]
fn twice_the_text_costs_twice_the_looks() {
    for pattern in patterns() {
        let (once, twice) = (looks_of_extract(&text(pattern, 10_000)), looks_of_extract(&text(pattern, 20_000)));
        assert!(twice * 10 <= once * 26, "{pattern:?}: {once} looks, then {twice}");
    }
}

#[test]
fn no_text_costs_more_than_a_few_looks_a_byte() {
    for pattern in patterns() {
        let text = text(pattern, 20_000);
        let each = looks_of_extract(&text) / text.len() as u64;
        assert!(each <= 64, "{pattern:?}: {each} looks a byte");
    }
}

#[test]
fn refanging_and_defanging_are_linear_too() {
    for pattern in patterns() {
        for rewrite in
            [|text: &str| drop(refang(text, native_to_ascii)), |text: &str| drop(defang(text, native_to_ascii))]
        {
            let looks = |length| looks::of(|| rewrite(&text(pattern, length)));
            let (once, twice) = (looks(10_000), looks(20_000));
            assert!(twice * 10 <= once * 26, "{pattern:?}: {once} looks, then {twice}");
        }
    }
}
