//! The log of requests, for tests that count them: `GET /__sandbox/requests` returns it and empties it.
//!
//! It holds names, sizes and statuses, never a header, a body or a value of a query member: secrets
//! travel in those.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

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
    body_bytes: u64,
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
    let mut entry = Entry {
        platform,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: names(request.uri().query().unwrap_or_default()),
        // Known, since the body was read before.
        body_bytes: request.body().size_hint().exact().unwrap_or_default(),
        status: 0,
    };
    let response = next.run(request).await;
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
