//! Schemes: those whose URLs are indicators, and how `http` is defanged.

use super::sign::{self, Strength};
use super::text::{Text, class, is};

/// A scheme with its colon and slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// In lower case, refanged: `https`.
    pub(crate) name: &'static str,
    /// Behind the name as written.
    pub(crate) name_end: usize,
    /// Behind the colon and the slashes: where the authority begins.
    pub(crate) end: usize,
    /// Whether the name is spelled otherwise.
    pub(crate) renamed: bool,
    /// Whether name or separators are defanged.
    pub(crate) defanged: bool,
}

static SCHEMES: [&str; 20] = [
    "ftp",
    "ftps",
    "http",
    "https",
    "irc",
    "ircs",
    "ldap",
    "ldaps",
    "rmi",
    "sftp",
    "smb",
    "ssh",
    "stratum+ssl",
    "stratum+tcp",
    "tcp",
    "telnet",
    "tftp",
    "udp",
    "ws",
    "wss",
];

/// Spellings that hold no sign: what they stand for.
static SPELLINGS: [(&str, &str); 6] =
    [("fxp", "ftp"), ("fxps", "ftps"), ("fxxp", "ftp"), ("fxxps", "ftps"), ("meow", "http"), ("meows", "https")];

/// Whether a word may be, or begin, the name of a scheme: for who has no time for [`read`].
#[inline(always)]
pub(crate) fn may_begin(first: u8) -> bool {
    matches!(first | 0x20, b'h' | b'f' | b'i' | b'l' | b'm' | b'r' | b's' | b't' | b'u' | b'w')
}

/// Whether the WHATWG's URL standard knows the scheme, and so has one serialisation for its URLs.
pub(crate) fn is_standard(name: &str) -> bool {
    default_port(name).is_some()
}

/// The port that is left out.
pub(crate) fn default_port(name: &str) -> Option<u64> {
    match name {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// The scheme that begins here.
pub(crate) fn read(text: Text<'_>, start: usize) -> Option<Scheme> {
    let (name, name_end, renamed) = read_name(text, start)?;
    let separators = sign::separators(text, name_end);
    let defanged = renamed || separators.strength != Strength::Plain;
    if separators.colons == 0 || separators.slashes == 0 || separators.colons > 1 && !defanged {
        return None;
    }
    let blank = usize::from(renamed && text.at(separators.end) == b' ' && text.starts_label(separators.end + 1));
    Some(Scheme { name, name_end, end: separators.end + blank, renamed, defanged })
}

fn read_name(text: Text<'_>, start: usize) -> Option<(&'static str, usize, bool)> {
    if let Some((name, end)) = read_http(text, start) {
        let renamed = !text.cut(start, end).eq_ignore_ascii_case(name);
        return Some((name, end, renamed));
    }
    let mut end = text.skip(start, class::ALNUM);
    if text.at(end) == b'+' {
        end = text.skip(end + 1, class::ALNUM);
    }
    let word = text.cut(start, end);
    let known = SCHEMES.iter().find(|name| name.eq_ignore_ascii_case(word)).map(|&name| (name, end, false));
    known.or_else(|| {
        SPELLINGS.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(word)).map(|&(_, name)| (name, end, true))
    })
}

/// `h`, two or three letters or marks in the place of `tt`, perhaps in brackets, `p`, and perhaps `s`.
fn read_http(text: Text<'_>, start: usize) -> Option<(&'static str, usize)> {
    if text.at(start) | 0x20 != b'h' {
        return None;
    }
    let open = is_open(text.at(start + 1));
    let first = start + 1 + usize::from(open);
    let mut end = first;
    while end < first + 3 && matches!(text.at(end), b't' | b'T' | b'x' | b'X' | b'*' | b'#' | b'_' | b'z' | b'Z' | b'+')
    {
        end += 1;
    }
    if end < first + 2 || open && !is_close(text.at(end)) {
        return None;
    }
    end += usize::from(open);
    if text.at(end) | 0x20 != b'p' {
        return None;
    }
    end += 1;
    if text.at(end) | 0x20 == b's' {
        return Some(("https", end + 1));
    }
    if is_open(text.at(end)) && text.at(end + 1) | 0x20 == b's' && is_close(text.at(end + 2)) {
        return Some(("https", end + 3));
    }
    Some(("http", end))
}

fn is_open(byte: u8) -> bool {
    matches!(byte, b'[' | b'(' | b'{')
}

fn is_close(byte: u8) -> bool {
    matches!(byte, b']' | b')' | b'}')
}

/// Whether any scheme at all ends before here, known or not: `gopher://`.
pub(crate) fn ends_before(text: Text<'_>, position: usize) -> bool {
    let slashes = position >= 3 && text.at(position - 1) == b'/' && text.at(position - 2) == b'/';
    slashes && text.at(position - 3) == b':' && is(text.before(position - 3), class::ALNUM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_read_in_any_case() {
        assert!(SCHEMES.is_sorted());
        for name in SCHEMES {
            let text = format!("{}://x", name.to_uppercase());
            let scheme = read(Text::new(&text), 0).unwrap();
            assert_eq!((scheme.name, scheme.end, scheme.defanged), (name, text.len() - 1, false));
            assert!(may_begin(name.as_bytes()[0]));
        }
    }

    #[test]
    fn defanged_schemes() {
        for (text, name) in [
            ("hxxp://", "http"),
            ("hXXps://", "https"),
            ("h**p://", "http"),
            ("h##ps://", "https"),
            ("htxp://", "http"),
            ("h__p://", "http"),
            ("hzzp://", "http"),
            ("h++p://", "http"),
            ("hxxxp://", "http"),
            ("h[tt]p://", "http"),
            ("h[xx]ps://", "https"),
            ("http[s]://", "https"),
            ("hxxp[s]://", "https"),
            ("fxp://", "ftp"),
            ("fxxp://", "ftp"),
            ("meow://", "http"),
            ("MEOWS://", "https"),
            ("http[:]//", "http"),
            ("http[://]", "http"),
            ("http(:)//", "http"),
            ("hxxp:/", "http"),
            ("hxxps[:][/][/]", "https"),
            ("ftp[:]//", "ftp"),
            ("http[::]//", "http"),
        ] {
            let scheme = read(Text::new(text), 0);
            assert_eq!(
                scheme.map(|scheme| (scheme.name, scheme.end, scheme.defanged)),
                Some((name, text.len(), true)),
                "{text}"
            );
        }
    }

    #[test]
    fn one_blank_may_follow_a_defanged_name() {
        let end = |text| read(Text::new(text), 0).map(|scheme| scheme.end);
        assert_eq!(
            [end("hxxp:// x"), end("hxxp://  x"), end("hxxp:// [/]x"), end("http:// x")],
            [8, 7, 7, 7].map(Some)
        );
    }

    #[test]
    fn what_is_no_scheme() {
        for text in [
            "http",
            "http:",
            "http:x",
            "http//",
            "https s://",
            "hp://",
            "htttttp://",
            "xhttp://",
            "gopher://",
            "http::x",
            "h[tt://",
            "http::/",
        ] {
            assert_eq!(read(Text::new(text), 0), None, "{text}");
        }
        assert_eq!(read(Text::new("http:// x"), 0).map(|scheme| scheme.end), Some(7));
    }

    #[test]
    fn an_unknown_scheme_is_seen_from_behind() {
        assert!(ends_before(Text::new("gopher://x"), 9));
        assert!(!ends_before(Text::new("://x"), 3) && !ends_before(Text::new("a//x"), 3));
    }
}
