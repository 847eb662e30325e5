//! Which entry stands for a query.

use std::cell::Cell;

use proptest::prelude::*;

use super::*;
use crate::indicator::{ExtractOptions, extract};

#[test]
fn the_same_canonical_value_matches_whatever_its_spelling() {
    let values = [
        "1.2.3.4",
        "2001:db8::1",
        "10.0.0.0/8",
        "evil.example.com",
        "http://evil.example.com/a?b",
        "who@evil.example.com",
        "0123456789abcdef0123456789abcdef",
        "CVE-2021-44228",
        "AS64500",
        "96:s4Ud1Lj96tHHlZDrwciQmA+4uy1I0G4HYuL8N3TzS8QsO/wqWXLcMSx:sF1LjEtHHlZDrJzrhuyZvHYm8tKp/RWO",
    ];
    let list = list_of(&values);
    for value in values {
        assert_eq!(found(&list, value), Some(("exact", value.to_owned())));
    }
    assert_found(
        &list,
        &[
            ("1[.]2[.]3[.]4", "exact", "1.2.3.4"),
            ("2001:DB8:0::1", "exact", "2001:db8::1"),
            ("10.9.8.7/8", "exact", "10.0.0.0/8"),
            ("EVIL[.]example[.]com.", "exact", "evil.example.com"),
            ("hxxp://EVIL.example.com:80/a?b", "exact", "http://evil.example.com/a?b"),
            ("Who[@]Evil.Example.com", "exact", "who@evil.example.com"),
            ("0123456789ABCDEF0123456789ABCDEF", "exact", "0123456789abcdef0123456789abcdef"),
            ("cve 2021-44228", "exact", "CVE-2021-44228"),
            ("asn: 64500", "exact", "AS64500"),
        ],
    );
}

#[test]
fn what_cannot_be_read_matches_nothing() {
    let list = list_of(&["evil.example.com"]);
    assert_found(&list, &[("", "", ""), ("not an indicator", "", ""), ("evil", "", ""), ("\u{0}", "", "")]);
}

#[test]
fn an_empty_list_matches_nothing() {
    let list = list_of(&[]);
    assert_eq!(list.size(), 0);
    for query in ["1.2.3.4", "::1", "10.0.0.0/8", "a.example.com", "http://a.example.com/b", "a@b.example.com"] {
        assert_eq!(found(&list, query), None, "{query}");
    }
}

#[test]
fn the_longest_prefix_holds_an_address() {
    let list = list_of(&["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::9"]);
    assert_found(
        &list,
        &[
            ("10.1.2.3", "exact", "10.1.2.3"),
            ("10.1.2.4", "cidr", "10.1.0.0/16"),
            ("10.2.0.0", "cidr", "10.0.0.0/8"),
            ("11.0.0.0", "", ""),
            ("2001:db8:1::9", "exact", "2001:db8:1::9"),
            ("2001:db8:1:ffff::", "cidr", "2001:db8:1::/48"),
            ("2001:db8:2::", "cidr", "2001:db8::/32"),
            ("2001:db9::", "", ""),
        ],
    );
}

#[test]
fn a_network_of_one_address_is_a_network() {
    let list = list_of(&["1.2.3.4/32", "5.6.7.8"]);
    assert_found(
        &list,
        &[
            ("1.2.3.4", "cidr", "1.2.3.4/32"),
            ("1.2.3.4/32", "exact", "1.2.3.4/32"),
            ("5.6.7.8", "exact", "5.6.7.8"),
            ("5.6.7.8/32", "", ""),
        ],
    );
}

#[test]
fn the_whole_of_a_network_must_be_held() {
    let list = list_of(&["10.0.0.0/8", "10.0.0.0/24", "0.0.0.0/4", "2001:db8::/32"]);
    assert_found(
        &list,
        &[
            ("10.0.0.0/24", "exact", "10.0.0.0/24"),
            ("10.0.0.128/25", "cidr", "10.0.0.0/24"),
            ("10.0.0.0/16", "cidr", "10.0.0.0/8"),
            ("10.0.0.0/7", "cidr", "0.0.0.0/4"),
            ("0.0.0.0/3", "", ""),
            ("2001:db8::/64", "cidr", "2001:db8::/32"),
            ("2001:db8::/31", "", ""),
            ("::/0", "", ""),
        ],
    );
}

#[test]
fn the_networks_of_everything_hold_everything_of_their_family() {
    let list = list_of(&["0.0.0.0/0"]);
    assert_found(&list, &[("255.255.255.255", "cidr", "0.0.0.0/0"), ("::1", "", "")]);
    let list = list_of(&["::/0"]);
    assert_found(&list, &[("ffff::1", "cidr", "::/0"), ("1.2.3.4", "", "")]);
}

#[test]
fn the_closest_parent_stands_for_a_name() {
    let list = list_of(&["example.com", "b.example.com"]);
    assert_found(
        &list,
        &[
            ("a.b.example.com", "parent-domain", "b.example.com"),
            ("b.example.com", "exact", "b.example.com"),
            ("a.c.example.com", "parent-domain", "example.com"),
            ("notexample.com", "", ""),
            ("example.com.example.net", "", ""),
        ],
    );
}

#[test]
fn a_registry_suffix_stands_for_itself_alone() {
    let list = build(["co.uk", "com.br"].map(|value| Entry { value, kind: Some(Kind::Domain), ..Entry::default() }));
    assert_eq!(list.size(), 2);
    assert_found(
        &list,
        &[
            ("co.uk", "exact", "co.uk"),
            ("bbc.co.uk", "", ""),
            ("a@co.uk", "", ""),
            ("a@bbc.co.uk", "", ""),
            ("http://co.uk/", "", ""),
            ("http://www.bbc.co.uk/", "", ""),
        ],
    );
    assert_found(&list_of(&["bbc.co.uk"]), &[("www.bbc.co.uk", "parent-domain", "bbc.co.uk")]);
}

#[test]
fn a_domain_and_its_parents_stand_for_an_address_of_mail() {
    let list = list_of(&["who@mail.example.com", "mail.example.com", "example.com"]);
    assert_found(
        &list,
        &[
            ("who@mail.example.com", "exact", "who@mail.example.com"),
            ("other@mail.example.com", "parent-domain", "mail.example.com"),
            ("who@example.com", "parent-domain", "example.com"),
            ("who@www.example.com", "parent-domain", "example.com"),
            ("who@example.net", "", ""),
        ],
    );
}

#[test]
fn http_and_https_are_one_and_the_entry_keeps_its_own() {
    let list = list_of(&["https://a.example.com/x", "http://b.example.com/x"]);
    assert_found(
        &list,
        &[
            ("http://a.example.com/x", "exact", "https://a.example.com/x"),
            ("https://a.example.com/x/y", "url-prefix", "https://a.example.com/x"),
            ("http://a.example.com/x/y", "url-prefix", "https://a.example.com/x"),
            ("https://b.example.com/x", "exact", "http://b.example.com/x"),
        ],
    );
}

#[test]
fn every_other_scheme_counts() {
    let list = list_of(&["ftp://a.example.com/x", "ws://b.example.com/", "tcp://c.example.com:99"]);
    assert_found(
        &list,
        &[
            ("ftp://a.example.com/x", "exact", "ftp://a.example.com/x"),
            ("ftp://a.example.com/x/y", "url-prefix", "ftp://a.example.com/x"),
            ("http://a.example.com/x", "", ""),
            ("wss://b.example.com/", "", ""),
            ("tcp://c.example.com:99", "exact", "tcp://c.example.com:99"),
            ("udp://c.example.com:99", "", ""),
            ("tcp://c.example.com:98", "", ""),
        ],
    );
}

#[test]
fn fragment_default_port_and_user_info_do_not_count() {
    let list = list_of(&["http://me:pw@a.example.com:80/x#part", "https://b.example.com:443/"]);
    assert_found(
        &list,
        &[
            ("http://a.example.com/x", "exact", "http://a.example.com/x"),
            ("http://a.example.com/x#other", "exact", "http://a.example.com/x"),
            ("http://you@a.example.com/x", "exact", "http://a.example.com/x"),
            ("https://b.example.com/", "exact", "https://b.example.com/"),
            ("http://a.example.com:81/x", "", ""),
        ],
    );
}

#[test]
fn a_folder_holds_what_lies_below_its_boundary() {
    for folder in ["http://h.example.com/a", "http://h.example.com/a/"] {
        let list = list_of(&[folder]);
        for held in ["/a", "/a/", "/a/b", "/a?x", "/a#y", "/a/b/c?x#y", "/a/?x"] {
            let url = format!("http://h.example.com{held}");
            let by = if url.split('#').next() == Some(folder) { "exact" } else { "url-prefix" };
            assert_eq!(found(&list, &url), Some((by, folder.to_owned())), "{folder} and {held}");
        }
        for free in ["/ab", "/", "/b/a", "/A"] {
            assert_eq!(found(&list, &format!("http://h.example.com{free}")), None, "{folder} and {free}");
        }
    }
}

#[test]
fn the_root_holds_the_whole_host_at_its_port() {
    let list = list_of(&["http://h.example.com/", "http://h.example.com:8080/"]);
    assert_found(
        &list,
        &[
            ("http://h.example.com/a/b?c", "url-prefix", "http://h.example.com/"),
            ("http://h.example.com:8080/a", "url-prefix", "http://h.example.com:8080/"),
            ("http://h.example.com:8081/a", "", ""),
            ("http://g.h.example.com/", "", ""),
            ("h.example.com", "", ""),
        ],
    );
}

#[test]
fn a_url_with_a_query_holds_nothing() {
    let list = list_of(&["http://h.example.com/a?x"]);
    assert_found(
        &list,
        &[
            ("http://h.example.com/a?x", "exact", "http://h.example.com/a?x"),
            ("http://h.example.com/a?xy", "", ""),
            ("http://h.example.com/a?x/y", "", ""),
            ("http://h.example.com/a", "", ""),
        ],
    );
}

#[test]
fn the_longest_folder_wins() {
    let list = list_of(&["http://h.example.com/", "http://h.example.com/a", "http://h.example.com/a/b/"]);
    assert_found(
        &list,
        &[
            ("http://h.example.com/a/b/c", "url-prefix", "http://h.example.com/a/b/"),
            ("http://h.example.com/a/b", "url-prefix", "http://h.example.com/a/b/"),
            ("http://h.example.com/a/c", "url-prefix", "http://h.example.com/a"),
            ("http://h.example.com/c", "url-prefix", "http://h.example.com/"),
        ],
    );
}

#[test]
fn folders_of_more_than_thirty_two_segments_are_not_tried() {
    let folder = |segments| format!("http://h.example.com{}", "/a".repeat(segments));
    let deep = format!("{}/end", folder(40));
    assert_eq!(found(&list_of(&[&folder(33)]), &deep), None);
    assert_eq!(found(&list_of(&[&folder(33)]), &folder(33)), Some(("exact", folder(33))));
    assert_eq!(found(&list_of(&[&folder(32)]), &deep), Some(("url-prefix", folder(32))));
    let root = "http://h.example.com/";
    assert_eq!(found(&list_of(&[root]), &deep), Some(("url-prefix", root.to_owned())));
}

#[test]
fn a_host_and_its_parents_stand_for_a_url() {
    let list = list_of(&["h.example.com", "example.com", "1.2.3.4", "2001:db8::1"]);
    assert_found(
        &list,
        &[
            ("https://h.example.com:8443/a", "url-host", "h.example.com"),
            ("ftp://user@h.example.com/a", "url-host", "h.example.com"),
            ("http://g.example.com/", "parent-domain", "example.com"),
            ("http://example.net/", "", ""),
            ("http://1.2.3.4:8080/x", "url-host", "1.2.3.4"),
            ("http://[2001:db8:0::1]/x", "url-host", "2001:db8::1"),
            ("http://1.2.3.5/", "", ""),
        ],
    );
}

#[test]
fn a_network_stands_for_a_url_whose_host_it_holds() {
    let list = list_of(&["1.2.3.0/24", "2001:db8::/32"]);
    assert_found(
        &list,
        &[
            ("http://1.2.3.4/", "cidr", "1.2.3.0/24"),
            ("http://0x1020304/", "cidr", "1.2.3.0/24"),
            ("tcp://[2001:db8::5]:99", "cidr", "2001:db8::/32"),
        ],
    );
}

#[test]
fn the_most_specific_entry_wins_and_nothing_of_the_others_is_mixed_in() {
    let details = |score, source| Details { score: Some(score), source: Some(source), ..Details::default() };
    let entries = [
        ("http://h.example.com/a?x", details(1, "url")),
        ("http://h.example.com/a", details(2, "folder")),
        ("h.example.com", details(3, "host")),
        ("example.com", Details { verdict: Verdict::Malicious, id: Some("9"), ..details(100, "parent") }),
    ];
    for expected in 0..entries.len() {
        let list =
            build(entries[expected..].iter().map(|(value, details)| Entry { value, kind: None, details: *details }));
        let hit = hit(&list, "http://h.example.com/a?x").unwrap();
        let (_, details) = &entries[expected];
        assert_eq!(
            (hit.score, hit.source, hit.verdict, hit.id),
            (details.score, details.source, details.verdict, details.id)
        );
    }
}

#[test]
fn a_hit_tells_all_that_its_entry_says() {
    let details = Details {
        verdict: Verdict::Suspicious,
        score: Some(55),
        source: Some("threatq"),
        id: Some("4711"),
        label: Some("Zwiebel 🧅"),
        expires_at_ms: None,
    };
    let list = build(["a.example.com", "1.2.3.4", "10.0.0.0/8", "2001:db8::/32"].map(|value| Entry {
        value,
        kind: None,
        details,
    }));
    for query in ["b.a.example.com", "1.2.3.4", "10.1.1.1", "2001:db8::1"] {
        let hit = hit(&list, query).unwrap();
        assert_eq!(
            (hit.verdict, hit.score, hit.source, hit.id, hit.label),
            (Verdict::Suspicious, Some(55), Some("threatq"), Some("4711"), Some("Zwiebel 🧅")),
            "{query}"
        );
    }
}

#[test]
fn an_entry_about_which_nothing_is_said_says_nothing() {
    let list = list_of(&["a.example.com"]);
    let hit = hit(&list, "a.example.com").unwrap();
    assert_eq!((hit.verdict, hit.score, hit.source, hit.id, hit.label), (Verdict::Unknown, None, None, None, None));
}

#[test]
fn an_entry_past_its_end_is_passed_over_for_a_less_specific_one() {
    let ending =
        |value, expires_at_ms| Entry { value, kind: None, details: Details { expires_at_ms, ..Details::default() } };
    let (past, future) = (Some(NOW - 1), Some(NOW + 1));
    let list = build([
        ending("h.example.com", past),
        ending("example.com", future),
        ending("10.1.0.0/16", past),
        ending("10.0.0.0/8", None),
        ending("http://u.example.com/a/b", past),
        ending("http://u.example.com/a", future),
        ending("alone.example.net", past),
    ]);
    assert_eq!(list.size(), 7);
    // One hour and a millisecond after the last full hour: what ended within it has gone.
    let later = NOW + 1;
    let found =
        |query, now| list.match_value(query, native_to_ascii, now).map(|found| found.matched_value().to_owned());
    assert_eq!(found("h.example.com", later).as_deref(), Some("example.com"));
    assert_eq!(found("10.1.2.3", later).as_deref(), Some("10.0.0.0/8"));
    assert_eq!(found("10.1.0.0/16", later).as_deref(), Some("10.0.0.0/8"));
    assert_eq!(found("http://u.example.com/a/b", later).as_deref(), Some("http://u.example.com/a"));
    assert_eq!(found("alone.example.net", later), None);
    // Rounded up to the hour, the ends lie at NOW and an hour later.
    assert_eq!(found("h.example.com", NOW).as_deref(), Some("h.example.com"));
    assert_eq!(found("x.example.com", NOW + HOUR).as_deref(), Some("example.com"));
    assert_eq!(found("x.example.com", NOW + HOUR + 1), None);
}

#[test]
fn the_clock_is_read_only_for_an_entry_that_ends() {
    let ends = Details { expires_at_ms: Some(NOW + HOUR), ..Details::default() };
    let list = build([
        Entry { value: "ends.example.com", details: ends, ..Entry::default() },
        entry("stays.example.com"),
        entry("10.0.0.0/8"),
    ]);
    let read = Cell::new(0);
    let clock = || {
        read.set(read.get() + 1);
        NOW
    };
    let mut matched = 0;
    for query in ["stays.example.com", "10.1.1.1", "example.org", "ends.example.com"] {
        assert_eq!(read.get(), 0, "before {query}");
        list.match_query(query, native_to_ascii, &clock, &mut |_, _, _| matched += 1);
    }
    assert_eq!((read.get(), matched), (1, 3));
}

#[test]
fn a_name_without_a_listed_last_label_is_found_if_an_entry_gave_its_kind() {
    let list = build([Entry { value: "apk.xrat", kind: Some(Kind::Domain), ..Entry::default() }]);
    assert_found(
        &list,
        &[
            ("apk.xrat", "exact", "apk.xrat"),
            ("APK[.]xrat", "exact", "apk.xrat"),
            ("a.apk.xrat", "parent-domain", "apk.xrat"),
            ("http://apk.xrat/x", "url-host", "apk.xrat"),
        ],
    );
}

#[test]
fn a_name_in_another_script_is_found_by_its_a_labels() {
    let list = list_of(&["münchen.example.com"]);
    assert_found(
        &list,
        &[
            ("MÜNCHEN.example.com", "exact", "xn--mnchen-3ya.example.com"),
            ("a.xn--mnchen-3ya.example.com", "parent-domain", "xn--mnchen-3ya.example.com"),
        ],
    );
}

#[test]
fn the_query_is_told_in_its_canonical_form() {
    let list = list_of(&["example.com"]);
    let found = list.match_value(" hxxp://A.example[.]com ", native_to_ascii, NOW).unwrap();
    assert_eq!((found.kind, found.value.as_str()), (Kind::Url, "http://a.example.com/"));
}

#[test]
fn what_matches_in_a_text_is_told_with_its_place_in_utf_16() {
    let list = list_of(&["evil.com", "1.2.3.0/24", "http://h.net/a"]);
    let text = "😀 see a[.]evil[.]com, good.com and hxxps://h.net/a/b (from 1.2.3.4); version 1.2.3.5";
    let mut told = Vec::new();
    list.match_text(text, native_to_ascii, &|| NOW, &mut |found, hit| {
        let units: Vec<u16> = text.encode_utf16().skip(found.start).take(found.end - found.start).collect();
        let raw = String::from_utf16(&units).unwrap();
        told.push((raw, hit.matched_by.name(), hit.matched_value.of(found.value).to_owned()));
    });
    let expected = [
        ("a[.]evil[.]com", "parent-domain", "evil.com"),
        ("hxxps://h.net/a/b", "url-prefix", "http://h.net/a"),
        ("1.2.3.4", "cidr", "1.2.3.0/24"),
    ];
    assert_eq!(told, expected.map(|(raw, by, value)| (raw.to_owned(), by, value.to_owned())));
}

fn word() -> impl Strategy<Value = String> {
    "[ab]\\.(com|net|org)|1\\.2\\.3\\.[0-9]|x|http://[ab]\\.com/[ab]"
}

proptest! {
    #[test]
    fn a_text_matches_as_its_indicators_do(words in prop::collection::vec(word(), 0..20)) {
        let list = list_of(&["a.com", "b.net", "1.2.3.4/30", "http://b.com/a"]);
        let text = words.join(" ");
        let mut told = Vec::new();
        list.match_text(&text, native_to_ascii, &|| NOW, &mut |found, hit| {
            told.push((found.value.to_owned(), hit.matched_by));
        });
        let mut expected = Vec::new();
        extract(&text, &ExtractOptions::default(), native_to_ascii, &mut |found| {
            if let Some(hit) = hit(&list, found.value) {
                expected.push((found.value.to_owned(), hit.matched_by));
            }
        });
        prop_assert_eq!(told, expected);
    }
}
