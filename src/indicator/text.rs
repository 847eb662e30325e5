//! A text as the scanner sees it: bytes with a class each, characters only where a byte is not ASCII.
//!
//! Positions are byte offsets everywhere in this module tree; [`units`] turns them into UTF-16 units, once,
//! for what is reported. Reading past the end gives NUL, which belongs to no class, so no reader asks for the length.

/// The classes of a byte. A byte may have several.
pub(crate) mod class {
    /// `0-9`.
    pub(crate) const DIGIT: u8 = 1;
    /// `0-9 a-f A-F`.
    pub(crate) const HEX: u8 = 2;
    /// An ASCII letter or digit.
    pub(crate) const ALNUM: u8 = 4;
    /// `-` or `_`: inside a label, not alone.
    pub(crate) const JOINER: u8 = 8;
    /// Part of a character that is not ASCII.
    pub(crate) const WIDE: u8 = 16;
    /// An upper-case ASCII letter.
    pub(crate) const UPPER: u8 = 32;
    /// A blank or control character.
    pub(crate) const BLANK: u8 = 64;
    /// May begin an indicator that does not begin with a word, or end one's local part: `@`, `:`, opening brackets.
    pub(crate) const LEAD: u8 = 128;
}

static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "a wrong index in a constant does not compile")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => class::DIGIT | class::HEX | class::ALNUM,
            b'a'..=b'f' => class::HEX | class::ALNUM,
            b'g'..=b'z' => class::ALNUM,
            b'A'..=b'F' => class::HEX | class::ALNUM | class::UPPER,
            b'G'..=b'Z' => class::ALNUM | class::UPPER,
            b'-' | b'_' => class::JOINER,
            b'@' | b':' | b'[' | b'(' | b'{' | b'<' => class::LEAD,
            0..=b' ' | 0x7f => class::BLANK,
            0x80.. => class::WIDE,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// The classes of one byte.
#[inline(always)]
pub(crate) fn class_of(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Whether the byte has one of these classes.
#[inline(always)]
pub(crate) fn is(byte: u8, classes: u8) -> bool {
    class_of(byte) & classes != 0
}

/// What a character that is not ASCII means to a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wide {
    /// A letter, digit or mark that a label may hold.
    Letter,
    /// The same, of a script written without blanks: next to an ASCII letter or digit a label ends.
    Spaceless,
    /// Invisible; skipped inside an indicator, never at its end.
    Transparent,
    /// Blanks, punctuation, symbols.
    Other,
}

/// Where a class begins; it goes on to the next row. Approximate on purpose: a label with a letter that IDNA does
/// not know is refused there, so only what stands *around* names in real text has to be told apart.
#[rustfmt::skip]
static WIDE: [(u32, Wide); 78] = {
    use Wide::{Letter as L, Other as O, Spaceless as S, Transparent as T};
    [
        (0x0080, O), (0x00aa, L), (0x00ab, O), (0x00ad, T), (0x00ae, O), (0x00b5, L), (0x00b6, O), (0x00ba, L),
        (0x00bb, O), (0x00c0, L), (0x00d7, O), (0x00d8, L), (0x00f7, O), (0x00f8, L), (0x037e, O), (0x037f, L),
        (0x0387, O), (0x0388, L), (0x0589, O), (0x0591, L), (0x060c, O), (0x060d, L), (0x061b, O), (0x0620, L),
        (0x06d4, O), (0x06d5, L), (0x0964, O), (0x0966, L), (0x0e01, S), (0x0f00, L), (0x1000, S), (0x10a0, L),
        (0x1100, S), (0x1200, L), (0x1780, S), (0x1800, O), (0x180b, L), (0x2000, O), (0x200e, T), (0x2010, O),
        (0x202a, T), (0x202f, O), (0x2060, T), (0x2061, O), (0x2066, T), (0x206a, O), (0x2c00, L), (0x2e00, O),
        (0x3005, S), (0x3008, O), (0x3021, S), (0x3030, O), (0x3031, S), (0x303d, O), (0x3041, S), (0xa000, L),
        (0xa960, S), (0xa980, L), (0xac00, S), (0xd800, O), (0xf900, S), (0xfb00, L), (0xfe10, O), (0xfe20, L),
        (0xfe30, O), (0xfe70, L), (0xfeff, T), (0xff00, O), (0xff10, L), (0xff1a, O), (0xff21, L), (0xff3b, O),
        (0xff41, L), (0xff5b, O), (0xff66, S), (0xffe0, O), (0x10000, L), (0x1f000, O),
    ]
};

/// The class of a character that is not ASCII.
pub(crate) fn wide(character: char) -> Wide {
    let code = u32::from(character);
    if code >= 0x20000 {
        return if code < 0x40000 { Wide::Spaceless } else { Wide::Other };
    }
    let after = WIDE.partition_point(|&(start, _)| start <= code);
    after.checked_sub(1).and_then(|row| WIDE.get(row)).map_or(Wide::Other, |&(_, class)| class)
}

/// A text under the scanner.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    text: &'t str,
}

impl<'t> Text<'t> {
    pub(crate) fn new(text: &'t str) -> Text<'t> {
        Text { text }
    }

    pub(crate) fn len(self) -> usize {
        self.text.len()
    }

    /// The byte at a position, NUL behind the end.
    pub(crate) fn at(self, position: usize) -> u8 {
        #[cfg(test)]
        looks::count(1);
        self.text.as_bytes().get(position).copied().unwrap_or(0)
    }

    /// The byte before a position, NUL before the start.
    pub(crate) fn before(self, position: usize) -> u8 {
        if position == 0 { 0 } else { self.at(position - 1) }
    }

    /// The character at a position, NUL behind the end and inside a character.
    pub(crate) fn char_at(self, position: usize) -> char {
        #[cfg(test)]
        looks::count(1);
        self.text.get(position..).and_then(|rest| rest.chars().next()).unwrap_or('\0')
    }

    /// The character that ends at a position, NUL at the start.
    pub(crate) fn char_before(self, position: usize) -> char {
        self.text.get(..position).and_then(|rest| rest.chars().next_back()).unwrap_or('\0')
    }

    /// The text between two positions.
    pub(crate) fn cut(self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Whether this stands at the position, ASCII letters of any case. `word` is in lower case.
    pub(crate) fn has(self, position: usize, word: &str) -> bool {
        #[cfg(test)]
        looks::count(word.len() as u64);
        let bytes = self.text.as_bytes().get(position..position.saturating_add(word.len()));
        bytes.is_some_and(|bytes| bytes.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The first position from here on where the bytes are not of these classes.
    pub(crate) fn skip(self, position: usize, classes: u8) -> usize {
        position + self.count_while(position, |byte| is(byte, classes))
    }

    /// The first position from here on at which an indicator may begin, or the end.
    pub(crate) fn skip_dull(self, position: usize) -> usize {
        const BEGINS: u8 = class::ALNUM | class::JOINER | class::WIDE | class::LEAD;
        position + self.count_while(position, |byte| !is(byte, BEGINS))
    }

    #[inline(always)]
    fn count_while(self, position: usize, holds: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(position..).unwrap_or_default();
        let count = rest.iter().position(|&byte| !holds(byte)).unwrap_or(rest.len());
        #[cfg(test)]
        looks::count(1 + count as u64);
        count
    }

    /// The first position from here on that is no transparent character.
    pub(crate) fn skip_transparent(self, mut position: usize) -> usize {
        while self.at(position) >= 0x80 {
            let character = self.char_at(position);
            if wide(character) != Wide::Transparent {
                break;
            }
            position += character.len_utf8();
        }
        position
    }

    /// Behind the hexadecimal digits here; transparent characters between them are skipped.
    pub(crate) fn skip_digest(self, mut position: usize) -> usize {
        loop {
            position = self.skip(position, class::HEX);
            let next = self.skip_transparent(position);
            if next == position || !is(self.at(next), class::HEX) {
                return position;
            }
            position = next;
        }
    }

    /// Whether a blank of any script stands here; how long it is.
    pub(crate) fn blank(self, position: usize) -> Option<usize> {
        match self.at(position) {
            b' ' | b'\t' => Some(1),
            0xc2.. if self.char_at(position) == '\u{a0}' => Some(2),
            _ => None,
        }
    }

    /// Whether a host name may go on here: a letter or digit of any script, or `_`.
    pub(crate) fn starts_label(self, position: usize) -> bool {
        let position = self.skip_transparent(position);
        match self.at(position) {
            b'_' => true,
            byte if byte < 0x80 => is(byte, class::ALNUM),
            _ => matches!(wide(self.char_at(position)), Wide::Letter | Wide::Spaceless),
        }
    }
}

/// How often the text was looked at: what the tests of hostile texts count, in the place of time.
#[cfg(test)]
pub(crate) mod looks {
    use std::cell::Cell;

    thread_local!(static LOOKS: Cell<u64> = const { Cell::new(0) });

    pub(crate) fn count(looks: u64) {
        LOOKS.set(LOOKS.get() + looks);
    }

    /// The looks that an action takes.
    pub(crate) fn of(action: impl FnOnce()) -> u64 {
        let before = LOOKS.get();
        action();
        LOOKS.get() - before
    }
}

/// The UTF-16 units of a piece of text: one for each byte that starts a character, two for that of a four-byte one.
pub(crate) fn units(piece: &str) -> usize {
    let (eights, rest) = piece.as_bytes().as_chunks::<8>();
    let eight = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        // The upper bits of each byte, moved to its lowest: 10 goes on with a character, 1111 starts a long one.
        let goes_on = (word >> 7) & !(word >> 6) & LOWEST;
        let long = (word >> 7) & (word >> 6) & (word >> 5) & (word >> 4) & LOWEST;
        8 - goes_on.count_ones() as usize + long.count_ones() as usize
    };
    let one = |&byte: &u8| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0);
    eights.iter().map(eight).sum::<usize>() + rest.iter().map(one).sum::<usize>()
}

/// The lowest bit of each byte.
const LOWEST: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_characters_is_in_order() {
        assert!(WIDE.is_sorted_by(|a, b| a.0 < b.0 && a.1 != b.1), "rows ascend and each changes the class");
    }

    #[test]
    fn characters_have_the_class_of_their_script() {
        for (class, sample) in [
            (Wide::Letter, "éßЖאनी\u{301}ｅ"),
            (Wide::Spaceless, "访問かナ한ไမ្𠮷"),
            (Wide::Transparent, "\u{ad}\u{200e}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}"),
            (Wide::Other, "\u{a0}\u{200b}\u{200d}«»·“…、。（）．＠🔥\u{fffd}\u{3000}\u{2011}"),
        ] {
            for character in sample.chars() {
                assert_eq!(wide(character), class, "{character:?}");
            }
        }
    }

    #[test]
    fn units_are_those_of_javascript() {
        let text = "abc é 访问 𠮷a🔥 \u{fffd} ¿ abcdefghijklmnop";
        for (start, _) in text.char_indices() {
            assert_eq!(units(&text[start..]), text[start..].encode_utf16().count(), "{start}");
        }
    }

    #[test]
    fn behind_the_end_stands_nothing() {
        let text = Text::new("é");
        assert_eq!((text.at(2), text.before(0), text.char_at(1), text.char_at(9)), (0, 0, '\0', '\0'));
        assert!(!text.starts_label(2) && text.starts_label(0));
    }
}
