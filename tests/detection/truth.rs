//! Real report texts: what is in them was decided by hand wherever independent readings differed.

use crate::data;
use crate::score::Score;
use ioc_lookup::indicator::{ExtractOptions, extract, native_to_ascii};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A kind and a canonical value.
type Pair = (String, String);

const NETWORK: [&str; 6] = ["ipv4", "ipv6", "cidr", "domain", "url", "email"];

/// What a file of JSON lines says about each report.
fn by_report(name: &str, status: Option<&str>) -> Option<BTreeMap<String, BTreeSet<Pair>>> {
    let lines = fs::read_to_string(data::file(&format!("reports/{name}"))?).unwrap();
    let mut reports: BTreeMap<String, BTreeSet<Pair>> = BTreeMap::new();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |member: &str| row[member].as_str().unwrap_or_default().to_owned();
        if status.is_none_or(|status| row["status"] == status) {
            reports.entry(text("report")).or_default().insert((text("kind"), text("value")));
        }
    }
    Some(reports)
}

fn found_in(report: &str) -> BTreeSet<Pair> {
    let text = fs::read_to_string(data::file(&format!("reports/{report}.adoc")).unwrap()).unwrap();
    let mut found = BTreeSet::new();
    extract(&text, &ExtractOptions::default(), native_to_ascii, &mut |indicator| {
        found.insert((indicator.kind.name().to_owned(), indicator.value.to_owned()));
    });
    found
}

#[test]
fn real_reports_are_read_as_people_read_them() {
    let Some(wanted) = by_report("truth.jsonl", Some("indicator")) else { return };
    let optional = by_report("truth.jsonl", Some("optional")).unwrap();
    let none = BTreeSet::new();
    let (mut all, mut network) = (Score::default(), Score::default());
    for (report, wanted) in &wanted {
        let found = found_in(report);
        let optional = optional.get(report).unwrap_or(&none);
        let found: Vec<&Pair> = found.iter().filter(|pair| !optional.contains(*pair)).collect();
        let wanted: Vec<&Pair> = wanted.iter().collect();
        let network_of = |pairs: &[&Pair]| -> Vec<Pair> {
            pairs.iter().filter(|pair| NETWORK.contains(&pair.0.as_str())).map(|&pair| pair.clone()).collect()
        };
        for missing in wanted.iter().filter(|pair| !found.contains(pair)) {
            println!("missing {report} {missing:?}");
        }
        for wrong in found.iter().filter(|pair| !wanted.contains(pair)) {
            println!("wrong {report} {wrong:?}");
        }
        all.add(&found, &wanted);
        network.add(&network_of(&found), &network_of(&wanted));
    }
    println!("all {:.4} {all:?}\nnetwork {:.4} {network:?}", all.f1(), network.f1());
    assert!(all.f1() >= 0.99 && network.f1() >= 0.985);
}

#[test]
fn what_only_looks_like_an_indicator_is_not_found() {
    let Some(decoys) = by_report("decoys.jsonl", None) else { return };
    let mut taken = 0;
    for (report, decoys) in &decoys {
        for decoy in found_in(report).intersection(decoys) {
            println!("decoy {report} {decoy:?}");
            taken += 1;
        }
    }
    let all: usize = decoys.values().map(BTreeSet::len).sum();
    assert!(taken * 50 <= all, "{taken} of {all} decoys");
}
