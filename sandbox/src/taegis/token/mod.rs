//! The token endpoint, `POST /auth/api/v2/auth/token`: client credentials and nothing else.
//!
//! [`request`] reads, [`jwt`] writes and reads tokens, which nobody stores: they are signed, and good until they
//! end. That holds for those of a deleted client too; its secret is refused at once.

pub(super) mod jwt;
mod request;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::failure::Failure;
use super::{App, clients};
use crate::clock::Seconds;
use jwt::Claims;
use request::{Credentials, Refusal};

/// Answers a token request.
pub(super) async fn token(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Response, Failure> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let candidates = match request::parse(&body, authorization, app.settings.lenient_token) {
        Ok(candidates) => candidates,
        Err(refusal) => return Ok(refused(refusal)),
    };
    let (now, ttl) = (app.clock.now(), app.settings.token_ttl);
    let issued = app.change(move |db| Ok(issue(db, &candidates, now, ttl)?)).await?;
    Ok(issued.map_or_else(|| refused(Refusal::Client), |body| Json(body).into_response()))
}

/// A token for the client whose secret fits; the answer's body.
fn issue(db: &Connection, candidates: &[Credentials], now: Seconds, ttl: Seconds) -> rusqlite::Result<Option<Value>> {
    for Credentials { id, secret } in candidates {
        let Some(client) = clients::log_in(db, id, secret, now)? else { continue };
        let expires_at = now.saturating_add(ttl);
        let claims = Claims { client_id: client.client_id, issued_at: now, expires_at, tenants: client.tenants };
        return Ok(Some(json!({
            "access_token": jwt::sign(&jwt::key(db)?, &claims),
            "expires_in": ttl,
            "expiry": with_milliseconds(expires_at),
            "token_type": "Bearer",
        })));
    }
    Ok(None)
}

fn with_milliseconds(seconds: Seconds) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(format).unwrap_or_default()
}

/// The platform's bodies are unknown; these are what OAuth libraries understand, with the word that one client in
/// the field looks for.
fn refused(refusal: Refusal) -> Response {
    let (status, body) = match refusal {
        Refusal::Client => {
            let body = json!({ "error": "invalid_client", "error_description": "Unauthorized" });
            (StatusCode::UNAUTHORIZED, body)
        }
        Refusal::Grant => (StatusCode::BAD_REQUEST, json!({ "error": "unsupported_grant_type" })),
        Refusal::Body => (StatusCode::BAD_REQUEST, json!({ "error": "invalid_request" })),
    };
    (status, Json(body)).into_response()
}
