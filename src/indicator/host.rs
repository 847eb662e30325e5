//! Host names and IPv4 addresses in text: a run of labels with a dot, however spelled, between each two.
//!
//! A run is the longest that goes on from where it starts; it is taken whole or not at all, so `evil.com.exe` and
//! `1.2.3.4.5` hold nothing. [`read`] finds the run and writes its name, [`judge`] tells what the name is.

use super::idna::{self, ToAscii};
use super::ip;
use super::label::{self, Label, MAX_KEPT, MAX_LABEL};
use super::sign::{self, Sign, Strength};
use super::text::{Text, class, is};
use super::tld;

/// The longest name, RFC 1035.
const MAX_NAME: usize = 253;

/// A run of labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) start: usize,
    /// Behind the last label; equal to `start` if there is none.
    pub(crate) end: usize,
    pub(crate) labels: u32,
    /// How the weakest dot is spelled.
    pub(crate) strength: Strength,
    /// Whether any dot is defanged.
    pub(crate) defanged: bool,
    /// This far labels were read, valid or not.
    pub(crate) judged: usize,
    /// Where the last label begins in the text.
    pub(crate) last: usize,
    /// Whether all letters are ASCII.
    ascii: bool,
    /// Whether every label is of digits.
    numeric: bool,
}

/// What the name of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    V4(u32),
    Name,
}

/// Which last labels a name may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// Those that exist.
    Listed,
    /// Those and the special names.
    ListedOrSpecial,
    /// Any.
    Any,
}

impl Run {
    fn at(start: usize) -> Run {
        Run {
            start,
            end: start,
            labels: 0,
            strength: Strength::Plain,
            defanged: false,
            judged: start,
            last: start,
            ascii: true,
            numeric: true,
        }
    }

    /// Adds a label that begins at `start`, behind a dot.
    fn add(&mut self, dot: Sign, start: usize, label: &Label) {
        self.labels += 1;
        self.last = start;
        self.end = label.end;
        self.ascii &= label.ascii;
        self.numeric &= label.numeric;
        self.strength = self.strength.max(dot.strength);
        self.defanged |= dot.strength != Strength::Plain;
    }
}

/// Reads the run that starts here, and writes its name in lower case, transparent characters left out.
///
/// `bare_from`: before this position the word ` dot ` is no dot, because a run over it was judged already.
pub(crate) fn read(text: Text<'_>, start: usize, bare_from: &mut usize, name: &mut String) -> Run {
    name.clear();
    let mut run = Run::at(start);
    let mut before_bare = None;
    let mut dot = Sign { end: start, strength: Strength::Plain };
    loop {
        let position = text.skip_transparent(dot.end);
        let kept = name.len();
        if run.labels > 0 {
            label::keep('.', name);
        }
        let mut label = label::read(text, position, run.labels == 3 && run.numeric, name);
        run.judged = label.end;
        let next = next_dot(text, label.end, *bare_from);
        if next.is_none() {
            label.trim(text, position, name);
        }
        if !label.valid || text.before(label.end) == b'-' {
            name.truncate(kept);
            break;
        }
        run.add(dot, position, &label);
        let Some(next) = next else { break };
        if next.strength == Strength::Bare && before_bare.is_none() {
            before_bare = Some((run, name.len()));
        }
        dot = next;
    }
    if let Some((shorter, length)) = before_bare
        && !bare_holds(&run, name)
    {
        *bare_from = run.end;
        name.truncate(length);
        run = shorter;
    }
    if is(text.at(run.end), class::ALNUM) || is(text.before(start), class::ALNUM) {
        // A change of scripts ends a label; a name that an ASCII letter touches is none all the same.
        run.labels = 0;
    }
    run
}

/// The dot behind a label, if another may follow it.
fn next_dot(text: Text<'_>, position: usize, bare_from: usize) -> Option<Sign> {
    let dot = sign::dot(text, position)?;
    let judged = dot.strength == Strength::Bare && position < bare_from;
    (!judged && text.starts_label(dot.end)).then_some(dot)
}

/// `_evil.com_` is emphasis: as many `_` as stand behind the run are no part of its first label either, up to a hyphen,
/// which no label begins with.
pub(crate) fn trim_emphasis(text: Text<'_>, run: &mut Run, name: &mut String) {
    let mut behind = run.end;
    while name.starts_with('_') && !name.starts_with("_-") && text.at(behind) == b'_' {
        behind += 1;
        run.start += 1;
        name.remove(0);
    }
    run.last = run.last.max(run.start);
}

/// Whether what follows a bare ` dot ` ends as a name or an address does, not as a sentence.
fn bare_holds(run: &Run, name: &str) -> bool {
    static WORDS: [&str; 15] =
        ["am", "as", "at", "be", "by", "do", "in", "is", "it", "me", "my", "no", "so", "to", "us"];
    run.numeric || tld::accepts(name) && !WORDS.contains(&tld::last_label(name))
}

/// What a run's name is, if it is a host; `name` becomes its canonical form.
pub(crate) fn judge(run: &Run, last: Last, to_ascii: ToAscii, name: &mut String) -> Option<Host> {
    if run.numeric {
        return if run.labels == 4 { ip::v4(name).map(Host::V4) } else { None };
    }
    if run.labels < 2 && last != Last::Any || name.len() >= MAX_KEPT {
        return None;
    }
    if !run.ascii {
        let label = tld::last_label(name);
        if last == Last::Listed && !is_listed_in_any_script(label) {
            return None;
        }
        *name = to_ascii(name).filter(|name| is_ascii_name(name))?;
    }
    let label = tld::last_label(name);
    let form = name.len() <= MAX_NAME && !label.contains('_') && !label.bytes().all(|byte| byte.is_ascii_digit());
    let ends = match last {
        Last::Any => true,
        Last::Listed => tld::accepts(name),
        Last::ListedOrSpecial => tld::accepts(name) || tld::is_special(name),
    };
    (form && ends).then_some(Host::Name)
}

fn is_listed_in_any_script(label: &str) -> bool {
    if label.is_ascii() {
        return tld::is_listed(label);
    }
    // Full-width letters stand for ASCII ones; only the tables of IDNA know.
    label.chars().any(|character| matches!(character, '\u{ff10}'..='\u{ff5a}'))
        || label.chars().count() <= MAX_LABEL && idna::punycode(label).is_some_and(|label| tld::is_listed(&label))
}

/// Whether what IDNA made is a name: IDNA itself lets empty labels and long ones pass.
fn is_ascii_name(name: &str) -> bool {
    name.split('.').all(|label| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| is(byte, class::ALNUM | class::JOINER))
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::indicator::native_to_ascii;

    /// What the run at the start of a text is, its name, and what is left.
    fn host_at(text: &str, last: Last) -> Option<(Host, String, &str)> {
        let mut name = String::new();
        let run = read(Text::new(text), 0, &mut 0, &mut name);
        let host = judge(&run, last, native_to_ascii, &mut name)?;
        Some((host, name, &text[run.end..]))
    }

    fn name_at(text: &str) -> Option<(String, &str)> {
        host_at(text, Last::Listed).map(|(_, name, rest)| (name, rest))
    }

    #[test]
    fn a_run_goes_on_as_long_as_labels_do() {
        for (text, name, rest) in [
            ("evil.com", "evil.com", ""),
            ("EVIL.com. Then", "evil.com", ". Then"),
            ("_dmarc.evil.com/", "_dmarc.evil.com", "/"),
            ("evil[.]com(.)br", "evil.com.br", ""),
            ("evil.com-", "evil.com", "-"),
            ("evil.com_", "evil.com", "_"),
            ("evil.com下载", "evil.com", "下载"),
            ("ev\u{ad}il.com\u{ad} x", "evil.com", "\u{ad} x"),
            ("evil dot com is", "evil.com", " is"),
            ("evil DOT co DOT uk", "evil.co.uk", ""),
            ("evil [.] com", "evil.com", ""),
            ("münchen.de", "xn--mnchen-3ya.de", ""),
            ("例え.テスト.みんな!", "xn--r8jz45g.xn--zckzah.xn--q9jyb4c", "!"),
            ("россия.РФ", "xn--h1alffa9f.xn--p1ai", ""),
            ("ｅｖｉｌ．ｃｏｍ", "evil.com", ""),
            ("1.2.3.4-static.evil.com", "1.2.3.4-static.evil.com", ""),
            ("xn--zz--a.com", "xn--zz--a.com", ""),
        ] {
            assert_eq!(name_at(text), Some((name.to_owned(), rest)), "{text}");
        }
    }

    #[test]
    fn a_run_is_taken_whole_or_not_at_all() {
        for text in [
            "evil.com.exe",
            "banana..com",
            "a.1.2.3.4",
            "1.1.1.1000",
            "1.2.3.4.5",
            "1.2.3.4_x",
            "v1.2.3.4",
            "01.2.3.4",
            "evil",
            "-evil.com",
            "foo-.evil.com",
            "evil.c_m",
            "evil.local",
            "слово.Другое",
            "we met dot in it",
        ] {
            assert_eq!(name_at(text), None, "{text}");
        }
        assert_eq!(name_at(&format!("{}.com", "a".repeat(64))), None);
        assert_eq!(name_at(&format!("{}.com", ["abcdefghi"; 26].join("."))), None);
    }

    #[test]
    fn four_octets_are_an_address() {
        for (text, address, rest) in [
            ("1.2.3.4:80", 0x0102_0304, ":80"),
            ("1[.]2(dot)3 dot 4", 0x0102_0304, ""),
            ("1.2.3.4-1.2.3.9", 0x0102_0304, "-1.2.3.9"),
            ("255.255.255.255.", u32::MAX, "."),
        ] {
            let (host, _, left) = host_at(text, Last::Listed).unwrap();
            assert_eq!((host, left), (Host::V4(address), rest), "{text}");
        }
    }

    #[test]
    fn a_long_run_over_bare_dots_is_read_once() {
        let (mut bare_from, mut name) = (0, String::new());
        let text = "a dot b dot c and evil dot com";
        let run = read(Text::new(text), 0, &mut bare_from, &mut name);
        assert_eq!((run.end, name.as_str(), bare_from), (1, "a", "a dot b dot c".len()));
        let run = read(Text::new(text), 6, &mut bare_from, &mut name);
        assert_eq!((run.end, name.as_str()), (7, "b"));
    }
}
