//! The list shape: ids for type and status, members that are absent are null, everything else by `with`.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::row::{self, Row};
use crate::threatq::date;
use crate::threatq::failure::Failure;
use crate::threatq::object::Object;
use crate::threatq::relations::{self, Children};
use crate::threatq::{adversaries, attributes, comments, events, links, sources, tags, watchlist};

/// What `with` may name; a name may be continued by a dot and a name of what it brings.
const NAMES: [&str; 13] = [
    "adversaries",
    "attachments",
    "attributes",
    "comments",
    "events",
    "indicators",
    "score",
    "signatures",
    "sources",
    "status",
    "tags",
    "type",
    "watchlist",
];

/// Relations to be loaded with records.
#[derive(Clone, Debug, Default)]
pub(in crate::threatq) struct With(Vec<String>);

impl With {
    /// Checks the names of a list.
    pub(in crate::threatq) fn parse(names: &[&str]) -> Result<With, Failure> {
        let unknown: Vec<String> = names
            .iter()
            .filter(|name| !name.split('.').all(|part| NAMES.contains(&part)))
            .map(|name| format!("Unknown relation \"{name}\"."))
            .collect();
        if unknown.is_empty() {
            Ok(With(names.iter().map(|name| (*name).to_owned()).collect()))
        } else {
            Err(Failure::Query(unknown))
        }
    }

    /// Everything, one level deep.
    pub(in crate::threatq) fn everything() -> With {
        With(NAMES.map(str::to_owned).to_vec())
    }

    /// Whether this relation is asked for, by itself or for the sake of what it brings.
    pub(in crate::threatq) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|full| full.split('.').next() == Some(name))
    }

    /// What is to be loaded with that relation.
    pub(in crate::threatq) fn under(&self, name: &str) -> With {
        let nested = self.0.iter().filter_map(|full| full.strip_prefix(name)?.strip_prefix('.'));
        With(nested.map(str::to_owned).collect())
    }
}

/// The records of these ids, in their order.
pub(in crate::threatq) fn records(db: &Connection, ids: &[i64], with: &With) -> rusqlite::Result<Vec<Value>> {
    let mut relations = Vec::new();
    for name in NAMES {
        if with.has(name)
            && let Some(children) = load(db, ids, name, &with.under(name))?
        {
            relations.push((name, children));
        }
    }
    let records = row::rows(db, ids)?.into_iter().map(|row| {
        let mut record = record(&row, with);
        for (name, children) in &mut relations {
            relations::put(&mut record, name, children.take(row.id));
        }
        record
    });
    Ok(records.collect())
}

/// A relation that is a list; `None` for those that are a part of the row.
fn load(db: &Connection, ids: &[i64], name: &str, with: &With) -> rusqlite::Result<Option<Children>> {
    Ok(Some(match name {
        "sources" => sources::of(db, Object::Indicator, ids)?,
        "attributes" => attributes::of(db, Object::Indicator, ids, true)?,
        "tags" => tags::of(db, Object::Indicator, ids)?,
        "comments" => comments::of(db, ids)?,
        "adversaries" => adversaries::of_indicators(db, ids, with)?,
        "events" => events::of_indicators(db, ids, with)?,
        "indicators" => links::indicators_of(db, ids, with)?,
        "watchlist" => watchlist::of(db, ids)?,
        // The sandbox keeps neither files nor signatures.
        "attachments" | "signatures" => Children::default(),
        _ => return Ok(None),
    }))
}

fn record(row: &Row, with: &With) -> Value {
    let mut record: Map<String, Value> = [
        ("id", row.id.into()),
        ("type_id", row.type_id.into()),
        ("status_id", row.status_id.into()),
        ("class", row.class.as_str().into()),
        ("hash", row.hash().into()),
        ("value", row.value.as_str().into()),
        ("description", row.description.as_deref().into()),
        ("last_detected_at", date::json(row.last_detected_at)),
        ("expires_at", date::json(row.expires_at)),
        ("expired_at", date::json(row.expired_at)),
        ("expires_calculated_at", date::json(row.expires_calculated_at)),
        ("created_at", date::text(row.created_at).into()),
        ("updated_at", date::text(row.updated_at).into()),
        ("touched_at", date::text(row.touched_at).into()),
    ]
    .into_iter()
    .map(|(name, value): (&str, Value)| (name.to_owned(), value))
    .collect();
    if with.has("score") {
        record.insert("score".to_owned(), score(row));
    }
    if with.has("type") {
        let value = json!({ "id": row.type_id, "name": row.type_name, "class": row.class });
        record.insert("type".to_owned(), value);
    }
    if with.has("status") {
        let value = json!({ "id": row.status_id, "name": row.status_name, "description": row.status_description });
        record.insert("status".to_owned(), value);
    }
    Value::Object(record)
}

/// The score of one indicator, as `PUT …/scores` answers it.
pub(super) fn score_of(db: &Connection, id: i64) -> Result<Value, Failure> {
    row::rows(db, &[id])?.first().map(score).ok_or(Failure::NotFound)
}

fn score(row: &Row) -> Value {
    // No scoring engine, hence no configuration that could have a hash: any 40 digits.
    const CONFIG_HASH: &str = "0000000000000000000000000000000000000000";
    let decimals = |score: f64| format!("{score:.2}");
    json!({
        "id": row.id,
        "indicator_id": row.id,
        "generated_score": decimals(row.generated_score.unwrap_or(0.0)),
        "manual_score": row.manual_score.map(decimals),
        "score_config_hash": CONFIG_HASH,
        "created_at": date::text(row.created_at),
        "updated_at": date::text(row.updated_at),
    })
}
