//! The paths that a region serves.

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::http::HeaderName;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use super::App;
use super::caller::Caller;
use super::failure::Failure;
use super::{graphql, token};

/// Documents of the vendor's SDK are long, and upserts longer.
const LARGEST_BODY: usize = 32 << 20;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// All of them, from the root.
pub(super) fn routes(app: App) -> Router {
    Router::new()
        .route("/auth/api/v2/auth/token", post(token::token))
        .route("/graphql", post(graphql::graphql))
        .route("/{service}/version", get(version))
        .method_not_allowed_fallback(async || Failure::NotFound)
        .fallback(async || Failure::NotFound)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(echo_request_id))
        .with_state(app)
}

/// `GET /assets/version`; the versions of other services are not served.
async fn version(_: Caller, Path(service): Path<String>) -> Result<Response, Failure> {
    if service != "assets" {
        return Err(Failure::NotFound);
    }
    let revision = "0123456789abcdef0123456789abcdef01234567";
    Ok(Json(json!({ "tag": "0.1.11", "revision": revision, "timestamp": "2026-01-02T06:01:28Z" })).into_response())
}

async fn echo_request_id(request: Request, next: Next) -> Response {
    let id = request.headers().get(&REQUEST_ID).cloned();
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
