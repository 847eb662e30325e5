//! Ids and labels: texts that only some entries have.
//!
//! A record is the length of the id as u16, the id, the length of the label, the label; 65535 as length: there is none.

use super::entry::{ID_LIMIT, LABEL_LIMIT, cut};
/// Bytes of a record at most.
pub(super) const RECORD_LIMIT: usize = 2 + ID_LIMIT + 2 + LABEL_LIMIT;

const ABSENT: u16 = u16::MAX;

/// The texts of one entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extra<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) label: Option<&'a str>,
}

impl<'a> Extra<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.id.is_none() && self.label.is_none()
    }

    /// Writes the record behind others; its place is where it begins.
    pub(super) fn write(&self, records: &mut Vec<u8>) {
        write_text(records, self.id.map(|id| cut(id, ID_LIMIT)));
        write_text(records, self.label.map(|label| cut(label, LABEL_LIMIT)));
    }

    /// The record at the beginning of these bytes and what stands behind it; `None` if none can be read.
    pub(super) fn read(records: &'a [u8]) -> Option<(Extra<'a>, &'a [u8])> {
        let (id, records) = read_text(records)?;
        let (label, records) = read_text(records)?;
        Some((Extra { id, label }, records))
    }
}

fn write_text(records: &mut Vec<u8>, text: Option<&str>) {
    let length = text.map_or(ABSENT, |text| text.len() as u16);
    records.extend_from_slice(&length.to_le_bytes());
    records.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn read_text(bytes: &[u8]) -> Option<(Option<&str>, &[u8])> {
    let (length, bytes) = bytes.split_first_chunk()?;
    match u16::from_le_bytes(*length) {
        ABSENT => Some((None, bytes)),
        length => {
            let (text, bytes) = bytes.split_at_checked(usize::from(length))?;
            Some((Some(str::from_utf8(text).ok()?), bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_one_after_the_other() {
        let extras = [
            Extra { id: Some("7"), label: Some("Zwiebel 🧅") },
            Extra { id: None, label: Some("") },
            Extra { id: Some(""), label: None },
        ];
        let mut records = Vec::new();
        for extra in extras {
            extra.write(&mut records);
        }
        let mut rest = &records[..];
        for extra in extras {
            let (read, behind) = Extra::read(rest).unwrap();
            assert_eq!(read, extra);
            rest = behind;
        }
        assert!(rest.is_empty());
        assert_eq!(Extra::read(rest), None);
    }

    #[test]
    fn long_texts_are_cut() {
        let (id, label) = ("i".repeat(300), "l".repeat(2_000));
        let mut records = Vec::new();
        Extra { id: Some(&id), label: Some(&label) }.write(&mut records);
        assert_eq!(records.len(), RECORD_LIMIT);
    }

    #[test]
    fn a_record_beyond_the_end_or_without_utf_8_is_none() {
        assert_eq!(Extra::read(&[1, 0, b'a', 255]), None);
        assert_eq!(Extra::read(&[2, 0, b'a']), None);
        assert_eq!(Extra::read(&[1, 0, 0xff, 255, 255]), None);
    }
}
