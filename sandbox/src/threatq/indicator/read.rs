//! Reading calls: list, one record, query, saved collection.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};

use super::list_shape::{self, With};
use super::page::{self, Window};
use super::search_shape::{self, Fields};
use super::{criteria, filter, order};
use crate::threatq::App;
use crate::threatq::answer::{self, Answer};
use crate::threatq::caller::Reads;
use crate::threatq::failure::Failure;
use crate::threatq::request::{Body, Pairs, id_in_path, object};
use crate::threatq::settings::Settings;
use crate::threatq::sql::Condition;

/// So many records are loaded at a time: a list without `limit` may hold all of them.
const AT_A_TIME: usize = 500;

/// `GET /api/indicators`
pub(in crate::threatq) async fn list(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    let settings = app.settings.clone();
    app.read(move |db| {
        let with = With::parse(&query.csv("with"))?;
        let fit = filter::condition(&query)?;
        let keys = order::parse(&query.csv("sort"))?;
        let window = Window { cursor: None, ..Window::parse(&query, &settings)? };
        let page = page::find(db, &fit, &keys, &window)?;
        let head = json!({ "total": page.total });
        write(head, &page.ids, |ids| list_shape::records(db, ids, &with))
    })
    .await
}

/// `GET /api/indicators/{id}`
pub(in crate::threatq) async fn one(
    State(app): State<App>,
    _: Reads,
    Path(id): Path<String>,
    query: Pairs,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| {
        let with = With::parse(&query.csv("with"))?;
        record(db, id, &with).map(answer::data)
    })
    .await
}

/// `GET /api/indicators/{id}/details`
pub(in crate::threatq) async fn details(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| record(db, id, &With::everything()).map(answer::data)).await
}

/// One record in the list shape.
pub(in crate::threatq) fn record(db: &Connection, id: i64, with: &With) -> Result<Value, Failure> {
    list_shape::records(db, &[id], with)?.pop().ok_or(Failure::NotFound)
}

/// `POST /api/indicators/query`
pub(in crate::threatq) async fn query(
    State(app): State<App>,
    _: Reads,
    query: Pairs,
    Body(body): Body,
) -> Answer<Response> {
    let settings = app.settings.clone();
    app.read(move |db| {
        if !body.is_null() {
            object(&body)?;
        }
        let fields = Fields::parse(body.get("fields"), &query.csv("with"), &settings)?;
        answer_query(db, &body, &fields, &query, &settings)
    })
    .await
}

/// `GET /api/indicators/query/hash/{hash}`: a saved collection
pub(in crate::threatq) async fn collection(
    State(app): State<App>,
    _: Reads,
    Path(hash): Path<String>,
    query: Pairs,
) -> Answer<Response> {
    let settings = app.settings.clone();
    app.read(move |db| {
        let saved: String = db
            .query_row("SELECT query FROM tq_collection WHERE hash = ?", [hash], |row| row.get(0))
            .optional()?
            .ok_or(Failure::NotFound)?;
        let saved: Value = serde_json::from_str(&saved).map_err(|error| Failure::Internal(error.to_string()))?;
        let names = query.get("fields").map(Value::from);
        let fields = Fields::parse(names.as_ref().or(saved.get("fields")), &[], &settings)?;
        answer_query(db, &saved, &fields, &query, &settings)
    })
    .await
}

fn answer_query(
    db: &Connection,
    body: &Value,
    fields: &Fields,
    query: &Pairs,
    settings: &Settings,
) -> Answer<Response> {
    let parts = ["criteria", "filters"].map(|name| body.get(name).map_or(Ok(Condition::always()), criteria::condition));
    let fit = Condition::all(parts.into_iter().collect::<Result<Vec<_>, _>>()?);
    let keys = order::parse(&query.csv("sort"))?;
    let window = Window::parse(query, settings)?;
    let page = page::find(db, &fit, &keys, &window)?;
    let mut head = json!({
        "total": page.total,
        "limit": window.limit.unwrap_or(page.total),
        "offset": window.offset,
    });
    if let (Some(members), Some(next)) = (head.as_object_mut(), page.next) {
        members.insert("nextCursorMark".to_owned(), next.into());
    }
    write(head, &page.ids, |ids| search_shape::records(db, ids, fields))
}

/// Writes `head` and the records as its `data`, a few at a time.
pub(super) fn write(
    head: Value,
    ids: &[i64],
    records: impl Fn(&[i64]) -> rusqlite::Result<Vec<Value>>,
) -> Answer<Response> {
    let broken = |error: serde_json::Error| Failure::Internal(error.to_string());
    let mut text = serde_json::to_vec(&head).map_err(broken)?;
    text.pop();
    text.extend_from_slice(b",\"data\":[");
    for (index, some) in ids.chunks(AT_A_TIME).enumerate() {
        for (place, record) in records(some)?.iter().enumerate() {
            if index + place > 0 {
                text.push(b',');
            }
            serde_json::to_writer(&mut text, record).map_err(broken)?;
        }
    }
    text.extend_from_slice(b"]}");
    Ok(answer::text(text))
}
