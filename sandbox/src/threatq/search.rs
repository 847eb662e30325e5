//! `GET /api/search`: a substring over values, titles and names of everything.

use axum::extract::State;
use axum::response::Response;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};

use super::App;
use super::answer::{self, Answer};
use super::caller::Reads;
use super::failure::Failure;
use super::object::Object;
use super::request::Pairs;
use super::sql;

/// Results, unless `limit` says otherwise.
const DEFAULT_LIMIT: u64 = 100;

/// `?query=&limit=`; indicators first, then events, then adversaries
pub(super) async fn search(State(app): State<App>, _: Reads, query: Pairs) -> Answer<Response> {
    app.read(move |db| {
        let text = query.get("query").unwrap_or_default();
        if text.is_empty() {
            return Err(Failure::query("\"query\" is needed."));
        }
        let limit = query.number("limit")?.unwrap_or(DEFAULT_LIMIT);
        let mut found = Vec::new();
        for (object, column) in [(Object::Indicator, "value"), (Object::Event, "title"), (Object::Adversary, "name")] {
            let left = limit.saturating_sub(found.len() as u64);
            found.extend(in_table(db, object, column, text, left)?);
        }
        Ok(answer::data(found))
    })
    .await
}

fn in_table(db: &Connection, object: Object, column: &str, text: &str, limit: u64) -> rusqlite::Result<Vec<Value>> {
    let fit = sql::contains(column, text);
    let sql = format!("SELECT id, {column} FROM {} WHERE {} ORDER BY id LIMIT ?", object.table(), fit.sql);
    let values: Vec<Sql> = fit.values.into_iter().chain([sql::whole(limit)]).collect();
    db.prepare(&sql)?
        .query_map(params_from_iter(values), |row| {
            Ok(json!({
                "id": row.get::<_, i64>(0)?,
                "value": row.get::<_, String>(1)?,
                "object": object.name(),
            }))
        })?
        .collect()
}
