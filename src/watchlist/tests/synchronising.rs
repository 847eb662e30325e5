//! A new list out of the previous one and what has changed.

use super::*;

const LATER: u64 = NOW + 100 * HOUR;

const NEW_OPTIONS: Options<'static> = Options { name: None, created_at_ms: LATER, expires_at_ms: None, seed: [7; 16] };

/// One value of every way in which entries are kept.
const VALUES: [&str; 6] =
    ["a.example.com", "https://b.example.com/c", "2001:db8::1", "1.2.3.4", "10.0.0.0/8", "2001:db8::/32"];

fn details(score: u8, source: &str) -> Details<'_> {
    Details { verdict: Verdict::Malicious, score: Some(score), source: Some(source), ..Details::default() }
}

fn previous() -> Watchlist {
    build(VALUES.map(|value| Entry {
        value,
        kind: None,
        details: Details { id: Some("old"), label: Some(value), ..details(80, "threatq") },
    }))
}

#[derive(Clone, Copy, Default)]
struct Sync<'a> {
    previous: Option<&'a Watchlist>,
    sources: Option<&'a [&'a str]>,
    min_score: f64,
}

fn sync<'a>(rules: Sync<'_>, entries: impl IntoIterator<Item = (&'a str, Details<'a>)>) -> Watchlist {
    let mut builder = Builder::sync(&NEW_OPTIONS, rules.previous, rules.min_score);
    for (value, details) in entries {
        assert!(builder.push(&Entry { value, kind: None, details }, native_to_ascii), "{value}");
    }
    if let Some(previous) = rules.previous {
        builder.hand_on(previous, rules.sources);
    }
    let list = builder.finish();
    // What was built is a snapshot that opens.
    Watchlist::open(list.as_bytes().to_vec()).unwrap()
}

fn at<'w>(list: &'w Watchlist, query: &str) -> Option<Hit<'w>> {
    list.match_value(query, native_to_ascii, LATER).map(|found| found.hit)
}

#[test]
fn without_changes_all_that_was_said_stays() {
    let old = previous();
    let new = sync(Sync { previous: Some(&old), ..Sync::default() }, []);
    assert_eq!((new.size(), new.name(), new.created_at_ms()), (VALUES.len(), Some("test"), LATER));
    for value in VALUES {
        let hit = at(&new, value).unwrap();
        assert_eq!((hit.id, hit.label, hit.score, hit.source), (Some("old"), Some(value), Some(80), Some("threatq")));
        assert_eq!(found(&new, value), found(&old, value));
    }
    assert_eq!(found(&new, "http://b.example.com/c"), Some(("exact", "https://b.example.com/c".to_owned())));
}

#[test]
fn a_list_can_grow_from_nothing_by_synchronisation_alone() {
    let names: Vec<String> = (0..1_000).map(|number| format!("n{number}.example.com")).collect();
    let mut list = sync(Sync::default(), []);
    for part in names.chunks(100) {
        list = sync(
            Sync { previous: Some(&list), ..Sync::default() },
            part.iter().map(|name| (name.as_str(), details(80, "threatq"))),
        );
    }
    assert_eq!(list.size(), names.len());
    for name in &names {
        assert!(at(&list, name).is_some(), "{name}");
    }
}

#[test]
fn a_changed_entry_replaces_the_old_one_altogether() {
    let old = previous();
    for value in VALUES {
        let new = sync(Sync { previous: Some(&old), ..Sync::default() }, [(value, details(5, "taegis"))]);
        let hit = at(&new, value).unwrap();
        assert_eq!((hit.score, hit.source, hit.id, hit.label), (Some(5), Some("taegis"), None, None), "{value}");
        assert_eq!(new.size(), VALUES.len());
    }
}

#[test]
fn an_entry_that_arrives_benign_outdated_or_too_low_is_removed() {
    let old = previous();
    let removals = [
        Details { verdict: Verdict::Benign, ..details(100, "threatq") },
        Details { expires_at_ms: Some(LATER - 1), ..details(100, "threatq") },
        details(39, "threatq"),
        Details { score: None, ..details(0, "threatq") },
    ];
    for removal in removals {
        for value in VALUES {
            let rules = Sync { previous: Some(&old), min_score: 40.0, ..Sync::default() };
            let new = sync(rules, [(value, removal)]);
            assert_eq!(new.size(), VALUES.len() - 1, "{value}");
            assert!(at(&new, value).is_none_or(|hit| hit.matched_by != MatchedBy::Exact), "{value}");
        }
    }
}

#[test]
fn what_just_reaches_the_least_score_or_ends_now_stays() {
    let rules = Sync { min_score: 40.0, ..Sync::default() };
    let list = sync(rules, [("a.example.net", Details { expires_at_ms: Some(LATER), ..details(40, "threatq") })]);
    assert_eq!(list.size(), 1);
}

#[test]
fn without_a_least_score_an_entry_without_a_score_stays() {
    let list = sync(Sync::default(), [("a.example.net", Details { score: None, ..details(0, "qradar") })]);
    assert_eq!(list.size(), 1);
}

#[test]
fn a_removal_of_what_was_never_there_removes_nothing() {
    let removal = Details { verdict: Verdict::Benign, ..details(100, "threatq") };
    let list = sync(Sync::default(), [("a.example.net", removal), ("b.example.net", details(1, "threatq"))]);
    assert_eq!((list.size(), list.skipped()), (1, 0));
}

#[test]
fn when_one_platform_removes_a_value_and_another_brings_it_the_value_stays() {
    let old = previous();
    let removal = Details { verdict: Verdict::Benign, ..details(100, "threatq") };
    let arrival = details(60, "taegis");
    for entries in [[removal, arrival], [arrival, removal]] {
        let new =
            sync(Sync { previous: Some(&old), ..Sync::default() }, entries.map(|details| ("a.example.com", details)));
        let hit = at(&new, "a.example.com").unwrap();
        assert_eq!((hit.source, hit.score), (Some("taegis"), Some(60)));
    }
}

#[test]
fn arrivals_of_one_value_merge_as_in_a_build() {
    let old = previous();
    let new = sync(
        Sync { previous: Some(&old), ..Sync::default() },
        [
            ("a.example.com", details(60, "taegis")),
            ("a.example.com", Details { verdict: Verdict::Suspicious, ..details(70, "qradar") }),
        ],
    );
    let hit = at(&new, "a.example.com").unwrap();
    assert_eq!((hit.verdict, hit.score, hit.source), (Verdict::Malicious, Some(70), Some("qradar")));
}

#[test]
fn what_has_expired_in_the_meantime_is_dropped() {
    let ending = |value, expires_at_ms| Entry {
        value,
        kind: None,
        details: Details { expires_at_ms: Some(expires_at_ms), ..Details::default() },
    };
    let old = build([ending("a.example.com", LATER - HOUR), ending("b.example.com", LATER)]);
    let new = sync(Sync { previous: Some(&old), ..Sync::default() }, []);
    assert_eq!(new.size(), 1);
    assert!(at(&new, "b.example.com").is_some());
}

#[test]
fn the_seed_stays_with_a_previous_list_and_is_new_without() {
    let seed = |list: &Watchlist| list.as_bytes()[32..48].to_vec();
    let old = previous();
    assert_eq!(seed(&sync(Sync { previous: Some(&old), ..Sync::default() }, [])), seed(&old));
    assert_eq!(seed(&sync(Sync::default(), [])), [7; 16]);
}

#[test]
fn a_full_synchronisation_keeps_only_the_entries_of_sources_that_failed() {
    let old = build(
        [("a.example.com", Some("threatq")), ("b.example.com", Some("taegis")), ("c.example.com", None)]
            .map(|(value, source)| Entry { value, kind: None, details: Details { source, ..Details::default() } }),
    );
    let rules = Sync { previous: Some(&old), sources: Some(&["taegis"]), min_score: 0.0 };
    let new = sync(rules, [("d.example.com", details(1, "threatq"))]);
    assert_eq!(new.size(), 2);
    for (value, stays) in [("a", false), ("b", true), ("c", false), ("d", true)] {
        assert_eq!(at(&new, &format!("{value}.example.com")).is_some(), stays, "{value}");
    }
}
