//! Bulk updates of entries: tasks that are asked for until they are done.
//!
//! The work is done at once; the first question after it is still answered with PROCESSING, so that a client
//! that does not ask again is found out.

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::entries;
use crate::qradar::App;
use crate::qradar::failure::Failure;
use crate::qradar::request::id_in_path;

/// No such task; results that are not there yet; a body that is no array.
const MISSING: i64 = 23_001;
const NOT_READY: i64 = 23_003;
const BAD_BODY: i64 = 23_000;

/// How often a task is asked for before it is done.
const POLLS: i64 = 2;

struct Task {
    id: i64,
    created: i64,
    polls: i64,
    total: i64,
    responses: Value,
}

impl Task {
    fn is_done(&self) -> bool {
        self.polls >= POLLS
    }

    fn json(&self) -> Value {
        let done = self.is_done();
        let status = match self.polls {
            0 => "QUEUED",
            _ if done => "COMPLETED",
            _ => "PROCESSING",
        };
        json!({
            "id": self.id,
            "name": "Bulk update of reference set entries",
            "status": status,
            "created": self.created,
            "created_by": "sandbox",
            "started": if self.polls > 0 { Some(self.created) } else { None },
            "modified": self.created,
            "completed": if done { Some(self.created) } else { None },
            "error_code": null,
            "error_message": null,
        })
    }
}

/// Puts every entry of a body; the task that tells what came of it.
pub(super) fn perform(db: &Connection, body: &Value, now_ms: i64) -> Result<Value, Failure> {
    let entries = body.as_array().ok_or_else(|| Failure::invalid(BAD_BODY, "The body must be an array of entries"))?;
    let mut responses = Vec::new();
    for entry in entries {
        let (status, code, message) = match entries::put_body(db, entry, now_ms) {
            Ok(put) => (if put.is_new { 201 } else { 200 }, 0, String::new()),
            Err(failure) => {
                let (status, code, message) = failure.parts();
                (status, code, message.to_owned())
            }
        };
        responses.push(json!({ "http_status": status, "unique_code": code, "message": message }));
    }
    let total = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let responses = Value::from(responses);
    db.execute(
        "INSERT INTO qr_bulk_task (created, polls, total, responses) VALUES (?, 0, ?, ?)",
        params![now_ms, total, responses.to_string()],
    )?;
    Ok(Task { id: db.last_insert_rowid(), created: now_ms, polls: 0, total, responses }.json())
}

fn task(db: &Connection, id: i64) -> Result<Task, Failure> {
    let found = db
        .query_row("SELECT id, created, polls, total, responses FROM qr_bulk_task WHERE id = ?", [id], |row| {
            let responses: String = row.get(4)?;
            Ok(Task {
                id: row.get(0)?,
                created: row.get(1)?,
                polls: row.get(2)?,
                total: row.get(3)?,
                responses: serde_json::from_str(&responses).unwrap_or_default(),
            })
        })
        .optional()?;
    found.ok_or_else(|| Failure::missing(MISSING, &id.to_string(), "The task does not exist."))
}

/// `GET …/set_bulk_update_tasks/{id}`
pub(in crate::qradar) async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    app.change(move |db| {
        db.execute("UPDATE qr_bulk_task SET polls = polls + 1 WHERE id = ?", [id])?;
        Ok(task(db, id)?.json())
    })
    .await
    .map(Json)
}

/// `GET …/set_bulk_update_tasks/{id}/results`
pub(in crate::qradar) async fn results(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let task = app.read(move |db| task(db, id)).await?;
    if !task.is_done() {
        return Err(Failure::not_ready(NOT_READY, "The results are not available yet"));
    }
    let responses = task.responses.as_array().map(Vec::as_slice).unwrap_or_default();
    let succeeded = |response: &&Value| response.get("http_status").and_then(Value::as_i64).is_some_and(|it| it < 300);
    let successful = responses.iter().filter(succeeded).count();
    let status = match successful {
        all if all == responses.len() => "COMPLETE_UPDATE_PERFORMED",
        0 => "UPDATE_ABORTED",
        _ => "PARTIAL_UPDATE_PERFORMED",
    };
    Ok(Json(json!({
        "id": task.id,
        "status": status,
        "successful_responses": successful,
        "total_responses": task.total,
        "responses": responses,
    })))
}
