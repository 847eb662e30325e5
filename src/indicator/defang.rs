//! Writes indicators so that nobody opens one by mistake: `hxxp://evil[.]com`.

use super::candidate::Candidate;
use super::email::is_local_byte;
use super::idna::ToAscii;
use super::kind::Kind;
use super::scan::scan;
use super::text::Text;
use super::{classify, sign};

/// Rewrites every plain address, network, name, URL and e-mail address of a text; what is defanged stays. A string
/// that is one indicator is rewritten even if running text would speak against it.
pub fn defang(text: &str, to_ascii: ToAscii) -> String {
    let mut out = Writer { text, copied: 0, out: String::with_capacity(text.len() + text.len() / 8) };
    match classify::candidate(text, to_ascii) {
        Some(candidate) => out.candidate(&candidate),
        None => scan(text, to_ascii, &mut |candidate, _| {
            if !candidate.low {
                out.candidate(candidate);
            }
        }),
    }
    out.copy(text.len());
    out.out
}

struct Writer<'t> {
    text: &'t str,
    /// So far the text stands in `out`.
    copied: usize,
    out: String,
}

impl Writer<'_> {
    fn copy(&mut self, end: usize) {
        self.out.push_str(self.text.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    fn candidate(&mut self, candidate: &Candidate) {
        let network =
            matches!(candidate.kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr | Kind::Domain | Kind::Url | Kind::Email);
        // Nobody opens the unspecified address.
        if !network || self.text.get(candidate.host.0..candidate.host.1) == Some("::") {
            return;
        }
        self.scheme(candidate.scheme);
        let local = is_local_byte(Text::new(self.text).before(candidate.at.0));
        if local && self.text.get(candidate.at.0..candidate.at.1) == Some("@") {
            self.copy(candidate.at.0);
            self.out.push_str("[@]");
            self.copied = candidate.at.1;
        }
        self.host(candidate.host);
    }

    /// `http` and `https` get another name; a colon after another scheme gets brackets.
    fn scheme(&mut self, (start, end): (usize, usize)) {
        let name = self.text.get(start..end).unwrap_or_default();
        let bytes = self.text.as_bytes();
        if name.is_empty() || bytes.get(end) != Some(&b':') {
            return;
        }
        if name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("http")) {
            self.copy(start + 1);
            self.out.push_str(if bytes.get(start + 1) == Some(&b'T') { "XX" } else { "xx" });
            self.copied = start + 3;
        } else if !is_renamed(name) {
            self.copy(end);
            self.out.push_str("[:]");
            self.copied = end + 1;
        }
    }

    /// Dots and colons that stand plain get brackets.
    fn host(&mut self, (start, end): (usize, usize)) {
        let text = Text::new(self.text);
        for position in start..end {
            let mark = text.at(position);
            let before = position == start || text.before(position) == b':' || sign::joins_before(text, position);
            let behind = position + 1 == end || text.at(position + 1) == b':' || text.starts_label(position + 1);
            if matches!(mark, b'.' | b':') && before && behind {
                self.copy(position);
                self.out.extend(['[', char::from(mark), ']']);
                self.copied += 1;
            }
        }
    }
}

/// Whether a scheme's name is a defanged one.
fn is_renamed(name: &str) -> bool {
    let bytes = name.as_bytes();
    matches!(bytes.first(), Some(b'h' | b'H' | b'm' | b'M')) || matches!(bytes, [b'f' | b'F', b'x' | b'X', ..])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::indicator::{native_to_ascii, refang};

    #[test]
    fn each_kind_is_defanged_in_its_way() {
        for (plain, defanged) in [
            ("1.2.3.4", "1[.]2[.]3[.]4"),
            ("10.0.0.0/8", "10[.]0[.]0[.]0/8"),
            ("2001:db8::1", "2001[:]db8[:][:]1"),
            ("::1", "[:][:]1"),
            ("fe80::", "fe80[:][:]"),
            ("::ffff:1.2.3.4", "[:][:]ffff[:]1[.]2[.]3[.]4"),
            ("2001:db8::/32", "2001[:]db8[:][:]/32"),
            ("::/0", "::/0"),
            ("evil.com", "evil[.]com"),
            ("http://evil.com/a.php?b=c.d", "hxxp://evil[.]com/a.php?b=c.d"),
            ("https://user.name:pw@evil.com:8080/", "hxxps://user.name:pw[@]evil[.]com:8080/"),
            ("http://[2001:db8::1]/", "hxxp://[2001[:]db8[:][:]1]/"),
            ("http://localhost/", "hxxp://localhost/"),
            ("ftp://evil.com/", "ftp[:]//evil[.]com/"),
            ("stratum+tcp://evil.com:3333", "stratum+tcp[:]//evil[.]com:3333"),
            ("john.doe@evil.com", "john.doe[@]evil[.]com"),
            ("setup.py", "setup[.]py"),
            ("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"),
            ("CVE-2021-44228", "CVE-2021-44228"),
        ] {
            assert_eq!(defang(plain, native_to_ascii), defanged);
            assert_eq!(defang(defanged, native_to_ascii), defanged);
            assert_eq!(refang(defanged, native_to_ascii), plain);
            assert_eq!(classify(defanged, native_to_ascii), classify(plain, native_to_ascii));
        }
    }

    #[test]
    fn in_a_text_only_plain_indicators_change() {
        assert_eq!(
            defang(
                "See HTTP://evil.com, hxxp://bad.com and bad[.]com; setup.py v1.2.3.4 at a@evil.com.",
                native_to_ascii
            ),
            "See HXXP://evil[.]com, hxxp://bad[.]com and bad[.]com; setup.py v1.2.3.4 at a[@]evil[.]com."
        );
    }
}
