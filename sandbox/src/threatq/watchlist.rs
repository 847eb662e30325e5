//! Each account's own watchlist of indicators.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::{Connection, params};
use serde_json::json;

use super::answer::{self, Answer};
use super::caller::Writes;
use super::object::Object;
use super::relations::{self, Children};
use super::request::id_in_path;
use super::{App, date, indicator};

/// Who watches these indicators.
pub(super) fn of(db: &Connection, ids: &[i64]) -> rusqlite::Result<Children> {
    relations::children(
        db,
        "SELECT indicator_id, source_id, created_at FROM tq_watchlist
         WHERE indicator_id IN (SELECT value FROM json_each(?1)) AND ?2 = 1 ORDER BY created_at, source_id",
        Object::Indicator,
        ids,
        |row| {
            Ok(json!({
                "indicator_id": row.get::<_, i64>(0)?,
                "source_id": row.get::<_, i64>(1)?,
                "created_at": date::text(row.get(2)?),
            }))
        },
    )
}

/// `POST /api/indicators/{id}/watchlist`
pub(super) async fn add(State(app): State<App>, Writes(caller): Writes, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        indicator::must_exist(db, id)?;
        db.execute("INSERT OR IGNORE INTO tq_watchlist VALUES (?, ?, ?)", params![id, caller.source_id, now])?;
        let watching = of(db, &[id])?.take(id);
        let own = watching.into_iter().find(|entry| entry.get("source_id") == Some(&caller.source_id.into()));
        Ok(answer::created(answer::data(own)))
    })
    .await
}

/// `DELETE /api/indicators/{id}/watchlist`
pub(super) async fn remove(State(app): State<App>, Writes(caller): Writes, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.change(move |db| {
        let removed = db.execute(
            "DELETE FROM tq_watchlist WHERE indicator_id = ? AND source_id = ?",
            params![id, caller.source_id],
        )?;
        relations::removed(removed)?;
        Ok(answer::deleted())
    })
    .await
}
