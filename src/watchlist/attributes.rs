//! The table of distinct attributes: entries share what they have in common.
//!
//! A row is one u64: verdict in bits 0-7 (unknown, benign, suspicious, malicious), score in 8-15 (255: none), source in
//! 16-31 (65535: none), expiry hour in 32-63 (0: never). A million entries of a feed have a few hundred rows. Rows that
//! no entry uses any more may stand in the table: entries that merge leave them behind.

use super::entry::{BEST_SCORE, Details, Expiry, SOURCE_LIMIT, cut};
use super::hash::{SipKey, sip_hash};
use super::index::Index;
use crate::verdict::Verdict;

/// Sources that a table can name; what comes from further ones is kept without a source.
pub(super) const SOURCES_LIMIT: u16 = u16::MAX;

const NO_SCORE: u8 = u8::MAX;
const NO_SOURCE: u16 = SOURCES_LIMIT;

/// What is kept of an entry beside its value, id and label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) verdict: Verdict,
    pub(super) score: Option<u8>,
    pub(super) source: Option<u16>,
    pub(super) expiry: Expiry,
}

impl Attributes {
    /// One entry out of two for the same value: the worst verdict, the latest end, and from the one with the higher
    /// score (the first, if they are level) its score and source.
    pub(super) fn merge(first: Attributes, second: Attributes) -> Attributes {
        let scored = if second.outranks(first) { second } else { first };
        Attributes { verdict: first.verdict.max(second.verdict), expiry: first.expiry.later(second.expiry), ..scored }
    }

    pub(super) fn outranks(self, other: Attributes) -> bool {
        self.score > other.score
    }

    pub(super) fn to_bits(self) -> u64 {
        u64::from(self.verdict as u8)
            | u64::from(self.score.unwrap_or(NO_SCORE)) << 8
            | u64::from(self.source.unwrap_or(NO_SOURCE)) << 16
            | u64::from(self.expiry.0) << 32
    }

    /// `None` for a number that [`Attributes::to_bits`] never gives.
    pub(super) fn from_bits(bits: u64) -> Option<Attributes> {
        let score = (bits >> 8) as u8;
        let source = (bits >> 16) as u16;
        Some(Attributes {
            verdict: *Verdict::ALL.get(usize::from(bits as u8))?,
            score: match score {
                NO_SCORE => None,
                0..=BEST_SCORE => Some(score),
                _ => return None,
            },
            source: (source != NO_SOURCE).then_some(source),
            expiry: Expiry((bits >> 32) as u32),
        })
    }
}

/// The table while it grows.
pub(super) struct AttributeTable {
    rows: Vec<Attributes>,
    index: Index,
    /// The latest row asked for: neighbours in a feed are alike.
    latest: u32,
    sources: SourceTable,
    key: SipKey,
}

impl AttributeTable {
    /// With a key that feeds do not know, nobody can make rows that are slow to find.
    pub(super) fn new(key: SipKey) -> AttributeTable {
        let sources = SourceTable { text: String::new(), ends: Vec::new(), index: Index::default(), latest: 0, key };
        AttributeTable { rows: Vec::new(), index: Index::default(), latest: 0, sources, key }
    }

    /// The row of these details.
    pub(super) fn row_of(&mut self, details: &Details<'_>) -> u32 {
        let attributes = Attributes {
            verdict: details.verdict,
            score: details.score.map(|score| score.min(BEST_SCORE)),
            source: details.source.and_then(|name| self.sources.number_of(cut(name, SOURCE_LIMIT))),
            expiry: Expiry::at(details.expires_at_ms),
        };
        self.row_of_attributes(attributes)
    }

    pub(super) fn row_of_attributes(&mut self, attributes: Attributes) -> u32 {
        if self.rows.get(self.latest as usize) != Some(&attributes) {
            self.latest = self.find_or_add(attributes);
        }
        self.latest
    }

    fn find_or_add(&mut self, attributes: Attributes) -> u32 {
        let AttributeTable { rows, index, key, .. } = self;
        let hash_of = |attributes: Attributes| sip_hash(*key, &attributes.to_bits().to_le_bytes()).0;
        let hash = hash_of(attributes);
        if let Some(row) = index.find(hash, |row| rows.get(row as usize) == Some(&attributes)) {
            return row;
        }
        index.add(hash, |row| rows.get(row as usize).copied().map_or(0, hash_of));
        rows.push(attributes);
        rows.len() as u32 - 1
    }

    /// The row that stands for two entries of one value, and whether the second is the one with the higher score.
    pub(super) fn merge(&mut self, first: u32, second: u32) -> (u32, bool) {
        match (self.rows.get(first as usize).copied(), self.rows.get(second as usize).copied()) {
            (Some(one), Some(other)) if first != second => {
                (self.row_of_attributes(Attributes::merge(one, other)), other.outranks(one))
            }
            _ => (first, false),
        }
    }

    pub(super) fn source_number(&mut self, name: &str) -> Option<u16> {
        self.sources.number_of(name)
    }

    /// Bytes of the table in a file.
    pub(super) fn file_length(&self) -> usize {
        8 * self.rows.len() + 4 * self.sources.ends.len() + self.sources.text.len()
    }

    pub(super) fn rows(&self) -> &[Attributes] {
        &self.rows
    }

    pub(super) fn sources(&self) -> &SourceTable {
        &self.sources
    }
}

/// The names of sources, one after the other, and where each ends.
pub(super) struct SourceTable {
    text: String,
    ends: Vec<u32>,
    index: Index,
    latest: u32,
    key: SipKey,
}

impl SourceTable {
    /// The number of a name; `None` when there are too many.
    fn number_of(&mut self, name: &str) -> Option<u16> {
        if self.name(self.latest) != Some(name) {
            self.latest = self.find_or_add(name)?;
        }
        u16::try_from(self.latest).ok()
    }

    fn find_or_add(&mut self, name: &str) -> Option<u32> {
        let hash_of = |name: &str| sip_hash(self.key, name.as_bytes()).0;
        let hash = hash_of(name);
        if let Some(number) = self.index.find(hash, |number| self.name(number) == Some(name)) {
            return Some(number);
        }
        let number = self.ends.len() as u32;
        if number >= u32::from(SOURCES_LIMIT) {
            return None;
        }
        let mut index = std::mem::take(&mut self.index);
        index.add(hash, |number| self.name(number).map_or(0, hash_of));
        self.index = index;
        self.text.push_str(name);
        self.ends.push(self.text.len() as u32);
        Some(number)
    }

    fn name(&self, number: u32) -> Option<&str> {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start as usize..*self.ends.get(number)? as usize)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn ends(&self) -> &[u32] {
        &self.ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> AttributeTable {
        AttributeTable::new(SipKey::new([5; 16]))
    }

    fn attributes(verdict: Verdict, score: Option<u8>, source: Option<u16>, hour: u32) -> Attributes {
        Attributes { verdict, score, source, expiry: Expiry(hour) }
    }

    #[test]
    fn a_merge_takes_the_worst_verdict_the_latest_end_and_the_source_of_the_highest_score() {
        let one = attributes(Verdict::Malicious, Some(40), Some(1), 7);
        let other = attributes(Verdict::Suspicious, Some(90), Some(2), 5);
        let merged = attributes(Verdict::Malicious, Some(90), Some(2), 7);
        assert_eq!(Attributes::merge(one, other), merged);
        assert_eq!(Attributes::merge(other, one), merged);
    }

    #[test]
    fn of_two_level_scores_the_first_keeps_its_source() {
        let one = attributes(Verdict::Unknown, None, Some(1), 0);
        let other = attributes(Verdict::Unknown, None, Some(2), 0);
        assert_eq!(Attributes::merge(one, other).source, Some(1));
        assert!(attributes(Verdict::Unknown, Some(0), None, 0).outranks(one));
    }

    #[test]
    fn bits_lead_back_to_their_attributes() {
        for row in [
            attributes(Verdict::Malicious, Some(100), Some(65_534), u32::MAX),
            attributes(Verdict::Unknown, None, None, 0),
        ] {
            assert_eq!(Attributes::from_bits(row.to_bits()), Some(row));
        }
        assert_eq!(Attributes::from_bits(4), None, "a fifth verdict");
        assert_eq!(Attributes::from_bits(101 << 8), None, "a score above 100");
    }

    #[test]
    fn the_number_of_a_verdict_is_its_place() {
        for (number, verdict) in Verdict::ALL.into_iter().enumerate() {
            assert_eq!(verdict as usize, number);
        }
    }

    #[test]
    fn equal_details_share_a_row() {
        let mut table = table();
        let details = Details { source: Some("feed"), score: Some(200), ..Details::default() };
        assert_eq!(table.row_of(&details), 0);
        assert_eq!(table.row_of(&Details { verdict: Verdict::Benign, ..details }), 1);
        assert_eq!(table.row_of(&Details { id: Some("7"), ..details }), 0);
        assert_eq!(table.rows()[0].score, Some(100));
        assert_eq!((table.sources().text(), table.sources().ends()), ("feed", &[4][..]));
    }

    #[test]
    fn the_source_after_the_last_possible_one_is_left_out() {
        let mut table = table();
        for number in 0..SOURCES_LIMIT {
            assert_eq!(table.source_number(&number.to_string()), Some(number));
        }
        assert_eq!(table.source_number("one too many"), None);
        assert_eq!(table.source_number("7"), Some(7));
    }
}
