//! What is looked at before a snapshot is read.
//!
//! The checksum finds damage, not intent: whoever can write the store can write a valid one. So the structure is
//! checked as if there were no checksum, and every read is bounded besides.

use std::fmt;

use super::attributes::{Attributes, SOURCES_LIMIT};
use super::extras::Extra;
use super::fingerprint::Cut;
use super::layout::{
    ALIGNMENT, ENTRIES_LIMIT, HEADER_LENGTH, LENGTH_LIMIT, MAGIC, MAJOR, Section, Sections, TABLE_ROW_LENGTH, TableRow,
    checksum_of, field, u16_at, u32_at, u64_at,
};
use super::networks::Family;
use super::snapshot::Watchlist;
use crate::indicator::Kind;

/// Why bytes are no snapshot, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Shorter than a header, longer than 512 MiB, or not as long as the header says.
    Length,
    /// Something else than a snapshot.
    Magic,
    /// Written by a version that this one cannot read.
    Version,
    /// Damaged.
    Checksum,
    /// Whole, but not what a snapshot looks like inside.
    Structure,
}

impl Invalid {
    /// `reason` of the error in the public contract.
    pub fn reason(self) -> &'static str {
        match self {
            Invalid::Length => "length",
            Invalid::Magic => "magic",
            Invalid::Version => "version",
            Invalid::Checksum => "checksum",
            Invalid::Structure => "structure",
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Invalid {}

impl Watchlist {
    /// Checks a snapshot and takes it over.
    pub fn open(mut bytes: Vec<u8>) -> Result<Watchlist, Invalid> {
        check_header(&mut bytes)?;
        let sections = read_table(&bytes).ok_or(Invalid::Structure)?;
        let list = Watchlist::new(bytes, sections, 0);
        if list.is_sound() { Ok(list) } else { Err(Invalid::Structure) }
    }

    /// Whether all numbers lead to what they should, so that every walk ends and every read finds something.
    ///
    /// Not checked: the order of fingerprints within a bucket. A wrong one loses entries, which a writer could have
    /// left out as well.
    fn is_sound(&self) -> bool {
        self.counts_agree()
            && self.directory_is_sound()
            && self.sources_are_sound()
            && self.attributes_are_sound()
            && self
                .column::<4>(Section::Ipv4)
                .is_sorted_by(|one, next| u32::from_le_bytes(*one) < u32::from_le_bytes(*next))
            && self.networks(Family::V4).are_sound()
            && self.networks(Family::V6).are_sound()
            && self.extras_are_sound()
            && str::from_utf8(self.section(Section::Name)).is_ok()
    }

    fn counts_agree(&self) -> bool {
        let hashed = self.first_ipv4();
        let networks = self.networks(Family::V4).len() + self.networks(Family::V6).len();
        let entries = self.first_network(Family::V4) + networks;
        entries == self.size()
            && entries <= ENTRIES_LIMIT
            && self.column::<4>(Section::Meta).len() == entries
            && self.column::<4>(Section::Links).len() == networks
            && self.section(Section::Rests).len() == hashed * self.cut().rest_size()
    }

    fn directory_is_sound(&self) -> bool {
        let directory = self.column::<4>(Section::Directory);
        let at = |row: Option<&[u8; 4]>| row.map(|row| u32::from_le_bytes(*row) as usize);
        Cut::for_buckets(directory.len().saturating_sub(1)).is_some()
            && at(directory.first()) == Some(0)
            && at(directory.last()) == Some(self.first_ipv4())
            && directory.is_sorted_by_key(|row| u32::from_le_bytes(*row))
    }

    fn sources_are_sound(&self) -> bool {
        let ends = self.column::<4>(Section::SourceEnds);
        let Ok(text) = str::from_utf8(self.section(Section::SourceText)) else { return false };
        let mut numbers = ends.iter().map(|row| u32::from_le_bytes(*row) as usize);
        ends.len() <= usize::from(SOURCES_LIMIT)
            && ends.is_sorted_by_key(|row| u32::from_le_bytes(*row))
            && numbers.all(|end| text.is_char_boundary(end))
            && ends.last().map_or(0, |row| u32::from_le_bytes(*row) as usize) == text.len()
    }

    fn attributes_are_sound(&self) -> bool {
        let rows = self.column::<8>(Section::Attributes);
        let sources = self.column::<4>(Section::SourceEnds).len();
        let row_is_sound = |row: &[u8; 8]| {
            Attributes::from_bits(u64::from_le_bytes(*row))
                .is_some_and(|attributes| attributes.source.is_none_or(|source| usize::from(source) < sources))
        };
        let kinds = Kind::ALL.len() as u32;
        rows.iter().all(row_is_sound)
            && self.metas().all(|meta| (meta.row() as usize) < rows.len() && meta.kind_number() < kinds)
    }

    fn extras_are_sound(&self) -> bool {
        let rows = self.column::<8>(Section::Extras);
        let records = self.section(Section::ExtraText);
        let mut rest = records;
        let contiguous = rows.iter().all(|row| {
            let at = u32_at(row, 4) as usize;
            let record = if at == records.len() - rest.len() { Extra::read(rest) } else { None };
            rest = record.map_or(rest, |(_, behind)| behind);
            record.is_some()
        });
        contiguous
            && rest.is_empty()
            && rows.is_sorted_by(|one, next| u32_at(one, 0) < u32_at(next, 0))
            && rows.last().is_none_or(|row| (u32_at(row, 0) as usize) < self.size())
    }
}

/// Everything up to the checksum.
fn check_header(bytes: &mut [u8]) -> Result<(), Invalid> {
    if bytes.len() < HEADER_LENGTH || bytes.len() > LENGTH_LIMIT {
        return Err(Invalid::Length);
    }
    if !bytes.starts_with(&MAGIC) {
        return Err(Invalid::Magic);
    }
    if u16_at(bytes, field::MAJOR) != MAJOR {
        return Err(Invalid::Version);
    }
    if u64_at(bytes, field::TOTAL_LENGTH) != bytes.len() as u64 {
        return Err(Invalid::Length);
    }
    if u64_at(bytes, field::CHECKSUM) != checksum_of(bytes) {
        return Err(Invalid::Checksum);
    }
    Ok(())
}

/// Where the sections lie: one behind the other up to the end of the file, each known one once.
fn read_table(bytes: &[u8]) -> Option<Sections> {
    let header_length = u32_at(bytes, field::HEADER_LENGTH) as usize;
    let table_length = (u32_at(bytes, field::SECTIONS) as usize).checked_mul(TABLE_ROW_LENGTH)?;
    let mut end = header_length.checked_add(table_length)?;
    if header_length < HEADER_LENGTH || !header_length.is_multiple_of(ALIGNMENT) {
        return None;
    }
    let mut sections = Sections::default();
    let mut seen = 0u32;
    for row in bytes.get(header_length..end)?.as_chunks::<TABLE_ROW_LENGTH>().0 {
        let row = TableRow::read(row);
        let start = usize::try_from(row.offset).ok()?;
        if start != end.next_multiple_of(ALIGNMENT) || !is_zero(bytes.get(end..start)?) {
            return None;
        }
        end = start.checked_add(usize::try_from(row.length).ok()?)?;
        let content = bytes.get(start..end)?;
        // A section of a later version says nothing to this one.
        let Some(section) = Section::from_number(row.number) else { continue };
        let first = seen & 1 << row.number == 0;
        if !first || !row_count_fits(section, content.len(), row.count) {
            return None;
        }
        seen |= 1 << row.number;
        sections.set(section, start..end);
    }
    let gap = bytes.get(end..)?;
    (gap.len() < ALIGNMENT && is_zero(gap)).then_some(sections)
}

fn row_count_fits(section: Section, length: usize, count: u64) -> bool {
    let fits = |size: usize| count.checked_mul(size as u64) == Some(length as u64);
    match section.row_size() {
        Some(size) => fits(size),
        // Which of the two it has to be is known once the directory is.
        None => fits(2) || fits(4),
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
