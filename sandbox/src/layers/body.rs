//! Reads a request to its end before anything looks at it.
//!
//! A refusal that needs no body would otherwise be sent while the body is still on its way. The server cannot use such
//! a connection again and closes it, and a client that has just sent its next request there loses that.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Larger bodies are refused with 413: they are held in memory.
const LARGEST: usize = 256 << 20;

/// Passes a request on with its body in memory.
pub(super) async fn read(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, LARGEST).await {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}
