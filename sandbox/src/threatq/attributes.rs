//! Attributes: a name and a value, several of one name allowed.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::indicator;
use super::object::Object;
use super::relations::{self, Children};
use super::request::{Body, id_in_path, one_or_many, text_of};
use super::{App, date};
use crate::clock::Seconds;

/// Name and value, as a body has them.
pub(super) type Pair = (String, String);

/// The attributes in a body: an object, or an array of objects.
pub(super) fn pairs(value: Option<&Value>) -> Result<Vec<Pair>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(pair).collect(),
        Some(one) => Ok(vec![pair(one)?]),
    }
}

fn pair(value: &Value) -> Result<Pair, Failure> {
    let member = |name| value.get(name).and_then(text_of);
    match (member("name").filter(|name| !name.trim().is_empty()), member("value")) {
        (Some(name), Some(value)) => Ok((name, value)),
        _ => Err(Failure::member("attributes", "An attribute needs a name and a value.")),
    }
}

/// The id of an attribute's name, made if there is none.
pub(super) fn ensure(db: &Connection, name: &str, now: Seconds) -> rusqlite::Result<i64> {
    let known = db
        .prepare_cached("SELECT id FROM tq_attribute WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => db
            .prepare_cached("INSERT INTO tq_attribute (name, created_at, updated_at) VALUES (?1, ?2, ?2)")?
            .insert(params![name, now]),
    }
}

/// Attaches an attribute unless the same name and value are there; the id of the link.
pub(super) fn attach(
    db: &Connection,
    (object, object_id): (Object, i64),
    (name, value): (&str, &str),
    now: Seconds,
) -> rusqlite::Result<i64> {
    let attribute = ensure(db, name, now)?;
    let known: Option<i64> = db
        .prepare_cached(
            "SELECT id FROM tq_attribute_link
             WHERE object_id = ? AND object = ? AND attribute_id = ? AND value = ?",
        )?
        .query_row(params![object_id, object.number(), attribute, value], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => db.prepare_cached(INSERT)?.insert(params![object_id, object.number(), attribute, value, now]),
    }
}

/// Object, kind of object, attribute, value, now.
pub(super) const INSERT: &str =
    "INSERT INTO tq_attribute_link (object_id, object, attribute_id, value, created_at, updated_at, touched_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)";

/// The attributes of these objects; the list shape nests the name once more as `attribute`.
pub(super) fn of(db: &Connection, object: Object, ids: &[i64], nested: bool) -> rusqlite::Result<Children> {
    relations::children(
        db,
        "SELECT l.object_id, l.id, a.id, a.name, l.value, l.touched_at, l.created_at, l.updated_at,
                a.created_at, a.updated_at
         FROM tq_attribute_link l JOIN tq_attribute a ON a.id = l.attribute_id
         WHERE l.object_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY l.id",
        object,
        ids,
        |row| {
            let (id, name): (i64, String) = (row.get(2)?, row.get(3)?);
            let mut record = json!({
                "id": row.get::<_, i64>(1)?,
                object.id_member(): row.get::<_, i64>(0)?,
                "attribute_id": id,
                "name": name,
                "value": row.get::<_, String>(4)?,
                "touched_at": date::text(row.get(5)?),
                "created_at": date::text(row.get(6)?),
                "updated_at": date::text(row.get(7)?),
            });
            if nested {
                let (created, updated) = (date::text(row.get(8)?), date::text(row.get(9)?));
                let attribute = json!({ "id": id, "name": name, "created_at": created, "updated_at": updated });
                relations::put(&mut record, "attribute", attribute);
            }
            Ok(record)
        },
    )
}

fn of_one(db: &Connection, id: i64) -> Result<Vec<Value>, Failure> {
    indicator::must_exist(db, id)?;
    Ok(of(db, Object::Indicator, &[id], true)?.take(id))
}

fn with_id(attributes: Vec<Value>, id: i64) -> Result<Value, Failure> {
    attributes
        .into_iter()
        .find(|attribute| attribute.get("id").and_then(Value::as_i64) == Some(id))
        .ok_or(Failure::NotFound)
}

/// `GET /api/indicators/{id}/attributes`
pub(super) async fn list(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| {
        let attributes = of_one(db, id)?;
        Ok(answer::list(attributes.len() as u64, attributes))
    })
    .await
}

/// `GET /api/indicators/{id}/attributes/{attribute}`
pub(super) async fn one(
    State(app): State<App>,
    _: Reads,
    Path((id, link)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, link) = (id_in_path(&id)?, id_in_path(&link)?);
    app.read(move |db| Ok(answer::data(with_id(of_one(db, id)?, link)?))).await
}

/// `POST /api/indicators/{id}/attributes` `[{"name","value"}]`, or one of these
pub(super) async fn add(
    State(app): State<App>,
    _: Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        indicator::must_exist(db, id)?;
        one_or_many(&body)?;
        let mut added = Vec::new();
        for (name, value) in pairs(Some(&body))? {
            added.push(attach(db, (Object::Indicator, id), (&name, &value), now)?);
        }
        indicator::touch(db, id, now)?;
        let mut attributes = of_one(db, id)?;
        attributes
            .retain(|attribute| attribute.get("id").and_then(Value::as_i64).is_some_and(|link| added.contains(&link)));
        Ok(answer::created(answer::data(attributes)))
    })
    .await
}

/// `PUT /api/indicators/{id}/attributes/{attribute}` `{"value"}`
pub(super) async fn update(
    State(app): State<App>,
    _: Writes,
    Path((id, link)): Path<(String, String)>,
    Body(body): Body,
) -> Answer<Response> {
    let (id, link) = (id_in_path(&id)?, id_in_path(&link)?);
    let now = app.clock.now();
    app.change(move |db| {
        let value = body.get("value").and_then(text_of);
        let value = value.ok_or_else(|| Failure::member("value", "A value is needed."))?;
        let changed = db.execute(
            "UPDATE tq_attribute_link SET value = ?4, updated_at = ?5, touched_at = ?5
             WHERE id = ?1 AND object_id = ?2 AND object = ?3",
            params![link, id, Object::Indicator.number(), value, now],
        )?;
        relations::removed(changed)?;
        indicator::touch(db, id, now)?;
        Ok(answer::data(with_id(of_one(db, id)?, link)?))
    })
    .await
}

/// `DELETE /api/indicators/{id}/attributes/{attribute}`
pub(super) async fn remove(
    State(app): State<App>,
    _: Writes,
    Path((id, link)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, link) = (id_in_path(&id)?, id_in_path(&link)?);
    let now = app.clock.now();
    app.change(move |db| {
        let removed = db.execute(
            "DELETE FROM tq_attribute_link WHERE id = ? AND object_id = ? AND object = ?",
            params![link, id, Object::Indicator.number()],
        )?;
        relations::removed(removed)?;
        indicator::touch(db, id, now)?;
        Ok(answer::deleted())
    })
    .await
}
