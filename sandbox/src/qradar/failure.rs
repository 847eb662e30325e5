//! Refused calls, in the console's words.
//!
//! Below `/api` a refusal is an envelope: `http_response` says what the status means, `code` what went wrong at
//! that endpoint. The web server in front of it answers in HTML.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::Error;

/// Why a call was refused.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: i64,
    message: String,
    description: &'static str,
}

/// What each status means, in the console's words.
fn meaning(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "You are unauthorized to access the requested resource.",
        StatusCode::FORBIDDEN => "Your account is not authorized to access the requested resource",
        StatusCode::NOT_FOUND => "We could not find the resource you requested.",
        StatusCode::METHOD_NOT_ALLOWED => "This method is not allowed for the requested resource.",
        StatusCode::CONFLICT => {
            "The request could not be completed due to a conflict with the current state of the resource."
        }
        StatusCode::GONE => "The requested resource is no longer available and has been permanently removed.",
        StatusCode::UNPROCESSABLE_ENTITY => {
            "The request was well-formed but was unable to be followed due to semantic errors"
        }
        _ => "Unexpected internal server error.",
    }
}

impl Failure {
    fn new(status: StatusCode, code: i64, message: impl Into<String>, description: &'static str) -> Failure {
        Failure { status, code, message: message.into(), description }
    }

    /// 401: no credentials, or none that are good (yet).
    pub(super) fn unauthorized() -> Failure {
        let message = "No SEC header present in request. Please provide it via \"SEC: token\". You may also use BASIC \
                       authentication parameters if this host supports it. e.g. \"Authorization: Basic \
                       base64Encoding\"";
        Failure::new(StatusCode::UNAUTHORIZED, 18, message, "")
    }

    /// 403: the account lacks the capability.
    pub(super) fn forbidden() -> Failure {
        let message = "User has insufficient capabilities to access this endpoint resource";
        Failure::new(StatusCode::FORBIDDEN, 26, message, "")
    }

    /// 404: a path that nobody serves.
    pub(super) fn unknown_path() -> Failure {
        Failure::new(StatusCode::NOT_FOUND, 1002, "", "")
    }

    /// 404: what the path names is not there, or not there yet. `code` is the endpoint's.
    pub(super) fn missing(code: i64, what: &str, description: &'static str) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, code, format!("{what} does not exist"), description)
    }

    /// 404: it is there, and not ready.
    pub(super) fn not_ready(code: i64, message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, code, message, "")
    }

    /// 405.
    pub(super) fn method() -> Failure {
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, 4, "", "")
    }

    /// 409.
    pub(super) fn conflict(code: i64, message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::CONFLICT, code, message, "")
    }

    /// 410.
    pub(super) fn gone() -> Failure {
        Failure::new(StatusCode::GONE, 0, "", "")
    }

    /// 422: understood and not followed. `code` is the endpoint's.
    pub(super) fn invalid(code: i64, message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::UNPROCESSABLE_ENTITY, code, message, "")
    }

    /// 422: a member that has to be there is not.
    pub(super) fn missing_parameter(name: &str) -> Failure {
        Failure::invalid(8, format!("Missing required parameter \"{name}\" from query parameters"))
    }

    /// The numbers and the message, for an item of a bulk request.
    pub(super) fn parts(&self) -> (u16, i64, &str) {
        (self.status.as_u16(), self.code, &self.message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = json!({
            "http_response": { "code": self.status.as_u16(), "message": meaning(self.status) },
            "code": self.code,
            "message": self.message,
            "description": self.description,
            "details": {},
        });
        (self.status, Json(body)).into_response()
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, 1020, error.to_string(), "")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, 1020, error.to_string(), "")
    }
}

/// A page of the web server in front of the API: its errors know nothing of JSON.
pub(super) fn page(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    let html = format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n<body><h1>{reason}</h1>\n\
         <p>The web server could not serve this request.</p></body></html>\n"
    );
    let mut response = (status, Html(html)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=iso-8859-1"));
    response
}
