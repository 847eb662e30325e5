//! Sources: who says so. Feeds, users and registered clients are sources alike; a source is linked to what
//! it speaks about, with the TLP and the time of publication that it gave.

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
use super::request::{Body, Pairs, id_in_path, one_or_many};
use super::{App, date, reference, tlp};
use crate::clock::Seconds;

/// The type of a source that is neither a user nor a registered client.
pub(super) const OTHER: &str = "other_sources";

/// A source as a body names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) name: String,
    pub(super) tlp_id: Option<i64>,
    pub(super) published_at: Option<Seconds>,
}

/// The sources in a body: a name, an object, or an array of either.
pub(super) fn claims(value: Option<&Value>) -> Result<Vec<Claim>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(claim).collect(),
        Some(one) => Ok(vec![claim(one)?]),
    }
}

fn claim(value: &Value) -> Result<Claim, Failure> {
    let wrong = |message: &str| Failure::member("sources", message);
    if let Value::String(name) = value {
        return Ok(Claim { name: name.clone(), tlp_id: None, published_at: None });
    }
    let name = value.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let published_at = match value.get("published_at") {
        None | Some(Value::Null) => None,
        Some(text) => Some(text.as_str().and_then(date::parse).ok_or_else(|| wrong("Not a time."))?),
    };
    Ok(Claim {
        name: name.ok_or_else(|| wrong("A source needs a name."))?.to_owned(),
        tlp_id: tlp::in_body(value).map_err(wrong)?,
        published_at,
    })
}

/// The id of a source by name, in any case; made if there is none.
pub(super) fn ensure(db: &Connection, name: &str, kind: &str, now: Seconds) -> rusqlite::Result<i64> {
    let known =
        db.prepare_cached("SELECT id FROM tq_source WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO tq_source (type, name, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)")?
        .insert(params![kind, name, now])
}

/// Links a source to an object, or renews the link that is there; the id of the link.
pub(super) fn attach(
    db: &Connection,
    (object, object_id): (Object, i64),
    claim: &Claim,
    creator: i64,
    now: Seconds,
) -> rusqlite::Result<i64> {
    let source = ensure(db, &claim.name, OTHER, now)?;
    let known: Option<i64> = db
        .prepare_cached("SELECT id FROM tq_source_link WHERE object_id = ? AND object = ? AND source_id = ?")?
        .query_row(params![object_id, object.number(), source], |row| row.get(0))
        .optional()?;
    if let Some(link) = known {
        db.execute(
            "UPDATE tq_source_link SET tlp_id = coalesce(?2, tlp_id),
                    published_at = coalesce(?3, published_at), updated_at = ?4 WHERE id = ?1",
            params![link, claim.tlp_id, claim.published_at, now],
        )?;
        return Ok(link);
    }
    db.prepare_cached(INSERT)?.insert(params![
        object_id,
        object.number(),
        source,
        creator,
        claim.tlp_id,
        claim.published_at,
        now
    ])
}

/// Object, kind of object, source, creator, TLP, time of publication, now.
pub(super) const INSERT: &str =
    "INSERT INTO tq_source_link (object_id, object, source_id, creator_source_id, tlp_id, published_at,
                                 created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)";

/// The sources of these objects in the list shape: the source, and the link as its `pivot`.
pub(super) fn of(db: &Connection, object: Object, ids: &[i64]) -> rusqlite::Result<Children> {
    relations::children(
        db,
        "SELECT l.object_id, s.id, s.type, s.name, l.tlp_id, l.created_at, l.updated_at, l.published_at, l.id,
                l.creator_source_id
         FROM tq_source_link l JOIN tq_source s ON s.id = l.source_id
         WHERE l.object_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY l.id",
        object,
        ids,
        |row| {
            let tlp_id: Option<i64> = row.get(4)?;
            Ok(json!({
                "id": row.get::<_, i64>(1)?,
                "type": row.get::<_, String>(2)?,
                "name": row.get::<_, String>(3)?,
                "tlp_id": tlp_id,
                "tlp_name": tlp_id.and_then(tlp::name),
                "created_at": date::text(row.get(5)?),
                "updated_at": date::text(row.get(6)?),
                "published_at": date::json(row.get(7)?),
                "pivot": {
                    "id": row.get::<_, i64>(8)?,
                    object.id_member(): row.get::<_, i64>(0)?,
                    "source_id": row.get::<_, i64>(1)?,
                    "creator_source_id": row.get::<_, i64>(9)?,
                },
            }))
        },
    )
}

/// The sources of these indicators in the search shape: flat, absent members left out, no TLP unless asked for.
pub(super) fn of_indicators_flat(db: &Connection, ids: &[i64], with_tlp: bool) -> rusqlite::Result<Children> {
    relations::children(
        db,
        "SELECT l.object_id, l.id, s.id, s.type, l.creator_source_id, i.status_id, i.type_id, s.name,
                l.published_at, l.created_at, l.updated_at, l.tlp_id
         FROM tq_source_link l JOIN tq_source s ON s.id = l.source_id JOIN tq_indicator i ON i.id = l.object_id
         WHERE l.object_id IN (SELECT value FROM json_each(?1)) AND l.object = ?2 ORDER BY l.id",
        Object::Indicator,
        ids,
        |row| {
            let source: i64 = row.get(2)?;
            let mut record = json!({
                "id": row.get::<_, i64>(1)?,
                "indicator_id": row.get::<_, i64>(0)?,
                "source_id": source,
                "source_type": row.get::<_, String>(3)?,
                "creator_source_id": row.get::<_, i64>(4)?,
                "indicator_status_id": row.get::<_, i64>(5)?,
                "indicator_type_id": row.get::<_, i64>(6)?,
                "reference_id": source,
                "name": row.get::<_, String>(7)?,
                "published_at": date::json(row.get(8)?),
                "created_at": date::text(row.get(9)?),
                "updated_at": date::text(row.get(10)?),
            });
            if with_tlp {
                relations::put(&mut record, "tlp_id", row.get::<_, Option<i64>>(11)?);
            }
            relations::leave_out_nulls(&mut record);
            Ok(record)
        },
    )
}

fn record(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, i64>(0)?,
        "type": row.get::<_, String>(1)?,
        "name": row.get::<_, String>(2)?,
        "created_at": date::text(row.get(3)?),
        "updated_at": date::text(row.get(4)?),
    }))
}

/// `GET /api/sources`
pub(super) async fn list(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    const COLUMNS: &str = "id, type, name, created_at, updated_at";
    app.read(move |db| reference::list(db, "tq_source", COLUMNS, &query, record)).await
}

/// `GET /api/indicators/{id}/sources`
pub(super) async fn of_indicator(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| {
        indicator::must_exist(db, id)?;
        let sources = of(db, Object::Indicator, &[id])?.take(id);
        Ok(answer::list(sources.len() as u64, sources))
    })
    .await
}

/// `POST /api/indicators/{id}/sources` `{"name","tlp"}`, or an array of these
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
        one_or_many(&body)?;
        let mut added = Vec::new();
        for claim in claims(Some(&body))? {
            added.push(attach(db, (Object::Indicator, id), &claim, caller.source_id, now)?);
        }
        indicator::touch(db, id, now)?;
        let mut sources = of(db, Object::Indicator, &[id])?.take(id);
        sources.retain(|source| {
            source.pointer("/pivot/id").and_then(Value::as_i64).is_some_and(|link| added.contains(&link))
        });
        Ok(answer::created(answer::data(sources)))
    })
    .await
}

/// `DELETE /api/indicators/{id}/sources/{pivot}`
pub(super) async fn remove(
    State(app): State<App>,
    _: Writes,
    Path((id, link)): Path<(String, String)>,
) -> Answer<Response> {
    let (id, link) = (id_in_path(&id)?, id_in_path(&link)?);
    let now = app.clock.now();
    app.change(move |db| {
        let removed = db.execute(
            "DELETE FROM tq_source_link WHERE id = ? AND object_id = ? AND object = ?",
            params![link, id, Object::Indicator.number()],
        )?;
        relations::removed(removed)?;
        indicator::touch(db, id, now)?;
        Ok(answer::deleted())
    })
    .await
}
