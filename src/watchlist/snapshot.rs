//! A watchlist: a snapshot that was checked once ([`Watchlist::open`]) and is read where it lies.
//!
//! - **Shape**: the bytes of `docs/watchlist-format.md`. Nothing is parsed for each entry.
//! - **Errors**: none. What a read does not find is not there.

use super::attributes::Attributes;
use super::extras::Extra;
use super::fingerprint::{Cut, Fingerprint, Keys};
use super::layout::{Header, Section, Sections, u32_at};
use super::meta::Meta;
use super::networks::{Addresses, Family, Networks};
use crate::indicator::Kind;
use crate::verdict::Verdict;

/// A set of indicators and what is known about each, to be asked without any network.
pub struct Watchlist {
    bytes: Vec<u8>,
    sections: Sections,
    header: Header,
    cut: Cut,
    keys: Keys,
    /// Bit n: there are entries of kind n.
    kinds: u32,
    skipped: u32,
}

impl Watchlist {
    /// The list of these bytes, which are sound or will be checked before anybody reads them.
    pub(super) fn new(bytes: Vec<u8>, sections: Sections, skipped: u32) -> Watchlist {
        let header = Header::read(&bytes);
        let mut list = Watchlist {
            keys: Keys::new(header.seed),
            bytes,
            sections,
            header,
            cut: Cut { bucket_bits: 0 },
            kinds: 0,
            skipped,
        };
        let buckets = list.column::<4>(Section::Directory).len().saturating_sub(1);
        list.cut = Cut::for_buckets(buckets).unwrap_or(list.cut);
        list.kinds = list.metas().fold(0, |kinds, meta| kinds | 1 << meta.kind_number());
        list
    }

    /// Entries.
    pub fn size(&self) -> usize {
        self.header.entries as usize
    }

    /// The name that was given when it was built.
    pub fn name(&self) -> Option<&str> {
        str::from_utf8(self.section(Section::Name)).ok().filter(|name| !name.is_empty())
    }

    /// When it was built, in milliseconds since 1970.
    pub fn created_at_ms(&self) -> u64 {
        self.header.created_at_ms
    }

    /// When it should be replaced. Changes no answer: the caller decides.
    pub fn expires_at_ms(&self) -> Option<u64> {
        Some(self.header.expires_at_ms).filter(|moment| *moment != 0)
    }

    /// Entries that were left out when it was built because nothing could be read from them; 0 for an opened list.
    pub fn skipped(&self) -> u32 {
        self.skipped
    }

    /// The snapshot: what [`Watchlist::open`] takes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How its fingerprints are cut.
    pub(super) fn cut(&self) -> Cut {
        self.cut
    }

    pub(super) fn seed(&self) -> [u8; 16] {
        self.header.seed
    }

    /// The number of the entry with this message as its key.
    pub(super) fn find_hashed(&self, kind: Kind, message: &[u8]) -> Option<usize> {
        if !self.has(kind) {
            return None;
        }
        self.find_fingerprint(self.keys.fingerprint(kind, message))
    }

    /// Whether any entry is of this kind.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.kinds & 1 << (kind as u32) != 0
    }

    fn find_fingerprint(&self, fingerprint: Fingerprint) -> Option<usize> {
        let (start, end) = self.bucket(self.cut.bucket(fingerprint))?;
        let word = self.cut.word(fingerprint);
        let words = self.column::<8>(Section::Words).get(start..end)?;
        let first = search(words, word, self.cut.guess(word, words.len()));
        let level = words.get(first..)?.iter().take_while(|row| u64::from_le_bytes(**row) == word).count();
        let rest = self.cut.rest(fingerprint);
        (start + first..start + first + level).find(|number| self.rest(*number) == rest)
    }

    /// The numbers of the first fingerprint of a bucket and of the one behind its last.
    fn bucket(&self, bucket: usize) -> Option<(usize, usize)> {
        let directory = self.column::<4>(Section::Directory);
        let at = |number: usize| directory.get(number).map(|row| u32::from_le_bytes(*row) as usize);
        Some((at(bucket)?, at(bucket + 1)?))
    }

    fn rest(&self, number: usize) -> u32 {
        if self.cut.is_narrow() {
            self.column::<2>(Section::Rests).get(number).map_or(0, |row| u32::from(u16::from_le_bytes(*row)))
        } else {
            self.column::<4>(Section::Rests).get(number).map_or(0, |row| u32::from_le_bytes(*row))
        }
    }

    /// All fingerprints, in the order of their entries.
    pub(super) fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> {
        let words = self.column::<8>(Section::Words);
        let mut bucket = 0;
        words.iter().enumerate().map(move |(number, word)| {
            while self.bucket(bucket).is_some_and(|(_, end)| end <= number) {
                bucket += 1;
            }
            self.cut.join(bucket, u64::from_le_bytes(*word), self.rest(number))
        })
    }

    /// The number of the entry for this address.
    pub(super) fn find_ipv4(&self, address: u32) -> Option<usize> {
        let rows = self.column::<4>(Section::Ipv4);
        let place = rows.binary_search_by(|row| u32::from_le_bytes(*row).cmp(&address)).ok()?;
        Some(self.first_ipv4() + place)
    }

    pub(super) fn ipv4(&self) -> impl Iterator<Item = u32> {
        self.column::<4>(Section::Ipv4).iter().map(|row| u32::from_le_bytes(*row))
    }

    pub(super) fn networks(&self, family: Family) -> Networks<'_> {
        let v4 = self.column::<4>(Section::Networks4);
        let v6 = self.column::<16>(Section::Networks6);
        let links = self.column::<4>(Section::Links);
        let (links4, links6) = links.split_at_checked(v4.len()).unwrap_or((links, &[]));
        match family {
            Family::V4 => Networks { addresses: Addresses::V4(v4), links: links4 },
            Family::V6 => Networks { addresses: Addresses::V6(v6), links: links6 },
        }
    }

    /// The number of the first entry that is an IPv4 address.
    pub(super) fn first_ipv4(&self) -> usize {
        self.column::<8>(Section::Words).len()
    }

    /// The number of the first entry that is a network of this family.
    pub(super) fn first_network(&self, family: Family) -> usize {
        let first = self.first_ipv4() + self.column::<4>(Section::Ipv4).len();
        match family {
            Family::V4 => first,
            Family::V6 => first + self.column::<4>(Section::Networks4).len(),
        }
    }

    pub(super) fn meta(&self, number: usize) -> Option<Meta> {
        self.column::<4>(Section::Meta).get(number).map(|row| Meta(u32::from_le_bytes(*row)))
    }

    pub(super) fn metas(&self) -> impl Iterator<Item = Meta> {
        self.column::<4>(Section::Meta).iter().map(|row| Meta(u32::from_le_bytes(*row)))
    }

    pub(super) fn attributes(&self, row: u32) -> Option<Attributes> {
        let bits = self.column::<8>(Section::Attributes).get(row as usize)?;
        Attributes::from_bits(u64::from_le_bytes(*bits))
    }

    /// What all hits with this number say: verdict, score and source.
    pub fn said(&self, number: u32) -> Option<(Verdict, Option<u8>, Option<&str>)> {
        let attributes = self.attributes(number)?;
        let source = attributes.source.and_then(|source| self.source(source));
        Some((attributes.verdict, attributes.score, source))
    }

    /// The name of a source by its number.
    pub(super) fn source(&self, number: u16) -> Option<&str> {
        let ends = self.column::<4>(Section::SourceEnds);
        let end = |number: usize| ends.get(number).map(|row| u32::from_le_bytes(*row) as usize);
        let start = match usize::from(number).checked_sub(1) {
            Some(before) => end(before)?,
            None => 0,
        };
        let name = self.section(Section::SourceText).get(start..end(usize::from(number))?)?;
        str::from_utf8(name).ok()
    }

    /// Id and label of an entry.
    pub(super) fn extra(&self, number: usize) -> Extra<'_> {
        let rows = self.column::<8>(Section::Extras);
        let place = rows.binary_search_by(|row| (u32_at(row, 0) as usize).cmp(&number));
        let offset = place.ok().and_then(|place| rows.get(place)).map(|row| u32_at(row, 4) as usize);
        offset
            .and_then(|offset| Extra::read(self.section(Section::ExtraText).get(offset..)?))
            .map_or(Extra::default(), |(extra, _)| extra)
    }

    pub(super) fn section(&self, section: Section) -> &[u8] {
        self.bytes.get(self.sections.range(section)).unwrap_or_default()
    }

    pub(super) fn column<const SIZE: usize>(&self, section: Section) -> &[[u8; SIZE]] {
        self.section(section).as_chunks().0
    }
}

/// The number of the first word that is not smaller, given the place where it should be.
///
/// Reading a few neighbours there costs one access to memory, halving a bucket three. Where words lie closer than
/// chance lays them, the bucket is halved after all, so that nobody can make a list that is slow to search.
fn search(words: &[[u8; 8]], word: u64, guess: usize) -> usize {
    const NEAR: usize = 8;
    let is_less = |place: usize| words.get(place).map(|row| u64::from_le_bytes(*row) < word);
    let mut place = guess;
    for _ in 0..NEAR {
        if is_less(place) == Some(true) {
            place += 1;
        } else if place > 0 && is_less(place - 1) == Some(false) {
            place -= 1;
        } else {
            return place;
        }
    }
    words.partition_point(|row| u64::from_le_bytes(*row) < word)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_is_found_from_any_guess(
            mut words in prop::collection::vec(0..60u64, 0..40),
            word in 0..61u64,
            guess in 0..40usize,
        ) {
            words.sort_unstable();
            let rows: Vec<[u8; 8]> = words.iter().map(|word| word.to_le_bytes()).collect();
            let expected = words.partition_point(|other| *other < word);
            prop_assert_eq!(search(&rows, word, guess.min(rows.len())), expected);
        }
    }
}
