//! Undoes defang spellings in a text and changes nothing else.
//!
//! Closed brackets and full-width forms between host characters, and defanged schemes, mean the same everywhere. Half-open
//! brackets, blanks around them, `\\.` and bare words are undone only inside what [`extract`](super::extract()) finds,
//! so that code like `f(.5)` stays as it is.

use super::candidate::Candidate;
use super::classify;
use super::idna::ToAscii;
use super::kind::Kind;
use super::scan::scan;
use super::scheme::{self, Scheme};
use super::sign::{self, Strength};
use super::text::{Text, class, is};
use std::borrow::Cow;

/// Rewrites the defang spellings of a text in place.
pub fn refang(text: &str, to_ascii: ToAscii) -> Cow<'_, str> {
    let mut out = Rewriter { source: Text::new(text), copied: 0, out: String::new() };
    // A defanged URL may hold what would end it in a sentence.
    if let Some(whole) = classify::candidate(text, to_ascii) {
        out.authority(&whole);
        if out.copied > 0 {
            out.rest(&whole);
            return out.finish();
        }
    }
    let mut position = 0;
    scan(text, to_ascii, &mut |candidate, _| {
        out.sure(position, candidate.start);
        if candidate.defanged {
            out.authority(candidate);
            out.rest(candidate);
        }
        position = candidate.end;
    });
    out.sure(position, text.len());
    out.finish()
}

/// Copies a text, except where it is rewritten.
struct Rewriter<'t> {
    source: Text<'t>,
    /// So far the text stands in `out`.
    copied: usize,
    out: String,
}

impl<'t> Rewriter<'t> {
    /// Puts something else in the place of a part; gives its end.
    fn replace(&mut self, start: usize, end: usize, meaning: &str) -> usize {
        self.out.push_str(self.source.cut(self.copied, start));
        self.out.push_str(meaning);
        self.copied = end;
        end
    }

    fn finish(mut self) -> Cow<'t, str> {
        let text = self.source.cut(0, self.source.len());
        if self.copied == 0 {
            return Cow::Borrowed(text);
        }
        self.out.push_str(self.source.cut(self.copied, text.len()));
        Cow::Owned(self.out)
    }

    /// What is sure anywhere, between two positions.
    fn sure(&mut self, start: usize, end: usize) {
        let mut position = start;
        while position < end {
            let scheme = self.lone_scheme(position);
            position = scheme.or_else(|| self.closed(position)).unwrap_or(position + 1);
        }
    }

    /// A defanged scheme, wherever it stands.
    fn lone_scheme(&mut self, position: usize) -> Option<usize> {
        let text = self.source;
        if !scheme::may_begin(text.at(position)) || is(text.before(position), class::ALNUM) {
            return None;
        }
        let end = scheme::read(text, position)?.end;
        let authority = text.starts_label(end) || text.at(end) == b'[';
        if authority { self.scheme(position) } else { None }
    }

    fn scheme(&mut self, position: usize) -> Option<usize> {
        let text = self.source;
        let scheme = scheme::read(text, position).filter(|scheme| scheme.defanged)?;
        Some(self.replace(position, scheme.end, &refanged(text, position, &scheme)))
    }

    /// A closed sign between two host characters.
    fn closed(&mut self, position: usize) -> Option<usize> {
        let text = self.source;
        let (sign, meaning) = sign::closed(text, position)?;
        let between = sign::joins_before(text, position) && text.starts_label(sign.end);
        between.then(|| self.replace(position, sign.end, meaning))
    }

    /// An indicator up to the end of its host.
    fn authority(&mut self, candidate: &Candidate) {
        let Candidate { start, host, at, .. } = *candidate;
        match candidate.kind {
            Kind::Email => self.signs(start, at.0),
            Kind::Url => {
                let userinfo = self.scheme(start).unwrap_or(start);
                self.path(userinfo, at.0);
            }
            _ => {}
        }
        if at.0 < at.1 && self.source.cut(at.0, at.1) != "@" {
            self.replace(at.0, at.1, "@");
        }
        self.signs(host.0, host.1);
    }

    /// What follows the host of an indicator.
    fn rest(&mut self, candidate: &Candidate) {
        let Candidate { host, end, .. } = *candidate;
        if candidate.kind == Kind::Cidr { self.signs(host.1, end) } else { self.path(host.1, end) }
    }

    /// Signs of any spelling, in a host or a local part.
    fn signs(&mut self, start: usize, end: usize) {
        let text = self.source;
        let mut position = start;
        while position < end {
            let dot = sign::dot(text, position).filter(|dot| dot.strength != Strength::Plain).map(|dot| (dot, "."));
            position = match dot.or_else(|| sign::closed(text, position)).filter(|(sign, _)| sign.end <= end) {
                Some((sign, meaning)) => self.replace(position, sign.end, meaning),
                None => position + 1,
            };
        }
    }

    /// User name and password, port, path, query and fragment.
    fn path(&mut self, start: usize, end: usize) {
        let text = self.source;
        let mut position = start;
        while position < end {
            position = match sign::in_path(text, position) {
                Some((sign, meaning)) => self.replace(position, sign.end, meaning),
                None => position + 1,
            };
        }
    }
}

/// The scheme refanged, in the case in which it was written, with the slashes that it has.
fn refanged(text: Text<'_>, start: usize, scheme: &Scheme) -> String {
    let written = text.cut(start, scheme.name_end);
    let mut refanged = if scheme.renamed { scheme.name } else { written }.to_owned();
    if scheme.renamed && !written.bytes().any(|byte| byte.is_ascii_lowercase()) {
        refanged.make_ascii_uppercase();
    }
    refanged.push(':');
    refanged.extend(text.cut(scheme.name_end, scheme.end).chars().filter(|mark| matches!(mark, '/' | '\\')));
    refanged
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::indicator::native_to_ascii;

    #[test]
    fn closed_spellings_are_undone_anywhere() {
        for (text, plain) in [
            ("see hxxps://evil[.]com/a[.]php and 1(.)2[dot]3{.}4", "see https://evil.com/a.php and 1.2.3.4"),
            ("hXXp://a.b", "http://a.b"),
            ("HXXP://A.B", "HTTP://A.B"),
            ("http[:]//a.b", "http://a.b"),
            ("hxxp[://]a.b", "http://a.b"),
            ("hxxp:\\\\a.b", "http:\\\\a.b"),
            ("fxp://a.b", "ftp://a.b"),
            ("john[at]evil[.]com", "john@evil.com"),
            ("evil．com", "evil.com"),
        ] {
            assert_eq!(refang(text, native_to_ascii), plain, "{text}");
        }
    }

    #[test]
    fn weak_spellings_are_undone_inside_what_extract_finds() {
        for (text, plain) in [
            (r"evil[.com evil.]com evil].[com evil\.com", "evil.com evil.com evil.com evil.com"),
            ("evil dot com is not polka dot dress", "evil.com is not polka dot dress"),
            ("john at evil dot com", "john@evil.com"),
            ("john (at) evil (dot) com", "john@evil.com"),
            ("hxxp:// evil [.] com/a[.php", "http://evil.com/a.php"),
            ("[:][:]1 2a00[:]b[:][:]1 hxxp://[2a00[:][:]1]/", "::1 2a00:b::1 http://[2a00::1]/"),
            ("hxxps://u:p[@]evil[.]com[:]8080[/]a[.]b", "https://u:p@evil.com:8080/a.b"),
        ] {
            assert_eq!(refang(text, native_to_ascii), plain, "{text}");
        }
    }

    #[test]
    fn what_holds_no_spelling_stays() {
        for text in
            ["", "f(.5) a\\..\\b", "[.]", "a [.]", "x[0].y", "hxxp is a spelling", "évil.com (see [1])", "a[,]b"]
        {
            assert!(matches!(refang(text, native_to_ascii), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
