//! One label of a host name in text: letters and digits of any script, hyphens and underscores between them.
//!
//! Between a letter of a script written without blanks and an ASCII letter or digit a label ends, so `访问evil` holds
//! two. Transparent characters are part of a label's text and not of its name.

use super::ip;
use super::text::{Text, Wide, class, class_of, wide};

/// The longest label, RFC 1035.
pub(crate) const MAX_LABEL: usize = 63;
/// What is kept of a name while it is read, in bytes: more than any that IDNA can make 253 letters of.
pub(crate) const MAX_KEPT: usize = 1_024;

/// A label.
pub(crate) struct Label {
    /// Behind it, with the hyphens and underscores at its end.
    pub(crate) end: usize,
    /// Whether all of it is ASCII.
    pub(crate) ascii: bool,
    /// Whether all of it are decimal digits.
    pub(crate) numeric: bool,
    /// Whether it holds a letter or digit, does not begin with a hyphen, and is not too long.
    pub(crate) valid: bool,
}

/// Reads the label that starts here, and adds it to the name in lower case.
///
/// `octet`: it follows three numbers; then a hyphen before another address ends it.
pub(crate) fn read(text: Text<'_>, start: usize, octet: bool, name: &mut String) -> Label {
    let mut label = Label { end: start, ascii: true, numeric: true, valid: false };
    let (mut spaceless, mut letters, mut position) = (false, 0, start);
    loop {
        let end = plain_end(text, position, octet && label.numeric, spaceless);
        if end > position {
            label.add_plain(text.cut(position, end), name);
            letters += end - position;
            (position, label.end) = (end, end);
        }
        let character = text.char_at(position);
        if character.is_ascii() {
            break;
        }
        let class = wide(character);
        if class == Wide::Other || class == Wide::Spaceless && label.valid && !spaceless {
            break;
        }
        position += character.len_utf8();
        if class == Wide::Transparent {
            // Part of the label if more of it follows.
            continue;
        }
        keep(character, name);
        letters += 1;
        spaceless |= class == Wide::Spaceless;
        (label.end, label.ascii, label.numeric, label.valid) = (position, false, false, true);
    }
    label.valid &= letters <= MAX_LABEL && text.at(start) != b'-';
    label
}

/// Adds a character to a name, unless that is too long already.
pub(crate) fn keep(character: char, name: &mut String) {
    if name.len() < MAX_KEPT {
        name.push(character);
    }
}

/// The end of the ASCII letters, digits and joiners with which a label goes on.
fn plain_end(text: Text<'_>, start: usize, octet: bool, spaceless: bool) -> usize {
    if octet {
        let digits = text.skip(start, class::DIGIT);
        if digits > start && text.at(digits) == b'-' && ip::quad_follows(text, digits + 1) {
            return digits;
        }
    }
    // Behind a letter of a script without blanks only a hyphen or underscore goes on.
    text.skip(start, if spaceless { class::JOINER } else { class::ALNUM | class::JOINER })
}

impl Label {
    fn add_plain(&mut self, plain: &str, name: &mut String) {
        let (mut any, mut all) = (0, u8::MAX);
        for class in plain.bytes().map(class_of) {
            any |= class;
            all &= class;
        }
        self.valid |= any & class::ALNUM != 0;
        self.numeric &= all & class::DIGIT != 0;
        let kept = name.len();
        if kept >= MAX_KEPT {
            return;
        }
        name.push_str(plain.get(..MAX_KEPT).unwrap_or(plain));
        if any & class::UPPER != 0
            && let Some(added) = name.get_mut(kept..)
        {
            added.make_ascii_lowercase();
        }
    }

    /// Cuts hyphens and underscores from the end of a label that ends its run.
    pub(crate) fn trim(&mut self, text: Text<'_>, start: usize, name: &mut String) {
        let whole = self.end;
        while self.end > start {
            let character = text.char_before(self.end);
            if matches!(character, '-' | '_') {
                name.pop();
            } else if character.is_ascii() || wide(character) != Wide::Transparent {
                break;
            }
            self.end -= character.len_utf8();
        }
        if self.end < whole {
            self.numeric = text.skip(start, class::DIGIT) == self.end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the label at the start of a text, what is left, and whether it is valid.
    fn label(text: &str) -> (String, &str, bool) {
        let mut name = String::new();
        let label = read(Text::new(text), 0, false, &mut name);
        (name, &text[label.end..], label.valid)
    }

    #[test]
    fn a_label_ends_where_scripts_change() {
        assert_eq!(label("访问evil"), ("访问".to_owned(), "evil", true));
        assert_eq!(label("evil访问"), ("evil".to_owned(), "访问", true));
        assert_eq!(label("访-1"), ("访-".to_owned(), "1", true));
        assert_eq!(label("bücher.de"), ("bücher".to_owned(), ".de", true));
    }

    #[test]
    fn transparent_characters_count_inside_only() {
        assert_eq!(label("EV\u{ad}il\u{ad} x"), ("evil".to_owned(), "\u{ad} x", true));
        assert_eq!(label("evil\u{ad}访"), ("evil".to_owned(), "\u{ad}访", true));
    }

    #[test]
    fn what_is_no_label() {
        for text in ["", "-a", "___", &"a".repeat(64)] {
            assert!(!label(text).2, "{text}");
        }
        assert!(label(&"a".repeat(63)).2 && label("_a").2 && label("a-").2);
    }

    #[test]
    fn a_long_label_is_not_kept_whole() {
        assert!(label(&"a".repeat(5_000)).0.len() <= MAX_KEPT);
        assert!(label(&"é".repeat(5_000)).0.len() <= MAX_KEPT + 1);
    }
}
