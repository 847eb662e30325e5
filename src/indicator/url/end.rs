//! Where a URL ends in running text, as a person would set it.

use super::Extent;
use crate::indicator::href;
use crate::indicator::scheme;
use crate::indicator::sign;
use crate::indicator::text::{Text, Wide, class, is, wide};

/// Entities of HTML that stand for something a URL does not hold.
static ENTITIES: [&str; 7] = ["&lt;", "&gt;", "&quot;", "&apos;", "&#39;", "&#34;", "&nbsp;"];

/// Longer URLs are cut: what is no longer read as one string is not found either.
pub(super) const MAX_URL: usize = 8_192;

/// The end of the URL that starts at `start` and whose authority ends at `from`.
pub(super) fn of(text: Text<'_>, start: usize, from: usize, extent: Extent) -> usize {
    if !begins_rest(text, from, extent) {
        return from;
    }
    if extent == Extent::Whole {
        return of_whole(text, from);
    }
    let mut end = Scan { text, quoted: text.before(start) == b'\'', open: 0, query: false }.run(from, start + MAX_URL);
    loop {
        let before = end;
        end = trim_punctuation(text, from, end);
        end = trim_emphasis(text, start, from, end);
        if end == before {
            return end;
        }
    }
}

/// The whole text, if it holds no blank.
fn of_whole(text: Text<'_>, from: usize) -> usize {
    let mut position = from;
    while position < text.len() {
        if let Some((sign, _)) = sign::before_label(text, position) {
            position = sign.end;
            continue;
        }
        let character = text.char_at(position);
        if is(text.at(position), class::BLANK) || is_blank(character) {
            break;
        }
        position += character.len_utf8();
    }
    position
}

fn begins_rest(text: Text<'_>, position: usize, extent: Extent) -> bool {
    let escaped = || extent == Extent::Whole || text.at(href::skip_backslashes(text, position)) == b'/';
    matches!(text.at(position), b'/' | b'?' | b'#')
        || text.at(position) == b'\\' && escaped()
        || sign::before_label(text, position).is_some_and(|(_, meaning)| meaning == "/")
}

struct Scan<'t> {
    text: Text<'t>,
    /// Whether a `'` stands before the URL.
    quoted: bool,
    /// Round brackets open inside the URL.
    open: u32,
    query: bool,
}

impl Scan<'_> {
    fn run(&mut self, from: usize, most: usize) -> usize {
        let mut position = from;
        while position < self.text.len() {
            match self.step(position) {
                Some(next) if next <= most => position = next,
                _ => break,
            }
        }
        position
    }

    /// The position behind what stands here, `None` if the URL stops before it.
    fn step(&mut self, position: usize) -> Option<usize> {
        let text = self.text;
        let byte = text.at(position);
        let next = position + 1;
        if is(byte, class::ALNUM) {
            return Some(next);
        }
        if matches!(byte, b'[' | b'(' | b'{' | b'<' | 0xe2..)
            && let Some((sign, _)) = sign::in_path(text, position)
        {
            return Some(sign.end);
        }
        match byte {
            b'?' => {
                self.query = true;
                Some(next)
            }
            b'(' => {
                self.open += 1;
                Some(next)
            }
            b')' => {
                self.open = self.open.checked_sub(1)?;
                Some(next)
            }
            b'[' if self.query => self.parameter(position),
            b'\\' => Some(href::skip_backslashes(text, position)).filter(|&end| text.at(end) == b'/'),
            b'&' if ENTITIES.iter().any(|entity| text.has(position, entity)) => None,
            b'&' => Some(href::skip_ampersand(text, next)),
            b',' | b';' => (!self.separates(next)).then_some(next),
            b'\'' if self.quoted => None,
            b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'[' | b']' => None,
            0x80.. => self.step_wide(position),
            _ if is(byte, class::BLANK) => None,
            _ => Some(next),
        }
    }

    /// `[name]` in a query, where `=`, `&`, another bracket or the end follows.
    fn parameter(&self, position: usize) -> Option<usize> {
        let text = self.text;
        let end = text.skip(position + 1, class::ALNUM | class::JOINER);
        if text.at(end) != b']' {
            return None;
        }
        let next = text.at(end + 1);
        let ends =
            is(next, class::BLANK) || matches!(next, b'"' | b'\'' | b'<' | b'>' | b'`' | b')' | b',' | b';' | b'|');
        (ends || matches!(next, b'=' | b'&' | b'[' | b'#')).then_some(end + 1)
    }

    /// Whether a comma or semicolon before here stands between this URL and something else.
    fn separates(&self, next: usize) -> bool {
        let text = self.text;
        let behind = text.skip_transparent(next);
        is(text.at(behind), class::BLANK) || scheme::may_begin(text.at(behind)) && scheme::read(text, behind).is_some()
    }

    fn step_wide(&self, position: usize) -> Option<usize> {
        let character = self.text.char_at(position);
        let next = position + character.len_utf8();
        match wide(character) {
            // An IRI goes on behind a mark; a sentence behind a word.
            Wide::Spaceless if is(self.text.before(position), class::ALNUM) => None,
            Wide::Other if is_stop(character) || is_blank(character) => None,
            _ => Some(next),
        }
    }
}

/// Quotes, the ellipsis, and the punctuation of Chinese and Japanese.
fn is_stop(character: char) -> bool {
    matches!(
        character,
        '\u{2018}'..='\u{201f}' | '«' | '»' | '‹' | '›' | '…' | '、' | '。' | '｡' | '，' | '；' | '：' | '！' | '？' | '（' | '）'
            | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}' | '［' | '］' | '｛' | '｝' | '\u{fffd}'
    )
}

/// Blanks and controls that are not ASCII, those of no width too.
fn is_blank(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

fn trim_punctuation(text: Text<'_>, from: usize, mut end: usize) -> usize {
    while end > from {
        let byte = text.before(end);
        if byte >= 0x80 && wide(text.char_before(end)) == Wide::Transparent {
            end -= text.char_before(end).len_utf8();
        } else if matches!(byte, b';') && text.has(end.saturating_sub(5), "&amp;") {
            break;
        } else if matches!(byte, b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'(' | b'[' | b'{') {
            end -= 1;
        } else {
            break;
        }
    }
    end
}

/// Cuts the emphasis that stands before the URL from its end, as often; and `**` always.
fn trim_emphasis(text: Text<'_>, start: usize, from: usize, end: usize) -> usize {
    let mark = text.before(end);
    if end <= from || !matches!(mark, b'*' | b'_' | b'~' | b'+' | b'=' | b'#') {
        return end;
    }
    let run = |mut position: usize, floor: usize| {
        let stop = position;
        while position > floor && stop - position < 8 && text.before(position) == mark {
            position -= 1;
        }
        stop - position
    };
    let (before, behind) = (run(start, 0), run(end, from));
    if mark == b'*' && behind >= 2 {
        return end - behind;
    }
    end - before.min(behind)
}
