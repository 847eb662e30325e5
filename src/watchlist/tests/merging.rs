//! How entries come together when a list is built.

use super::*;

fn saying<'a>(value: &'a str, details: Details<'a>) -> Entry<'a> {
    Entry { value, kind: None, details }
}

#[test]
fn spellings_of_one_value_are_one_entry() {
    for spellings in [
        &["evil.example.com", "EVIL[.]example.com.", "*.evil.example.com"][..],
        &["http://h.example.com/a", "https://h.example.com/a", "hxxp://me@h.example.com:80/a#b"],
        &["1.2.3.4", "1[.]2.3.4:80"],
        &["10.1.2.3/8", "10.0.0.0/255.0.0.0"],
        &["2001:db8::/32", "2001:DB8:1::/32"],
        &["2001:db8::1", "[2001:db8:0::1]:443"],
    ] {
        assert_eq!(list_of(spellings).size(), 1, "{spellings:?}");
    }
}

#[test]
fn a_folder_with_and_without_its_slash_are_two_entries() {
    assert_eq!(list_of(&["http://h.example.com/a", "http://h.example.com/a/"]).size(), 2);
}

#[test]
fn entries_of_one_value_merge_to_the_worst_verdict_the_highest_score_and_the_latest_end() {
    let entries = [
        Details {
            verdict: Verdict::Malicious,
            score: Some(10),
            source: Some("one"),
            id: Some("1"),
            label: Some("first"),
            expires_at_ms: Some(NOW + HOUR),
        },
        Details {
            verdict: Verdict::Benign,
            score: Some(90),
            source: Some("two"),
            id: Some("2"),
            label: None,
            expires_at_ms: Some(NOW + 5 * HOUR),
        },
        Details { source: Some("three"), expires_at_ms: Some(NOW), ..Details::default() },
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for value in ["evil.example.com", "1.2.3.4", "10.0.0.0/8", "2001:db8::/32"] {
            let list = build(order.map(|number| saying(value, entries[number])));
            let hit = hit(&list, value).unwrap();
            assert_eq!(
                (list.size(), hit.verdict, hit.score, hit.source, hit.id, hit.label),
                (1, Verdict::Malicious, Some(90), Some("two"), Some("2"), None),
                "{value}"
            );
            let at = |now| list.match_value(value, native_to_ascii, now).is_some();
            assert!(at(NOW + 5 * HOUR) && !at(NOW + 5 * HOUR + 1));
        }
    }
}

#[test]
fn an_entry_without_an_end_makes_the_merged_one_last() {
    let ending = Details { expires_at_ms: Some(NOW), ..Details::default() };
    let list = build([saying("a.example.com", ending), entry("a.example.com"), saying("a.example.com", ending)]);
    assert!(list.match_value("a.example.com", native_to_ascii, NOW + 1_000 * HOUR).is_some());
}

#[test]
fn the_scheme_of_merged_urls_is_that_of_the_highest_score() {
    let scored = |value, score| saying(value, Details { score: Some(score), ..Details::default() });
    let (http, https) = ("http://h.example.com/", "https://h.example.com/");
    for (entries, winner) in [
        ([scored(http, 1), scored(https, 2)], https),
        ([scored(http, 2), scored(https, 1)], http),
        ([scored(https, 1), scored(http, 1)], https),
    ] {
        assert_eq!(found(&build(entries), http), Some(("exact", winner.to_owned())));
    }
}

#[test]
fn unreadable_values_are_left_out_and_counted() {
    let list = build([
        entry("a.example.com"),
        entry("not an indicator"),
        entry(""),
        Entry { value: "1.2.3.4", kind: Some(Kind::Domain), ..Entry::default() },
        Entry { value: "setup.py", kind: Some(Kind::Sha256), ..Entry::default() },
    ]);
    assert_eq!((list.size(), list.skipped()), (1, 4));
    let opened = Watchlist::open(list.as_bytes().to_vec()).unwrap();
    assert_eq!((opened.size(), opened.skipped()), (1, 0));
}

#[test]
fn push_tells_whether_the_entry_was_taken() {
    let mut builder = Builder::new(&OPTIONS);
    assert!(builder.push(&entry("a.example.com"), native_to_ascii));
    assert!(!builder.push(&entry("?"), native_to_ascii));
}

#[test]
fn a_given_kind_decides_how_a_value_is_read() {
    let as_kind = |value, kind| Entry { value, kind: Some(kind), ..Entry::default() };
    let list = build([as_kind("apk.xrat", Kind::Domain), as_kind("h.example.com/a", Kind::Url)]);
    assert_eq!((list.size(), list.skipped()), (2, 0));
    assert_eq!(build([entry("apk.xrat")]).skipped(), 1);
}

#[test]
fn texts_are_cut_and_nothing_is_lost_that_is_short_enough() {
    let long = "ä".repeat(600);
    let details = Details { source: Some(&long), id: Some(&long), label: Some(&long), ..Details::default() };
    let mut builder = Builder::new(&Options { name: Some(&long), ..OPTIONS });
    builder.push(&Entry { value: "a.example.com", kind: None, details }, native_to_ascii);
    let list = Watchlist::open(builder.finish().as_bytes().to_vec()).unwrap();
    let hit = hit(&list, "a.example.com").unwrap();
    assert_eq!(list.name(), Some("ä".repeat(128).as_str()));
    assert_eq!(hit.source, Some("ä".repeat(128).as_str()));
    assert_eq!(hit.id, Some("ä".repeat(128).as_str()));
    assert_eq!(hit.label, Some("ä".repeat(512).as_str()));
}

#[test]
fn a_list_names_65535_sources_and_keeps_the_entries_of_further_ones() {
    let mut builder = Builder::new(&OPTIONS);
    for number in 0..=65_535u32 {
        let (value, source) = (std::net::Ipv4Addr::from(number).to_string(), format!("source {number}"));
        builder.push_classified(Kind::Ipv4, &value, &Details { source: Some(&source), ..Details::default() });
    }
    let list = Watchlist::open(builder.finish().as_bytes().to_vec()).unwrap();
    let source = |value| hit(&list, value).unwrap().source;
    assert_eq!(source("0.0.0.0"), Some("source 0"));
    assert_eq!(source("0.0.255.254"), Some("source 65534"));
    assert_eq!(source("0.0.255.255"), None);
}

#[test]
fn a_list_keeps_its_name_and_times() {
    let list = list_of(&["a.example.com"]);
    let opened = Watchlist::open(list.as_bytes().to_vec()).unwrap();
    for list in [&list, &opened] {
        assert_eq!(
            (list.name(), list.created_at_ms(), list.expires_at_ms()),
            (Some("test"), NOW, Some(NOW + 24 * HOUR))
        );
    }
    let bare = Builder::new(&Options { name: None, expires_at_ms: None, ..OPTIONS }).finish();
    assert_eq!((bare.name(), bare.expires_at_ms()), (None, None));
}

#[test]
fn the_end_of_a_list_changes_no_answer() {
    let list = list_of(&["a.example.com"]);
    assert!(list.match_value("a.example.com", native_to_ascii, NOW + 25 * HOUR).is_some());
}

#[test]
fn two_builds_of_the_same_entries_differ_and_answer_alike() {
    let values = ["a.example.com", "http://b.example.com/c", "2001:db8::1", "who@example.net"];
    let lists = [[1; 16], [2; 16]].map(|seed| {
        let mut builder = Builder::new(&Options { seed, ..OPTIONS });
        for value in values {
            builder.push(&entry(value), native_to_ascii);
        }
        builder.finish()
    });
    assert_ne!(lists[0].as_bytes(), lists[1].as_bytes());
    for value in values.iter().chain(&["x.a.example.com", "c.example.com"]) {
        assert_eq!(found(&lists[0], value), found(&lists[1], value));
    }
}

#[test]
fn one_seed_and_one_order_give_one_snapshot() {
    let values = ["a.example.com", "1.2.3.4", "10.0.0.0/8"];
    assert_eq!(list_of(&values).as_bytes(), list_of(&values).as_bytes());
}
