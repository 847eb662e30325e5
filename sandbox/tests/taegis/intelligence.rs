//! The vendor's intelligence: search, relations, watchlist, malware files, publications.

use serde_json::{Value, json};

use super::{Session, each, session, set};
use crate::support::Sandbox;

fn search(session: &Session<'_>, filters: &str) -> Value {
    session.one(&format!(
        "{{ threatIntelligence(objectType: indicator, filters: {{ {filters} }}, page: {{ offset: 0, limit: 50 }}) {{
           total_results threatObjectType intel {{ indicators {{ id original_indicator indicator_class indicator_types score
           credibility suitable_for_detection valid_from detection_valid_until last_observation tags ipv4 dns {{ Domain }} }}
           malwares {{ name }} }} }} }}"
    ))
}

fn values(answer: &Value) -> Vec<&str> {
    let mut values = each(&answer["intel"]["indicators"], "original_indicator");
    values.sort_unstable();
    values
}

#[test]
fn a_text_is_found_in_any_part_and_any_case() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let answer = search(&reader, r#"where: { textSearch: "CTU-ONLY.example" }"#);
    assert_eq!(values(&answer), ["ctu-only.example", "http://ctu-only.example/drop"]);
    assert_eq!((&answer["total_results"], &answer["threatObjectType"]), (&json!(2), &json!("indicator")));
    assert_eq!(answer["intel"]["malwares"], json!([]));
    let one = search(&reader, r#"where: { textSearch: "bad.example" }"#)["intel"]["indicators"][0].clone();
    assert_eq!((&one["dns"]["Domain"], &one["credibility"]), (&json!("bad.example"), &json!("high")));
    assert_eq!(
        (&one["indicator_types"], &one["suitable_for_detection"]),
        (&json!(["malicious_activity"]), &json!(true))
    );
    assert_eq!(search(&reader, r#"where: { textSearch: "nothing of that kind" }"#)["total_results"], 0);
    for hostile in [r#"%"#, r#"_____________________________________________"#, r#"\") { x } #"#] {
        assert_eq!(
            search(&reader, &format!(r#"where: {{ textSearch: "{hostile}" }}"#))["total_results"],
            0,
            "{hostile}"
        );
    }
}

#[test]
fn twenty_texts_go_into_one_document() {
    let sandbox = Sandbox::start();
    let aliases: String = (0..20)
        .map(|index| format!(
            r#"a{index}: threatIntelligence(objectType: indicator, filters: {{ where: {{ textSearch: "{}" }} }}, page: {{ offset: 0, limit: 5 }})
               {{ intel {{ indicators {{ original_indicator }} }} }}"#,
            if index == 13 { "192.0.2.77" } else { "unknown.example" },
        ))
        .collect();
    let answer = session(&sandbox, "auditor").data(&format!("{{ {aliases} }}"));
    assert_eq!(answer.as_object().unwrap().len(), 20);
    assert_eq!(values(&answer["a13"]), ["192.0.2.77"]);
}

#[test]
fn filters_combine() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let of =
        |filters: &str| -> Vec<String> { values(&search(&reader, filters)).into_iter().map(str::to_owned).collect() };
    assert_eq!(of(r#"where: { indicatorType: "benign" }"#), ["benign-ctu.example"]);
    assert_eq!(of(r#"where: { malware: "ipsumloader" }"#), ["c0ffee00000000000000000000000000", "expired-ctu.example"]);
    assert_eq!(of(r#"where: { malware_contains: "ipsum", not: { credibility: "low" } }"#), ["expired-ctu.example"]);
    assert_eq!(of(r#"where: { or: [{ indicatorType: "compromised" }, { indicatorType: "benign" }] }"#).len(), 2);
    assert_eq!(of(r#"where: { threatGroup_contains: "jackal" }"#), ["compromised-ctu.example"]);
    assert_eq!(
        of(r#"where: { malware: "ipsumloader" }, timeRange: { start: "2026-01-01" }"#),
        ["c0ffee00000000000000000000000000"]
    );
}

#[test]
fn current_and_expired_ones_are_there() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let until = |text: &str| {
        search(&reader, &format!(r#"where: {{ textSearch: "{text}" }}"#))["intel"]["indicators"][0]["detection_valid_until"].clone()
    };
    assert_eq!(until("expired-ctu.example"), "2025-04-15T00:00:00Z");
    assert_eq!(until("bad.example"), "2035-09-01T00:00:00Z");
    assert_eq!(until("192.0.2.77"), Value::Null);
}

#[test]
fn what_an_indicator_belongs_to_is_told_and_unknown_ids_are_left_out() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let id = search(&reader, r#"where: { textSearch: "gave up long ago" }"#)["intel"]["indicators"][0]["id"].clone();
    let other = search(&reader, r#"where: { textSearch: "nobody else" }"#)["intel"]["indicators"][0]["id"].clone();
    let answer = reader.one(&format!(
        r#"{{ threatIndicatorsIntelligence(ID: [{id}, "indicator--unknown", {other}, "bad.example"]) {{
             indicator {{ original_indicator }} malware {{ malware {{ id name }} }} groups {{ group {{ id name }} }}
             reports {{ report {{ id name }} }} }} }}"#
    ));
    assert_eq!(answer.as_array().unwrap().len(), 2);
    assert_eq!(answer[0]["malware"][0]["malware"]["name"], "IpsumLoader");
    assert_eq!(answer[0]["groups"], json!([]));
    assert_eq!(answer[1]["groups"][0]["group"]["name"], "Sample Bear");
    assert_eq!(answer[1]["reports"][0]["report"]["name"], "SampleRAT: how it talks");
    let ids = reader.one(&format!(r#"{{ threatIndicators(ids: ["x", {other}]) {{ original_indicator }} }}"#));
    assert_eq!(ids, json!([{ "original_indicator": "ctu-only.example" }]));
    assert_eq!(reader.one(r#"{ threatIndicatorIntelligence(ID: "x") { indicator { id } } }"#), Value::Null);
    let reports = reader.one(&format!("{{ threatIndicatorPublications(ID: {other}) {{ reportID }} }}"));
    assert_eq!(reports, json!([{ "reportID": "CTU-2026-001" }]));
}

#[test]
fn malware_groups_and_reports_are_searched_too() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let answer = reader.one(
        r#"{ threatIntelligence(objectType: all, filters: { where: { textSearch: "sample" } }) { total_results
             intel { malwares { name family malware_types } groups { name Aliases } reports { name } indicators { id } } } }"#,
    );
    assert_eq!(each(&answer["intel"]["malwares"], "name"), ["SampleRAT"]);
    assert_eq!(answer["intel"]["malwares"][0]["malware_types"], json!(["remote_access_trojan"]));
    assert_eq!(each(&answer["intel"]["groups"], "name"), ["Sample Bear"]);
    let sorted = reader.one(
        "{ threatIntelligence(objectType: malware, sortBy: [{ field: malware_family, direction: asc }]) { intel { malwares { name } } } }",
    );
    assert_eq!(each(&sorted["intel"]["malwares"], "name"), ["IpsumLoader", "SampleRAT"]);
}

#[test]
fn the_watchlist_is_newest_first_and_whole_without_a_page() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let list = |arguments: &str| {
        reader.one(&format!("{{ threatWatchlist({arguments}) {{ source_ref confidence created target_ref }} }}"))
    };
    let all = list("type: IP");
    assert_eq!(each(&all, "source_ref"), ["192.0.2.77", "2001:db8::c2"]);
    assert!(each(&list("type: DOMAIN"), "created").is_sorted_by(|one, next| one >= next));
    assert!(each(&list("type: DOMAIN"), "source_ref").contains(&"bad.example"));
    assert_eq!(each(&list("type: IP, page: { limit: 1, offset: 1 }"), "source_ref"), ["2001:db8::c2"]);
    assert_eq!(each(&list("type: IP, filters: { where: { confidence_gte: 80 } }"), "source_ref"), ["192.0.2.77"]);
    assert_eq!(
        each(&list(r#"type: IP, filters: { timeRange: { start: "2026-03-01T00:00:00Z" } }"#), "source_ref"),
        ["192.0.2.77"]
    );
    let with_ids = set(&["watchlist_refs=ids"]);
    let refs = session(&with_ids, "auditor").one("{ threatWatchlist(type: IP) { source_ref } }");
    assert!(refs[0]["source_ref"].as_str().unwrap().starts_with("indicator--"), "{refs}");
}

#[test]
fn malware_files_come_in_pages_that_lead_on() {
    let sandbox = set(&["malware_files_page=2"]);
    let reader = session(&sandbox, "auditor");
    let (mut last, mut hashes) = (Value::Null, Vec::new());
    loop {
        let page = reader.data_with(
            "query($l: String) { threatTimsMalwareFiles(last_created: $l) { last_created has_more files { file_hash confidence threat_description } } }",
            &json!({ "l": last }),
        )["threatTimsMalwareFiles"]
            .clone();
        hashes.extend(each(&page["files"], "file_hash").into_iter().map(str::to_owned));
        last = page["last_created"].clone();
        if page["has_more"] == false {
            break;
        }
        assert_eq!(page["files"].as_array().unwrap().len(), 2);
    }
    let whole =
        session(&Sandbox::start(), "auditor").one("{ threatTimsMalwareFiles { has_more files { file_hash } } }");
    assert_eq!(whole["has_more"], false);
    assert_eq!(each(&whole["files"], "file_hash"), hashes);
    let mut different = hashes.clone();
    different.sort_unstable();
    different.dedup();
    assert!(different.len() == hashes.len() && hashes.len() > 6, "{hashes:?}");
    let recent = reader.one(
        r#"{ threatTimsMalwareFiles(filters: { timeRange: { start: "2026-03-09T12:00:00Z" }, where: { threatDescription: "samplerat" } }) { files { file_hash } has_more } }"#,
    );
    assert_eq!((recent["files"].as_array().unwrap().len(), &recent["has_more"]), (2, &json!(true)));
}

#[test]
fn publications_are_found_by_their_text() {
    let sandbox = Sandbox::start();
    let reader = session(&sandbox, "auditor");
    let one = reader.one(r#"{ threatPublications(text: "PORT 443") { Name TLP } }"#);
    assert_eq!(one, json!([{ "Name": "SampleRAT: how it talks", "TLP": "AMBER" }]));
    assert_eq!(
        reader.one(r#"{ threatPublicationsSearch(text: ["invoice", "orders"]) { id } }"#).as_array().unwrap().len(),
        2
    );
    assert_eq!(
        reader.one("{ threatLatestPublications(from: 0, size: 1) { id } }"),
        json!([{ "id": "publication--1" }])
    );
    assert_eq!(reader.one("{ threatLatestPublications(from: 5, size: 1) { id } }"), json!([]));
}
