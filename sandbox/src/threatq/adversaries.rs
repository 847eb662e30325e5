//! Adversaries: groups that are said to use indicators.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::indicator::list_shape::With;
use super::object::Object;
use super::relations::{self, Children};
use super::request::{Body, Pairs, id_in_path};
use super::{App, date, links, reference, sources};
use crate::clock::Seconds;

const COLUMNS: &str = "id, name, created_at, updated_at";

/// The names in a body: a name, `{"name"}`, or an array of either.
pub(super) fn names(value: Option<&Value>) -> Result<Vec<String>, Failure> {
    let one = |value: &Value| {
        let name = value.as_str().or(value.get("name").and_then(Value::as_str)).map(str::trim);
        let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
        name.ok_or_else(|| Failure::member("adversaries", "An adversary needs a name."))
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}

/// The id of an adversary by name, made if there is none.
pub(super) fn ensure(db: &Connection, name: &str, now: Seconds) -> rusqlite::Result<i64> {
    let known = db
        .prepare_cached("SELECT id FROM tq_adversary WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => db
            .prepare_cached("INSERT INTO tq_adversary (name, created_at, updated_at) VALUES (?1, ?2, ?2)")?
            .insert(params![name, now]),
    }
}

/// The adversaries of these indicators, with their sources when asked for.
pub(super) fn of_indicators(db: &Connection, ids: &[i64], with: &With) -> rusqlite::Result<Children> {
    let mut children = relations::children(
        db,
        "SELECT l.indicator_id, a.id, a.name, a.created_at, a.updated_at, l.id
         FROM tq_link l JOIN tq_adversary a ON a.id = l.object_id
         WHERE l.indicator_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY l.id",
        Object::Adversary,
        ids,
        |row| {
            let id: i64 = row.get(1)?;
            Ok(json!({
                "id": id,
                "name": row.get::<_, String>(2)?,
                "created_at": date::text(row.get(3)?),
                "updated_at": date::text(row.get(4)?),
                "pivot": links::pivot(row.get(5)?, row.get(0)?, Object::Adversary, id),
            }))
        },
    )?;
    if with.has("sources") {
        links::add_nested(&mut children, "sources", |ids| sources::of(db, Object::Adversary, ids))?;
    }
    Ok(children)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, i64>(0)?,
        "name": row.get::<_, String>(1)?,
        "created_at": date::text(row.get(2)?),
        "updated_at": date::text(row.get(3)?),
    }))
}

/// `GET /api/adversaries`
pub(super) async fn list(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    app.read(move |db| reference::list(db, "tq_adversary", COLUMNS, &query, record)).await
}

/// `GET /api/adversaries/{id}`
pub(super) async fn one(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| reference::one(db, "tq_adversary", COLUMNS, id, record)).await
}

/// `POST /api/adversaries` `{"name","sources"}`
pub(super) async fn create(State(app): State<App>, Writes(caller): Writes, Body(body): Body) -> Answer<Response> {
    let now = app.clock.now();
    app.change(move |db| {
        let id = ensure(db, reference::name(&body)?, now)?;
        for claim in sources::claims(body.get("sources"))? {
            sources::attach(db, (Object::Adversary, id), &claim, caller.source_id, now)?;
        }
        reference::one(db, "tq_adversary", COLUMNS, id, record).map(answer::created)
    })
    .await
}
