//! Defang spellings of `.`, `@`, `:` and `/`: `[.]`, `(dot)`, `{@}`, `[://]`, `．` and their like.
//!
//! A reader asks at a position for the sign that it needs; what stands on both sides is for the reader to look at.
//! [`Strength`] tells how sure a spelling is: closed brackets mean it wherever they stand between two host characters,
//! a half-open bracket or a bare ` dot ` only inside what turns out to be an indicator.

use super::text::{Text, Wide, class, is, wide};

/// How a sign is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// As it is.
    Plain,
    /// In closed brackets, or a full-width form.
    Closed,
    /// Half-open or mirrored brackets, blanks around them, `\.`.
    Weak,
    /// The word alone: ` dot `.
    Bare,
}

/// A sign found in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    /// Behind it.
    pub(crate) end: usize,
    pub(crate) strength: Strength,
}

/// What stands between the brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Core {
    Dot,
    At,
    /// So many colons, then so many slashes.
    Separator(u8, u8),
}

/// A spelling in brackets.
struct Bracketed {
    core: Core,
    sign: Sign,
}

/// A dot here, however written. `.` is the only plain form.
pub(crate) fn dot(text: Text<'_>, position: usize) -> Option<Sign> {
    match text.at(position) {
        b'.' => Some(plain_dot(text, position)),
        b'\\' if text.at(position + 1) == b'.' => Some(Sign { end: position + 2, strength: Strength::Weak }),
        b' ' if text.has(position, " dot ") => bare(text, position, 5),
        0x80.. => wide_dot(text, position).or_else(|| bracketed_dot(text, position)),
        _ => bracketed_dot(text, position),
    }
}

/// An at sign here, however written.
pub(crate) fn at(text: Text<'_>, position: usize) -> Option<Sign> {
    match text.at(position) {
        b'@' => Some(Sign { end: position + 1, strength: Strength::Plain }),
        b' ' if text.has(position, " at ") => bare(text, position, 4),
        0x80.. if text.char_at(position) == '＠' => Some(Sign { end: position + 3, strength: Strength::Closed }),
        _ => match bracketed(text, position)? {
            Bracketed { core: Core::At, sign } => Some(sign),
            _ => None,
        },
    }
}

/// Colons and slashes here, plain or in closed brackets, as far as they go together: how many of each, and where
/// they end. A backslash counts as a slash, colons come first.
pub(crate) fn separators(text: Text<'_>, position: usize) -> Separators {
    let mut found = Separators { colons: 0, slashes: 0, end: position, strength: Strength::Plain };
    loop {
        let (colons, slashes, end, strength) = match text.at(found.end) {
            b':' => (1, 0, found.end + 1, Strength::Plain),
            b'/' | b'\\' => (0, 1, found.end + 1, Strength::Plain),
            _ => match bracketed(text, found.end) {
                Some(Bracketed { core: Core::Separator(colons, slashes), sign })
                    if sign.strength == Strength::Closed =>
                {
                    (colons, slashes, sign.end, sign.strength)
                }
                _ => return found,
            },
        };
        if colons > 0 && found.slashes > 0 || found.colons + colons > 2 || found.slashes + slashes > 4 {
            return found;
        }
        found.colons += colons;
        found.slashes += slashes;
        found.end = end;
        found.strength = found.strength.max(strength);
    }
}

/// What [`separators`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separators {
    pub(crate) colons: u8,
    pub(crate) slashes: u8,
    pub(crate) end: usize,
    pub(crate) strength: Strength,
}

/// A closed spelling of any sign here: the sign, and the characters that it stands for.
pub(crate) fn closed(text: Text<'_>, position: usize) -> Option<(Sign, &'static str)> {
    let byte = text.at(position);
    if byte < 0x80 && !matches!(byte, b'[' | b'(' | b'{' | b'<') {
        return None;
    }
    if byte >= 0x80 {
        if text.char_at(position) == '＠' {
            return Some((Sign { end: position + 3, strength: Strength::Closed }, "@"));
        }
        if let Some(sign) = wide_dot(text, position) {
            return Some((sign, "."));
        }
    }
    let Bracketed { core, sign } = bracketed(text, position)?;
    if sign.strength != Strength::Closed {
        return None;
    }
    let meaning = match core {
        Core::Dot => ".",
        Core::At => "@",
        Core::Separator(1, 0) => ":",
        Core::Separator(2, 0) => "::",
        Core::Separator(0, 1) => "/",
        Core::Separator(0, 2) => "//",
        Core::Separator(1, 1) => ":/",
        Core::Separator(..) => "://",
    };
    Some((sign, meaning))
}

/// A sign in a path: closed, or the half-open `[.`, between two host characters.
pub(crate) fn in_path(text: Text<'_>, position: usize) -> Option<(Sign, &'static str)> {
    let found = before_label(text, position)?;
    joins_before(text, position).then_some(found)
}

/// The same, whatever stands before it.
pub(crate) fn before_label(text: Text<'_>, position: usize) -> Option<(Sign, &'static str)> {
    let half_open = || if text.at(position) == b'[' { dot(text, position).map(|sign| (sign, ".")) } else { None };
    let found = closed(text, position).or_else(half_open)?;
    text.starts_label(found.0.end).then_some(found)
}

/// Whether a host character ends before a position.
pub(crate) fn joins_before(text: Text<'_>, position: usize) -> bool {
    match text.before(position) {
        byte if byte < 0x80 => is(byte, class::ALNUM | class::JOINER),
        _ => joins(text.char_before(position)),
    }
}

/// Whether a character is one of a host.
pub(crate) fn joins(character: char) -> bool {
    match u8::try_from(character) {
        Ok(byte) if byte < 0x80 => is(byte, class::ALNUM | class::JOINER),
        _ => wide(character) != Wide::Other,
    }
}

/// `.`, or half-open or mirrored: `.]`, `].[` has its own first byte.
fn plain_dot(text: Text<'_>, position: usize) -> Sign {
    let end = position + 1;
    if matches!(text.at(end), b']' | b')' | b'}') && text.starts_label(end + 1) {
        return Sign { end: end + 1, strength: Strength::Weak };
    }
    Sign { end, strength: Strength::Plain }
}

/// ` dot ` and ` DOT `, not ` Dot `, which is a name.
fn bare(text: Text<'_>, position: usize, length: usize) -> Option<Sign> {
    let word = text.cut(position + 1, position + length - 1);
    let one_case = word.bytes().all(|b| b.is_ascii_lowercase()) || word.bytes().all(|b| b.is_ascii_uppercase());
    one_case.then_some(Sign { end: position + length, strength: Strength::Bare })
}

/// The full-width and ideographic stops; the latter only between ASCII letters or digits, where no sentence ends.
fn wide_dot(text: Text<'_>, position: usize) -> Option<Sign> {
    let end = position + 3;
    let between = is(text.before(position), class::ALNUM) && is(text.at(end), class::ALNUM);
    match text.char_at(position) {
        '．' | '․' => Some(Sign { end, strength: Strength::Closed }),
        '。' | '｡' if between => Some(Sign { end, strength: Strength::Closed }),
        _ => None,
    }
}

fn bracketed_dot(text: Text<'_>, position: usize) -> Option<Sign> {
    match bracketed(text, position)? {
        Bracketed { core: Core::Dot, sign } => Some(sign),
        _ => None,
    }
}

/// A bracket: `Some(true)` opens, and its length.
fn bracket(text: Text<'_>, position: usize) -> Option<(bool, usize)> {
    match text.at(position) {
        b'[' | b'(' | b'{' | b'<' => Some((true, 1)),
        b']' | b')' | b'}' | b'>' => Some((false, 1)),
        0xe3.. => match text.char_at(position) {
            '【' | '（' | '［' | '｛' | '〔' => Some((true, 3)),
            '】' | '）' | '］' | '｝' | '〕' => Some((false, 3)),
            _ => None,
        },
        _ => None,
    }
}

/// Up to two brackets.
#[derive(Default)]
struct Brackets {
    opening: u8,
    closing: u8,
    angle: bool,
}

impl Brackets {
    /// `behind`: an opening bracket behind closing ones begins something else.
    fn read(text: Text<'_>, position: &mut usize, behind: bool) -> Brackets {
        let mut found = Brackets::default();
        while found.count() < 2 {
            let Some((opens, length)) = bracket(text, *position) else {
                break;
            };
            if behind && opens && found.closing > 0 {
                break;
            }
            found.angle |= matches!(text.at(*position), b'<' | b'>');
            if opens {
                found.opening += 1;
            } else {
                found.closing += 1;
            }
            *position += length;
        }
        found
    }

    fn count(&self) -> u8 {
        self.opening + self.closing
    }
}

/// Brackets around a sign, with one blank inside, and with one on both sides.
fn bracketed(text: Text<'_>, start: usize) -> Option<Bracketed> {
    let outer = text.blank(start);
    let mut position = start + outer.unwrap_or(0);
    // Nearly all brackets are just brackets: a look at what stands in them.
    let begins = matches!(
        text.at(position + 1),
        b'.' | b'@'
            | b':'
            | b'/'
            | b'd'
            | b'D'
            | b'p'
            | b'P'
            | b'a'
            | b'A'
            | b' '
            | b'\t'
            | b'['
            | b'('
            | b'{'
            | b'<'
            | 0x80..
    );
    if !begins && text.at(position) < 0x80 {
        return None;
    }
    let before = Brackets::read(text, &mut position, false);
    if before.count() == 0 {
        return None;
    }
    let inner = text.blank(position);
    let (core, length) = core(text, position + inner.unwrap_or(0))?;
    let core_end = position + inner.unwrap_or(0) + length;
    position = core_end + text.blank(core_end).unwrap_or(0);
    let after = Brackets::read(text, &mut position, true);

    let closed = before.closing == 0 && after.opening == 0 && after.closing > 0;
    if closed {
        let sign = match outer {
            None => Sign { end: position, strength: Strength::Closed },
            Some(_) => Sign { end: position + text.blank(position)?, strength: Strength::Weak },
        };
        return Some(Bracketed { core, sign });
    }
    // Half-open and mirrored spellings are understood for a dot sign alone, in their tightest form.
    let tight = outer.is_none() && inner.is_none() && length == 1 && core == Core::Dot;
    if !tight || before.angle || after.angle || before.count() > 1 || after.count() > 1 {
        return None;
    }
    let half_open = before.opening == 1 && after.count() == 0;
    let end = if half_open { core_end } else { position };
    let mirrored = after.count() == 1 && position == core_end + 1;
    (half_open || mirrored).then_some(Bracketed { core, sign: Sign { end, strength: Strength::Weak } })
}

/// The words that stand for a dot and for an at sign.
static DOTS: [&str; 6] = ["dot", "d0t", "punto", "punkt", "ponto", "point"];
static ATS: [&str; 2] = ["at", "arroba"];

/// The sign between the brackets, and its length.
fn core(text: Text<'_>, position: usize) -> Option<(Core, usize)> {
    let first = text.at(position);
    match first {
        b'.' => return Some((Core::Dot, 1)),
        b'@' => return Some((Core::At, 1)),
        b':' | b'/' => return separator_core(text, position),
        0xe2.. => {
            return match text.char_at(position) {
                '．' | '․' | '。' | '｡' => Some((Core::Dot, 3)),
                '＠' => Some((Core::At, 3)),
                _ => None,
            };
        }
        _ => {}
    }
    let word = |words: &[&str]| words.iter().find(|word| text.has(position, word)).map(|word| word.len());
    match first.to_ascii_lowercase() {
        b'd' | b'p' => word(&DOTS).map(|length| (Core::Dot, length)),
        b'a' => word(&ATS).map(|length| (Core::At, length)),
        _ => None,
    }
}

fn separator_core(text: Text<'_>, position: usize) -> Option<(Core, usize)> {
    ["://", "::", ":/", "//", ":", "/"].into_iter().find(|spelling| text.has(position, spelling)).map(|spelling| {
        let colons = spelling.bytes().filter(|&byte| byte == b':').count();
        (Core::Separator(colons as u8, (spelling.len() - colons) as u8), spelling.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The strength of the dot spelled so between two letters.
    fn dot_in(spelling: &str) -> Option<Strength> {
        let text = format!("a{spelling}b");
        let sign = dot(Text::new(&text), 1)?;
        (sign.end == 1 + spelling.len()).then_some(sign.strength)
    }

    #[test]
    fn closed_spellings_of_a_dot() {
        for spelling in "[.] (.) {.} <.> [.) {.] [[.]] ((.)) [(.)] [dot] (DOT) {d0t} <punto> [punkt] [Ponto] (point) 【.】 （.） ［．］ ｛dot｝ 〔.〕 ． ․ 。 ｡"
            .split(' ')
            .chain(["[ . ]", "[ .]", "(. )", "( dot )"])
        {
            assert_eq!(dot_in(spelling), Some(Strength::Closed), "{spelling}");
        }
    }

    #[test]
    fn weak_spellings_of_a_dot() {
        for spelling in r"[. .] (. .) {. .} ].[ }.{ ).( [.[ ].] \.".split(' ').chain([" [.] ", " (dot) "]) {
            assert_eq!(dot_in(spelling), Some(Strength::Weak), "{spelling}");
        }
        for spelling in [" dot ", " DOT "] {
            assert_eq!(dot_in(spelling), Some(Strength::Bare), "{spelling}");
        }
    }

    #[test]
    fn what_is_no_dot() {
        for spelling in
            ["[dot", "dot]", " . ", "-dot-", "<.", ".>", "[[[.]]]", " [.]", "[.] ", " Dot ", "[,]", "()", "[  .]"]
        {
            assert_eq!(dot_in(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn spellings_of_an_at_sign() {
        for (spelling, strength) in [
            ("@", Strength::Plain),
            ("[@]", Strength::Closed),
            ("(at)", Strength::Closed),
            ("[ARROBA]", Strength::Closed),
            ("＠", Strength::Closed),
            ("[＠]", Strength::Closed),
            (" [at] ", Strength::Weak),
            (" at ", Strength::Bare),
            (" AT ", Strength::Bare),
        ] {
            let text = format!("a{spelling}b");
            assert_eq!(at(Text::new(&text), 1), Some(Sign { end: 1 + spelling.len(), strength }), "{spelling}");
        }
    }

    #[test]
    fn separators_go_together_in_any_mixture() {
        for (spelling, colons, slashes) in [
            ("://", 1, 2),
            ("[:]//", 1, 2),
            ("[://]", 1, 2),
            ("[:/]/", 1, 2),
            (":[//]", 1, 2),
            ("[:][/][/]", 1, 2),
            (r":\/\/", 1, 4),
            (":", 1, 0),
            ("[::]", 2, 0),
            ("[/]", 0, 1),
        ] {
            let text = format!("{spelling}b");
            let found = separators(Text::new(&text), 0);
            assert_eq!((found.colons, found.slashes, found.end), (colons, slashes, spelling.len()), "{spelling}");
        }
    }

    #[test]
    fn a_closed_spelling_tells_its_meaning() {
        for (spelling, meaning) in
            [("[.]", "."), ("(at)", "@"), ("[:]", ":"), ("[::]", "::"), ("{/}", "/"), ("[://]", "://"), ("＠", "@")]
        {
            assert_eq!(closed(Text::new(&format!("{spelling}b")), 0).map(|found| found.1), Some(meaning), "{spelling}");
        }
        assert_eq!(closed(Text::new("[.b"), 0), None);
    }
}
