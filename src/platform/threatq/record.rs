//! An indicator as ThreatQ sends it, in either of its two shapes, and what we make of it.
//!
//! | | list shape | search shape |
//! |---|---|---|
//! | null members | present | left out |
//! | score | object with decimal strings | plain number |
//! | type, status | ids; objects only when asked for | objects |
//! | sources, attributes | with a nested `pivot`, `attribute` | flat |
//!
//! Members are kept as text and read when they are needed: nothing is allocated for what nobody asks, and a member of an
//! unexpected type costs that member, not the record.

use crate::indicator::Kind;
use crate::report::{Attribute, Related, Source, Thresholds, Verdict};
use crate::time;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

type Raw<'a> = Option<&'a RawValue>;

/// The members that are read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    value: Raw<'a>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    type_name: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    status_name: Raw<'a>,
    #[serde(borrow)]
    score: Raw<'a>,
    #[serde(borrow)]
    sources: Raw<'a>,
    #[serde(borrow)]
    attributes: Raw<'a>,
    #[serde(borrow)]
    tags: Raw<'a>,
    #[serde(borrow)]
    adversaries: Raw<'a>,
    #[serde(borrow)]
    malware: Raw<'a>,
    #[serde(borrow)]
    indicators: Raw<'a>,
    #[serde(borrow)]
    created_at: Raw<'a>,
    #[serde(borrow)]
    updated_at: Raw<'a>,
    #[serde(borrow)]
    touched_at: Raw<'a>,
    #[serde(borrow)]
    published_at: Raw<'a>,
    #[serde(borrow)]
    last_detected_at: Raw<'a>,
    #[serde(borrow)]
    expires_at: Raw<'a>,
}

/// Anything with a name: a type, a status, a tag, a source, an attribute, an adversary.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    value: Raw<'a>,
    #[serde(borrow)]
    tlp: Raw<'a>,
    #[serde(borrow)]
    tlp_name: Raw<'a>,
    #[serde(borrow)]
    tlp_id: Raw<'a>,
    #[serde(borrow)]
    created_at: Raw<'a>,
    #[serde(borrow)]
    updated_at: Raw<'a>,
    #[serde(borrow)]
    published_at: Raw<'a>,
    #[serde(borrow)]
    generated_score: Raw<'a>,
    #[serde(borrow)]
    manual_score: Raw<'a>,
}

/// A string member; numbers count as their digits.
fn text(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    let raw = raw?.get();
    if raw.starts_with('"') {
        return match raw.get(1..raw.len() - 1) {
            Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
            _ => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
        };
    }
    raw.starts_with(|c: char| c.is_ascii_digit() || c == '-').then_some(Cow::Borrowed(raw))
}

/// A number, which may stand in a string.
fn number(raw: Raw<'_>) -> Option<f64> {
    text(raw)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A moment in ms since 1970.
fn moment(raw: Raw<'_>) -> Option<i64> {
    time::parse(&text(raw)?)
}

fn iso(raw: Raw<'_>) -> Option<String> {
    moment(raw).map(time::iso)
}

/// A list of things with a name; plain strings count as their own names.
fn named(raw: Raw<'_>) -> Vec<Named<'_>> {
    let items: Vec<&RawValue> = raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    items.into_iter().map(|item| one_named(Some(item))).collect()
}

fn one_named(raw: Raw<'_>) -> Named<'_> {
    match raw {
        Some(item) if item.get().starts_with('{') => serde_json::from_str(item.get()).unwrap_or_default(),
        item => Named { name: item, ..Named::default() },
    }
}

impl<'a> Record<'a> {
    /// Reads a record; what is no object is an empty one.
    pub(super) fn read(raw: &'a RawValue) -> Record<'a> {
        serde_json::from_str(raw.get()).unwrap_or_default()
    }

    pub(super) fn value(&self) -> Option<Cow<'a, str>> {
        text(self.value)
    }

    pub(super) fn id(&self) -> Option<Cow<'a, str>> {
        text(self.id)
    }

    /// The kind that its type stands for, where it is one of ours.
    pub(super) fn kind(&self) -> Option<Kind> {
        let name = text(one_named(self.kind).name).or_else(|| text(self.type_name))?;
        kind_of_type(&name)
    }

    pub(super) fn status(&self) -> Option<Cow<'a, str>> {
        text(one_named(self.status).name).filter(|_| !self.status_is_an_id()).or_else(|| text(self.status_name))
    }

    fn status_is_an_id(&self) -> bool {
        self.status.is_some_and(|raw| raw.get().starts_with(|c: char| c.is_ascii_digit()))
    }

    /// 0-100 from ThreatQ's 0-10; a manual score wins, what lies above ten counts as ten.
    pub(super) fn score(&self) -> Option<u32> {
        let raw = self.score?;
        let effective = match raw.get().starts_with('{') {
            true => {
                let score = one_named(self.score);
                number(score.manual_score).or_else(|| number(score.generated_score))
            }
            false => number(Some(raw)),
        };
        effective.map(|score| (score.clamp(0.0, 10.0) * 10.0).round() as u32)
    }

    pub(super) fn verdict(&self, thresholds: Thresholds) -> Verdict {
        let status = self.status().unwrap_or_default().to_lowercase();
        match status.as_str() {
            "whitelisted" | "allowlisted" | "false positive" => Verdict::Benign,
            "expired" => Verdict::Unknown,
            _ => thresholds.judge(self.score()),
        }
    }

    /// Among several records of one value the worst verdict wins, then the higher score, then the newer one.
    pub(super) fn weight(&self, thresholds: Thresholds) -> (Verdict, Option<u32>, Option<i64>) {
        (self.verdict(thresholds), self.score(), moment(self.updated_at))
    }

    pub(super) fn tags(&self) -> Vec<Cow<'a, str>> {
        named(self.tags).iter().filter_map(|tag| text(tag.name)).collect()
    }

    pub(super) fn sources(&self) -> Vec<Source<'a>> {
        let source = |source: Named<'a>| {
            Some(Source {
                name: text(source.name)?,
                tlp: tlp(&source),
                first_seen: iso(source.published_at).or_else(|| iso(source.created_at)),
                last_seen: iso(source.updated_at),
            })
        };
        named(self.sources).into_iter().filter_map(source).collect()
    }

    pub(super) fn attributes(&self) -> Vec<Attribute<'a>> {
        let attribute = |attribute: &Named<'a>| {
            Some(Attribute { name: text(attribute.name)?, value: text(attribute.value).unwrap_or_default() })
        };
        named(self.attributes).iter().filter_map(attribute).collect()
    }

    pub(super) fn related(&self) -> Vec<Related<'a>> {
        let lists = [("adversary", self.adversaries), ("malware", self.malware), ("indicator", self.indicators)];
        let mut related = Vec::new();
        for (kind, list) in lists {
            for thing in named(list) {
                let id = text(thing.id).map(Cow::into_owned);
                related.extend(text(thing.name).or_else(|| text(thing.value)).map(|name| Related { kind, name, id }));
            }
        }
        related
    }

    pub(super) fn first_seen(&self) -> Option<String> {
        iso(self.published_at).or_else(|| iso(self.created_at))
    }

    pub(super) fn last_seen(&self) -> Option<String> {
        iso(self.last_detected_at).or_else(|| iso(self.touched_at))
    }

    pub(super) fn expires_at(&self) -> Option<String> {
        iso(self.expires_at)
    }

    pub(super) fn updated_at(&self) -> Option<i64> {
        moment(self.updated_at)
    }
}

/// TLP names by id; a smaller one is stricter.
const TLP: [&str; 4] = ["RED", "AMBER", "GREEN", "CLEAR"];

/// The marking of a source, in capitals; the old WHITE is called CLEAR today.
fn tlp<'a>(source: &Named<'a>) -> Option<Cow<'a, str>> {
    let by_name = text(one_named(source.tlp).name).or_else(|| text(source.tlp_name));
    let by_id = || {
        let id = number(source.tlp_id)?;
        TLP.get((id as usize).checked_sub(1)?).map(|name| Cow::Borrowed(*name))
    };
    let name = by_name.filter(|name| !name.is_empty()).or_else(by_id)?;
    Some(match name.to_uppercase().trim_start_matches("TLP:").trim() {
        "WHITE" => Cow::Borrowed("CLEAR"),
        name => Cow::Owned(name.to_owned()),
    })
}

/// The strictest marking of the sources.
pub(super) fn strictest<'a>(sources: &[Source<'a>]) -> Option<Cow<'a, str>> {
    const ORDER: [&str; 5] = ["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"];
    let rank = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    sources.iter().filter_map(|source| source.tlp.clone()).min_by_key(|name| rank(name))
}

/// ThreatQ's type names. Their ids differ between installations, so names decide.
const TYPES: [(Kind, &str); 13] = [
    (Kind::Ipv4, "IP Address"),
    (Kind::Ipv6, "IPv6 Address"),
    (Kind::Cidr, "CIDR Block"),
    (Kind::Domain, "FQDN"),
    (Kind::Url, "URL"),
    (Kind::Email, "Email Address"),
    (Kind::Md5, "MD5"),
    (Kind::Sha1, "SHA-1"),
    (Kind::Sha256, "SHA-256"),
    (Kind::Sha512, "SHA-512"),
    (Kind::Ssdeep, "Fuzzy Hash"),
    (Kind::Cve, "CVE"),
    (Kind::Asn, "ASN"),
];

fn kind_of_type(name: &str) -> Option<Kind> {
    TYPES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(kind, _)| *kind)
}

/// The type name of a kind.
pub(super) fn type_of_kind(kind: Kind) -> &'static str {
    TYPES.iter().find(|(known, _)| *known == kind).map_or("String", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(json: &str, look: impl Fn(Record<'_>) -> T) -> T {
        look(Record::read(&RawValue::from_string(json.to_owned()).unwrap()))
    }

    #[test]
    fn both_shapes_of_a_score_are_read() {
        assert_eq!(read(r#"{"score":6}"#, |record| record.score()), Some(60));
        assert_eq!(read(r#"{"score":"6.25"}"#, |record| record.score()), Some(63));
        assert_eq!(
            read(r#"{"score":{"generated_score":"6.00","manual_score":null}}"#, |record| record.score()),
            Some(60)
        );
        assert_eq!(
            read(r#"{"score":{"generated_score":"6.00","manual_score":"2"}}"#, |record| record.score()),
            Some(20)
        );
        assert_eq!(read(r#"{"score":12}"#, |record| record.score()), Some(100));
        for none in [r#"{"score":null}"#, "{}", r#"{"score":[]}"#, r#"{"score":"high"}"#, "[]"] {
            assert_eq!(read(none, |record| record.score()), None, "{none}");
        }
    }

    #[test]
    fn both_shapes_of_type_and_status_are_read() {
        let search = r#"{"type":{"id":11,"name":"FQDN"},"status":{"id":4,"name":"Review"}}"#;
        assert_eq!(
            read(search, |record| (record.kind(), record.status().unwrap().into_owned())),
            (Some(Kind::Domain), "Review".into())
        );
        let list = r#"{"type_id":11,"status_id":4,"status":4,"type_name":"FQDN"}"#;
        assert_eq!(read(list, |record| (record.kind(), record.status().is_none())), (Some(Kind::Domain), true));
    }

    #[test]
    fn a_member_of_an_unexpected_type_costs_that_member_alone() {
        let odd = r#"{"value":"a.example","tags":{},"sources":"x","attributes":[1,null,{"name":"Port","value":22}],"expires_at":"soon"}"#;
        read(odd, |record| {
            assert_eq!(record.value().unwrap(), "a.example");
            assert!(record.tags().is_empty() && record.sources().is_empty() && record.expires_at().is_none());
            let attributes = record.attributes();
            assert_eq!(
                (attributes.last().unwrap().name.as_ref(), attributes.last().unwrap().value.as_ref()),
                ("Port", "22")
            );
        });
    }

    #[test]
    fn a_status_can_overrule_the_score() {
        let verdict = |status: &str| {
            read(&format!(r#"{{"score":9,"status":{{"name":"{status}"}}}}"#), |record| {
                record.verdict(Thresholds::default())
            })
        };
        assert_eq!(verdict("Active"), Verdict::Malicious);
        assert_eq!(verdict("whitelisted"), Verdict::Benign);
        assert_eq!(verdict("False Positive"), Verdict::Benign);
        assert_eq!(verdict("Expired"), Verdict::Unknown);
    }

    #[test]
    fn the_strictest_marking_wins_and_white_is_clear() {
        let sources = r#"{"sources":[{"name":"a","tlp":{"name":"WHITE"}},{"name":"b","tlp_id":2},{"name":"c","tlp":"amber+strict"}]}"#;
        read(sources, |record| {
            let sources = record.sources();
            let markings: Vec<_> = sources.iter().map(|source| source.tlp.clone().unwrap()).collect();
            assert_eq!(markings, ["CLEAR", "AMBER", "AMBER+STRICT"]);
            assert_eq!(strictest(&sources).unwrap(), "AMBER+STRICT");
        });
    }
}
