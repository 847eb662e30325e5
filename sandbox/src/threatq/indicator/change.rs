//! Changing calls: update, scores, delete.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::params;
use serde_json::Value;

use super::create::{self, Attached, Creation};
use super::list_shape::{self, With};
use super::read;
use crate::threatq::App;
use crate::threatq::answer::{self, Answer};
use crate::threatq::caller::Writes;
use crate::threatq::failure::Failure;
use crate::threatq::request::{Body, id_in_path, number_of, object, text_of};

/// `PUT /api/indicators/{id}` with any of `status`, `status_id`, `value`, `type`, `type_id`, `description`,
/// `expires_at`, `published_at`, and what else a new one may bring
pub(in crate::threatq) async fn update(
    State(app): State<App>,
    Writes(caller): Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let by = Creation { source_id: caller.source_id, now: app.clock.now() };
    app.change(move |db| {
        super::must_exist(db, id)?;
        object(&body)?;
        let value = body.get("value").and_then(text_of).map(|value| value.trim().to_owned());
        if value.as_deref() == Some("") {
            return Err(Failure::member("value", "A value is needed."));
        }
        let type_id = create::type_id(db, &body)?;
        let (now_value, now_type): (String, i64) =
            db.query_row("SELECT value, type_id FROM tq_indicator WHERE id = ?", [id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let other = create::known(db, value.as_deref().unwrap_or(&now_value), type_id.unwrap_or(now_type))?;
        if other.is_some_and(|other| other != id) {
            return Err(Failure::member("value", "Another indicator has this value and type."));
        }
        db.execute(
            "UPDATE tq_indicator SET type_id = coalesce(?2, type_id), status_id = coalesce(?3, status_id),
                    value = coalesce(?4, value), description = coalesce(?5, description),
                    expires_at = coalesce(?6, expires_at), published_at = coalesce(?7, published_at) WHERE id = ?1",
            params![
                id,
                type_id,
                create::status_id(db, &body)?,
                value,
                body.get("description").and_then(Value::as_str),
                create::time(&body, "expires_at")?,
                create::time(&body, "published_at")?
            ],
        )?;
        Attached::parse(&body)?.to_indicator(db, id, by)?;
        super::touch(db, id, by.now)?;
        let with = With::parse(&["score", "status", "type", "sources", "attributes", "tags", "adversaries"])?;
        read::record(db, id, &with).map(answer::data)
    })
    .await
}

/// `PUT /api/indicator/{id}/scores` `{"manual_score":7}`; null goes back to the generated one
pub(in crate::threatq) async fn scores(
    State(app): State<App>,
    _: Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        super::must_exist(db, id)?;
        let wrong = || Failure::member("manual_score", "A score is a number from 0 to 10, or null.");
        let score = match body.get("manual_score").ok_or_else(wrong)? {
            Value::Null => None,
            value => Some(number_of(value).filter(|score| (0.0..=10.0).contains(score)).ok_or_else(wrong)?),
        };
        db.execute("UPDATE tq_indicator SET manual_score = ? WHERE id = ?", params![score, id])?;
        super::touch(db, id, now)?;
        list_shape::score_of(db, id).map(answer::data)
    })
    .await
}

/// `DELETE /api/indicators/{id}`
pub(in crate::threatq) async fn delete(State(app): State<App>, _: Writes, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.change(move |db| {
        super::delete(db, id)?;
        Ok(answer::deleted())
    })
    .await
}
