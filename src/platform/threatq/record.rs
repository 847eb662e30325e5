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
use crate::json::Raw;
use crate::platform::member::{Member, iso, items, moment, number, text};
use crate::report::{Attribute, Related, Source, Thresholds, Verdict};
use std::borrow::Cow;

/// The members that are read.
#[derive(Clone, Copy, Default)]
pub(super) struct Record<'a> {
    /// The whole of it.
    pub(super) raw: Member<'a>,
    id: Member<'a>,
    value: Member<'a>,
    kind: Member<'a>,
    type_name: Member<'a>,
    status: Member<'a>,
    status_name: Member<'a>,
    /// 0-100.
    pub(super) score: Option<u32>,
    sources: Member<'a>,
    attributes: Member<'a>,
    tags: Member<'a>,
    adversaries: Member<'a>,
    malware: Member<'a>,
    indicators: Member<'a>,
    created_at: Member<'a>,
    updated_at: Member<'a>,
    touched_at: Member<'a>,
    published_at: Member<'a>,
    last_detected_at: Member<'a>,
    expires_at: Member<'a>,
}

/// Anything with a name: a type, a status, a tag, a source, an attribute, an adversary.
#[derive(Default)]
struct Named<'a> {
    id: Member<'a>,
    name: Member<'a>,
    value: Member<'a>,
    tlp: Member<'a>,
    tlp_name: Member<'a>,
    tlp_id: Member<'a>,
    created_at: Member<'a>,
    updated_at: Member<'a>,
    published_at: Member<'a>,
}

/// A list of things with a name; plain strings count as their own names.
fn named<'a>(list: Member<'a>) -> impl Iterator<Item = Named<'a>> {
    items(list).map(|item| one_named(Some(item)))
}

fn one_named(member: Member<'_>) -> Named<'_> {
    let names = ["id", "name", "value", "tlp", "tlp_name", "tlp_id", "created_at", "updated_at", "published_at"];
    match member.and_then(|raw| raw.pick(&names)) {
        Some([id, name, value, tlp, tlp_name, tlp_id, created_at, updated_at, published_at]) => {
            Named { id, name, value, tlp, tlp_name, tlp_id, created_at, updated_at, published_at }
        }
        None => Named { name: member, ..Named::default() },
    }
}

/// The name of one thing, which may stand for itself.
fn name_of(member: Member<'_>) -> Option<Cow<'_, str>> {
    text(member.and_then(|raw| if raw.is_object() { raw.get("name") } else { member }))
}

impl<'a> Record<'a> {
    /// Reads a record; what is no object is an empty one.
    pub(super) fn read(raw: Raw<'a>) -> Record<'a> {
        let members = raw.pick(&[
            "id",
            "value",
            "type",
            "type_name",
            "status",
            "status_name",
            "score",
            "sources",
            "attributes",
            "tags",
            "adversaries",
            "malware",
            "indicators",
            "created_at",
            "updated_at",
            "touched_at",
            "published_at",
            "last_detected_at",
            "expires_at",
        ]);
        let Some([id, value, kind, type_name, status, status_name, score, sources, attributes, tags, rest @ ..]) =
            members
        else {
            return Record::default();
        };
        let [
            adversaries,
            malware,
            indicators,
            created_at,
            updated_at,
            touched_at,
            published_at,
            last_detected_at,
            expires_at,
        ] = rest;
        Record {
            raw: Some(raw),
            id,
            value,
            kind,
            type_name,
            status,
            status_name,
            score: read_score(score),
            sources,
            attributes,
            tags,
            adversaries,
            malware,
            indicators,
            created_at,
            updated_at,
            touched_at,
            published_at,
            last_detected_at,
            expires_at,
        }
    }

    pub(super) fn value(&self) -> Option<Cow<'a, str>> {
        text(self.value)
    }

    pub(super) fn id(&self) -> Option<Cow<'a, str>> {
        text(self.id)
    }

    /// The kind that its type stands for, where it is one of ours.
    pub(super) fn kind(&self) -> Option<Kind> {
        let name = name_of(self.kind).or_else(|| text(self.type_name))?;
        kind_of_type(&name)
    }

    pub(super) fn status(&self) -> Option<Cow<'a, str>> {
        name_of(self.status).filter(|_| !self.status_is_an_id()).or_else(|| text(self.status_name))
    }

    fn status_is_an_id(&self) -> bool {
        self.status.is_some_and(Raw::is_number)
    }

    pub(super) fn verdict(&self, thresholds: Thresholds) -> Verdict {
        let status = self.status().unwrap_or_default();
        let is_one_of = |names: &[&str]| names.iter().any(|name| status.eq_ignore_ascii_case(name));
        if is_one_of(&["whitelisted", "allowlisted", "false positive"]) {
            Verdict::Benign
        } else if is_one_of(&["expired"]) {
            Verdict::Unknown
        } else {
            thresholds.judge(self.score)
        }
    }

    /// Among several records of one value the worst verdict wins, then the higher score, then the newer one.
    pub(super) fn weight(&self, thresholds: Thresholds) -> (Verdict, Option<u32>, Option<i64>) {
        (self.verdict(thresholds), self.score, moment(self.updated_at))
    }

    pub(super) fn tags(&self) -> Vec<Cow<'a, str>> {
        named(self.tags).filter_map(|tag| text(tag.name)).collect()
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
        named(self.sources).filter_map(source).collect()
    }

    pub(super) fn attributes(&self) -> Vec<Attribute<'a>> {
        let attribute = |attribute: Named<'a>| {
            Some(Attribute { name: text(attribute.name)?, value: text(attribute.value).unwrap_or_default() })
        };
        named(self.attributes).filter_map(attribute).collect()
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

    /// The same moment in ms since 1970.
    pub(super) fn ends_at(&self) -> Option<i64> {
        moment(self.expires_at)
    }

    pub(super) fn updated_at(&self) -> Option<i64> {
        moment(self.updated_at)
    }
}

/// 0-100 from ThreatQ's 0-10; a manual score wins, what lies above ten counts as ten.
fn read_score(member: Member<'_>) -> Option<u32> {
    let effective = match member?.pick(&["manual_score", "generated_score"]) {
        Some([manual, generated]) => number(manual).or_else(|| number(generated)),
        None => number(member),
    };
    effective.map(|score| (score.clamp(0.0, 10.0) * 10.0).round() as u32)
}

/// TLP names by id; a smaller one is stricter.
const TLP: [&str; 4] = ["RED", "AMBER", "GREEN", "CLEAR"];

/// The marking of a source, in capitals; the old WHITE is called CLEAR today.
fn tlp<'a>(source: &Named<'a>) -> Option<Cow<'a, str>> {
    let by_name = name_of(source.tlp).or_else(|| text(source.tlp_name));
    let by_id = || {
        let id = number(source.tlp_id)?;
        TLP.get((id as usize).checked_sub(1)?).map(|name| Cow::Borrowed(*name))
    };
    let name = by_name.filter(|name| !name.is_empty()).or_else(by_id)?;
    Some(match name.to_ascii_uppercase().trim_start_matches("TLP:").trim() {
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
    use crate::json;

    fn read<T>(json: &str, look: impl Fn(Record<'_>) -> T) -> T {
        look(Record::read(json::parse(json).unwrap()))
    }

    #[test]
    fn both_shapes_of_a_score_are_read() {
        assert_eq!(read(r#"{"score":6}"#, |record| record.score), Some(60));
        assert_eq!(read(r#"{"score":"6.25"}"#, |record| record.score), Some(63));
        assert_eq!(
            read(r#"{"score":{"generated_score":"6.00","manual_score":null}}"#, |record| record.score),
            Some(60)
        );
        assert_eq!(read(r#"{"score":{"generated_score":"6.00","manual_score":"2"}}"#, |record| record.score), Some(20));
        assert_eq!(read(r#"{"score":12}"#, |record| record.score), Some(100));
        for none in [r#"{"score":null}"#, "{}", r#"{"score":[]}"#, r#"{"score":"high"}"#, "[]"] {
            assert_eq!(read(none, |record| record.score), None, "{none}");
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
