//! Refused calls, in ThreatQ's words. Token requests have their own: see `token`.
//!
//! Two forms of body are in the field, `{"errors":[…]}` and, for a member of the body,
//! `{"data":{"errors":{"<member>":["…"]}}}`; clients must read both.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Error;

/// Why a call was refused.
#[derive(Debug)]
pub(super) enum Failure {
    /// 401: no token, or none that is good.
    Unauthorized,
    /// 403: the group may not.
    Forbidden,
    /// 404: no such object or path.
    NotFound,
    /// 405.
    Method,
    /// 400: a member of the body, and what is wrong with it.
    Member(&'static str, String),
    /// 400: something that no member is to blame for.
    Request(String),
    /// 400: parts of the query.
    Query(Vec<String>),
    /// 500: the sandbox itself failed.
    Internal(String),
}

impl Failure {
    /// A [`Failure::Member`].
    pub(super) fn member(name: &'static str, message: impl Into<String>) -> Failure {
        Failure::Member(name, message.into())
    }

    /// A [`Failure::Query`] about one part.
    pub(super) fn query(message: impl Into<String>) -> Failure {
        Failure::Query(vec![message.into()])
    }

    /// The message without its form, for an item of a bulk request.
    pub(super) fn message(&self) -> String {
        match self {
            Failure::Unauthorized => "Unauthorized.".to_owned(),
            Failure::Forbidden => "You are not allowed to do this.".to_owned(),
            Failure::NotFound => "Not found.".to_owned(),
            Failure::Method => "Method not allowed.".to_owned(),
            Failure::Member(_, message) | Failure::Request(message) => message.clone(),
            Failure::Query(messages) => messages.join(" "),
            Failure::Internal(message) => format!("The sandbox failed: {message}."),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Failure::Unauthorized => StatusCode::UNAUTHORIZED,
            Failure::Forbidden => StatusCode::FORBIDDEN,
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Method => StatusCode::METHOD_NOT_ALLOWED,
            Failure::Member(..) | Failure::Request(_) | Failure::Query(_) => StatusCode::BAD_REQUEST,
            Failure::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn body(&self) -> Value {
        match self {
            Failure::Member(name, message) => json!({ "data": { "errors": { *name: [message] } } }),
            Failure::Query(messages) => json!({ "errors": ["Invalid query.", messages] }),
            _ => json!({ "errors": [self.message()] }),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status(), Json(self.body())).into_response()
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Failure::NotFound,
            other => Failure::Internal(other.to_string()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Internal(error.to_string())
    }
}
