//! What a watchlist promises, tested through its public functions.

mod format;
mod matching;
mod merging;
mod model;
mod opening;
mod scale;
mod synchronising;

use super::*;
use crate::indicator::{Kind, native_to_ascii};
use crate::verdict::Verdict;

/// A moment in 2027, on the hour.
const NOW: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

const OPTIONS: Options<'static> =
    Options { name: Some("test"), created_at_ms: NOW, expires_at_ms: Some(NOW + 24 * HOUR), seed: [42; 16] };

fn build<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Watchlist {
    let mut builder = Builder::new(&OPTIONS);
    for entry in entries {
        builder.push(&entry, native_to_ascii);
    }
    builder.finish()
}

fn entry(value: &str) -> Entry<'_> {
    Entry { value, ..Entry::default() }
}

/// A list of values about which nothing is said.
fn list_of(values: &[&str]) -> Watchlist {
    let list = build(values.iter().map(|value| entry(value)));
    assert_eq!(list.skipped(), 0, "{values:?}");
    list
}

/// How a query is matched, and by which value.
fn found(list: &Watchlist, query: &str) -> Option<(&'static str, String)> {
    let found = list.match_value(query, native_to_ascii, NOW)?;
    Some((found.hit.matched_by.name(), found.matched_value().to_owned()))
}

fn hit<'w>(list: &'w Watchlist, query: &str) -> Option<Hit<'w>> {
    list.match_value(query, native_to_ascii, NOW).map(|found| found.hit)
}

/// Asserts how each query is matched; an empty word stands for not at all.
fn assert_found(list: &Watchlist, expected: &[(&str, &str, &str)]) {
    for (query, by, value) in expected {
        let expected = (!by.is_empty()).then(|| (*by, (*value).to_owned()));
        assert_eq!(found(list, query), expected, "{query}");
    }
}
