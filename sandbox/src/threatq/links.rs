//! Links between an indicator and other objects: adversaries, events, other indicators.
//!
//! Every linked record carries the link as `pivot`; a link is removed by the id of its pivot.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::indicator::list_shape::{self, With};
use super::object::Object;
use super::relations::{self, Children};
use super::request::{Body, id_in_path, id_of, one_or_many};
use super::{App, adversaries, events, indicator};
use crate::clock::Seconds;

/// Links an indicator to an object; two links of one pair are the same. Returns the id of the link.
pub(super) fn attach(
    db: &Connection,
    indicator_id: i64,
    (object, object_id): (Object, i64),
    now: Seconds,
) -> rusqlite::Result<i64> {
    let find = |indicator: i64, object_id: i64| {
        db.prepare_cached("SELECT id FROM tq_link WHERE indicator_id = ? AND object = ? AND object_id = ?")?
            .query_row(params![indicator, object.number(), object_id], |row| row.get::<_, i64>(0))
            .optional()
    };
    let mut known = find(indicator_id, object_id)?;
    if known.is_none() && object == Object::Indicator {
        known = find(object_id, indicator_id)?;
    }
    match known {
        Some(id) => Ok(id),
        None => db
            .prepare_cached("INSERT INTO tq_link (indicator_id, object, object_id, created_at) VALUES (?, ?, ?, ?)")?
            .insert(params![indicator_id, object.number(), object_id, now]),
    }
}

/// A link as it stands in linked records.
pub(super) fn pivot(id: i64, indicator_id: i64, object: Object, object_id: i64) -> Value {
    let member = match object {
        Object::Indicator => "linked_indicator_id",
        other => other.id_member(),
    };
    json!({ "id": id, "indicator_id": indicator_id, member: object_id })
}

/// Puts a list into each of these records, loaded for all of their ids at once.
pub(super) fn add_nested(
    records: &mut Children,
    name: &str,
    load: impl Fn(&[i64]) -> rusqlite::Result<Children>,
) -> rusqlite::Result<()> {
    let id = |record: &Value| record.get("id").and_then(Value::as_i64);
    let ids: Vec<i64> = records.iter_mut().filter_map(|record| id(record)).collect();
    let loaded = load(&ids)?;
    for record in records.iter_mut() {
        // One object may be linked to several indicators: copies, not the records themselves.
        let list = id(record).map(|id| loaded.copy(id)).unwrap_or_default();
        relations::put(record, name, list);
    }
    Ok(())
}

/// The indicators that are linked to these, in either direction.
pub(super) fn indicators_of(db: &Connection, ids: &[i64], with: &With) -> rusqlite::Result<Children> {
    let sql = "SELECT l.indicator_id, l.id, l.object_id FROM tq_link l
               WHERE l.indicator_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2
               UNION ALL
               SELECT l.object_id, l.id, l.indicator_id FROM tq_link l
               WHERE l.object_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2";
    let mut children = relations::children(db, sql, Object::Indicator, ids, |row| {
        let other: i64 = row.get(2)?;
        Ok(json!({ "id": other, "pivot": pivot(row.get(1)?, row.get(0)?, Object::Indicator, other) }))
    })?;
    complete(db, &mut children, with)?;
    Ok(children)
}

/// The indicators that are linked to these events.
pub(super) fn indicators_of_events(db: &Connection, ids: &[i64], with: &With) -> rusqlite::Result<Children> {
    let sql = "SELECT l.object_id, l.id, l.indicator_id FROM tq_link l
               WHERE l.object_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY l.id";
    let mut children = relations::children(db, sql, Object::Event, ids, |row| {
        let indicator: i64 = row.get(2)?;
        Ok(json!({ "id": indicator, "pivot": pivot(row.get(1)?, indicator, Object::Event, row.get(0)?) }))
    })?;
    complete(db, &mut children, with)?;
    Ok(children)
}

/// Puts the record of an indicator in the place of its id; the link stays.
fn complete(db: &Connection, links: &mut Children, with: &With) -> rusqlite::Result<()> {
    for record in links.iter_mut() {
        let Some(id) = record.get("id").and_then(Value::as_i64) else { continue };
        let link = record.get("pivot").cloned();
        if let Some(mut full) = list_shape::records(db, &[id], with)?.pop() {
            relations::put(&mut full, "pivot", link);
            *record = full;
        }
    }
    Ok(())
}

/// The kind of object that a path names in the plural.
fn object_in_path(name: &str) -> Result<Object, Failure> {
    match name {
        "adversaries" => Ok(Object::Adversary),
        "events" => Ok(Object::Event),
        "indicators" => Ok(Object::Indicator),
        _ => Err(Failure::NotFound),
    }
}

fn linked(db: &Connection, id: i64, object: Object) -> rusqlite::Result<Vec<Value>> {
    let with = With::default();
    let mut children = match object {
        Object::Adversary => adversaries::of_indicators(db, &[id], &with)?,
        Object::Event => events::of_indicators(db, &[id], &with)?,
        Object::Indicator => indicators_of(db, &[id], &with)?,
    };
    Ok(children.take(id))
}

/// `GET /api/indicators/{id}/adversaries`, `…/events`, `…/indicators`
pub(super) async fn list(
    State(app): State<App>,
    _: Reads,
    Path((id, objects)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, object) = (id_in_path(&id)?, object_in_path(&objects)?);
    app.read(move |db| {
        indicator::must_exist(db, id)?;
        let records = linked(db, id, object)?;
        Ok(answer::list(records.len() as u64, records))
    })
    .await
}

/// `POST` to the same, `[{"id":n}]` or one of these
pub(super) async fn add(
    State(app): State<App>,
    _: Writes,
    Path((id, objects)): Path<(String, String)>,
    Body(body): Body,
) -> Answer<Response> {
    let (id, object) = (id_in_path(&id)?, object_in_path(&objects)?);
    let now = app.clock.now();
    app.change(move |db| {
        indicator::must_exist(db, id)?;
        let mut added = Vec::new();
        for item in one_or_many(&body)? {
            let other = item.get("id").and_then(id_of).ok_or_else(|| Failure::member("id", "An id is needed."))?;
            if object == Object::Indicator && other == id {
                return Err(Failure::member("id", "An indicator cannot be linked to itself."));
            }
            let sql = format!("SELECT 1 FROM {} WHERE id = ?", object.table());
            db.query_row(&sql, [other], |_| Ok(()))?;
            added.push(attach(db, id, (object, other), now)?);
        }
        indicator::touch(db, id, now)?;
        let mut records = linked(db, id, object)?;
        records.retain(|record| {
            record.pointer("/pivot/id").and_then(Value::as_i64).is_some_and(|link| added.contains(&link))
        });
        Ok(answer::created(answer::data(records)))
    })
    .await
}

/// `DELETE` of the same, with the ids of pivots as body: `[5501]`
pub(super) async fn remove(
    State(app): State<App>,
    _: Writes,
    Path((id, objects)): Path<(String, String)>,
    Body(body): Body,
) -> Answer<Response> {
    let (id, object) = (id_in_path(&id)?, object_in_path(&objects)?);
    let now = app.clock.now();
    app.change(move |db| {
        indicator::must_exist(db, id)?;
        let wrong = || Failure::Request("The body must be an array of pivot ids.".to_owned());
        for pivot in body.as_array().ok_or_else(wrong)? {
            let pivot = id_of(pivot.get("id").unwrap_or(pivot)).ok_or_else(wrong)?;
            let removed = db.execute(
                "DELETE FROM tq_link WHERE id = ?1 AND object = ?2
                 AND (indicator_id = ?3 OR (object = 1 AND object_id = ?3))",
                params![pivot, object.number(), id],
            )?;
            relations::removed(removed)?;
        }
        indicator::touch(db, id, now)?;
        Ok(answer::deleted())
    })
    .await
}
