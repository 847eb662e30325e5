//! Refused calls: what is answered before, or instead of, a GraphQL answer. Token requests have their own words.

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::settings::ThrottleHeader;
use crate::Error;

/// Why a call was refused.
#[derive(Debug)]
pub(super) enum Failure {
    /// 401: no token, or none that is good.
    Unauthorized,
    /// 403: the tenant of `X-Tenant-Context` is not the caller's.
    Forbidden,
    /// 404, a page for people: the gateway in front of the services does not know the path.
    NotFound,
    /// 400: entries of `errors`.
    Document(Vec<Value>),
    /// 429, with the header that names the wait.
    Throttled(ThrottleHeader),
    /// 500: the sandbox itself failed.
    Internal(String),
}

impl Failure {
    /// A [`Failure::Document`] of one message.
    pub(super) fn document(message: &str) -> Failure {
        Failure::Document(vec![json!({ "message": message })])
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let coded = |message: &str, code: &str| {
            Json(json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }))
        };
        match self {
            Failure::Unauthorized => {
                (StatusCode::UNAUTHORIZED, coded("Unauthorized", "UNAUTHENTICATED")).into_response()
            }
            Failure::Forbidden => (StatusCode::FORBIDDEN, coded("Forbidden", "FORBIDDEN")).into_response(),
            Failure::NotFound => {
                let page = "<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>\n";
                (StatusCode::NOT_FOUND, Html(page)).into_response()
            }
            Failure::Document(errors) => (StatusCode::BAD_REQUEST, Json(json!({ "errors": errors }))).into_response(),
            Failure::Throttled(name) => {
                let name = match name {
                    ThrottleHeader::RetryAfter => header::RETRY_AFTER,
                    ThrottleHeader::XRatelimit => HeaderName::from_static("x-ratelimit-retryafter"),
                };
                let body = Json(json!({ "errors": [{ "message": "Too many requests" }] }));
                (StatusCode::TOO_MANY_REQUESTS, [(name, "1")], body).into_response()
            }
            Failure::Internal(message) => {
                let body = Json(json!({ "errors": [{ "message": format!("The sandbox failed: {message}.") }] }));
                (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
            }
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Internal(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Internal(error.to_string())
    }
}
