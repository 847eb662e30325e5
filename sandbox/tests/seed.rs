//! The embedded data holds what demos and tests of others count on.

use std::collections::BTreeSet;

use ioc_lookup::indicator::Kind;
use sandbox::seed;
use serde_json::json;

use crate::support::Sandbox;

#[test]
fn every_kind_comes_in_every_status() {
    let records = seed::records().unwrap();
    let pairs: BTreeSet<(String, String)> = records
        .iter()
        .filter_map(|record| {
            let status = record.known_to("threatq")?.get("status")?.as_str()?;
            Some((record.kind?.name().to_owned(), status.to_owned()))
        })
        .collect();
    for kind in Kind::ALL {
        for status in ["Active", "Expired", "Indirect", "Review", "Whitelisted", "False Positive"] {
            assert!(pairs.contains(&(kind.name().to_owned(), status.to_owned())), "{kind:?} {status}");
        }
    }
}

#[test]
fn each_platform_knows_something_alone_and_something_with_both_others() {
    let records = seed::records().unwrap();
    let platforms = ["threatq", "qradar", "taegis"];
    for platform in platforms {
        let alone = |record: &&sandbox::record::Record| record.platforms.keys().eq([platform]);
        assert!(records.iter().filter(alone).count() >= 5, "{platform}");
    }
    assert!(records.iter().filter(|record| record.platforms.len() == 3).count() >= 15);
}

#[test]
fn every_level_of_tlp_is_there() {
    let records = seed::records().unwrap();
    let levels: BTreeSet<&str> =
        records.iter().flat_map(|record| &record.sources).filter_map(|source| source.tlp.as_deref()).collect();
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), ["AMBER", "AMBER+STRICT", "CLEAR", "GREEN", "RED", "WHITE"]);
}

#[test]
fn names_and_addresses_are_reserved_ones() {
    for record in seed::records().unwrap() {
        let value = record.value.to_ascii_lowercase();
        let fits = match record.kind {
            Some(Kind::Ipv4 | Kind::Cidr) => {
                ["192.0.2.", "198.51.100.", "203.0.113."].iter().any(|net| value.starts_with(net))
            }
            Some(Kind::Ipv6) => value.starts_with("2001:db8:"),
            Some(Kind::Domain | Kind::Email) => value.ends_with(".example") || value == "example.com",
            Some(Kind::Url) => value.split('/').nth(2).is_some_and(|host| host.ends_with(".example")),
            Some(Kind::Asn) => (64_496..=64_511).contains(&value[2..].parse::<u32>().unwrap()),
            Some(Kind::Cve) => value.starts_with("cve-2099-"),
            _ => true,
        };
        assert!(fits, "{}", record.value);
    }
}

#[test]
fn urls_are_stored_without_their_scheme_for_threatq() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    assert!(session.id_of("bad.example/gate.php") > 0);
    let body = json!({ "criteria": { "value": "http://bad.example/gate.php" } });
    assert_eq!(session.post("/api/indicators/query", &body).expect(200)["total"], 0);
}

#[test]
fn hostile_strings_come_back_as_they_are() {
    let sandbox = Sandbox::start();
    let session = sandbox.analyst();
    let body = json!({ "criteria": { "value": "hostile.example" }, "fields": ["*", "attributes", "tags", "sources"] });
    let record = session.post("/api/indicators/query", &body).expect(200)["data"][0].clone();
    let attributes: Vec<&str> =
        record["attributes"].as_array().unwrap().iter().map(|attribute| attribute["value"].as_str().unwrap()).collect();
    for text in
        ["=1+1", "safe\u{202e}txt.exe", "a\0b\u{1b}c", "\"><svg/onload=alert(1)>", "'; DROP TABLE tq_indicator;--"]
    {
        assert!(attributes.contains(&text), "{text:?}");
    }
    assert_eq!(record["description"], "<script>alert(1)</script>");
}

#[test]
fn several_records_may_have_one_value() {
    let sandbox = Sandbox::start();
    let body = json!({ "criteria": { "value": "several.example" }, "fields": ["type"] });
    let answer = sandbox.analyst().post("/api/indicators/query", &body).expect(200);
    let types: BTreeSet<&str> =
        answer["data"].as_array().unwrap().iter().map(|record| record["type"]["name"].as_str().unwrap()).collect();
    assert_eq!(types.into_iter().collect::<Vec<_>>(), ["FQDN", "String"]);
}
