//! What is said about a value: the entry as it is given, and what of it is kept.
//!
//! - **Units**: times are milliseconds since 1970; an expiry is kept in whole hours, rounded up.
//! - **Limits**: texts are cut to [`SOURCE_LIMIT`], [`ID_LIMIT`], [`LABEL_LIMIT`] bytes, never inside a character.

use crate::indicator::Kind;
use crate::verdict::Verdict;

/// Bytes kept of a source's name.
pub const SOURCE_LIMIT: usize = 256;
/// Bytes kept of an id.
pub const ID_LIMIT: usize = 256;
/// Bytes kept of a label.
pub const LABEL_LIMIT: usize = 1024;

/// The highest score.
pub(super) const BEST_SCORE: u8 = 100;

/// A score of the contract as it is kept: rounded, held within 0 and 100; `None` for what is no number.
pub fn score(number: f64) -> Option<u8> {
    // `as` saturates, so no number is out of range here.
    (!number.is_nan()).then(|| (number.round() as u8).min(BEST_SCORE))
}

/// One member of a watchlist as its source gives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The indicator in any spelling.
    pub value: &'a str,
    /// Reads `value` as this kind instead of guessing.
    pub kind: Option<Kind>,
    /// All that is said about it.
    pub details: Details<'a>,
}

/// What an entry says about its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Details<'a> {
    /// [`Verdict::Unknown`] when the source gives none.
    pub verdict: Verdict,
    /// 0 to 100; greater numbers are held to 100.
    pub score: Option<u8>,
    /// Who said it: a platform or any other name.
    pub source: Option<&'a str>,
    /// The record at the source.
    pub id: Option<&'a str>,
    /// A text for people.
    pub label: Option<&'a str>,
    /// The entry no longer matches after this moment; `None`: never.
    pub expires_at_ms: Option<u64>,
}

/// When an entry ends: hours since 1970, 0 for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expiry(pub(super) u32);

impl Expiry {
    const HOUR_MS: u64 = 3_600_000;
    const NEVER: Expiry = Expiry(0);

    /// Rounded up, so that an entry never ends before its time.
    pub(super) fn at(expires_at_ms: Option<u64>) -> Expiry {
        let Some(moment) = expires_at_ms else { return Expiry::NEVER };
        // Hour 0 means never: what ended before it ends in the first hour.
        Expiry(u32::try_from(moment.div_ceil(Expiry::HOUR_MS)).unwrap_or(u32::MAX).max(1))
    }

    pub(super) fn is_past(self, now_ms: impl FnOnce() -> u64) -> bool {
        self != Expiry::NEVER && now_ms() > u64::from(self.0) * Expiry::HOUR_MS
    }

    pub(super) fn later(self, other: Expiry) -> Expiry {
        if self == Expiry::NEVER || other == Expiry::NEVER { Expiry::NEVER } else { Expiry(self.0.max(other.0)) }
    }
}

/// The longest beginning of `text` that has at most `limit` bytes and ends at a character.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_score_is_rounded_and_held_within_its_range() {
        assert_eq!(score(69.5), Some(70));
        assert_eq!(score(-3.0), Some(0));
        assert_eq!(score(1e300), Some(100));
        assert_eq!(score(f64::NAN), None);
    }

    #[test]
    fn an_expiry_is_rounded_up_to_the_hour() {
        assert_eq!(Expiry::at(Some(5 * HOUR)), Expiry(5));
        assert_eq!(Expiry::at(Some(5 * HOUR + 1)), Expiry(6));
        assert!(!Expiry(5).is_past(|| 5 * HOUR));
        assert!(Expiry(5).is_past(|| 5 * HOUR + 1));
    }

    #[test]
    fn an_entry_that_ended_in_1970_has_ended_and_one_without_a_time_has_not() {
        assert!(Expiry::at(Some(0)).is_past(|| 2 * HOUR));
        assert!(!Expiry::at(None).is_past(|| u64::MAX));
    }

    #[test]
    fn the_later_expiry_wins_and_never_is_the_latest() {
        assert_eq!(Expiry(5).later(Expiry(7)), Expiry(7));
        assert_eq!(Expiry(5).later(Expiry::NEVER), Expiry::NEVER);
        assert_eq!(Expiry::NEVER.later(Expiry(5)), Expiry::NEVER);
    }

    #[test]
    fn a_text_is_cut_before_the_character_that_does_not_fit() {
        assert_eq!(cut("aä", 2), "a");
        assert_eq!(cut("aä", 3), "aä");
        assert_eq!(cut("", 0), "");
        assert_eq!(cut("😀", 3), "");
    }
}
