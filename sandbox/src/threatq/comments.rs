//! Comments on indicators.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::object::Object;
use super::relations::{self, Children};
use super::request::{Body, Pairs, id_in_path};
use super::{App, date, indicator};

const COMMENT: &str = "SELECT c.indicator_id, c.id, c.value, c.created_at, c.updated_at, s.id, s.name
                       FROM tq_comment c JOIN tq_source s ON s.id = c.source_id";

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, i64>(1)?,
        "value": row.get::<_, String>(2)?,
        "created_at": date::text(row.get(3)?),
        "updated_at": date::text(row.get(4)?),
        "sources": [{ "id": row.get::<_, i64>(5)?, "name": row.get::<_, String>(6)? }],
    }))
}

/// The comments of these indicators, oldest first.
pub(super) fn of(db: &Connection, ids: &[i64]) -> rusqlite::Result<Children> {
    let sql = format!("{COMMENT} WHERE c.indicator_id IN (SELECT value FROM json_each(?1)) AND ?2 = 1 ORDER BY c.id");
    relations::children(db, &sql, Object::Indicator, ids, record)
}

/// The text of a comment in a body.
fn text(body: &Value) -> Result<&str, Failure> {
    let text = body.get("value").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| Failure::member("value", "A comment needs a text."))
}

fn one(db: &Connection, id: i64) -> rusqlite::Result<Value> {
    db.query_row(&format!("{COMMENT} WHERE c.id = ?"), [id], record)
}

/// `GET /api/indicators/{id}/comments` `?limit&sort`; `with=sources` is always so
pub(super) async fn list(State(app): State<App>, _: Reads, Path(id): Path<String>, query: Pairs) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| {
        indicator::must_exist(db, id)?;
        let mut comments = of(db, &[id])?.take(id);
        match query.get("sort").unwrap_or("id") {
            "id" | "created_at" => {}
            "-id" | "-created_at" => comments.reverse(),
            other => return Err(Failure::query(format!("Cannot sort by \"{other}\"."))),
        }
        let total = comments.len() as u64;
        let offset = query.number("offset")?.unwrap_or(0).min(total);
        comments.drain(..offset as usize);
        if let Some(limit) = query.number("limit")? {
            comments.truncate(limit.min(total) as usize);
        }
        Ok(answer::list(total, comments))
    })
    .await
}

/// `POST /api/indicators/{id}/comments` `{"value"}`
pub(super) async fn add(
    State(app): State<App>,
    Writes(caller): Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        indicator::must_exist(db, id)?;
        db.execute(
            "INSERT INTO tq_comment (indicator_id, value, source_id, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?4)",
            params![id, text(&body)?, caller.source_id, now],
        )?;
        let comment = db.last_insert_rowid();
        indicator::touch(db, id, now)?;
        Ok(answer::created(answer::data(one(db, comment)?)))
    })
    .await
}

/// `PUT /api/indicators/comments/{id}` `{"value"}`
pub(super) async fn update(
    State(app): State<App>,
    _: Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        let changed = db.execute(
            "UPDATE tq_comment SET value = ?2, updated_at = ?3 WHERE id = ?1",
            params![id, text(&body)?, now],
        )?;
        relations::removed(changed)?;
        Ok(answer::data(one(db, id)?))
    })
    .await
}

/// `DELETE /api/indicators/{id}/comments/{comment}`
pub(super) async fn remove(
    State(app): State<App>,
    _: Writes,
    Path((id, comment)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, comment) = (id_in_path(&id)?, id_in_path(&comment)?);
    let now = app.clock.now();
    app.change(move |db| {
        let removed = db.execute("DELETE FROM tq_comment WHERE id = ? AND indicator_id = ?", params![comment, id])?;
        relations::removed(removed)?;
        indicator::touch(db, id, now)?;
        Ok(answer::deleted())
    })
    .await
}
