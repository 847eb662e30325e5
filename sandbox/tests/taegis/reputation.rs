//! What engines say: every kind, unknown values, what is no indicator, failures of single items.

use serde_json::{Value, json};

use super::{session, set};
use crate::support::{Folder, Sandbox};

const REPUTATION: &str = "query($i: [ThreatContextIndicatorInput!]!) { reputation(indicators: $i) {
  __typename
  ... on ThreatContextIPInfo { indicator error reputation_stats { ...s } bigbird_results { ip_context { first_seen tor } geo { location { lat } } } }
  ... on ThreatContextDomainInfo { indicator error reputation_stats { ...s } bigbird_results { domain_context { newly_registered_domain } } }
  ... on ThreatContextFileInfo { indicator error reputation_stats { ...s } bigbird_results { file_context { nsrl } } }
  ... on ThreatContextURLInfo { indicator error reputation_stats { ...s } } } }
fragment s on ReputationStats { vt_malicious vt_suspicious vt_harmless apivoid_detections }";

fn ask(sandbox: &Sandbox, values: &[&str]) -> Vec<Value> {
    let indicators: Vec<Value> = values.iter().map(|value| json!({ "indicator": value })).collect();
    let answer = session(sandbox, "auditor").data_with(REPUTATION, &json!({ "i": indicators }));
    answer["reputation"].as_array().unwrap().clone()
}

#[track_caller]
fn item<'a>(items: &'a [Value], value: &str) -> &'a Value {
    items.iter().find(|item| item["indicator"] == value).unwrap()
}

#[test]
fn every_kind_is_told_by_its_type_and_matched_by_its_value() {
    let sandbox = Sandbox::start();
    let values = [
        "198.51.100.200",
        "BAD.example",
        "https://clean.example/",
        "d41d8cd98f00b204e9800998ecf8427e",
        "2001:db8::bad:1",
    ];
    let items = ask(&sandbox, &values);
    let of = |value: &str| item(&items, value);
    assert_eq!(of("198.51.100.200")["__typename"], "ThreatContextIPInfo");
    assert_eq!(
        of("198.51.100.200")["bigbird_results"],
        json!({ "ip_context": { "first_seen": 1_772_323_200, "tor": true }, "geo": { "location": { "lat": 0.5 } } })
    );
    assert_eq!(of("2001:db8::bad:1")["__typename"], "ThreatContextIPInfo");
    assert_eq!(of("BAD.example")["__typename"], "ThreatContextDomainInfo");
    assert!(of("BAD.example")["reputation_stats"]["vt_malicious"].as_i64().unwrap() >= 3);
    assert_eq!(of("https://clean.example/")["__typename"], "ThreatContextURLInfo");
    assert_eq!(of("d41d8cd98f00b204e9800998ecf8427e")["bigbird_results"]["file_context"]["nsrl"], true);
}

#[test]
fn unknown_failed_and_meaningless_values_have_errors_of_their_own() {
    let sandbox = Sandbox::start();
    let items =
        ask(&sandbox, &["unknown.example", "engines-failed.example", "no indicator at all", "engines-only.example"]);
    assert_eq!(
        *item(&items, "unknown.example"),
        json!({
            "__typename": "ThreatContextDomainInfo", "indicator": "unknown.example", "error": "not found",
            "reputation_stats": null, "bigbird_results": null,
        })
    );
    assert_eq!(item(&items, "engines-failed.example")["error"], "upstream engine timed out");
    assert_eq!(item(&items, "no indicator at all")["__typename"], "ThreatContextURLInfo");
    assert!(item(&items, "no indicator at all")["error"].is_string());
    assert_eq!(item(&items, "engines-only.example")["error"], Value::Null);
}

#[test]
fn the_order_is_not_that_of_the_question() {
    let sandbox = Sandbox::start();
    let values: Vec<String> = (0..20).map(|index| format!("n{index}.example")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let items = ask(&sandbox, &values);
    let mut answered: Vec<&str> = items.iter().map(|item| item["indicator"].as_str().unwrap()).collect();
    assert_ne!(answered, values);
    let mut asked = values.clone();
    asked.sort_unstable();
    answered.sort_unstable();
    assert_eq!(answered, asked);
}

#[test]
fn the_risky_ones_come_worst_first() {
    let sandbox = set(&[]);
    let reader = session(&sandbox, "auditor");
    let answer = reader.one(
        "{ riskyIndicators(arguments: { indicatorType: ip, perPage: 5, page: 1 }) { __typename
           ... on ThreatContextIPInfo { indicator reputation_stats { vt_malicious } } } }",
    );
    let counts: Vec<i64> = answer
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            assert_eq!(item["__typename"], "ThreatContextIPInfo");
            item["reputation_stats"]["vt_malicious"].as_i64().unwrap()
        })
        .collect();
    assert_eq!(counts.len(), 5);
    assert!(counts.is_sorted_by(|one, next| one >= next), "{counts:?}");
}

const FEED: &str = "value\tkind\tcategory
fed.example\tdomain\tmalware
Fed.example/Gate.php\turl\tsuspicious
https://fed.example\turl\tmalware
203.0.113.210\tipv4\ttor-exit
d41d8cd98f00b204e9800998ecf8427f\tmd5\tmalicious
fed@mail.example\temail\tmalware
";

#[test]
fn engines_know_what_was_imported() {
    let folder = Folder::new();
    let sandbox = Sandbox::with(|options| options.feeds = vec![folder.file("feed.tsv", FEED)]);
    let values = [
        "FED.example",
        "http://fed.example/Gate.php",
        "https://fed.example/",
        "203.0.113.210",
        "d41d8cd98f00b204e9800998ecf8427f",
        "fed@mail.example",
    ];
    let items = ask(&sandbox, &values);
    let malicious = |value: &str| item(&items, value)["reputation_stats"]["vt_malicious"].as_i64();
    assert_eq!(values.map(malicious), [Some(10), Some(2), Some(10), Some(0), Some(8), None]);
    assert_eq!(item(&items, "http://fed.example/Gate.php")["__typename"], "ThreatContextURLInfo");
    assert_eq!(item(&items, "203.0.113.210")["bigbird_results"]["ip_context"]["tor"], true);
    assert_eq!(item(&items, "fed@mail.example")["error"], "not an indicator");
}

#[test]
fn what_users_of_another_platform_add_is_no_import() {
    let folder = Folder::new();
    let sandbox = Sandbox::with(|options| options.feeds = vec![folder.file("feed.tsv", FEED)]);
    let threatq = sandbox.analyst();
    let added = json!({ "value": "added.example", "type": "FQDN", "status": "Active" });
    threatq.post("/api/indicators", &added).expect(201);
    let items = ask(&sandbox, &["added.example", "only-threatq.example", "fed.example"]);
    assert_eq!(item(&items, "added.example")["error"], "not found");
    assert_eq!(item(&items, "only-threatq.example")["error"], "not found");
    assert_eq!(item(&items, "fed.example")["error"], Value::Null);
}
