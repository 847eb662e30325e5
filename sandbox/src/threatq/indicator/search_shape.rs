//! The search shape: plain score, objects for type and status, no null members; which members, `fields` says.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::row::{self, Row};
use crate::threatq::failure::Failure;
use crate::threatq::object::Object;
use crate::threatq::relations::Children;
use crate::threatq::settings::Settings;
use crate::threatq::{adversaries, attributes, date, sources, tags};

use super::list_shape::With;

/// The members that `"*"` stands for.
const PLAIN: [&str; 16] = [
    "id",
    "value",
    "class",
    "hash",
    "type",
    "status",
    "score",
    "description",
    "created_at",
    "updated_at",
    "touched_at",
    "published_at",
    "expires_at",
    "expired_at",
    "expires_calculated_at",
    "last_detected_at",
];
/// The members that are lists.
const LISTS: [&str; 4] = ["adversaries", "attributes", "sources", "tags"];

/// The members that a query returns. Names that no record has are allowed, and bring nothing.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    names: Vec<String>,
    with_tlp: bool,
}

impl Fields {
    /// Reads the `fields` of a body and `with` of the query string.
    pub(super) fn parse(fields: Option<&Value>, with: &[&str], settings: &Settings) -> Result<Fields, Failure> {
        let mut names: Vec<String> = match fields {
            None | Some(Value::Null) => default_names(settings.legacy_fields),
            Some(_) if settings.refuse_fields => {
                return Err(Failure::Request("Unknown parameter \"fields\".".to_owned()));
            }
            Some(Value::Array(items)) => {
                let names = items.iter().map(|item| item.as_str().map(str::to_owned));
                names.collect::<Option<_>>().ok_or_else(not_names)?
            }
            Some(Value::String(text)) => text.split(',').map(|name| name.trim().to_owned()).collect(),
            Some(_) => return Err(not_names()),
        };
        if names.iter().any(|name| name == "*") {
            names.extend(PLAIN.map(str::to_owned));
        }
        names.extend(with.iter().map(|name| (*name).to_owned()));
        Ok(Fields { names, with_tlp: settings.query_tlp })
    }

    fn has(&self, member: &str) -> bool {
        self.names.iter().any(|name| name.split('.').next() == Some(member))
    }

    /// The members to which `sources.name` and the like reduce a list; none: all.
    fn projection(&self, member: &str) -> Vec<&str> {
        if self.names.iter().any(|name| name == member) {
            return Vec::new();
        }
        self.names.iter().filter_map(|name| name.strip_prefix(member)?.strip_prefix('.')).collect()
    }
}

fn not_names() -> Failure {
    Failure::Request("\"fields\" must be an array of names.".to_owned())
}

fn default_names(legacy: bool) -> Vec<String> {
    let more: &[&str] = if legacy { &LISTS } else { &["adversaries", "tags"] };
    PLAIN.iter().chain(more).map(|name| (*name).to_owned()).collect()
}

/// The records of these ids, in their order.
pub(super) fn records(db: &Connection, ids: &[i64], fields: &Fields) -> rusqlite::Result<Vec<Value>> {
    let mut lists: Vec<(&str, Vec<&str>, Children)> = Vec::new();
    for name in LISTS.into_iter().filter(|name| fields.has(name)) {
        lists.push((name, fields.projection(name), load(db, ids, name, fields)?));
    }
    let records = row::rows(db, ids)?.into_iter().map(|row| {
        let mut record = Map::new();
        for name in PLAIN.into_iter().filter(|name| fields.has(name)) {
            let value = member(&row, name);
            if !value.is_null() {
                record.insert(name.to_owned(), value);
            }
        }
        for (name, projection, children) in &mut lists {
            let mut items = children.take(row.id);
            project(&mut items, projection);
            record.insert((*name).to_owned(), items.into());
        }
        Value::Object(record)
    });
    Ok(records.collect())
}

fn load(db: &Connection, ids: &[i64], name: &str, fields: &Fields) -> rusqlite::Result<Children> {
    match name {
        "sources" => sources::of_indicators_flat(db, ids, fields.with_tlp),
        "attributes" => attributes::of(db, Object::Indicator, ids, false),
        "tags" => tags::of(db, Object::Indicator, ids),
        _ => {
            let mut adversaries = adversaries::of_indicators(db, ids, &With::default())?;
            adversaries.iter_mut().for_each(|record| {
                if let Some(members) = record.as_object_mut() {
                    members.retain(|name, _| name == "id" || name == "name");
                }
            });
            Ok(adversaries)
        }
    }
}

fn project(items: &mut [Value], projection: &[&str]) {
    if projection.is_empty() {
        return;
    }
    for item in items {
        if let Some(members) = item.as_object_mut() {
            members.retain(|name, _| projection.contains(&name.as_str()));
        }
    }
}

fn member(row: &Row, name: &str) -> Value {
    match name {
        "id" => row.id.into(),
        "value" => row.value.as_str().into(),
        "class" => row.class.as_str().into(),
        "hash" => row.hash().into(),
        "type" => json!({ "id": row.type_id, "name": row.type_name, "class": row.class }),
        "status" => {
            json!({ "id": row.status_id, "name": row.status_name, "description": row.status_description })
        }
        "score" => row.score(),
        "description" => row.description.as_deref().into(),
        "created_at" => date::text(row.created_at).into(),
        "updated_at" => date::text(row.updated_at).into(),
        "touched_at" => date::text(row.touched_at).into(),
        "published_at" => date::json(row.published_at),
        "expires_at" => date::json(row.expires_at),
        "expired_at" => date::json(row.expired_at),
        "expires_calculated_at" => date::json(row.expires_calculated_at),
        "last_detected_at" => date::json(row.last_detected_at),
        _ => Value::Null,
    }
}
