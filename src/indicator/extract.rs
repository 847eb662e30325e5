//! The indicators of a running text: what is wanted of them, and what is told about each.

use super::idna::ToAscii;
use super::kind::Kind;
use super::scan::scan;
use super::text::units;
use std::collections::BTreeSet;
use std::ops::Range;

/// What of the indicators of a text is wanted.
#[derive(Clone, Debug)]
pub struct ExtractOptions {
    /// These kinds only.
    pub kinds: Option<Vec<Kind>>,
    /// Also what has the form of an indicator but hardly the meaning: versions, file names, code.
    pub include_low: bool,
    /// Also what is private, loopback, documentation or reserved.
    pub include_special: bool,
    /// Each pair of kind and value once.
    pub unique: bool,
}

impl Default for ExtractOptions {
    fn default() -> ExtractOptions {
        ExtractOptions { kinds: None, include_low: false, include_special: true, unique: false }
    }
}

/// How sure extraction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// Form and surroundings speak for an indicator.
    High,
    /// The form does, the text around it does not.
    Low,
}

/// An indicator in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'f> {
    /// Its kind.
    pub kind: Kind,
    /// Its canonical value.
    pub value: &'f str,
    /// Where it starts, in UTF-16 units.
    pub start: usize,
    /// Where it ends, in UTF-16 units.
    pub end: usize,
    /// Where it stands, in bytes of UTF-8.
    pub bytes: Range<usize>,
    /// Whether any part is defanged.
    pub defanged: bool,
    /// Whether the text around it speaks against it.
    pub confidence: Confidence,
    /// Private, loopback, documentation or reserved.
    pub special: bool,
}

/// Calls `found` with each indicator of a text, from the left; they never overlap. Nothing is allocated for what is
/// not wanted, and the value is only lent.
pub fn extract(text: &str, options: &ExtractOptions, to_ascii: ToAscii, found: &mut dyn FnMut(Found<'_>)) {
    let mut seen = BTreeSet::new();
    let mut offset = Offset { ascii: text.is_ascii(), byte: 0, unit: 0 };
    scan(text, to_ascii, &mut |candidate, value| {
        let wanted = options.kinds.as_ref().is_none_or(|kinds| kinds.contains(&candidate.kind))
            && (options.include_low || !candidate.low)
            && (options.include_special || !candidate.special);
        if !wanted || options.unique && !seen.insert((candidate.kind, value.to_owned())) {
            return;
        }
        let start = offset.of(text, candidate.start);
        let end = offset.of(text, candidate.end);
        found(Found {
            kind: candidate.kind,
            value,
            start,
            end,
            bytes: candidate.start..candidate.end,
            defanged: candidate.defanged,
            confidence: if candidate.low { Confidence::Low } else { Confidence::High },
            special: candidate.special,
        });
    });
}

/// Turns byte offsets into UTF-16 offsets; they must ascend.
struct Offset {
    /// Then both are the same.
    ascii: bool,
    byte: usize,
    unit: usize,
}

impl Offset {
    fn of(&mut self, text: &str, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        self.unit += units(text.get(self.byte..byte).unwrap_or_default());
        self.byte = byte;
        self.unit
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::indicator::native_to_ascii;

    /// Kind, value and raw text of what is found; low ones in brackets.
    fn all(text: &str) -> String {
        let mut list = Vec::new();
        let options = ExtractOptions { include_low: true, ..ExtractOptions::default() };
        extract(text, &options, native_to_ascii, &mut |found| {
            let entry = format!("{}={}", found.kind.name(), found.value);
            list.push(match found.confidence {
                Confidence::High => entry,
                Confidence::Low => format!("({entry})"),
            });
        });
        list.join(" ")
    }

    /// What is found in each text.
    fn check(cases: &[(&str, &str)]) {
        let wrong: Vec<String> = cases
            .iter()
            .map(|&(text, wanted)| (text, wanted, all(text)))
            .filter(|(_, wanted, found)| wanted != found)
            .map(|(text, wanted, found)| format!("{text}\n  wanted {wanted}\n  found  {found}"))
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn the_longest_reading_from_the_left_wins() {
        let digest = "d41d8cd98f00b204e9800998ecf8427e";
        check(&[
            (
                "http://evil.com/a.exe?h=d41d8cd98f00b204e9800998ecf8427e",
                "url=http://evil.com/a.exe?h=d41d8cd98f00b204e9800998ecf8427e",
            ),
            ("mail john@evil.com now", "email=john@evil.com"),
            ("45.63.89.238.host.com", "domain=45.63.89.238.host.com"),
            (&format!("{digest}.evil.com"), &format!("domain={digest}.evil.com")),
            (&format!("{digest}.exe"), &format!("md5={digest}")),
            (&format!("drop_{digest}"), ""),
            (&format!("drop-{digest}.bin"), &format!("md5={digest}")),
            (&format!("md5:{digest},x"), &format!("md5={digest}")),
            (&format!("0x{digest}"), ""),
            ("Exploit.CVE-2017-11882.A", "cve=CVE-2017-11882"),
            ("exploit_cve-2021-44228.py", "cve=CVE-2021-44228"),
            ("漏洞CVE-2021-44228的", "cve=CVE-2021-44228"),
            ("CVE 2021-44228 and CVE‑2021‑1234", "cve=CVE-2021-44228 cve=CVE-2021-1234"),
            ("(AS64500) as64500 AS 15169 ASN: 3 AS1.10", "asn=AS64500 asn=AS15169 (asn=AS3) asn=AS65546"),
            ("96:s4Ud1Lj96tHHlZ:sF1LjEtHHlZDr,\"a\"", "ssdeep=96:s4Ud1Lj96tHHlZ:sF1LjEtHHlZDr"),
            ("3:a:b", ""),
        ]);
    }

    #[test]
    fn boundaries() {
        check(&[
            ("evil.com.exe a.1.2.3.4 1.1.1.1000 1.2.3.4.5 banana..com", ""),
            ("-evil.com .evil.org *.evil.net", "domain=evil.com domain=evil.org domain=evil.net"),
            ("foo-.evil.com", "domain=evil.com"),
            ("访问example.io下载", "domain=example.io"),
            (
                "see evil.com. Then evil.org, (evil.net); \"evil.io\"!",
                "domain=evil.com domain=evil.org domain=evil.net domain=evil.io",
            ),
            ("wait...evil.com", "domain=evil.com"),
            ("_evil.com_ **evil.org**", "domain=evil.com domain=evil.org"),
            ("ev\u{ad}il.com\u{200e}", "domain=evil.com"),
            ("ev\u{200b}il.com", "domain=il.com"),
            ("evil\u{a0}dot\u{a0}com", ""),
        ]);
    }

    #[test]
    fn ipv4_addresses() {
        check(&[
            ("1.2.3.4:8080", "ipv4=1.2.3.4"),
            ("1.2.3.4-1.2.3.9", "ipv4=1.2.3.4 ipv4=1.2.3.9"),
            ("1.2.3[.]4-1.2.3[.]9", "ipv4=1.2.3.4 ipv4=1.2.3.9"),
            ("1.2.3.4/24", "cidr=1.2.3.0/24"),
            ("1.2.3.4/255.255.0.0.", "cidr=1.2.0.0/16"),
            ("1.2.3.4/gate.php", "url=http://1.2.3.4/gate.php"),
            ("1.2.3.4/24/x", "url=http://1.2.3.4/24/x"),
            ("1.2.3.4/ x", "ipv4=1.2.3.4"),
            ("1.2.3.4:80/x", "url=http://1.2.3.4/x"),
            ("8.8.8.8/8.8.4.4", "ipv4=8.8.8.8 ipv4=8.8.4.4"),
            ("1.2.3.4_x v1.2.3.4 01.2.3.4 256.1.1.1", ""),
            ("1 dot 2 dot 3 dot 4", "ipv4=1.2.3.4"),
            ("version 1.2.3.4, Versions: 1.2.3.5, Chrome/1.2.3.6", "(ipv4=1.2.3.4) (ipv4=1.2.3.5) (ipv4=1.2.3.6)"),
            ("version\n1.2.3.4 diversion 1.2.3.5", "ipv4=1.2.3.4 ipv4=1.2.3.5"),
            ("version 1[.]2[.]3[.]4", "ipv4=1.2.3.4"),
        ]);
    }

    #[test]
    fn ipv6_addresses() {
        check(&[
            ("2001:db8::1, [2a00::1]:443", "ipv6=2001:db8::1 ipv6=2a00::1"),
            ("2001:DB8:0:0:0:0:0:1/32", "cidr=2001:db8::/32"),
            ("src:2a00::1 dst=2a00::2", "ipv6=2a00::1 ipv6=2a00::2"),
            ("fe80::1%eth0 up", "ipv6=fe80::1"),
            ("::ffff:1.2.3.4 and ::1", "ipv6=::ffff:1.2.3.4 (ipv6=::1)"),
            ("[:][:]1 2a00[:]b[:][:]1", "ipv6=::1 ipv6=2a00:b::1"),
            (":: std::vec a::b foo::bad::1", "(ipv6=a::b)"),
            ("::/0", "cidr=::/0"),
            ("00:11:22:33:44:55 12:30:45 1:2:3:4:5:6:7:8:9", ""),
            ("aa:bb:cc:dd:11:22:33:44", "(ipv6=aa:bb:cc:dd:11:22:33:44)"),
            ("ab:cd:1.2.3.4:80", "ipv4=1.2.3.4"),
        ]);
    }

    #[test]
    fn email_addresses() {
        check(&[
            ("emailAddress=a@evil.com", "email=a@evil.com"),
            ("mailto:John.Doe+x@Evil.com", "email=john.doe+x@evil.com"),
            ("john[.]doe[@]evil[.]com", "email=john.doe@evil.com"),
            ("john.me+tag@evil.com", "email=john.me+tag@evil.com"),
            ("john at evil dot com", "email=john@evil.com"),
            ("john (at) evil (dot) com", "email=john@evil.com"),
            ("john at evil.com", "domain=evil.com"),
            ("'john@evil.com' o'brien@evil.com", "email=john@evil.com email=o'brien@evil.com"),
            ("root@1.2.3.4", "ipv4=1.2.3.4"),
            ("git@evil.com:x/y.git", "email=git@evil.com"),
            ("@evil.com", "domain=evil.com"),
            ("evil.com@nobody evil.org@10.1.2.3", "domain=evil.com domain=evil.org ipv4=10.1.2.3"),
            ("john＠evil．com", "email=john@evil.com"),
            ("redis://u:p@evil.com/1", "domain=evil.com"),
        ]);
    }

    #[test]
    fn urls_with_a_scheme() {
        check(&[
            ("<http://evil.com/a>", "url=http://evil.com/a"),
            (
                "[x](http://evil.com/a) http://evil.com/Foo_(bar) (http://evil.com/b)",
                "url=http://evil.com/a url=http://evil.com/Foo_(bar) url=http://evil.com/b",
            ),
            (
                "http://evil.com/a[text] http://evil.com/?a[b]=c&d[]=e",
                "url=http://evil.com/a url=http://evil.com/?a[b]=c&d[]=e",
            ),
            (
                "http://evil.com/a, http://evil.com/b;http://evil.com/c",
                "url=http://evil.com/a url=http://evil.com/b url=http://evil.com/c",
            ),
            ("http://evil.com/a,b;c.", "url=http://evil.com/a,b;c"),
            ("'http://evil.com/a'b", "url=http://evil.com/a"),
            ("http://evil.com/it's", "url=http://evil.com/it's"),
            (
                "**http://evil.com/a** _http://evil.com/b_ +http://evil.com/c+",
                "url=http://evil.com/a url=http://evil.com/b url=http://evil.com/c",
            ),
            ("http://evil.com/a_ http://evil.com/?a=", "url=http://evil.com/a_ url=http://evil.com/?a="),
            (r#"{"u":"http:\/\/evil.com\/a\/b"}"#, "url=http://evil.com/a/b"),
            ("http://evil.com/?a=1&amp;b=2&quot;", "url=http://evil.com/?a=1&b=2"),
            ("http://evil.com/a[.]php[.", "url=http://evil.com/a.php"),
            ("hxxps[:]//evil[.]com[/]a", "url=https://evil.com/a"),
            ("hxxp:// evil [.] com /x", "url=http://evil.com/"),
            ("http://evil.com/下载。", "url=http://evil.com/%E4%B8%8B%E8%BD%BD"),
            ("http://evil.com/a下载 http://evil.com下载", "url=http://evil.com/a url=http://evil.com/"),
            ("http://evil.com… “http://evil.com/”", "url=http://evil.com/ url=http://evil.com/"),
            ("http://u:p@evil.com:8080/ http://evil.com:99999/x", "url=http://u:p@evil.com:8080/ url=http://evil.com/"),
            (
                "http://0x7f.1/ http://[2a00::1]/a http://localhost:8080",
                "url=http://127.0.0.1/ url=http://[2a00::1]/a url=http://localhost:8080/",
            ),
            ("http://myserver/favicon http://evil.zzzz/", "(url=http://myserver/favicon) (url=http://evil.zzzz/)"),
            ("gopher://evil.com/a/b.com?x=d41d8cd98f00b204e9800998ecf8427e z.com", "domain=evil.com domain=z.com"),
            (
                "ftp://evil.com/a tcp://1.2.3.4:80 stratum+tcp://evil.com:3333",
                "url=ftp://evil.com/a url=tcp://1.2.3.4:80 url=stratum+tcp://evil.com:3333",
            ),
            ("http://evil.com#a http://evil.com?b", "url=http://evil.com/#a url=http://evil.com/?b"),
            ("http://evil.com/\u{202e}a\u{200e} x", "url=http://evil.com/a"),
            ("http:///x http:// y", "(url=http://x/)"),
            ("http://1.2.3.4.5/", ""),
        ]);
    }

    #[test]
    fn urls_without_a_scheme() {
        check(&[
            ("evil.com/a evil[.]com:8080/", "url=http://evil.com/a url=http://evil.com:8080/"),
            ("evil.com/. evil.com:8080 x", "url=http://evil.com/ domain=evil.com"),
            (
                "run.sh/x licatrade.app/Contents/MacOS",
                "(url=http://run.sh/x) (url=http://licatrade.app/Contents/MacOS)",
            ),
            (r"evil.com\path", "(domain=evil.com)"),
        ]);
    }

    #[test]
    fn defanged_names() {
        check(&[
            (
                "evil[.]com evil(.)com evil{.}com evil[dot]com evil DOT com",
                "domain=evil.com domain=evil.com domain=evil.com domain=evil.com domain=evil.com",
            ),
            (
                r"evil[.com evil.]com evil].[com evil\.com evil(.com)",
                "domain=evil.com domain=evil.com domain=evil.com domain=evil.com domain=evil.com",
            ),
            ("evil [.] com", "domain=evil.com"),
            ("we met dot in it. polka dot dress. slash dot org", "domain=slash.org"),
            ("setup[.]py Win32[.]BT", "domain=setup.py domain=win32.bt"),
        ]);
    }

    #[test]
    fn names_that_are_files_code_or_prose_are_low() {
        check(&[
            (
                "Win32/Turla.BT System.IO ASP.NET server.In",
                "(domain=turla.bt) (domain=system.io) (domain=asp.net) (domain=server.in)",
            ),
            (
                "setup.py config.pl readme.md www.evil.sh com.py",
                "(domain=setup.py) (domain=config.pl) (domain=readme.md) domain=www.evil.sh domain=com.py",
            ),
            (
                "com.android.name os.name foo_bar.com evil.com()",
                "(domain=com.android.name) (domain=os.name) (domain=foo_bar.com) (domain=evil.com)",
            ),
            (r"/opt/evil.com C:\evil.com //evil.com", "(domain=evil.com) (domain=evil.com) domain=evil.com"),
            ("EVIL.COM Evil.com", "domain=evil.com domain=evil.com"),
        ]);
    }

    #[test]
    fn offsets_are_those_of_javascript() {
        let text = "🔥 é evil.com, 访问 http://evil.org/访问 x";
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let mut raw = Vec::new();
        extract(text, &ExtractOptions::default(), native_to_ascii, &mut |found| {
            let cut = String::from_utf16(&utf16[found.start..found.end]).unwrap();
            assert_eq!(cut, text[found.bytes.clone()]);
            raw.push(cut);
        });
        assert_eq!(raw, ["evil.com", "http://evil.org/访问"]);
    }

    #[test]
    fn options_choose() {
        let text = "10.0.0.1 evil.com evil[.]com setup.py evil.com/a";
        let values = |options: ExtractOptions| {
            let mut values = Vec::new();
            extract(text, &options, native_to_ascii, &mut |found| values.push(found.value.to_owned()));
            values.join(" ")
        };
        let default = ExtractOptions::default();
        assert_eq!(values(default.clone()), "10.0.0.1 evil.com evil.com http://evil.com/a");
        assert_eq!(
            values(ExtractOptions { unique: true, include_low: true, ..default.clone() }),
            "10.0.0.1 evil.com setup.py http://evil.com/a"
        );
        assert_eq!(
            values(ExtractOptions { include_special: false, kinds: Some(vec![Kind::Ipv4, Kind::Domain]), ..default }),
            "evil.com evil.com"
        );
    }
}
