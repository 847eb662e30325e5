//! Tags: short words.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::indicator;
use super::object::Object;
use super::relations::{self, Children};
use super::request::{Body, Pairs, id_in_path};
use super::{App, reference};

/// The tags in a body: a word, `{"name"}`, or an array of either.
pub(super) fn names(value: Option<&Value>) -> Result<Vec<String>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(name).collect(),
        Some(one) => Ok(vec![name(one)?]),
    }
}

fn name(value: &Value) -> Result<String, Failure> {
    value
        .as_str()
        .or_else(|| value.get("name").and_then(Value::as_str))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| Failure::member("tags", "A tag needs a name."))
}

fn find(db: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM tq_tag WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()
}

/// The id of a tag, made if there is none.
pub(super) fn ensure(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    match find(db, name)? {
        Some(id) => Ok(id),
        None => db.prepare_cached("INSERT INTO tq_tag (name) VALUES (?)")?.insert([name]),
    }
}

/// Attaches a tag; the same one twice is the same.
pub(super) fn attach(db: &Connection, (object, object_id): (Object, i64), tag: i64) -> rusqlite::Result<()> {
    db.prepare_cached(INSERT)?.execute(params![object_id, object.number(), tag])?;
    Ok(())
}

/// Object, kind of object, tag.
pub(super) const INSERT: &str = "INSERT OR IGNORE INTO tq_tag_link (object_id, object, tag_id) VALUES (?, ?, ?)";

/// The words of one object's tags.
pub(super) fn of_one(db: &Connection, object: Object, id: i64) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached(
        "SELECT t.name FROM tq_tag_link l JOIN tq_tag t ON t.id = l.tag_id
         WHERE l.object_id = ? AND l.object = ? ORDER BY t.id",
    )?
    .query_map(params![id, object.number()], |row| row.get(0))?
    .collect()
}

/// The tags of these objects, `{id,name}`.
pub(super) fn of(db: &Connection, object: Object, ids: &[i64]) -> rusqlite::Result<Children> {
    relations::children(
        db,
        "SELECT l.object_id, t.id, t.name FROM tq_tag_link l JOIN tq_tag t ON t.id = l.tag_id
         WHERE l.object_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY t.id",
        object,
        ids,
        |row| Ok(json!({ "id": row.get::<_, i64>(1)?, "name": row.get::<_, String>(2)? })),
    )
}

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({ "id": row.get::<_, i64>(0)?, "name": row.get::<_, String>(1)? }))
}

/// `GET /api/tags`
pub(super) async fn list(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    app.read(move |db| reference::list(db, "tq_tag", "id, name", &query, record)).await
}

/// `GET /api/indicators/{id}/tags`
pub(super) async fn of_indicator(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| {
        indicator::must_exist(db, id)?;
        let tags = of(db, Object::Indicator, &[id])?.take(id);
        Ok(answer::list(tags.len() as u64, tags))
    })
    .await
}

/// `POST /api/indicators/{id}/tags` `[{"name"}]`
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
        let mut added = Vec::new();
        for name in names(Some(&body))? {
            let tag = ensure(db, &name)?;
            attach(db, (Object::Indicator, id), tag)?;
            added.push(db.query_row("SELECT id, name FROM tq_tag WHERE id = ?", [tag], record)?);
        }
        indicator::touch(db, id, now)?;
        Ok(answer::created(answer::data(added)))
    })
    .await
}

/// `DELETE /api/indicators/{id}/tags/{tag}`
pub(super) async fn remove(
    State(app): State<App>,
    _: Writes,
    Path((id, tag)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, tag) = (id_in_path(&id)?, id_in_path(&tag)?);
    let now = app.clock.now();
    app.change(move |db| {
        relations::removed(detach(db, id, tag)?)?;
        indicator::touch(db, id, now)?;
        Ok(answer::deleted())
    })
    .await
}

/// `DELETE /api/indicators/{id}/tags` with `[{"id"}]`, `[{"name"}]`, or without a body: all of them
pub(super) async fn remove_many(
    State(app): State<App>,
    _: Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        indicator::must_exist(db, id)?;
        match &body {
            Value::Null => {
                db.execute(
                    "DELETE FROM tq_tag_link WHERE object_id = ? AND object = ?",
                    params![id, Object::Indicator.number()],
                )?;
            }
            Value::Array(items) => {
                for item in items {
                    let tag = match item.get("id").unwrap_or(item).as_i64() {
                        Some(tag) => Some(tag),
                        None => find(db, &name(item)?)?,
                    };
                    if let Some(tag) = tag {
                        detach(db, id, tag)?;
                    }
                }
            }
            _ => return Err(Failure::Request("The body must be an array.".to_owned())),
        }
        indicator::touch(db, id, now)?;
        Ok(answer::deleted())
    })
    .await
}

fn detach(db: &Connection, id: i64, tag: i64) -> rusqlite::Result<usize> {
    db.execute(
        "DELETE FROM tq_tag_link WHERE object_id = ? AND object = ? AND tag_id = ?",
        params![id, Object::Indicator.number(), tag],
    )
}
