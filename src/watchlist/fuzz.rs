//! The bodies of the fuzz targets `open` and `match`, run on their seeds by every test.

use super::layout::{MAGIC, MAJOR, checksum_of, field};
use super::{Builder, Details, Entry, Options, Watchlist};
use crate::indicator::native_to_ascii;

/// A moment in 2027, in ms.
const NOW: u64 = 1_800_000_000_000;

/// What an opened list is asked, one for each way to match.
const QUERIES: [&str; 7] = [
    "evil.example.com",
    "8.8.8.8",
    "2001:4860::1",
    "10.0.0.0/8",
    "d41d8cd98f00b204e9800998ecf8427e",
    "http://evil.example.com/a/b?c",
    "mail@evil.example.com",
];

/// Damages a snapshot, repairs what would end the reading at once, opens it and asks it.
///
/// The input is a list as for [`matching`], a zero byte, and edits of four bytes each: where (two bytes, little-endian,
/// modulo the length), what to write there, and in the last bit of the fourth whether the snapshot is cut off there.
pub fn opening(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let lines = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let mut bytes = build(&lines).as_bytes().to_vec();
    for edit in parts.next().unwrap_or_default().as_chunks::<4>().0 {
        let [low, high, value, cut] = *edit;
        let place = usize::from(u16::from_le_bytes([low, high])) % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(place) {
            *byte = value;
        }
        if cut & 1 == 1 {
            bytes.truncate(place);
        }
    }
    repair(&mut bytes);
    let Ok(list) = Watchlist::open(bytes) else { return };
    for query in QUERIES.into_iter().chain(lines.lines()) {
        if let Some(found) = list.match_value(query, native_to_ascii, NOW) {
            drop(found.matched_value().to_owned());
        }
    }
    let mut builder = Builder::sync(&options(), Some(&list), 0.0);
    builder.hand_on(&list, None);
    let copy = builder.finish();
    assert!(Watchlist::open(copy.as_bytes().to_vec()).is_ok(), "what is made of an accepted list is accepted");
}

/// Builds a list of the lines before an empty one and matches the text behind it.
pub fn matching(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (lines, text) = text.split_once("\n\n").unwrap_or((&text, &text));
    let built = build(lines);
    let opened = Watchlist::open(built.as_bytes().to_vec());
    let Ok(opened) = opened else { panic!("what was built can be opened") };
    assert_eq!(built.size(), opened.size());
    for line in lines.lines() {
        let ours = built.match_value(line, native_to_ascii, NOW);
        assert_eq!(ours, opened.match_value(line, native_to_ascii, NOW), "both answer alike");
        let mut alone = Builder::new(&options());
        if alone.push(&Entry { value: line, ..Entry::default() }, native_to_ascii) {
            assert!(ours.is_some(), "what is in the list is found: {line:?}");
        }
    }
    opened.match_text(text, native_to_ascii, &|| NOW, &mut |found, hit| {
        let alone = opened.match_classified(found.kind, found.value, &|| NOW);
        assert_eq!(alone.as_ref(), Some(&hit), "in a text as alone");
    });
}

fn options() -> Options<'static> {
    Options { name: Some("fuzz"), created_at_ms: NOW, expires_at_ms: None, seed: [7; 16] }
}

/// Ids, labels and sources come along, so that all sections of a snapshot have content.
fn build(lines: &str) -> Watchlist {
    let mut builder = Builder::new(&options());
    for (number, value) in lines.lines().enumerate() {
        let odd = number % 2 == 1;
        let details = Details {
            source: Some(if odd { "threatq" } else { "qradar" }),
            score: odd.then_some(80),
            id: odd.then_some("17"),
            label: Some("label").filter(|_| number % 3 == 0),
            ..Details::default()
        };
        builder.push(&Entry { value, details, ..Entry::default() }, native_to_ascii);
    }
    builder.finish()
}

/// Magic, version, length and checksum: behind them lies what is to be tested.
fn repair(bytes: &mut [u8]) {
    let length = bytes.len() as u64;
    let mut put = |at: usize, value: &[u8]| {
        if let Some(place) = bytes.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    };
    put(0, &MAGIC);
    put(field::MAJOR, &MAJOR.to_le_bytes());
    put(field::TOTAL_LENGTH, &length.to_le_bytes());
    if bytes.len() >= field::SECTIONS + 4 {
        let sum = checksum_of(bytes);
        bytes[field::CHECKSUM..field::CHECKSUM + 8].copy_from_slice(&sum.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn open_holds_on_its_seeds() {
        crate::seeds::hold("open", super::opening);
    }

    #[test]
    fn matching_holds_on_its_seeds() {
        crate::seeds::hold("match", super::matching);
    }
}
