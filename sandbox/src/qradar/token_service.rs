//! The token service of the app framework: `GET /token`, and `POST` for who does not want a secret in a URL.
//!
//! The answer tells neither a life nor a refresh token: clients renew when a call is refused.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::failure::{self, Failure};
use super::{App, accounts};

/// Its routes, from the root.
pub(super) fn routes(app: App) -> Router {
    Router::new()
        .route("/token", get(by_query).post(by_form))
        .method_not_allowed_fallback(async || failure::page(StatusCode::METHOD_NOT_ALLOWED))
        .fallback(async || failure::page(StatusCode::NOT_FOUND))
        .with_state(app)
}

/// `GET /token`
pub(super) async fn by_query(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    answer(app, query.unwrap_or_default().into_bytes()).await
}

/// `POST /token`
pub(super) async fn by_form(State(app): State<App>, body: Bytes) -> Response {
    answer(app, body.to_vec()).await
}

async fn answer(app: App, members: Vec<u8>) -> Response {
    let member = |name: &str| {
        form_urlencoded::parse(&members).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    if member("grant_type").as_deref() != Some("client_credentials") {
        return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", "This grant type is not supported.");
    }
    let (id, secret) = (member("client_id").unwrap_or_default(), member("client_secret").unwrap_or_default());
    let (life, now) = (app.settings.token_ttl.unwrap_or(accounts::BEARER_SECONDS), app.clock.now());
    let issued = app.change(move |db| Ok(accounts::issue_bearer(db, &id, &secret, life, now)?)).await;
    match issued {
        Ok(Some(bearer)) => {
            let body = json!({
                "access_token": bearer.token,
                "token_type": "Bearer",
                "scope": bearer.capabilities.joined(" "),
            });
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Ok(None) => refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Unknown client or wrong secret."),
        Err(failure) => Failure::into_response(failure),
    }
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}
