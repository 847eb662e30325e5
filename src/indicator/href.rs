//! Writes URLs as the WHATWG's URL standard does: what `new URL(text).href` gives.
//!
//! Only the parts that follow the host need care, and only for the standard's special schemes; the host is a name or
//! an address by now. Percent-encoding and dot segments happen while the text is read, in one pass, and the spellings
//! of a defanged path are undone on the way.
//! Source: url.spec.whatwg.org, sections 1.3, 3.5 and 4.4.

use super::sign;
use super::text::{Text, Wide, wide};

/// Which part of a URL a character stands in: each has its own set of what must be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Userinfo,
    Path,
    Query,
    Fragment,
}

/// How far user name and password may reach, in the text and as they are written: what is read is read again.
pub(crate) const MAX_USERINFO: usize = 256;

/// Writes user name and password, the text between two positions, with their `@`; nothing if both are empty. Whether they
/// are short enough: otherwise nothing is written.
pub(crate) fn write_userinfo(text: Text<'_>, start: usize, end: usize, out: &mut String) -> bool {
    let before = out.len();
    let mut userinfo = String::new();
    let mut position = start;
    while position < end {
        let character = text.char_at(position);
        // As in a path, what stands before is asked of what is written.
        let joined =
            userinfo.chars().next_back().is_some_and(|last| sign::joins(last) || is_encoded(last, Part::Userinfo));
        let sign = sign::before_label(text, position).filter(|(sign, _)| joined && sign.end <= end);
        match sign {
            Some((_, meaning)) => userinfo.push_str(meaning),
            None if character.is_ascii() || wide(character) != Wide::Transparent => userinfo.push(character),
            None => {}
        }
        position = sign.map_or(position + character.len_utf8(), |(sign, _)| sign.end);
    }
    let (user, password) = userinfo.split_once(':').unwrap_or((&userinfo, ""));
    if user.is_empty() && password.is_empty() {
        return true;
    }
    // Of every scheme: what is refanged here may be a slash.
    let part = Some(Part::Userinfo);
    user.chars().for_each(|character| write_char(character, part, out));
    if !password.is_empty() {
        out.push(':');
        password.chars().for_each(|character| write_char(character, part, out));
    }
    let fits = out.len() - before < MAX_USERINFO;
    if fits {
        out.push('@');
    } else {
        out.truncate(before);
    }
    fits
}

/// Writes path, query and fragment: the text between two positions, behind the authority.
pub(crate) fn write_rest(text: Text<'_>, start: usize, end: usize, standard: bool, out: &mut String) {
    let mut writer = Rest { root: out.len(), part: Part::Path, standard, gap: false, out };
    let mut position = start;
    let plain = matches!(text.at(start), b'/' | b'\\');
    let slash = plain || sign::before_label(text, start).is_some_and(|(_, meaning)| meaning == "/");
    if standard && !(slash && start < end) {
        writer.out.push('/');
    }
    while position < end {
        position = writer.step(text, position);
    }
    writer.finish();
}

struct Rest<'o> {
    /// Where the path begins in `out`.
    root: usize,
    part: Part,
    standard: bool,
    /// Whether a dot segment was removed.
    gap: bool,
    out: &'o mut String,
}

impl Rest<'_> {
    /// Writes what stands here; gives the position behind it.
    fn step(&mut self, text: Text<'_>, position: usize) -> usize {
        if self.gap && text.starts_label(position) {
            self.undo_formed();
        }
        let character = text.char_at(position);
        let next = position + character.len_utf8();
        match character {
            '\\' => self.backslashes(text, position),
            '&' => {
                self.push('&');
                skip_ampersand(text, next)
            }
            '[' | '(' | '{' | '<' | '\u{80}'.. => self.sign_or(text, position, character, next),
            _ => {
                self.push(character);
                next
            }
        }
    }

    /// Before a slash they only escape it, as JSON does.
    fn backslashes(&mut self, text: Text<'_>, position: usize) -> usize {
        let end = skip_backslashes(text, position);
        if text.at(end) != b'/' {
            (position..end).for_each(|_| self.push('\\'));
        }
        end
    }

    fn sign_or(&mut self, text: Text<'_>, position: usize, character: char, next: usize) -> usize {
        // What stands before is asked of what was written: it may have been encoded since.
        let joined = self.out.len() == self.root || self.out.chars().next_back().is_some_and(sign::joins);
        if let Some((sign, meaning)) = sign::before_label(text, position).filter(|_| joined) {
            meaning.chars().for_each(|character| self.push(character));
            return sign.end;
        }
        if character.is_ascii() || wide(character) != Wide::Transparent {
            self.push(character);
        }
        next
    }

    /// What stands around a dot segment can spell a sign without it: `(/./)` is `(/)` then, and is undone like one.
    fn undo_formed(&mut self) {
        const LONGEST: usize = "((://))".len();
        let spelled = |length: usize| {
            let start = self.out.len().checked_sub(length).filter(|start| *start > self.root)?;
            let (before, spelling) = self.out.split_at_checked(start)?;
            let (sign, meaning) = sign::closed(Text::new(spelling), 0)?;
            let joined = before.chars().next_back().is_some_and(sign::joins);
            (sign.end == length && joined).then_some((start, meaning))
        };
        if self.out.ends_with([')', ']', '}'])
            && let Some((start, meaning)) = (1..=LONGEST).find_map(spelled)
        {
            self.out.truncate(start);
            meaning.chars().for_each(|character| self.push(character));
        }
    }

    fn push(&mut self, character: char) {
        match (self.part, character) {
            (Part::Path, '/') => self.segment(),
            (Part::Path, '\\') if self.standard => self.segment(),
            (Part::Path, '?') => self.turn(Part::Query, '?'),
            (Part::Path | Part::Query, '#') => self.turn(Part::Fragment, '#'),
            _ => write_char(character, self.standard.then_some(self.part), self.out),
        }
    }

    fn turn(&mut self, part: Part, mark: char) {
        if self.part == Part::Path && self.standard && self.out.len() > self.root {
            self.close_segment();
        }
        self.part = part;
        self.out.push(mark);
    }

    fn segment(&mut self) {
        if self.standard && self.out.len() > self.root {
            // A segment that is only a dot leaves the slash in front of it.
            if self.close_segment() {
                return;
            }
        }
        self.out.push('/');
    }

    /// Removes dot segments. Gives whether a slash ends the path now in the place of one.
    fn close_segment(&mut self) -> bool {
        let path = self.out.get(self.root..).unwrap_or_default();
        let slash = self.root + path.rfind('/').unwrap_or(0);
        let segment = self.out.get(slash + 1..).unwrap_or_default();
        let dots = dots(segment);
        self.gap |= dots != 0;
        if dots == 1 {
            self.out.truncate(slash + 1);
        } else if dots == 2 {
            self.out.truncate(slash);
            let parent = self.out.get(self.root..).and_then(|path| path.rfind('/')).unwrap_or(0);
            self.out.truncate(self.root + parent);
            self.out.push('/');
        }
        dots != 0
    }

    fn finish(mut self) {
        if self.part == Part::Path && self.standard {
            self.close_segment();
        }
    }
}

/// How many dots a segment is made of, encoded or not, if it is `.` or `..`.
fn dots(segment: &str) -> usize {
    let mut rest = segment;
    let mut count = 0;
    while !rest.is_empty() {
        let next = rest.strip_prefix('.').or_else(|| rest.strip_prefix("%2e")).or_else(|| rest.strip_prefix("%2E"));
        match next {
            Some(next) if count < 2 => rest = next,
            _ => return 0,
        }
        count += 1;
    }
    count
}

/// Writes one character, encoded where its part asks for it; `None`: as it is.
fn write_char(character: char, part: Option<Part>, out: &mut String) {
    if part.is_none_or(|part| !is_encoded(character, part)) {
        return out.push(character);
    }
    let mut buffer = [0; 4];
    for byte in character.encode_utf8(&mut buffer).bytes() {
        out.push('%');
        out.extend(
            [byte >> 4, byte & 15].map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'7' + digit })),
        );
    }
}

/// The percent-encode sets of the standard's section 1.3, for special schemes.
fn is_encoded(character: char, part: Part) -> bool {
    match character {
        '\0'..=' ' | '\u{7f}'.. | '"' | '<' | '>' => true,
        '\'' => part == Part::Query,
        '`' => part != Part::Query,
        '{' | '}' => matches!(part, Part::Path | Part::Userinfo),
        '/' | ':' | ';' | '=' | '@' | '[' | '\\' | ']' | '^' | '|' | '?' | '#' => part == Part::Userinfo,
        _ => false,
    }
}

/// Behind the backslashes here.
pub(crate) fn skip_backslashes(text: Text<'_>, mut position: usize) -> usize {
    while text.at(position) == b'\\' {
        position += 1;
    }
    position
}

/// Behind the `amp;` that may follow an `&`, and may have been escaped more than once.
pub(crate) fn skip_ampersand(text: Text<'_>, mut position: usize) -> usize {
    while text.has(position, "amp;") {
        position += 4;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> String {
        let mut out = String::new();
        write_rest(Text::new(text), 0, text.len(), true, &mut out);
        out
    }

    #[test]
    fn dot_segments_go() {
        for (text, href) in [
            ("", "/"),
            ("/", "/"),
            ("/.", "/"),
            ("/..", "/"),
            ("/a/..", "/"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/b/../../../c", "/c"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/.%2e", "/"),
            ("/a/...", "/a/..."),
            ("//a/../b", "//b"),
            ("/a//../b", "/a/b"),
            ("\\a\\..\\b", "/b"),
            ("/a/.?x", "/a/?x"),
            ("/a/..#x", "/#x"),
            ("/a(/./)b", "/a/b"),
            ("/a((/%2e/))b", "/a/b"),
            ("/a(/./) b", "/a(/)%20b"),
            ("/=(/./)b", "/=(/)b"),
            ("?a/../b", "/?a/../b"),
            ("#a", "/#a"),
        ] {
            assert_eq!(rest(text), href, "{text}");
        }
    }

    #[test]
    fn each_part_has_its_own_set() {
        assert_eq!(rest("/\"'<>`{}|^[]é"), "/%22'%3C%3E%60%7B%7D|^[]%C3%A9");
        assert_eq!(rest("/?\"'<>`{}|^\\[]é"), "/?%22%27%3C%3E`{}|^\\[]%C3%A9");
        assert_eq!(rest("/#\"'<>`{}|^#é"), "/#%22'%3C%3E%60{}|^#%C3%A9");
    }

    #[test]
    fn spellings_in_a_path_are_undone() {
        for (text, href) in [
            ("/a[.]php", "/a.php"),
            ("/a[dot]php", "/a.php"),
            ("[/]a", "/a"),
            ("/a[/]b", "/a/b"),
            ("/a?b[]=c", "/a?b[]=c"),
            ("/a[.php", "/a.php"),
            (r"\/a\/b", "/a/b"),
            ("/?a&amp;b&amp;amp;c", "/?a&b&c"),
            ("/a\u{ad}b", "/ab"),
            ("/[.]a", "/[.]a"),
        ] {
            assert_eq!(rest(text), href, "{text}");
        }
    }

    #[test]
    fn user_and_password_are_written_where_they_are() {
        for (userinfo, href) in [
            ("", ""),
            (":", ""),
            ("a", "a@"),
            ("a:", "a@"),
            (":b", ":b@"),
            ("a:b:c", "a:b%3Ac@"),
            ("a@b", "a%40b@"),
            ("a[.]b", "a.b@"),
            ("a[//]b", "a%2F%2Fb@"),
            ("\u{fffd}(at)b", "%EF%BF%BD%40b@"),
            ("(at)b", "(at)b@"),
        ] {
            let mut out = String::new();
            assert!(write_userinfo(Text::new(userinfo), 0, userinfo.len(), &mut out));
            assert_eq!(out, href, "{userinfo}");
        }
    }

    #[test]
    fn user_and_password_that_grow_too_long_are_not_written() {
        let written = |userinfo: &str| {
            let mut out = String::from("http://");
            let fits = write_userinfo(Text::new(userinfo), 0, userinfo.len(), &mut out);
            (fits, out.len())
        };
        assert_eq!(written(&"[".repeat(MAX_USERINFO / 3)), (true, "http://".len() + MAX_USERINFO));
        assert_eq!(written(&"[".repeat(MAX_USERINFO / 3 + 1)), (false, "http://".len()));
    }
}
