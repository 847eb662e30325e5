//! What holds for every text.

use crate::text::{self, text};
use ioc_lookup::indicator::{ExtractOptions, Kind, classify, defang, extract, native_to_ascii, refang};
use proptest::prelude::*;
use std::ops::Range;

/// What extraction reports, with the value owned.
#[derive(Debug)]
struct Indicator {
    kind: Kind,
    value: String,
    units: Range<usize>,
    bytes: Range<usize>,
    defanged: bool,
}

fn all(text: &str) -> Vec<Indicator> {
    let mut list = Vec::new();
    let options = ExtractOptions { include_low: true, ..ExtractOptions::default() };
    extract(text, &options, native_to_ascii, &mut |found| {
        list.push(Indicator {
            kind: found.kind,
            value: found.value.to_owned(),
            units: found.start..found.end,
            bytes: found.bytes.clone(),
            defanged: found.defanged,
        });
    });
    list
}

fn read(text: &str) -> Option<(Kind, String)> {
    classify(text, native_to_ascii).map(|found| (found.kind, found.value))
}

fn is_network(kind: Kind) -> bool {
    matches!(kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr | Kind::Domain | Kind::Url | Kind::Email)
}

proptest! {
    #![proptest_config(text::config())]

    #[test]
    fn indicators_stand_where_they_say_in_order_and_apart(text in text()) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut floor = 0;
        for found in all(&text) {
            prop_assert!(floor <= found.units.start && found.units.start < found.units.end, "{:?}", found);
            floor = found.units.end;
            let cut = String::from_utf16(&units[found.units.clone()]).unwrap();
            prop_assert_eq!(&cut, &text[found.bytes.clone()]);
            let before = text[..found.bytes.start].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
            let behind = text[found.bytes.end..].chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
            prop_assert!(!before && !behind, "{:?}", found);
        }
    }

    #[test]
    fn what_was_found_is_classified_alike(text in text()) {
        for found in all(&text) {
            let raw = &text[found.bytes.clone()];
            prop_assert_eq!(read(raw), Some((found.kind, found.value)), "{}", raw);
        }
    }

    #[test]
    fn a_canonical_value_is_its_own(text in text()) {
        let values = all(&text).into_iter().map(|found| (found.kind, found.value)).chain(read(&text));
        for (kind, value) in values {
            prop_assert_eq!(read(&value), Some((kind, value.clone())));
            if !is_network(kind) {
                continue;
            }
            let defanged = defang(&value, native_to_ascii);
            prop_assert_eq!(refang(&defanged, native_to_ascii), value.clone(), "{}", defanged);
            prop_assert_eq!(read(&defanged), Some((kind, value)), "{}", defanged);
        }
    }

    #[test]
    fn refanging_twice_is_refanging_once(text in text()) {
        let once = refang(&text, native_to_ascii).into_owned();
        prop_assert_eq!(refang(&once, native_to_ascii), once.clone());
    }

    #[test]
    fn defanging_twice_is_defanging_once(text in text()) {
        let once = defang(&text, native_to_ascii);
        prop_assert_eq!(defang(&once, native_to_ascii), once.clone());
    }

    #[test]
    fn a_defanged_indicator_shows_in_the_text(text in text()) {
        for found in all(&text) {
            let raw = &text[found.bytes.clone()];
            prop_assert_eq!(found.defanged, refang(raw, native_to_ascii) != raw, "{}", raw);
        }
    }
}
