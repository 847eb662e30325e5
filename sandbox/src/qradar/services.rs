//! Authorized services: `/api/config/access/authorized_services`. A token is told in the answer that makes it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::App;
use super::accounts::{self, NewService};
use super::capability::Capabilities;
use super::failure::Failure;
use super::request::{BAD_PARAMETER, Body, id_in_path};

/// No such service.
const MISSING: i64 = 1_002;

/// What a role of the console may do.
fn role(id: i64) -> &'static str {
    match id {
        1 => "ADMIN",
        2 => "OFFENSES,EVENTS,REFERENCE_READ,REFERENCE_WRITE",
        _ => "REFERENCE_READ",
    }
}

/// `POST …/authorized_services`
pub(super) async fn create(State(app): State<App>, Body(body): Body) -> Result<Response, Failure> {
    let number = |name: &str| body.get(name).and_then(Value::as_i64);
    let label = body.get("label").and_then(Value::as_str).filter(|label| !label.is_empty());
    let label = label.ok_or_else(|| Failure::invalid(BAD_PARAMETER, "label is missing"))?.to_owned();
    let role_id = number("user_role_id").ok_or_else(|| Failure::invalid(BAD_PARAMETER, "user_role_id is missing"))?;
    let now = app.clock.now();
    let mut service = NewService::new(&label, Capabilities::parse(role(role_id)).unwrap_or_default(), now);
    if let Some(expires_ms) = number("expiration_date") {
        service.expires_at = expires_ms / 1_000;
    }
    let expires_at = service.expires_at;
    let (id, token) = app.change(move |db| Ok(accounts::add_service(db, &service, now)?)).await?;
    let made = json!({
        "id": id, "label": label, "authentication_token": token, "user_role_id": role_id,
        "security_profile_id": number("security_profile_id"), "tenant_id": number("tenant_id"),
        "created_on": now.saturating_mul(1_000), "expiration_date": expires_at.saturating_mul(1_000),
    });
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// `DELETE …/authorized_services/{id}`
pub(super) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let was_there = app.change(move |db| Ok(accounts::remove_service(db, id)?)).await?;
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::missing(MISSING, &id.to_string(), "")) }
}
