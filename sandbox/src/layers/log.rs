//! The log of requests, for tests that count them: `GET /__sandbox/requests` returns it and empties it.
//!
//! It holds names, sizes and statuses, never a header, a body or a value of a query member: secrets
//! travel in those.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

/// Larger bodies are refused with 413 while the log is kept: it has to read them to know their size.
const LARGEST_BODY: usize = 256 << 20;

/// The requests since the log was last asked for, in the order of their answers, over all platforms.
#[derive(Default)]
pub struct RequestLog(Mutex<Vec<Entry>>);

/// One request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    platform: &'static str,
    method: String,
    path: String,
    /// Names of the query members, in their order, repeated ones too.
    query: Vec<String>,
    body_bytes: usize,
    status: u16,
}

impl RequestLog {
    fn push(&self, entry: Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The route that serves the log.
pub(super) fn routes(log: &Arc<RequestLog>) -> Router {
    async fn requests(State(log): State<Arc<RequestLog>>) -> Json<Vec<Entry>> {
        Json(log.take())
    }
    Router::new().route("/__sandbox/requests", get(requests)).with_state(Arc::clone(log))
}

/// Passes a request on and writes it down with the status of its answer.
pub(super) async fn record(
    State((platform, log)): State<(&'static str, Arc<RequestLog>)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut entry = Entry {
        platform,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: names(parts.uri.query().unwrap_or_default()),
        body_bytes: body.len(),
        status: 0,
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    entry.status = response.status().as_u16();
    log.push(entry);
    response
}

fn names(query: &str) -> Vec<String> {
    query
        .split('&')
        .filter(|member| !member.is_empty())
        .map(|member| member.split_once('=').map_or(member, |(name, _)| name).to_owned())
        .collect()
}
