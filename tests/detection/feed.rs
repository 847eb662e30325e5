//! A feed of 1.4 million real values.

use crate::data;
use ioc_lookup::indicator::{Classified, ExtractOptions, Kind, classify, defang, extract, native_to_ascii, refang};
use std::fs::File;
use std::io::{BufRead, BufReader};

/// Every such row is read: enough to tell one wrong kind in ten thousand, and quick without optimisation.
const STRIDE: usize = 8;

/// Value and kind of every eighth row.
fn rows() -> Option<impl Iterator<Item = (String, Kind)>> {
    let file = File::open(data::file("maltrail.tsv.zst")?).unwrap();
    let lines = BufReader::new(ruzstd::decoding::StreamingDecoder::new(BufReader::new(file)).unwrap()).lines();
    Some(lines.skip(1).step_by(STRIDE).map(|line| {
        let line = line.unwrap();
        let mut columns = line.split('\t');
        let (value, kind) = (columns.next().unwrap(), columns.next().unwrap());
        (value.to_owned(), Kind::from_name(kind).unwrap())
    }))
}

#[test]
fn a_feed_is_read_as_it_says() {
    let Some(rows) = rows() else { return };
    let (mut all, mut wrong) = (0, 0);
    for (value, kind) in rows {
        all += 1;
        match classify(&value, native_to_ascii) {
            Some(found) if found.kind == kind => holds(&found),
            other => {
                println!("{value} is {other:?}, not {kind:?}");
                wrong += 1;
            }
        }
    }
    println!("{wrong} of {all} rows are read otherwise");
    assert!(all > 150_000 && wrong * 2_000 <= all);
}

/// What holds for every canonical value.
fn holds(found: &Classified) {
    let value = &found.value;
    assert_eq!(classify(value, native_to_ascii).as_ref(), Some(found));
    let defanged = defang(value, native_to_ascii);
    assert_ne!(&defanged, value);
    assert_eq!(defang(&defanged, native_to_ascii), defanged);
    assert_eq!(refang(&defanged, native_to_ascii), *value);
    assert_eq!(refang(value, native_to_ascii), *value);
    assert_eq!(classify(&defanged, native_to_ascii).as_ref(), Some(found));

    if value.ends_with(['?', '.', ',', ';', ':', '!', '\'', '(']) {
        // In running text that is the sentence's.
        return;
    }
    let mut spans = Vec::new();
    let low = ExtractOptions { include_low: true, ..ExtractOptions::default() };
    extract(&defanged, &low, native_to_ascii, &mut |one| spans.push((one.kind, one.value.to_owned(), one.bytes)));
    assert_eq!(spans, [(found.kind, value.clone(), 0..defanged.len())]);
}
