//! STIX 2.1 bundles: `indicator` objects with STIX patterns, observables, vulnerabilities; and, from the
//! same bundle, the names of their creators, their TLP markings, what a relationship says they indicate.
//!
//! - **Shape**: `{"type":"bundle","objects":[…]}`. An object that gives no value counts as a bad line, named
//!   by the line on which it begins; objects of other types (identities, reports …) are no values and are
//!   passed over.
//! - **Units**: `confidence` is 0-100 and is taken as the score.
//! - **Source**: OASIS STIX 2.1, sections 4, 5, 6 and 7.2.

use std::collections::HashMap;
use std::io::{BufRead, Error, Read, Result};

use ioc_lookup::indicator::Kind;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{BadLine, Item, pattern};
use crate::record::{Record, Source, parse_time};

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

/// The members that any object of interest may have; the rest is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    value: Option<String>,
    number: Option<u64>,
    hashes: HashMap<String, String>,
    pattern: Option<String>,
    pattern_type: Option<String>,
    description: Option<String>,
    confidence: Option<f64>,
    labels: Vec<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    created: Option<String>,
    modified: Option<String>,
    created_by_ref: Option<String>,
    object_marking_refs: Vec<String>,
    definition_type: Option<String>,
    definition: HashMap<String, String>,
    relationship_type: Option<String>,
    source_ref: Option<String>,
    target_ref: Option<String>,
}

/// Reads a whole bundle; `source` names it where an object names no creator.
pub(super) fn read(mut input: Box<dyn BufRead>, source: &str) -> Result<impl Iterator<Item = Item> + use<>> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    let bundle: Bundle = serde_json::from_str(&text).map_err(Error::other)?;
    let objects: Vec<(u64, std::result::Result<Object, String>)> = bundle
        .objects
        .iter()
        .zip(line_numbers(&text, &bundle.objects))
        .map(|(raw, line)| (line, serde_json::from_str(raw.get()).map_err(|error| error.to_string())))
        .collect();
    let context = Context::of(objects.iter().filter_map(|(_, object)| object.as_ref().ok()));
    let items: Vec<Item> = objects
        .iter()
        .flat_map(|(line, object)| match object {
            Ok(object) => context.items(object, *line, source),
            Err(reason) => vec![Err(BadLine { line: *line, reason: reason.clone() })],
        })
        .collect();
    Ok(items.into_iter())
}

/// The line on which each object begins. Objects borrow from the text, in its order.
fn line_numbers(text: &str, objects: &[&RawValue]) -> Vec<u64> {
    let (mut line, mut counted) = (1, 0);
    objects
        .iter()
        .map(|raw| {
            let start = raw.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
            let between = text.as_bytes().get(counted..start).unwrap_or_default();
            line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
            counted = start;
            line
        })
        .collect()
}

/// What other objects of the bundle say about one.
#[derive(Default)]
struct Context {
    /// Names of identities, groups and malware, by id.
    names: HashMap<String, String>,
    /// TLP names, by id of the marking.
    markings: HashMap<String, String>,
    /// What an object indicates, by its id.
    targets: HashMap<String, Vec<String>>,
}

/// The four TLP 1 markings have fixed ids, and bundles refer to them without carrying them.
const TLP_MARKINGS: [(&str, &str); 4] = [
    ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "WHITE"),
    ("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "GREEN"),
    ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "AMBER"),
    ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "RED"),
];

impl Context {
    fn of<'a>(objects: impl Iterator<Item = &'a Object>) -> Context {
        let mut context = Context::default();
        for (id, name) in TLP_MARKINGS {
            context.markings.insert(id.to_owned(), name.to_owned());
        }
        for object in objects {
            context.learn(object);
        }
        context
    }

    fn learn(&mut self, object: &Object) {
        if let Some(name) = &object.name {
            self.names.insert(object.id.clone(), name.clone());
        }
        if object.definition_type.as_deref() == Some("tlp")
            && let Some(colour) = object.definition.get("tlp")
        {
            self.markings.insert(object.id.clone(), colour.to_ascii_uppercase());
        }
        if let ("relationship", Some("indicates"), Some(from), Some(to)) =
            (object.kind.as_str(), object.relationship_type.as_deref(), &object.source_ref, &object.target_ref)
        {
            self.targets.entry(from.clone()).or_default().push(to.clone());
        }
    }

    fn items(&self, object: &Object, line: u64, source: &str) -> Vec<Item> {
        let Some(values) = values(object) else { return Vec::new() };
        match values {
            Ok(values) => {
                values.into_iter().map(|(kind, value)| Ok(self.record(object, kind, value, source))).collect()
            }
            Err(reason) => vec![Err(BadLine { line, reason: format!("{}: {reason}", object.id) })],
        }
    }

    fn record(&self, object: &Object, kind: Kind, value: String, source: &str) -> Record {
        let creator = object.created_by_ref.as_ref().and_then(|id| self.names.get(id));
        let time = |text: &Option<String>| text.as_deref().and_then(parse_time);
        let first_seen = time(&object.valid_from).or_else(|| time(&object.created));
        let targets = self.targets.get(&object.id).map(Vec::as_slice).unwrap_or_default();
        let named = |prefixes: &[&str]| -> Vec<String> {
            targets
                .iter()
                .filter(|id| prefixes.iter().any(|prefix| id.starts_with(prefix)))
                .filter_map(|id| self.names.get(id).cloned())
                .collect()
        };
        Record {
            value,
            kind: Some(kind),
            score: object.confidence,
            description: object.description.clone(),
            sources: vec![Source {
                name: creator.map_or(source, String::as_str).to_owned(),
                tlp: object.object_marking_refs.iter().find_map(|id| self.markings.get(id)).cloned(),
                published_at: first_seen,
            }],
            tags: object.labels.clone(),
            attributes: named(&["malware--"]).into_iter().map(|name| ("Malware Family".to_owned(), name)).collect(),
            adversaries: named(&["threat-actor--", "intrusion-set--"]),
            first_seen,
            last_seen: time(&object.modified),
            expires_at: time(&object.valid_until),
            ..Record::default()
        }
    }
}

/// The values that an object stands for; `None` where its type stands for none.
fn values(object: &Object) -> Option<std::result::Result<Vec<(Kind, String)>, String>> {
    let one = |kind: Kind| {
        let value = object.value.clone().filter(|value| !value.is_empty());
        value.map(|value| vec![(kind, value)]).ok_or_else(|| "no value".to_owned())
    };
    Some(match object.kind.as_str() {
        "indicator" => match object.pattern_type.as_deref() {
            Some("stix") | None => pattern::values(object.pattern.as_deref().unwrap_or_default()),
            Some(other) => Err(format!("pattern type \"{other}\"")),
        },
        "ipv4-addr" => one(Kind::Ipv4).map(pattern::with_networks),
        "ipv6-addr" => one(Kind::Ipv6).map(pattern::with_networks),
        "domain-name" => one(Kind::Domain),
        "url" => one(Kind::Url),
        "email-addr" => one(Kind::Email),
        "file" => {
            let mut found: Vec<_> =
                object.hashes.iter().filter_map(|(name, value)| Some((hash_kind(name)?, value.clone()))).collect();
            found.sort();
            if found.is_empty() { Err("no hash".to_owned()) } else { Ok(found) }
        }
        "autonomous-system" => {
            object.number.map(|number| vec![(Kind::Asn, format!("AS{number}"))]).ok_or_else(|| "no number".to_owned())
        }
        "vulnerability" => match &object.name {
            Some(name) if name.starts_with("CVE-") => Ok(vec![(Kind::Cve, name.clone())]),
            _ => Err("no CVE number".to_owned()),
        },
        _ => return None,
    })
}

/// The kind of a hash by its name in STIX: `SHA-256`, `MD5` …
pub(super) fn hash_kind(name: &str) -> Option<Kind> {
    match name.to_ascii_uppercase().replace('-', "").as_str() {
        "MD5" => Some(Kind::Md5),
        "SHA1" => Some(Kind::Sha1),
        "SHA256" => Some(Kind::Sha256),
        "SHA512" => Some(Kind::Sha512),
        "SSDEEP" => Some(Kind::Ssdeep),
        _ => None,
    }
}
