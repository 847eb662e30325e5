//! Texts that hold everything that matters to detection, next to each other in any order.

use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces that are or begin something.
const PIECES: [&str; 84] = [
    "evil",
    "com",
    "org",
    "a",
    "b",
    "1",
    "2.3",
    "45.63.89.238",
    "evil.com",
    "www.evil.co.uk",
    "setup.py",
    "foo_bar",
    "xn--",
    "münchen.de",
    "访问",
    "例え.みんな",
    "россия.рф",
    "2001:db8",
    "fe80::1",
    "::",
    "dead",
    "/24",
    "/255.255.0.0",
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "CVE-2021-44228",
    "cve",
    "AS64500",
    "AS ",
    "96:s4Ud1Lj96tHH:sF1LjEtHHl",
    "http://",
    "hxxps",
    "h[tt]p",
    "http[:]//",
    "hxxp:// ",
    "ftp://",
    "tcp://",
    "gopher://",
    "://",
    ":\\/\\/",
    "meow://",
    "john",
    "john.doe",
    "+tag",
    "@",
    "[@]",
    "[at]",
    " at ",
    " (at) ",
    "[.]",
    "(dot)",
    "{.}",
    "<.>",
    "[[.]]",
    "[ . ]",
    "[.",
    ".]",
    "].[",
    "\\.",
    " dot ",
    " [.] ",
    "．",
    "。",
    "＠",
    "【.】",
    ".",
    "..",
    "-",
    "_",
    "/",
    "//",
    "\\",
    ":",
    "[:]",
    "[::]",
    ":8080",
    "[/]",
    "/a.php?b[]=c",
    "#x",
    "&amp;",
    "&lt;",
    "%2e",
    "%eth0",
    "(",
];

/// Pieces that stand between.
const GAPS: [&str; 30] = [
    " ", "\n", ", ", "; ", ")", "[", "]", "{", "}", "<", ">", "\"", "'", "`", "|", "*", "**", "~", "=", "&", "?", "!",
    "…", "、", "\u{ad}", "\u{200e}", "\u{200b}", "\u{fffd}", "🔥", "version ",
];

/// How often a property is tried: `PROPTEST_CASES`, or enough for a run before every commit. What fails becomes a test of
/// its own; a file of seeds tells nobody anything.
pub(crate) fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A text.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        3 => prop::sample::select(&GAPS[..]).prop_map(str::to_owned),
        1 => "[a-z0-9.:/@\\[\\](){}<> _-]{1,4}",
    ];
    vec(piece, 1..14).prop_map(|pieces| pieces.concat())
}
