//! Undoes defang spellings in a text and changes nothing else.

use super::idna::ToAscii;
use super::scheme::{self, Scheme};
use super::sign;
use super::text::{Text, Wide, class, is, wide};
use std::borrow::Cow;

/// Rewrites the defang spellings of a text in place.
pub fn refang(text: &str, _to_ascii: ToAscii) -> Cow<'_, str> {
    let source = Text::new(text);
    let mut out = String::new();
    let (mut copied, mut position) = (0, 0);
    while position < text.len() {
        let Some((end, meaning)) = rewrite(source, position) else {
            position += 1;
            continue;
        };
        out.push_str(source.cut(copied, position));
        out.push_str(&meaning);
        (copied, position) = (end, end);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(source.cut(copied, text.len()));
    Cow::Owned(out)
}

/// What is defanged at a position: where it ends, and what it stands for.
fn rewrite(text: Text<'_>, position: usize) -> Option<(usize, Cow<'static, str>)> {
    let byte = text.at(position);
    let before = text.before(position);
    if is(byte, class::ALNUM) {
        let begins = scheme::may_begin(byte) && !is(before, class::ALNUM);
        let scheme = begins.then(|| scheme::read(text, position)).flatten()?;
        let authority = text.starts_label(scheme.end) || text.at(scheme.end) == b'[';
        return (scheme.defanged && authority).then(|| (scheme.end, Cow::Owned(written(text, position, &scheme))));
    }
    let host_before =
        if before < 0x80 { is(before, class::ALNUM | class::JOINER) } else { is_letter(text.char_before(position)) };
    if !host_before {
        return None;
    }
    let (sign, meaning) = sign::closed(text, position)?;
    text.starts_label(sign.end).then_some((sign.end, Cow::Borrowed(meaning)))
}

fn is_letter(character: char) -> bool {
    matches!(wide(character), Wide::Letter | Wide::Spaceless | Wide::Transparent)
}

/// The scheme refanged, in the case in which it was written, with the slashes that it has.
fn written(text: Text<'_>, start: usize, scheme: &Scheme) -> String {
    let mut name = if scheme.renamed { scheme.name.to_owned() } else { text.cut(start, scheme.name_end).to_owned() };
    if scheme.renamed && text.at(start).is_ascii_uppercase() && text.before(scheme.name_end).is_ascii_uppercase() {
        name.make_ascii_uppercase();
    }
    let separators = sign::separators(text, scheme.name_end);
    name.push(':');
    let slashes = text.cut(scheme.name_end, separators.end).chars().filter(|&mark| matches!(mark, '/' | '\\'));
    name.extend(slashes);
    name
}

#[cfg(test)]
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
    fn what_holds_no_spelling_stays() {
        for text in
            ["", "f(.5) a\\..\\b", "[.]", "a [.]", "x[0].y", "hxxp is a spelling", "évil.com (see [1])", "a[,]b"]
        {
            assert!(matches!(refang(text, native_to_ascii), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
