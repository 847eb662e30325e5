//! Reads one string that should be an indicator.
//!
//! The whole string counts, apart from blanks and one pair of quotes or brackets around it. What only context speaks
//! against in running text, a file name or a version, is taken here: the caller says that it is an indicator.

use super::candidate::{Candidate, Reader};
use super::email;
use super::host::{self, Host, Last};
use super::idna::ToAscii;
use super::ip::{self, ReadV6};
use super::kind::Kind;
use super::scheme;
use super::sign;
use super::text::{Text, units};
use super::url::Extent;
use std::ops::Range;

/// Longer strings are not read, in UTF-16 units.
const MAX_UNITS: usize = 8_192;

/// What a string is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    /// Its kind.
    pub kind: Kind,
    /// Its canonical value: `classify` gives it back unchanged.
    pub value: String,
    /// Private, loopback, documentation or reserved.
    pub special: bool,
}

/// The kind and canonical value of one string; `None` for what is no indicator.
pub fn classify(text: &str, to_ascii: ToAscii) -> Option<Classified> {
    let mut whole = Whole::new(text, to_ascii)?;
    let candidate = whole.any()?;
    Some(whole.classified(&candidate))
}

/// The same if the kind is known: a string that may be read in two ways is read in this one, and the last label of a
/// name need not be listed.
pub fn classify_as(kind: Kind, text: &str, to_ascii: ToAscii) -> Option<Classified> {
    let mut whole = Whole::new(text, to_ascii)?;
    let candidate = whole.of_kind(kind)?;
    Some(whole.classified(&candidate))
}

/// Where in a string the indicator stands that it is.
pub(crate) fn candidate(text: &str, to_ascii: ToAscii) -> Option<Candidate> {
    let mut whole = Whole::new(text, to_ascii)?;
    let candidate = whole.any()?;
    Some(candidate.moved(whole.trimmed))
}

/// A whole string under the reader.
struct Whole<'t> {
    reader: Reader<'t>,
    end: usize,
    /// How much was cut from its start.
    trimmed: usize,
}

impl<'t> Whole<'t> {
    fn new(text: &'t str, to_ascii: ToAscii) -> Option<Whole<'t>> {
        if text.len() > MAX_UNITS && units(text) > MAX_UNITS {
            return None;
        }
        let Range { start, end } = trim(text);
        let trimmed = text.get(start..end)?;
        Some(Whole { reader: Reader::new(trimmed, to_ascii), end: trimmed.len(), trimmed: start })
    }

    fn classified(&mut self, candidate: &Candidate) -> Classified {
        let value = std::mem::take(&mut self.reader.value);
        Classified { kind: candidate.kind, value, special: candidate.special }
    }

    /// From the most particular form to the least.
    fn any(&mut self) -> Option<Candidate> {
        self.url()
            .or_else(|| self.digest())
            .or_else(|| self.v6())
            .or_else(|| self.ssdeep())
            .or_else(|| self.named_number())
            .or_else(|| self.email(Last::ListedOrSpecial))
            .or_else(|| self.host(Last::ListedOrSpecial))
    }

    fn of_kind(&mut self, kind: Kind) -> Option<Candidate> {
        let found = match kind {
            Kind::Url => self.url().or_else(|| self.host(Last::Any)),
            Kind::Email => self.email(Last::Any),
            Kind::Domain => self.host(Last::Any),
            _ => self.any(),
        };
        found.filter(|found| found.kind == kind)
    }

    /// A candidate that spans the string.
    fn spans(&self, candidate: Candidate) -> Option<Candidate> {
        (candidate.start == 0 && candidate.end == self.end).then_some(candidate)
    }

    fn url(&mut self) -> Option<Candidate> {
        let scheme = scheme::read(self.reader.text, 0)?;
        let url = self.reader.url(0, scheme, Extent::Whole)?;
        self.spans(url)
    }

    fn digest(&mut self) -> Option<Candidate> {
        let digest = self.reader.digest(0)?;
        self.spans(digest)
    }

    fn ssdeep(&mut self) -> Option<Candidate> {
        let hash = self.reader.ssdeep(0, (1, 1))?;
        self.spans(hash)
    }

    fn named_number(&mut self) -> Option<Candidate> {
        let found = self.reader.cve(0).or_else(|| self.reader.asn(0))?;
        self.spans(found)
    }

    /// An IPv6 address, in brackets with a port too, or a network of them.
    fn v6(&mut self) -> Option<Candidate> {
        let text = self.reader.text;
        let open = text.at(0) == b'[' && sign::closed(text, 0).is_none();
        let ReadV6::Address(found) = ip::read_v6(text, usize::from(open)) else { return None };
        if !open {
            let address = self.reader.v6(0, &found);
            return self.spans(address);
        }
        let (_, port_end, _) = self.reader.port(found.end + 1);
        let closed = text.at(found.end) == b']' && port_end == self.end;
        closed.then(|| self.reader.v6(1, &found)).filter(|address| address.kind == Kind::Ipv6)
    }

    fn email(&mut self, last: Last) -> Option<Candidate> {
        let text = self.reader.text;
        let mut start = 0;
        while start < self.end {
            let run = host::read(text, start, &mut self.reader.bare_from, &mut self.reader.name);
            let at = email::skip_local(text, run.end);
            if let Some(sign) = sign::at(text, at) {
                let email = self.reader.email(Some(&run), at, sign, 0, last)?;
                return self.spans(email);
            }
            start = run.judged.max(start + 1);
        }
        None
    }

    /// What begins with a name or an IPv4 address: that, with a port left out; a network; a URL without a scheme.
    fn host(&mut self, last: Last) -> Option<Candidate> {
        let reader = &mut self.reader;
        let run = host::read(reader.text, 0, &mut reader.bare_from, &mut reader.name);
        if run.labels < 2 {
            return None;
        }
        let host = host::judge(&run, last, reader.to_ascii, &mut reader.name)?;
        if let Host::V4(address) = host
            && let Some(network) = reader.network_v4(&run, address).filter(|network| network.end == self.end)
        {
            return Some(network);
        }
        if self.reader.port(run.end).1 == self.end {
            return Some(self.reader.host(&run, host));
        }
        let url = self.reader.bare_url(&run, host, Extent::Whole)?;
        self.spans(url)
    }
}

/// What is left without blanks, one pair of quotes or brackets, a leading `*.` and a final dot.
fn trim(text: &str) -> Range<usize> {
    let mut start = text.len() - text.trim_start().len();
    let mut end = text.trim_end().len().max(start);
    let inside = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
    let mut characters = inside(start, end).chars();
    if let (Some(first), Some(last)) = (characters.next(), characters.next_back())
        && is_pair(first, last)
    {
        let inner = characters.as_str();
        start += first.len_utf8() + inner.len() - inner.trim_start().len();
        end = start + inner.trim().len();
    }
    if text.as_bytes().get(start) == Some(&b'*')
        && let Some(dot) = sign::dot(Text::new(text), start + 1)
    {
        start = dot.end.min(end);
    }
    let host = inside(start, end);
    if host.len() > 1 && host.ends_with('.') && !host.bytes().any(|byte| matches!(byte, b'/' | b'\\')) {
        end -= 1;
    }
    start..end
}

fn is_pair(first: char, last: char) -> bool {
    matches!(
        (first, last),
        ('"', '"')
            | ('\'', '\'')
            | ('`', '`')
            | ('<', '>')
            | ('(', ')')
            | ('{', '}')
            | ('[', ']')
            | ('“' | '„', '”' | '“')
            | ('‘' | '‚', '’' | '‘')
            | ('«', '»')
    )
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::indicator::native_to_ascii;

    fn read(text: &str) -> Option<(Kind, String)> {
        classify(text, native_to_ascii).map(|found| (found.kind, found.value))
    }

    #[test]
    fn each_kind_has_one_canonical_value() {
        for (kind, value, spellings) in [
            (
                Kind::Ipv4,
                "45.63.89.238",
                &[
                    "45.63.89.238",
                    " 45[.]63[.]89[.]238 ",
                    "45.63.89.238:8080",
                    "\"45.63.89.238\"",
                    "45 dot 63 dot 89 dot 238",
                ][..],
            ),
            (
                Kind::Ipv6,
                "2a00:1450::1",
                &[
                    "2A00:1450:0:0:0:0:0:1",
                    "[2a00:1450::1]",
                    "[2a00:1450::1]:443",
                    "2a00:1450::1%eth0",
                    "2a00[:]1450[:][:]1",
                ],
            ),
            (Kind::Ipv6, "::ffff:1.2.3.4", &["::ffff:102:304", "::ffff:1.2.3.4", "[:][:]ffff[:]1[.]2[.]3[.]4"]),
            (Kind::Ipv6, "::", &["::", "0:0:0:0:0:0:0:0"]),
            (Kind::Cidr, "10.0.0.0/8", &["10.1.2.3/8", "10.0.0.0/255.0.0.0", "10[.]0[.]0[.]0/8", "10.0.0.0[/]8"]),
            (Kind::Cidr, "2001:db8::/32", &["2001:db8:1::/32", "2001[:]db8[:][:]/32"]),
            (Kind::Cidr, "::/0", &["::/0"]),
            (
                Kind::Domain,
                "evil.com",
                &["EVIL.com", "evil.com.", "*.evil.com", "evil.com:8080", "evil[.]com", "<evil.com>", "evil dot com"],
            ),
            (Kind::Domain, "setup.py", &["setup.py", "Setup.PY"]),
            (Kind::Domain, "printer.local", &["printer.local"]),
            (Kind::Domain, "xn--mnchen-3ya.de", &["münchen.de", "MÜNCHEN.de", "xn--mnchen-3ya.de"]),
            (Kind::Domain, "xn--zz--a.com", &["XN--zz--a.com"]),
            (Kind::Domain, "facebookcorewwwi.onion", &["facebookcorewwwi.onion"]),
            (
                Kind::Url,
                "http://evil.com/",
                &[
                    "http://evil.com",
                    "hxxp://evil[.]com/",
                    "evil.com/",
                    "HTTP://EVIL.COM:80",
                    "http:\\\\evil.com",
                    "[hxxp://evil.com]",
                    "h[tt]p://evil.com",
                ],
            ),
            (Kind::Url, "http://evil.com/a.php?b", &["evil[.]com/a[.]php?b", "http://evil.com:80/x/../a.php?b"]),
            (Kind::Url, "http://1.2.3.4/", &["http://0x1020304", "http://1.2.772", "1.2.3.4/", "http://1[.]2[.]3[.]4"]),
            (
                Kind::Url,
                "http://[2001:db8::1]:8080/",
                &["http://[2001:DB8::1]:8080", "hxxp://[2001[:]db8[:][:]1]:8080/"],
            ),
            (Kind::Url, "http://localhost/", &["http://localhost"]),
            (Kind::Url, "https://user:pw@evil.com/", &["hxxps://user:pw[@]evil.com", "https://user:pw@evil.com"]),
            (Kind::Url, "tcp://evil.com:443", &["TCP://Evil.com:443", "tcp[:]//evil[.]com:443"]),
            (Kind::Url, "ftps://evil.com/A", &["ftps://EVIL.com/A"]),
            (Kind::Url, "http://xn--zz--a.com/", &["http://XN--zz--a.com"]),
            (Kind::Url, "http://evil.zzzz/", &["http://evil.zzzz"]),
            (
                Kind::Email,
                "john.doe+x@evil.com",
                &[
                    "John.Doe+x@Evil.com",
                    "john[.]doe+x[@]evil[.]com",
                    "<john.doe+x@evil.com>",
                    "john.doe+x (at) evil (dot) com",
                ],
            ),
            (
                Kind::Md5,
                "d41d8cd98f00b204e9800998ecf8427e",
                &["D41D8CD98F00B204E9800998ECF8427E", "'d41d8cd98f00b204e9800998ecf8427e'"],
            ),
            (Kind::Ssdeep, "3:abc:d", &["3:abc:d"]),
            (Kind::Cve, "CVE-2021-44228", &["cve_2021_44228", "CVE 2021-44228"]),
            (Kind::Asn, "AS64500", &["as64500", "ASN: 64500"]),
        ] {
            for spelling in spellings {
                assert_eq!(read(spelling), Some((kind, value.to_owned())), "{spelling}");
            }
            assert_eq!(read(value), Some((kind, value.to_owned())));
        }
    }

    #[test]
    fn digests_are_told_by_their_length() {
        for (digits, kind) in [(32, Kind::Md5), (40, Kind::Sha1), (64, Kind::Sha256), (128, Kind::Sha512)] {
            let digest = "0123456789abcdef".repeat(8)[..digits].to_owned();
            assert_eq!(read(&digest.to_uppercase()), Some((kind, digest)));
        }
    }

    #[test]
    fn what_is_no_indicator() {
        for text in [
            "",
            " ",
            ".",
            "evil",
            "localhost",
            "evil.com evil.org",
            "evil.exe",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1.2.3.256",
            "http://",
            "http:///",
            "http://evil.com/a b",
            "http://1.2.3.4.5/",
            "http://999999999999/",
            "a@b",
            "@evil.com",
            "a..b@evil.com",
            "root@1.2.3.4",
            "[2001:db8::1",
            "00:11:22:33:44:55",
            "deadbeef",
            "CVE-2021",
            "AS",
            "хост.хост",
            "\u{fffd}",
            "javascript:alert(1)",
            "banana..com",
            "evil.com|x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&format!("http://evil.com/{}", "a".repeat(MAX_UNITS))), None);
        assert_eq!(read(&format!("http://evil.com/{}", "ü".repeat(MAX_UNITS / 6))), None, "too long when encoded");
        assert!(read(&format!("http://evil.com/{}", "ü".repeat(MAX_UNITS / 6 - 16))).is_some());
    }

    #[test]
    fn a_known_kind_needs_no_listed_last_label() {
        let read = |kind, text: &str| classify_as(kind, text, native_to_ascii).map(|found| found.value);
        assert_eq!(read(Kind::Domain, "evil.zzzz").as_deref(), Some("evil.zzzz"));
        assert_eq!(read(Kind::Domain, "evil.com/x"), None);
        assert_eq!(read(Kind::Ipv4, "10.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(read(Kind::Md5, "evil.com"), None);
    }

    #[test]
    fn special_is_what_the_host_is() {
        let special = |text: &str| classify(text, native_to_ascii).unwrap().special;
        for text in [
            "10.1.2.3",
            "http://10.1.2.3/a",
            "10.0.0.0/8",
            "fe80::1",
            "a@example.com",
            "http://localhost/",
            "AS64500",
            "tcp://192.168.0.1:80",
            "http://[::1]/",
        ] {
            assert!(special(text), "{text}");
        }
        for text in ["8.8.8.8", "http://evil.com/", "a@evil.com", "8.8.8.0/24", "AS1"] {
            assert!(!special(text), "{text}");
        }
    }
}
