//! Makes Taegis's tables in a new database: the embedded records, and what only this platform has.

use ioc_lookup::indicator::Kind;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::intelligence::store::{self, Facet};
use super::intelligence::{files, publications};
use super::load::{self, Relations};
use super::own::{self, ObjectType, Severity};
use super::reputation::{self, Class};
use super::{PARTNER_TENANT, TENANT};
use crate::clock::Seconds;
use crate::record::{Record, parse_time};
use crate::{Error, secret, seed};

const TABLES: &str = include_str!("tables.sql");
/// What only Taegis has of the embedded data.
const SEED: &str = include_str!("../../seed/taegis.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    malware: Vec<Value>,
    groups: Vec<Value>,
    reports: Vec<Value>,
    publications: Vec<Value>,
    indicators: Vec<Indicator>,
    engines: Vec<Engines>,
    malware_files: Vec<MalwareFile>,
    partner: Vec<Own>,
}

/// Intelligence about a value: a neutral record, and members that are to be different.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Indicator {
    record: Record,
    #[serde(default)]
    members: Map<String, Value>,
    #[serde(default)]
    belongs_to: Relations,
}

/// What engines say about a value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Engines {
    value: String,
    class: Class,
    item: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MalwareFile {
    created: String,
    hash: String,
    confidence: Option<i64>,
    description: Option<String>,
}

/// An indicator of the partner's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    value: String,
    object_type: ObjectType,
    severity: Option<Severity>,
    name: String,
    updated_at: String,
}

/// Makes sure that the tables are there.
pub(super) fn ensure(db: &Connection, now: Seconds) -> Result<(), Error> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'tg_about')";
    if db.query_row(exists, [], |row| row.get(0))? {
        return Ok(());
    }
    db.execute_batch(TABLES)?;
    db.execute("INSERT INTO tg_about VALUES (?)", [secret::random_hex(64)?])?;
    let extra: Extra = serde_json::from_str(SEED).map_err(|error| wrong(&error.to_string()))?;
    add_described(db, &extra)?;
    // Before the records: what engines say of a value of both is then what is said here.
    for Engines { value, class, item } in extra.engines {
        reputation::add(db, &value, class, item)?;
    }
    for record in seed::records()? {
        load::add(db, &record, TENANT, now)?;
    }
    for indicator in extra.indicators {
        add_indicator(db, indicator, now)?;
    }
    for file in extra.malware_files {
        files::add(db, &file.created, &file.hash, file.confidence, file.description.as_deref())?;
    }
    for own in extra.partner {
        add_partners(db, &own)?;
    }
    Ok(())
}

fn wrong(text: &str) -> Error {
    Error::System(format!("seed/taegis.json: {text}"))
}

/// What indicators belong to, and publications.
fn add_described(db: &Connection, extra: &Extra) -> Result<(), Error> {
    let facets = [(Facet::Malware, &extra.malware), (Facet::Group, &extra.groups), (Facet::Report, &extra.reports)];
    for (facet, records) in facets {
        for record in records {
            store::add(db, &load::named(facet, record.clone()))?;
        }
    }
    for record in &extra.publications {
        publications::add(db, record)?;
    }
    Ok(())
}

fn add_indicator(db: &Connection, indicator: Indicator, now: Seconds) -> Result<(), Error> {
    let Indicator { record, members, belongs_to } = indicator;
    let kind: Kind = record.kind.ok_or_else(|| wrong(&format!("{} has no kind", record.value)))?;
    let mut object = load::intelligence(&record, kind, now);
    object.extend(members);
    load::add_indicator(db, kind, object, &belongs_to)
}

fn add_partners(db: &Connection, own: &Own) -> Result<(), Error> {
    let at = parse_time(&own.updated_at).ok_or_else(|| wrong(&format!("not a time: {}", own.updated_at)))?;
    let new = own::New {
        tenant: PARTNER_TENANT,
        value: &own.value,
        object_type: own.object_type,
        object_subtype: None,
        name: Some(&own.name),
        description: None,
        severity: own.severity,
        source_name: Some("Partner SOC"),
        reference_url: None,
        integration_id: Some(7),
        created_at: at,
        updated_at: at,
    };
    own::put(db, &new)?;
    Ok(())
}
