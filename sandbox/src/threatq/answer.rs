//! The forms of ThreatQ's answers: `{"data":{…}}` for one object, `{"total":n,"data":[…]}` for a list.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::failure::Failure;

/// What a handler returns.
pub(super) type Answer<T> = Result<T, Failure>;

/// 200 with one object, or with a list that has no total.
pub(super) fn data(data: impl Into<Value>) -> Response {
    Json(json!({ "data": data.into() })).into_response()
}

/// 200 with a list.
pub(super) fn list(total: u64, data: Vec<Value>) -> Response {
    Json(json!({ "total": total, "data": data })).into_response()
}

/// 200 with a text that is JSON already: large lists are written record by record.
pub(super) fn text(json: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

/// The same answer as 201.
pub(super) fn created(mut answer: Response) -> Response {
    *answer.status_mut() = StatusCode::CREATED;
    answer
}

/// 204.
pub(super) fn deleted() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// 200 `{}`: how accounts that may not see a reference list see it.
pub(super) fn nothing() -> Response {
    Json(json!({})).into_response()
}
