//! Brings neutral records into Taegis's tables, each in up to three ways: as the tenant's own indicator (`own`), as
//! the vendor's intelligence (`intelligence`), and as what third-party engines say, which every record has that
//! engines can be asked about.
//!
//! What the platform has no place for is left out: e-mail addresses, SSDEEP, CVE, autonomous systems, SHA-512. A
//! network is never a tenant's own; it becomes intelligence instead.

use ioc_lookup::indicator::Kind;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::intelligence::files;
use super::intelligence::store::{self, Facet, Object};
use super::own::{self, ObjectType, Severity};
use super::reputation::{self, Class};
use super::{PLATFORM, date, id};
use crate::Error;
use crate::clock::Seconds;
use crate::record::Record;

/// An indicator that is fit for detection has at least this score.
const FIT_SCORE: f64 = 75.0;

/// What this platform may say about a record that others do not.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    own: bool,
    intelligence: bool,
    /// From 1, INFO, to 5, CRITICAL: instead of what follows from the score.
    severity: Option<u8>,
}

/// Adds a record if the platform knows it; `tenant` is whose own it becomes.
pub(super) fn add(db: &Connection, record: &Record, tenant: &str, now: Seconds) -> Result<(), Error> {
    let (Some(kind), Some(said)) = (record.kind, record.known_to(PLATFORM)) else { return Ok(()) };
    let said: Said = match said {
        Value::Null => Said::default(),
        said => {
            serde_json::from_value(said.clone()).map_err(|error| Error::System(format!("{}: {error}", record.value)))?
        }
    };
    if said.own {
        add_own(db, record, kind, &said, tenant, now)?;
    }
    if said.intelligence || kind == Kind::Cidr {
        add_intelligence(db, record, kind, now)?;
    }
    if let Some(class) = Class::of(kind) {
        reputation::add(db, &record.value, class, engines(record, class))?;
    }
    Ok(())
}

fn add_own(db: &Connection, record: &Record, kind: Kind, said: &Said, tenant: &str, now: Seconds) -> Result<(), Error> {
    let (object_type, object_subtype) = match kind {
        Kind::Domain => (ObjectType::Domain, None),
        Kind::Url => (ObjectType::Url, None),
        Kind::Ipv4 => (ObjectType::Ip, Some("ipv4")),
        Kind::Ipv6 => (ObjectType::Ip, Some("ipv6")),
        Kind::Md5 => (ObjectType::Hash, Some("md5")),
        Kind::Sha1 => (ObjectType::Hash, Some("sha1")),
        Kind::Sha256 => (ObjectType::Hash, Some("sha256")),
        _ => return Ok(()),
    };
    let source = record.sources.first().map(|source| source.name.as_str());
    let created_at = record.first_seen.unwrap_or(now);
    own::put(
        db,
        &own::New {
            tenant,
            value: &record.value,
            object_type,
            object_subtype,
            name: record.tags.first().map(String::as_str).or(source),
            description: record.description.as_deref(),
            severity: said.severity.and_then(nth_severity).or(record.score.map(severity)),
            source_name: source,
            reference_url: None,
            integration_id: None,
            created_at,
            updated_at: record.last_seen.unwrap_or(created_at),
        },
    )?;
    Ok(())
}

fn nth_severity(number: u8) -> Option<Severity> {
    let index = usize::from(number).checked_sub(1)?;
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical].get(index).copied()
}

fn severity(score: f64) -> Severity {
    match score {
        90.0.. => Severity::Critical,
        75.0.. => Severity::High,
        50.0.. => Severity::Medium,
        25.0.. => Severity::Low,
        _ => Severity::Info,
    }
}

fn add_intelligence(db: &Connection, record: &Record, kind: Kind, now: Seconds) -> Result<(), Error> {
    let names = |wanted: &str| -> Vec<String> {
        let fits = |(name, _): &&(String, String)| name == wanted;
        record.attributes.iter().filter(fits).map(|(_, value)| value.clone()).collect()
    };
    let relations = Relations { malware: names("Malware Family"), groups: record.adversaries.clone(), reports: vec![] };
    add_indicator(db, kind, intelligence(record, kind, now), &relations)
}

/// Names of what an indicator belongs to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Relations {
    pub(super) malware: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) reports: Vec<String>,
}

/// Adds an indicator of the vendor's, as GraphQL has it. Malware and groups that nobody has described get only a name.
pub(super) fn add_indicator(
    db: &Connection,
    kind: Kind,
    mut record: Map<String, Value>,
    relations: &Relations,
) -> Result<(), Error> {
    record.insert(
        "linked_entities".to_owned(),
        json!({ "malware": relations.malware, "threatGroup": relations.groups, "report": relations.reports }),
    );
    let text = |member: &str| record.get(member).and_then(Value::as_str).unwrap_or_default();
    let list = |member: &str| record.get(member).cloned().unwrap_or_else(|| json!([]));
    let tags: Vec<String> = serde_json::from_value(list("tags")).unwrap_or_default();
    let is_fit = record.get("suitable_for_detection") == Some(&Value::Bool(true));
    let facets = json!({
        "indicatorType": list("indicator_types"), "credibility": [text("credibility")], "tips": tags,
        "malware": relations.malware, "threatGroup": relations.groups, "report": relations.reports,
        "watchlist": if is_fit { vec![kind.name()] } else { vec![] },
    });
    let searched = [text("original_indicator"), text("name"), text("description"), &tags.join("\n")].join("\n");
    let object = Object {
        facet: Facet::Indicator,
        name: text("original_indicator").to_owned(),
        text: searched.to_lowercase(),
        facets: facets.as_object().cloned().unwrap_or_default(),
        seen_at: text("last_observation").to_owned(),
        record: Value::Object(record),
    };
    if store::add(db, &object)? {
        relate(db, object.id(), Facet::Malware, &relations.malware)?;
        relate(db, object.id(), Facet::Group, &relations.groups)?;
        relate(db, object.id(), Facet::Report, &relations.reports)?;
    }
    if matches!(kind, Kind::Md5 | Kind::Sha1 | Kind::Sha256) {
        let member = |name: &str| object.record.get(name);
        let created = member("created").and_then(Value::as_str).unwrap_or_default();
        let score = member("score").and_then(Value::as_i64);
        files::add(db, created, &object.name, score, relations.malware.first().map(String::as_str))?;
    }
    Ok(())
}

fn relate(db: &Connection, indicator: &str, facet: Facet, names: &[String]) -> Result<(), Error> {
    for name in names {
        if !store::relate(db, indicator, facet, name)? {
            store::add(db, &named(facet, json!({ "name": name })))?;
            store::relate(db, indicator, facet, name)?;
        }
    }
    Ok(())
}

/// A malware, a group or a report from its members, of which `name` suffices.
pub(super) fn named(facet: Facet, mut record: Value) -> Object {
    let (prefix, kind) = match facet {
        Facet::Indicator => ("indicator", "indicator"),
        Facet::Malware => ("malware", "malware"),
        Facet::Group => ("intrusion-set", "intrusionset"),
        Facet::Report => ("report", "report"),
    };
    let name = record.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(members) = record.as_object_mut() {
        members.insert("id".to_owned(), format!("{prefix}--{}", id::of(&name)).into());
        members.insert("type".to_owned(), kind.into());
        members.insert("spec_version".to_owned(), "2.1".into());
    }
    let texts = |members: &[&str]| -> Vec<String> {
        let values = members.iter().filter_map(|member| record.get(*member));
        values
            .flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]))
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let facets = json!({
        facet_name(facet): [name],
        "aliases": texts(&["aliases", "Aliases"]),
        "type": texts(&["malware_types"]),
        "category": texts(&["category"]),
        "threatType": texts(&["threatTypes"]),
        "reportID": texts(&["reportID"]),
        "region": texts(&["Region"]),
        "motivation": texts(&["Motivation"]),
        "tools": texts(&["Tools"]),
        "thematicArea": texts(&["ThematicArea"]),
    });
    let searched = texts(&["name", "description", "Description", "aliases", "Aliases", "tags", "content"]).join("\n");
    let seen_at = texts(&["last_seen", "LastKnownActivity", "published"]).into_iter().next().unwrap_or_default();
    Object {
        facet,
        name,
        text: searched.to_lowercase(),
        facets: facets.as_object().cloned().unwrap_or_default(),
        seen_at,
        record,
    }
}

/// The filter that asks for the name.
fn facet_name(facet: Facet) -> &'static str {
    match facet {
        Facet::Group => "threatGroup",
        other => other.name(),
    }
}

/// A record as the vendor's intelligence has it.
pub(super) fn intelligence(record: &Record, kind: Kind, now: Seconds) -> Map<String, Value> {
    let score = record.score.unwrap_or_default();
    let created = date::text(record.first_seen.unwrap_or(now));
    let modified = date::text(record.last_seen.or(record.first_seen).unwrap_or(now));
    let expires = record.expires_at.map(date::text);
    let is_malicious = score >= 50.0;
    let mut members = json!({
        "spec_version": "2.1",
        "id": format!("indicator--{}", id::of(&record.value)),
        "type": "indicator",
        "name": format!("{} {}", kind.name(), record.value),
        "description": record.description,
        "created": created,
        "modified": modified,
        "pattern_type": "stix",
        "valid_from": created,
        "valid_until": expires,
        "detection_valid_until": expires,
        "last_observation": modified,
        "original_indicator": record.value,
        "indicator_class": kind.name(),
        "indicator_types": [if is_malicious { "malicious_activity" } else { "anomalous_activity" }],
        "score": whole(score),
        "credibility": if score >= 80.0 { "high" } else if is_malicious { "medium" } else { "low" },
        "suitable_for_detection": score >= FIT_SCORE,
        "tags": record.tags,
    });
    if let Some(members) = members.as_object_mut() {
        match kind {
            Kind::Ipv4 => members.insert("ipv4".to_owned(), record.value.as_str().into()),
            Kind::Domain => members.insert("dns".to_owned(), json!({ "Domain": record.value })),
            _ => None,
        };
    }
    members.as_object().cloned().unwrap_or_default()
}

/// Made-up engines: the worse the score, the more of ninety say so.
pub(super) fn engines(record: &Record, class: Class) -> Value {
    let score = record.score.unwrap_or_default();
    let (malicious, suspicious) = match score {
        60.0.. => (3 + whole((score - 60.0) / 4.0), 2),
        40.0.. => (1 + whole((score - 40.0) / 10.0), 1),
        20.0.. => (0, 1),
        _ => (0, 0),
    };
    let undetected = 20;
    json!({
        "error": null,
        "reputation_stats": {
            "vt_malicious": malicious, "vt_suspicious": suspicious, "vt_undetected": undetected, "vt_timeout": 0,
            "vt_harmless": 90 - malicious - suspicious - undetected, "apivoid_detections": malicious / 2,
        },
        "bigbird_results": context(record, class),
    })
}

/// What the vendor adds itself to what engines say.
fn context(record: &Record, class: Class) -> Value {
    let has = |word: &str| record.tags.iter().any(|tag| tag.contains(word));
    let (first, last) = (record.first_seen, record.last_seen);
    match class {
        Class::Ip => json!({ "ip_context": {
            "first_seen": first, "last_seen": last, "tor": has("tor-"), "vpn": has("vpn"), "proxy": has("proxy"),
            "scanning": has("scan"),
        }}),
        Class::Domain => json!({ "domain_context": {
            "first_seen": first, "last_seen": last, "newly_registered_domain": has("phishing"),
        }}),
        Class::File => json!({ "file_context": { "nsrl": false } }),
        Class::Url => Value::Null,
    }
}

/// Scores and what is made of them are small; what is behind the point counts for nothing.
fn whole(number: f64) -> i64 {
    number as i64
}
