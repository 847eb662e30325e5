//! Intelligence in the database: one table for its four kinds of objects, and what belongs to what.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use crate::Error;

/// The kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::taegis) enum Facet {
    Indicator,
    Malware,
    Group,
    Report,
}

impl Facet {
    /// In the order in which searches over all list them.
    pub(super) const ALL: [Facet; 4] = [Facet::Malware, Facet::Group, Facet::Report, Facet::Indicator];

    /// The value of GraphQL's `ThreatFacetObject`.
    pub(in crate::taegis) fn name(self) -> &'static str {
        match self {
            Facet::Indicator => "indicator",
            Facet::Malware => "malware",
            Facet::Group => "threat_group",
            Facet::Report => "report",
        }
    }
}

/// An object and what it is found by.
#[derive(Clone, Debug)]
pub(in crate::taegis) struct Object {
    pub(in crate::taegis) facet: Facet,
    /// An indicator's value, or the name.
    pub(in crate::taegis) name: String,
    /// Everything that a search for text looks at, in lower case, one per line.
    pub(in crate::taegis) text: String,
    /// What filters ask for: lists of texts by the filters' names.
    pub(in crate::taegis) facets: Map<String, Value>,
    /// When it was last heard of.
    pub(in crate::taegis) seen_at: String,
    /// As GraphQL has it; `id` is in there.
    pub(in crate::taegis) record: Value,
}

impl Object {
    pub(in crate::taegis) fn id(&self) -> &str {
        self.record.get("id").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Adds an object; one of that id is left as it is. Whether it is new.
pub(in crate::taegis) fn add(db: &Connection, object: &Object) -> Result<bool, Error> {
    let added =
        db.prepare_cached("INSERT OR IGNORE INTO tg_intelligence VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            object.id(),
            object.facet.name(),
            object.name,
            object.text,
            Value::Object(object.facets.clone()).to_string(),
            object.seen_at,
            object.record.to_string()
        ])?;
    Ok(added > 0)
}

/// Says that an indicator belongs to an object of that name; whether there is one.
pub(in crate::taegis) fn relate(db: &Connection, indicator: &str, facet: Facet, name: &str) -> Result<bool, Error> {
    let related = db
        .prepare_cached(
            "INSERT OR IGNORE INTO tg_relation
             SELECT ?, id FROM tg_intelligence WHERE facet = ? AND name = ?",
        )?
        .execute(params![indicator, facet.name(), name])?;
    Ok(related > 0)
}

/// The record of that id.
pub(super) fn by_id(db: &Connection, facet: Facet, id: &str) -> rusqlite::Result<Option<Value>> {
    db.prepare_cached("SELECT record FROM tg_intelligence WHERE id = ? AND facet = ?")?
        .query_row([id, facet.name()], |row| row.get(0))
        .optional()
}

/// Records of that facet that belong to an indicator, by name.
pub(super) fn related(db: &Connection, indicator: &str, facet: Facet) -> rusqlite::Result<Vec<Value>> {
    db.prepare_cached(
        "SELECT record FROM tg_intelligence JOIN tg_relation ON object = id
         WHERE indicator = ? AND facet = ? ORDER BY name",
    )?
    .query_map([indicator, facet.name()], |row| row.get(0))?
    .collect()
}

/// What a search reads of an object.
pub(super) struct Found {
    pub(super) text: String,
    pub(super) facets: Value,
    pub(super) seen_at: String,
    pub(super) record: Value,
}

/// Objects of a facet whose text contains this, in lower case; the last heard of first.
pub(super) fn containing(db: &Connection, facet: Facet, text: &str) -> rusqlite::Result<Vec<Found>> {
    db.prepare_cached(
        "SELECT text, facets, seen_at, record FROM tg_intelligence
         WHERE facet = ?1 AND instr(text, ?2) > 0 ORDER BY seen_at DESC, name",
    )?
    .query_map([facet.name(), text], |row| {
        Ok(Found { text: row.get(0)?, facets: row.get(1)?, seen_at: row.get(2)?, record: row.get(3)? })
    })?
    .collect()
}
