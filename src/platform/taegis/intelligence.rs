//! The vendor's own intelligence (CTU): a full-text search per value, twenty to a document, and what the findings relate to.
//!
//! - **Match**: full text finds more than was asked for; an indicator counts where its original value, its address or its
//!   domain is the value.
//! - **Ends**: one whose every given end has passed is `expired`: its score is told, and decides nothing.

use super::evidence::{ACTIVE, Evidence, Seen};
use super::graphql::{Api, literal, literals};
use crate::http::Request;
use crate::json::Raw;
use crate::platform::member::{items, moment, text};
use crate::report::Verdict;
use std::borrow::Cow;

/// Values in one request.
pub(super) const BATCH: usize = 20;
/// Indicators in one request for relations.
pub(super) const RELATIONS_BATCH: usize = 50;

const FIELDS: &str = "fragment I on ThreatIndicator{id original_indicator ipv4 indicator_class indicator_types score credibility \
suitable_for_detection created valid_from valid_until last_observation detection_valid_until enrichment_valid_until tags label \
context dns{Domain}}";

/// One document that searches for each value, under the aliases `a0`, `a1` …
pub(super) fn request(api: &Api, values: &[&str]) -> Request {
    let mut document = String::from("{");
    for (index, value) in values.iter().enumerate() {
        document.push_str(&alias(index));
        document.push_str(":threatIntelligence(objectType:indicator,filters:{where:{textSearch:");
        document.push_str(&literal(value));
        document.push_str("}},page:{offset:0,limit:5}){intel{indicators{...I}}}");
    }
    document.push('}');
    document.push_str(FIELDS);
    api.document(&document, None).read_only()
}

pub(super) fn alias(index: usize) -> String {
    ["a", &index.to_string()].concat()
}

/// What belongs to the indicators of these ids.
pub(super) fn relations_request(api: &Api, ids: &[String]) -> Request {
    let document = [
        "{threatIndicatorsIntelligence(ID:",
        &literals(ids.iter().map(String::as_str)),
        "){indicator{id}malware{malware{id name}}groups{group{id name}}reports{report{id name}}}}",
    ];
    api.document(&document.concat(), None).read_only()
}

/// The indicators that a search found.
pub(super) fn found(search: Raw<'_>) -> impl Iterator<Item = Raw<'_>> {
    items(search.get("intel").and_then(|intel| intel.get("indicators")))
}

/// The texts that an indicator may be known by.
pub(super) fn spellings(indicator: Raw<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    let domain = indicator.get("dns").and_then(|dns| dns.get("Domain"));
    [indicator.get("original_indicator"), indicator.get("ipv4"), domain].into_iter().filter_map(text)
}

/// What belongs to an indicator: our word, the name, the id.
pub(super) fn relations(record: Raw<'_>) -> impl Iterator<Item = (&'static str, Cow<'_, str>, Option<String>)> {
    [("malware", "malware", "malware"), ("groups", "group", "adversary"), ("reports", "report", "report")]
        .into_iter()
        .flat_map(move |(list, member, kind)| items(record.get(list)).map(move |item| (kind, item.get(member))))
        .filter_map(|(kind, thing)| {
            let thing = thing?;
            Some((kind, text(thing.get("name"))?, text(thing.get("id")).map(Cow::into_owned)))
        })
}

/// What the vendor says, `now` being the wall clock in ms.
pub(super) fn evidence(indicator: Raw<'_>, now: i64) -> Evidence<'_> {
    let [detection_ends, enrichment_ends, ends] =
        ["detection_valid_until", "enrichment_valid_until", "valid_until"].map(|name| moment(indicator.get(name)));
    let given = || [detection_ends, enrichment_ends, ends].into_iter().flatten();
    let expired = given().next().is_some() && given().all(|end| end < now);
    let (score, benign) = score(indicator);
    let mut evidence = Evidence {
        score: Some(score),
        verdict: match (expired, benign) {
            (true, _) => Some(Verdict::Unknown),
            (_, true) => Some(Verdict::Benign),
            _ => None,
        },
        status: Some(if expired { "expired" } else { ACTIVE }),
        tags: items(indicator.get("tags")).filter_map(|tag| text(Some(tag))).collect(),
        expires_at: detection_ends.or(ends),
        ..Evidence::default()
    };
    evidence.tags.extend(text(indicator.get("label")));
    evidence.sources.push(Seen {
        name: "CTU".into(),
        first: moment(indicator.get("valid_from")).or_else(|| moment(indicator.get("created"))),
        last: moment(indicator.get("last_observation")),
    });
    let types: Vec<_> = types(indicator).collect();
    evidence.note("indicator_types", (!types.is_empty()).then(|| types.join(", ").into()));
    evidence.note_members(indicator, &["credibility", "score", "context"]);
    evidence
}

fn types(indicator: Raw<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    items(indicator.get("indicator_types")).filter_map(|kind| text(Some(kind)))
}

/// The score of the worst type, and whether the vendor vouches for it. Its own `score` has no known range.
fn score(indicator: Raw<'_>) -> (u32, bool) {
    let suitable = indicator.get("suitable_for_detection").and_then(Raw::flag) == Some(true);
    let doubtful = text(indicator.get("credibility")).is_some_and(|word| word.eq_ignore_ascii_case("low"));
    let malicious = match (doubtful, suitable) {
        (true, _) => 50,
        (false, true) => 90,
        (false, false) => 70,
    };
    let of_type = |kind: Cow<'_, str>| match &*kind {
        "benign" => 0,
        "malicious_activity" => malicious,
        "compromised" => 60,
        "attribution" => 50,
        _ => 40,
    };
    let score = types(indicator).map(of_type).max();
    (score.unwrap_or(40), score == Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    const NOW: i64 = 1_767_225_600_000; // 2026-01-01

    fn judged(indicator: &str) -> (Option<u32>, Option<Verdict>, Option<&'static str>) {
        let evidence = evidence(json::parse(indicator).unwrap(), NOW);
        (evidence.score, evidence.verdict, evidence.status)
    }

    #[test]
    fn types_and_credibility_become_a_score() {
        for (indicator, score, verdict) in [
            (r#"{"indicator_types":["malicious_activity"],"suitable_for_detection":true}"#, 90, None),
            (r#"{"indicator_types":["malicious_activity","benign"],"suitable_for_detection":false}"#, 70, None),
            (
                r#"{"indicator_types":["malicious_activity"],"suitable_for_detection":true,"credibility":"Low"}"#,
                50,
                None,
            ),
            (r#"{"indicator_types":["compromised"]}"#, 60, None),
            (r#"{"indicator_types":["attribution"]}"#, 50, None),
            (r#"{"indicator_types":["anonymization"]}"#, 40, None),
            (r#"{"indicator_types":[]}"#, 40, None),
            ("{}", 40, None),
            (r#"{"indicator_types":["benign"]}"#, 0, Some(Verdict::Benign)),
        ] {
            assert_eq!(judged(indicator), (Some(score), verdict, Some("active")), "{indicator}");
        }
    }

    #[test]
    fn only_when_every_given_end_has_passed_it_is_expired() {
        let malicious = |ends: &str| judged(&format!(r#"{{"indicator_types":["malicious_activity"],{ends}}}"#));
        let expired = (Some(70), Some(Verdict::Unknown), Some("expired"));
        assert_eq!(malicious(r#""valid_until":"2025-12-31T00:00:00Z""#), expired);
        assert_eq!(
            malicious(r#""valid_until":"2025-12-31","detection_valid_until":"2025-01-01"}"#.trim_end_matches('}')),
            expired
        );
        assert_eq!(malicious(r#""valid_until":"2025-12-31","detection_valid_until":"2026-06-01""#).2, Some("active"));
        assert_eq!(malicious(r#""valid_until":null"#).2, Some("active"));
    }
}
