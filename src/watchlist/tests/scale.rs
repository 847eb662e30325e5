//! A list of the size that feeds have: 1.4 million indicators that were really seen.

use std::io::Read;

use super::*;

/// The rows of the file: value, kind, category; `None` with a loud word when it is absent.
fn rows() -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/maltrail.tsv.zst");
    let Ok(file) = std::fs::File::open(path) else {
        eprintln!("PASSED OVER: {path} is absent, so nothing was tested at full size");
        return None;
    };
    let mut text = String::new();
    ruzstd::decoding::StreamingDecoder::new(file).unwrap().read_to_string(&mut text).unwrap();
    Some(text)
}

fn values(rows: &str) -> impl Iterator<Item = (&str, Kind, &str)> {
    rows.lines().skip(1).map(|row| {
        let mut columns = row.split('\t');
        let mut next = || columns.next().unwrap();
        (next(), Kind::from_name(next()).unwrap(), next())
    })
}

/// Values that nobody lists: names below `invalid`, addresses that are not given out, random digests.
fn strangers(count: u64) -> impl Iterator<Item = String> {
    let mix = |number: u64| {
        let mixed = (number ^ number >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    (0..count).map(move |number| match number % 4 {
        0 => format!("240.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255),
        1 => format!("{:016x}{:016x}", mix(number), mix(number + count)),
        _ => format!("a{:x}.b{:x}.invalid", mix(number), mix(number + count)),
    })
}

#[test]
fn all_are_found_no_stranger_is_and_each_takes_less_than_sixteen_bytes() {
    let Some(rows) = rows() else { return };
    let mut builder = Builder::new(&OPTIONS);
    let mut given = 0;
    for (value, kind, category) in values(&rows) {
        let details = Details {
            verdict: if category == "suspicious" { Verdict::Suspicious } else { Verdict::Malicious },
            score: Some(80),
            source: Some(category),
            ..Details::default()
        };
        given += 1;
        builder.push(&Entry { value, kind: Some(kind), details }, native_to_ascii);
    }
    let built = builder.finish();
    let length = built.as_bytes().len();
    println!("{given} rows, {} entries, {} skipped, {length} bytes", built.size(), built.skipped());
    assert!(u64::from(built.skipped()) * 2_000 <= given, "{} of {given} were not read", built.skipped());
    assert!(length <= 16 * built.size(), "{length} bytes for {} entries", built.size());

    let list = Watchlist::open(built.as_bytes().to_vec()).unwrap();
    if built.skipped() == 0 {
        assert_eq!(values(&rows).step_by(5).find(|(value, _, _)| hit(&list, value).is_none()), None);
    }
    assert_eq!(strangers(1_000_000).find(|value| hit(&list, value).is_some()), None);
}
