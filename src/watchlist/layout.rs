//! How a snapshot lies in its bytes: header, section table, sections. `docs/watchlist-format.md` tells it in full.
//!
//! - **Shape**: a header of 128 bytes, a table of 32 bytes for each section, then the sections.
//! - **Units**: little endian; lengths in bytes; times in milliseconds since 1970.
//! - Sections begin at multiples of eight, the file ends at one, and gaps are zero.

use std::ops::Range;

use super::hash::checksum;

/// A PNG-like beginning: a byte that is no text, a name, and line ends that a text transfer would change.
pub(super) const MAGIC: [u8; 8] = [0x89, b'I', b'O', b'C', b'W', 0x0d, 0x0a, 0x1a];
/// A reader that does not know the major version cannot read the file; a new minor one only adds.
pub(super) const MAJOR: u16 = 1;
pub(super) const MINOR: u16 = 0;

pub(super) const HEADER_LENGTH: usize = 128;
pub(super) const TABLE_ROW_LENGTH: usize = 32;
pub(super) const ALIGNMENT: usize = 8;

/// Bytes of a snapshot at most.
pub(super) const LENGTH_LIMIT: usize = 512 << 20;
/// Entries of a snapshot at most; the numbers of networks have to fit into 24 bits.
pub(super) const ENTRIES_LIMIT: usize = 16_000_000;

/// Where the fields of the header begin.
pub(super) mod field {
    pub(in super::super) const MAJOR: usize = 8;
    pub(in super::super) const MINOR: usize = 10;
    pub(in super::super) const HEADER_LENGTH: usize = 12;
    pub(in super::super) const TOTAL_LENGTH: usize = 16;
    pub(in super::super) const CHECKSUM: usize = 24;
    pub(in super::super) const SEED: usize = 32;
    pub(in super::super) const CREATED_MS: usize = 48;
    pub(in super::super) const EXPIRES_MS: usize = 56;
    pub(in super::super) const ENTRIES: usize = 64;
    pub(in super::super) const SECTIONS: usize = 68;
}

/// The sections that this version knows; their numbers are those of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Section {
    /// The name of the list, UTF-8.
    Name = 1,
    /// u64 for each distinct set of attributes.
    Attributes,
    /// u32 for each source: where its name ends in `SourceText`.
    SourceEnds,
    /// Names of sources, UTF-8, one behind the other.
    SourceText,
    /// u32 for each bucket and one more: the number of its first fingerprint.
    Directory,
    /// u64 for each fingerprint: its word.
    Words,
    /// u16 or u32 for each fingerprint: its rest.
    Rests,
    /// u32 for each IPv4 address, in order.
    Ipv4,
    /// u32 for each IPv4 network: its address, in order.
    Networks4,
    /// u128 for each IPv6 network: its address, in order.
    Networks6,
    /// u32 for each network, IPv4 before IPv6: its prefix and the number of its parent.
    Links,
    /// u32 for each entry: fingerprints, IPv4 addresses, IPv4 networks, IPv6 networks.
    Meta,
    /// u32 and u32 for each entry with an id or a label: its number, and where in `ExtraText` its texts begin.
    Extras,
    /// Id and label of such entries, UTF-8, each behind its length.
    ExtraText,
}

impl Section {
    pub(super) const ALL: [Section; 14] = [
        Section::Name,
        Section::Attributes,
        Section::SourceEnds,
        Section::SourceText,
        Section::Directory,
        Section::Words,
        Section::Rests,
        Section::Ipv4,
        Section::Networks4,
        Section::Networks6,
        Section::Links,
        Section::Meta,
        Section::Extras,
        Section::ExtraText,
    ];

    pub(super) fn from_number(number: u32) -> Option<Section> {
        Section::ALL.into_iter().find(|section| *section as u32 == number)
    }

    /// Bytes of a row; `None` for the rests, whose size follows from the number of buckets.
    pub(super) fn row_size(self) -> Option<usize> {
        Some(match self {
            Section::Name | Section::SourceText | Section::ExtraText => 1,
            Section::SourceEnds | Section::Directory | Section::Ipv4 => 4,
            Section::Networks4 | Section::Links | Section::Meta => 4,
            Section::Attributes | Section::Words | Section::Extras => 8,
            Section::Networks6 => 16,
            Section::Rests => return None,
        })
    }
}

/// Where each known section lies; absent ones are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sections([Range<usize>; Section::ALL.len()]);

impl Sections {
    pub(super) fn range(&self, section: Section) -> Range<usize> {
        self.0.get(section as usize - 1).cloned().unwrap_or_default()
    }

    pub(super) fn set(&mut self, section: Section, range: Range<usize>) {
        if let Some(place) = self.0.get_mut(section as usize - 1) {
            *place = range;
        }
    }
}

/// The row of the section table that says where a section lies.
pub(super) struct TableRow {
    pub(super) number: u32,
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) count: u64,
}

impl TableRow {
    pub(super) fn read(row: &[u8; TABLE_ROW_LENGTH]) -> TableRow {
        TableRow { number: u32_at(row, 0), offset: u64_at(row, 8), length: u64_at(row, 16), count: u64_at(row, 24) }
    }

    /// Flags, at 4, are zero in this version.
    fn write(&self, bytes: &mut [u8], at: usize) {
        put(bytes, at, &self.number.to_le_bytes());
        put(bytes, at + 8, &self.offset.to_le_bytes());
        put(bytes, at + 16, &self.length.to_le_bytes());
        put(bytes, at + 24, &self.count.to_le_bytes());
    }
}

/// What the header says beside lengths and versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) seed: [u8; 16],
    pub(super) created_at_ms: u64,
    /// 0: never.
    pub(super) expires_at_ms: u64,
    pub(super) entries: u32,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Header {
        Header {
            seed: array_at(bytes, field::SEED),
            created_at_ms: u64_at(bytes, field::CREATED_MS),
            expires_at_ms: u64_at(bytes, field::EXPIRES_MS),
            entries: u32_at(bytes, field::ENTRIES),
        }
    }
}

/// Writes a snapshot section by section, in the order of [`Section::ALL`].
pub(super) struct Writer {
    bytes: Vec<u8>,
    sections: Sections,
    written: usize,
}

impl Writer {
    /// `length`: bytes of all sections together, so that memory is taken once.
    pub(super) fn new(length: usize) -> Writer {
        let start = HEADER_LENGTH + Section::ALL.len() * TABLE_ROW_LENGTH;
        let mut bytes = Vec::with_capacity(start + length + Section::ALL.len() * ALIGNMENT);
        bytes.resize(start, 0);
        Writer { bytes, sections: Sections::default(), written: 0 }
    }

    pub(super) fn u16s(&mut self, section: Section, rows: &mut dyn Iterator<Item = u16>) {
        self.rows(section, rows, u16::to_le_bytes);
    }

    pub(super) fn u32s(&mut self, section: Section, rows: &mut dyn Iterator<Item = u32>) {
        self.rows(section, rows, u32::to_le_bytes);
    }

    pub(super) fn u64s(&mut self, section: Section, rows: &mut dyn Iterator<Item = u64>) {
        self.rows(section, rows, u64::to_le_bytes);
    }

    pub(super) fn u128s(&mut self, section: Section, rows: &mut dyn Iterator<Item = u128>) {
        self.rows(section, rows, u128::to_le_bytes);
    }

    fn rows<T, const SIZE: usize>(
        &mut self,
        section: Section,
        rows: &mut dyn Iterator<Item = T>,
        to_bytes: fn(T) -> [u8; SIZE],
    ) {
        let offset = self.bytes.len();
        for row in rows {
            self.bytes.extend_from_slice(&to_bytes(row));
        }
        self.close(section, offset, SIZE);
    }

    pub(super) fn text(&mut self, section: Section, text: &[u8]) {
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.close(section, offset, 1);
    }

    fn close(&mut self, section: Section, offset: usize, row_size: usize) {
        let end = self.bytes.len();
        let length = end - offset;
        self.bytes.resize(end.next_multiple_of(ALIGNMENT), 0);
        self.sections.set(section, offset..end);
        let row = TableRow {
            number: section as u32,
            offset: offset as u64,
            length: length as u64,
            count: (length / row_size) as u64,
        };
        row.write(&mut self.bytes, HEADER_LENGTH + self.written * TABLE_ROW_LENGTH);
        self.written += 1;
    }

    pub(super) fn finish(mut self, header: &Header) -> (Vec<u8>, Sections) {
        let total = self.bytes.len() as u64;
        let bytes = &mut self.bytes;
        put(bytes, 0, &MAGIC);
        put(bytes, field::MAJOR, &MAJOR.to_le_bytes());
        put(bytes, field::MINOR, &MINOR.to_le_bytes());
        put(bytes, field::HEADER_LENGTH, &(HEADER_LENGTH as u32).to_le_bytes());
        put(bytes, field::TOTAL_LENGTH, &total.to_le_bytes());
        put(bytes, field::SEED, &header.seed);
        put(bytes, field::CREATED_MS, &header.created_at_ms.to_le_bytes());
        put(bytes, field::EXPIRES_MS, &header.expires_at_ms.to_le_bytes());
        put(bytes, field::ENTRIES, &header.entries.to_le_bytes());
        put(bytes, field::SECTIONS, &(self.written as u32).to_le_bytes());
        let sum = checksum_of(bytes);
        put(bytes, field::CHECKSUM, &sum.to_le_bytes());
        (self.bytes, self.sections)
    }
}

/// The checksum that belongs to these bytes: of all of them, with the field itself as zero.
///
/// The field is zero only while this runs; a copy of the file would double the memory.
pub(super) fn checksum_of(bytes: &mut [u8]) -> u64 {
    let held: [u8; 8] = array_at(bytes, field::CHECKSUM);
    put(bytes, field::CHECKSUM, &[0; 8]);
    let sum = checksum(bytes);
    put(bytes, field::CHECKSUM, &held);
    sum
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

/// The bytes at a place, zeros beyond the end.
fn array_at<const SIZE: usize>(bytes: &[u8], at: usize) -> [u8; SIZE] {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; SIZE])
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array_at(bytes, at))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_found_by_its_number() {
        for (section, number) in Section::ALL.into_iter().zip(1..) {
            assert_eq!(Section::from_number(number), Some(section));
        }
        assert_eq!(Section::from_number(0), None);
        assert_eq!(Section::from_number(15), None);
    }

    #[test]
    fn sections_begin_at_multiples_of_eight_and_gaps_are_zero() {
        let mut writer = Writer::new(0);
        writer.text(Section::Name, b"abc");
        writer.u32s(Section::Ipv4, &mut [0x0101_0101].into_iter());
        let header = Header { seed: [9; 16], created_at_ms: 1, expires_at_ms: 0, entries: 1 };
        let (bytes, sections) = writer.finish(&header);
        let start = HEADER_LENGTH + Section::ALL.len() * TABLE_ROW_LENGTH;
        assert_eq!(sections.range(Section::Name), start..start + 3);
        assert_eq!(sections.range(Section::Ipv4), start + 8..start + 12);
        assert_eq!(bytes[start..], *b"abc\0\0\0\0\0\x01\x01\x01\x01\0\0\0\0");
        assert_eq!(Header::read(&bytes), header);
    }

    #[test]
    fn the_checksum_leaves_the_bytes_as_they_were() {
        let mut bytes: Vec<u8> = (0..200).collect();
        let before = bytes.clone();
        let sum = checksum_of(&mut bytes);
        assert_eq!(bytes, before);
        bytes[field::CHECKSUM] ^= 1;
        assert_eq!(checksum_of(&mut bytes), sum, "the field itself does not count");
        bytes[field::SEED] ^= 1;
        assert_ne!(checksum_of(&mut bytes), sum);
    }
}
