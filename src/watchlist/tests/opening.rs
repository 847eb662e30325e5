//! What opens and what is refused. No bytes make a list that panics or reads beside its memory.

use proptest::prelude::*;

use super::super::layout::{self, HEADER_LENGTH, MAGIC, Section, TABLE_ROW_LENGTH, checksum_of, field};
use super::*;

/// Every section filled, and as small as that allows.
fn sample() -> Watchlist {
    let details = Details { source: Some("feed"), id: Some("7"), label: Some("ü"), ..Details::default() };
    let values = ["a.example.com", "1.2.3.4", "1.2.3.5", "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32", "2001:db8::/48"];
    let other = Details { source: Some("other"), verdict: Verdict::Malicious, score: Some(1), ..Details::default() };
    build(values.map(|value| Entry { value, kind: None, details }).into_iter().chain([Entry {
        value: "http://b.example.com/",
        kind: None,
        details: other,
    }]))
}

fn open(bytes: &[u8]) -> Result<Watchlist, &'static str> {
    Watchlist::open(bytes.to_vec()).map_err(Invalid::reason)
}

fn reason(bytes: &[u8]) -> Option<&'static str> {
    open(bytes).err()
}

/// Makes the checksum right again.
fn seal(bytes: &mut [u8]) {
    let sum = checksum_of(bytes);
    put(bytes, field::CHECKSUM, &sum.to_le_bytes());
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// Where a section's row in the table begins.
fn row(section: Section) -> usize {
    HEADER_LENGTH + (section as usize - 1) * TABLE_ROW_LENGTH
}

fn offset(bytes: &[u8], section: Section) -> usize {
    layout::u64_at(bytes, row(section) + 8) as usize
}

/// The sample with some bytes of a section replaced, sealed.
fn with(section: Section, at: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = sample().as_bytes().to_vec();
    let at = offset(&bytes, section) + at;
    put(&mut bytes, at, value);
    seal(&mut bytes);
    bytes
}

/// The sample with some bytes of the header or the table replaced, sealed.
fn with_header(at: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = sample().as_bytes().to_vec();
    put(&mut bytes, at, value);
    seal(&mut bytes);
    bytes
}

#[test]
fn a_snapshot_opens_to_the_bytes_and_answers_it_was_built_with() {
    let built = sample();
    let opened = open(built.as_bytes()).unwrap();
    assert_eq!(opened.as_bytes(), built.as_bytes());
    assert_eq!(opened.size(), built.size());
    for query in
        ["x.a.example.com", "1.2.3.4", "1.2.3.6", "10.1.1.1", "10.2.2.2", "2001:db8::1", "https://b.example.com/c"]
    {
        assert_eq!(hit(&opened, query), hit(&built, query), "{query}");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let mut bytes = sample().as_bytes().to_vec();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            bytes[place] ^= 1 << bit;
            assert!(open(&bytes).is_err(), "byte {place}, bit {bit}");
            bytes[place] ^= 1 << bit;
        }
    }
}

#[test]
fn every_shorter_and_every_longer_file_is_refused_for_its_length() {
    let bytes = sample().as_bytes().to_vec();
    for length in 0..bytes.len() {
        assert_eq!(reason(&bytes[..length]), Some("length"), "{length}");
    }
    let mut longer = bytes;
    longer.extend([0; 8]);
    assert_eq!(reason(&longer), Some("length"));
}

#[test]
fn the_first_check_that_fails_is_the_reason() {
    let bytes = sample().as_bytes().to_vec();
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        reason(&bytes)
    };
    assert_eq!(changed(0), Some("magic"));
    assert_eq!(changed(field::MAJOR), Some("version"));
    assert_eq!(changed(field::TOTAL_LENGTH), Some("length"));
    assert_eq!(changed(field::CHECKSUM), Some("checksum"));
    assert_eq!(changed(bytes.len() - 1), Some("checksum"));
    assert_eq!(reason(&with_header(field::ENTRIES, &[0])), Some("structure"));
}

#[test]
fn a_later_major_version_is_refused_and_a_later_minor_one_is_read() {
    assert_eq!(reason(&with_header(field::MAJOR, &2u16.to_le_bytes())), Some("version"));
    assert_eq!(reason(&with_header(field::MAJOR, &0u16.to_le_bytes())), Some("version"));
    assert!(open(&with_header(field::MINOR, &9u16.to_le_bytes())).is_ok());
}

#[test]
fn an_unknown_section_is_skipped_and_a_known_one_may_not_come_twice() {
    assert_eq!(
        hit(&open(&with_header(row(Section::Name), &99u32.to_le_bytes())).unwrap(), "1.2.3.4").unwrap().id,
        Some("7")
    );
    let twice = with_header(row(Section::ExtraText), &(Section::Name as u32).to_le_bytes());
    assert_eq!(reason(&twice), Some("structure"));
}

#[test]
fn sections_lie_in_the_file_one_behind_the_other() {
    let table = HEADER_LENGTH as u64 + Section::ALL.len() as u64 * TABLE_ROW_LENGTH as u64;
    for (at, value) in [
        (field::HEADER_LENGTH, 0),
        (field::HEADER_LENGTH, 129),
        (field::HEADER_LENGTH, u32::MAX),
        (field::SECTIONS, 0),
        (field::SECTIONS, 13),
        (field::SECTIONS, u32::MAX),
    ] {
        assert_eq!(reason(&with_header(at, &value.to_le_bytes())), Some("structure"), "{at}: {value}");
    }
    for offset in [0, table + 1, table + 8, table - 8, u64::MAX, u64::MAX - 7] {
        assert_eq!(reason(&with_header(row(Section::Name) + 8, &offset.to_le_bytes())), Some("structure"), "{offset}");
    }
    for length in [0u64, 5, 1 << 40, u64::MAX] {
        assert_eq!(reason(&with_header(row(Section::Meta) + 16, &length.to_le_bytes())), Some("structure"), "{length}");
    }
    for count in [0u64, 1, u64::MAX] {
        assert_eq!(reason(&with_header(row(Section::Meta) + 24, &count.to_le_bytes())), Some("structure"), "{count}");
    }
}

#[test]
fn a_gap_that_is_not_zero_is_refused() {
    let name_ends = 4;
    assert_eq!(reason(&with(Section::Name, name_ends, b"!")), Some("structure"));
}

#[test]
fn a_directory_that_does_not_ascend_to_the_count_is_refused() {
    // Two fingerprints in one bucket.
    for (at, start) in [(0, 1u32), (0, u32::MAX), (4, 1), (4, 3)] {
        assert_eq!(reason(&with(Section::Directory, at, &start.to_le_bytes())), Some("structure"));
    }
}

#[test]
fn numbers_that_lead_beyond_a_table_are_refused() {
    let meta =
        |number: usize| layout::u32_at(sample().as_bytes(), offset(sample().as_bytes(), Section::Meta) + 4 * number);
    for (section, at, value) in [
        (Section::Meta, 0, meta(0) | 0x3ff_ffff),
        (Section::Meta, 4 * 7, meta(7) | 0xf << 28),
        (Section::Attributes, 0, 4),
        (Section::Attributes, 0, 101 << 8),
        (Section::Attributes, 0, 2 << 16),
        (Section::SourceEnds, 0, 10),
        (Section::SourceEnds, 4, 8),
        (Section::Links, 4, 1 << 8 | 16),
        (Section::Links, 4, 0xff_ffff << 8 | 16),
        (Section::Links, 0, 0xff_ffff << 8 | 33),
        (Section::Extras, 0, u32::MAX),
        (Section::Extras, 8 * 6, 8),
        (Section::Extras, 4, 1),
        (Section::Extras, 12, 0),
    ] {
        assert_eq!(
            reason(&with(section, at, &u32::to_le_bytes(value))),
            Some("structure"),
            "{section:?} {at} {value:x}"
        );
    }
}

#[test]
fn addresses_out_of_order_are_refused() {
    assert_eq!(reason(&with(Section::Ipv4, 0, &[255; 4])), Some("structure"));
    assert_eq!(reason(&with(Section::Networks4, 0, &[0, 0, 0, 11])), Some("structure"));
    assert_eq!(reason(&with(Section::Networks6, 0, &[255; 16])), Some("structure"));
}

#[test]
fn texts_that_are_no_utf_8_or_end_within_a_character_are_refused() {
    assert_eq!(reason(&with(Section::Name, 0, &[0xff])), Some("structure"));
    assert_eq!(reason(&with(Section::SourceText, 0, &[0xff])), Some("structure"));
    assert_eq!(reason(&with(Section::SourceText, 3, "ä".as_bytes())), Some("structure"));
    assert_eq!(reason(&with(Section::ExtraText, 2, &[0xff])), Some("structure"));
    assert_eq!(reason(&with(Section::ExtraText, 0, &[200])), Some("structure"));
}

/// Asks a list everything that its reading paths can be asked.
fn ask(list: &Watchlist) {
    let queries = [
        "x.a.example.com",
        "a.example.com",
        "1.2.3.4",
        "255.255.255.255",
        "10.1.1.1",
        "10.0.0.0/9",
        "2001:db8::1",
        "::/0",
        "https://b.example.com/c?d",
        "http://[2001:db8::1]/",
        "who@a.example.com",
        "AS64500",
    ];
    for query in queries {
        for now in [0, NOW, u64::MAX] {
            let _ = list.match_value(query, native_to_ascii, now);
        }
    }
    let _ = (list.name(), list.expires_at_ms());
    let mut again = Builder::sync(&OPTIONS, Some(list), 0.0);
    again.hand_on(list, None);
    let again = again.finish();
    assert!(again.size() <= list.size());
    open(again.as_bytes()).unwrap();
}

/// A change to a file.
#[derive(Clone, Debug)]
enum Damage {
    /// Eight bytes at a place, in parts per 65,536 of the length.
    Put(u16, [u8; 8], usize),
    /// A small number, where small numbers stand.
    PutNumber(u16, u32),
    Swap(u16, u16),
}

fn damage() -> impl Strategy<Value = Damage> {
    let number = prop_oneof![0..20u32, Just(u32::MAX), Just(0xff_ffff << 8 | 16), any::<u32>()];
    prop_oneof![
        (any::<u16>(), any::<[u8; 8]>(), 1..9usize)
            .prop_map(|(place, bytes, length)| Damage::Put(place, bytes, length)),
        (any::<u16>(), number).prop_map(|(place, number)| Damage::PutNumber(place, number)),
        (any::<u16>(), any::<u16>()).prop_map(|(one, other)| Damage::Swap(one, other)),
    ]
}

fn apply(bytes: &mut [u8], damage: &Damage) {
    // Behind the version and the length, and before the end: the rest is refused before the structure is looked at.
    let first = field::SEED;
    let place = |part: u16| first + usize::from(part) * (bytes.len() - first - 8) / 65_536;
    match damage {
        Damage::Put(part, value, length) => put(bytes, place(*part), &value[..*length]),
        Damage::PutNumber(part, number) => {
            let at = place(*part) / 4 * 4;
            put(bytes, at, &number.to_le_bytes());
        }
        Damage::Swap(one, other) => bytes.swap(place(*one), place(*other)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_damaged_snapshot_with_a_right_checksum_is_refused_or_can_be_asked(
        damages in prop::collection::vec(damage(), 1..4),
    ) {
        let mut bytes = sample().as_bytes().to_vec();
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        seal(&mut bytes);
        match Watchlist::open(bytes) {
            Ok(list) => ask(&list),
            Err(invalid) => prop_assert_eq!(invalid, Invalid::Structure),
        }
    }

    #[test]
    fn no_bytes_make_open_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), whole in any::<bool>()) {
        if whole && bytes.len() >= HEADER_LENGTH {
            let length = bytes.len() as u64;
            put(&mut bytes, 0, &MAGIC);
            put(&mut bytes, field::MAJOR, &1u16.to_le_bytes());
            put(&mut bytes, field::TOTAL_LENGTH, &length.to_le_bytes());
            seal(&mut bytes);
        }
        prop_assert!(Watchlist::open(bytes).is_err());
    }
}
