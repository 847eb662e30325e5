//! `reputation`: what third-party engines say, told apart by `__typename`.
//!
//! - **Shape**: a list in no promised order, matched by `indicator`. An item's own `error` leaves the others as they are.
//! - **Units**: times are seconds since 1970.
//! - **Scores**: three engines of VirusTotal make it malicious (70 and up), one or two suspicious (50, 60); weaker words of
//!   VirusTotal and APIVoid count up from 40.

use super::evidence::{Evidence, Seen};
use super::graphql::Api;
use crate::http::Request;
use crate::json::{Object, Raw, array};
use crate::report::Verdict;

/// Values in one request.
pub(super) const BATCH: usize = 100;

/// Few members, since one that a region's schema lacks spoils the whole document.
const DOCUMENT: &str = "query($indicators:[ThreatContextIndicatorInput!]!){reputation(indicators:$indicators){__typename \
...on ThreatContextIPInfo{indicator error reputation_stats{...S}bigbird_results{ip_context{first_seen last_seen tor vpn proxy scanning}}}\
...on ThreatContextDomainInfo{indicator error reputation_stats{...S}bigbird_results{domain_context{first_seen last_seen newly_registered_domain}}}\
...on ThreatContextURLInfo{indicator error reputation_stats{...S}}\
...on ThreatContextFileInfo{indicator error reputation_stats{...S}bigbird_results{file_context{nsrl}}}}}\
fragment S on ReputationStats{vt_harmless vt_malicious vt_suspicious vt_undetected vt_timeout apivoid_detections}";

pub(super) fn request(api: &Api, values: &[&str]) -> Request {
    let indicators = values.iter().map(|value| Object::new().text("indicator", value).finish());
    let variables = Object::new().raw("indicators", &array(indicators)).finish();
    api.document(DOCUMENT, Some(&variables)).read_only()
}

const COUNTS: [&str; 6] =
    ["vt_harmless", "vt_malicious", "vt_suspicious", "vt_undetected", "vt_timeout", "apivoid_detections"];

/// What an item says; `None`: the engines do not know the value.
pub(super) fn evidence(item: Raw<'_>) -> Option<Evidence<'_>> {
    if item.get("error").is_some_and(|error| !error.is_null()) {
        return None;
    }
    let stats = item.get("reputation_stats")?;
    let counts = stats.pick(&COUNTS)?.map(|count| count?.number());
    let [vt @ .., apivoid] = counts;
    let [_, malicious, suspicious, _, _] = vt.map(|count| count.unwrap_or(0.0) as u32);
    let weak = suspicious + apivoid.unwrap_or(0.0) as u32;
    let (by_vt, by_apivoid) = (vt.iter().any(Option::is_some), apivoid.is_some());
    if !by_vt && !by_apivoid {
        return None;
    }
    let score = match (malicious, weak) {
        (3.., _) => (64 + 2 * malicious.min(50)).min(100),
        (1 | 2, _) => 40 + 10 * malicious,
        (0, 1..) => (37 + 3 * weak.min(50)).min(59),
        (0, 0) => 0,
    };
    let context = item.get("bigbird_results").and_then(|results| {
        let contexts = results.pick(&["ip_context", "domain_context", "file_context"])?;
        contexts.into_iter().flatten().find(|context| context.is_object())
    });
    let mut evidence = Evidence { score: Some(score), ..Evidence::default() };
    evidence.note_members(stats, &COUNTS);
    evidence.note_flags(context, &["tor", "vpn", "proxy", "scanning", "newly_registered_domain", "nsrl"]);
    if score == 0 && context.and_then(|context| context.get("nsrl")).and_then(Raw::flag) == Some(true) {
        evidence.verdict = Some(Verdict::Benign);
    }
    evidence.seen = ["first_seen", "last_seen"].map(|name| {
        let seconds = context?.get(name)?.number().filter(|seconds| *seconds > 0.0)?;
        Some(seconds as i64 * 1_000)
    });
    for (name, present) in [("VirusTotal", by_vt), ("APIVoid", by_apivoid)] {
        if present {
            evidence.sources.push(Seen { name: name.into(), first: None, last: None });
        }
    }
    Some(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn score(stats: &str) -> Option<u32> {
        let item = format!(r#"{{"indicator":"x","error":null,"reputation_stats":{stats}}}"#);
        evidence(json::parse(&item).unwrap()).and_then(|evidence| evidence.score)
    }

    #[test]
    fn engines_become_a_score() {
        for (stats, expected) in [
            (r#"{"vt_malicious":3}"#, Some(70)),
            (r#"{"vt_malicious":10,"vt_suspicious":4}"#, Some(84)),
            (r#"{"vt_malicious":99}"#, Some(100)),
            (r#"{"vt_malicious":1}"#, Some(50)),
            (r#"{"vt_malicious":2}"#, Some(60)),
            (r#"{"vt_suspicious":1}"#, Some(40)),
            (r#"{"apivoid_detections":2,"vt_suspicious":1}"#, Some(46)),
            (r#"{"apivoid_detections":40}"#, Some(59)),
            (r#"{"vt_harmless":60,"vt_malicious":0}"#, Some(0)),
            (r#"{"vt_harmless":null}"#, None),
            ("null", None),
        ] {
            assert_eq!(score(stats), expected, "{stats}");
        }
    }

    #[test]
    fn an_item_with_an_error_says_nothing_and_a_known_file_is_benign() {
        let item = |error: &str| {
            format!(
                r#"{{"error":{error},"reputation_stats":{{"vt_undetected":9}},"bigbird_results":{{"file_context":{{"nsrl":true}}}}}}"#
            )
        };
        assert!(evidence(json::parse(&item("\"not found\"")).unwrap()).is_none());
        let text = item("null");
        let evidence = evidence(json::parse(&text).unwrap()).unwrap();
        assert_eq!((evidence.verdict, evidence.score), (Some(Verdict::Benign), Some(0)));
        assert_eq!(evidence.attributes.last().unwrap().name, "nsrl");
    }
}
