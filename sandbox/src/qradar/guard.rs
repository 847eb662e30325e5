//! What every call passes before its handler: the web server's limits, the account, its capability, the version.
//!
//! | Path | Needs |
//! |---|---|
//! | `/api/siem` | OFFENSES |
//! | `/api/ariel` | EVENTS |
//! | `/api/reference_data…` | REFERENCE_READ, else REFERENCE_WRITE |
//! | `/api/config` | ADMIN |
//! | anything else below `/api` | a login |

use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::capability::{Capabilities, Capability};
use super::failure::{self, Failure};
use super::{App, accounts};
use crate::clock::Seconds;

/// Longer request lines are refused by the web server, in HTML.
const LONGEST_LINE: usize = 8_190;
/// So many failed logins lock out.
const FAILURES: u32 = 5;
/// So long.
const LOCKED: Seconds = 30 * 60;
/// Reference data collections replaced reference data here.
const COLLECTIONS_SINCE: u32 = 16;
/// Bulk loading went here.
const BULK_LOAD_UNTIL: u32 = 20;

/// Failed logins in a row. All callers are on this machine and count as one address.
#[derive(Default)]
pub(super) struct Lockout(Mutex<(u32, Seconds)>);

impl Lockout {
    fn is_on(&self, now: Seconds) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 > now
    }

    fn count(&self, succeeded: bool, now: Seconds) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = if succeeded { 0 } else { state.0 + 1 };
        if state.0 >= FAILURES {
            *state = (0, now + LOCKED);
        }
    }
}

/// Lets a call through, or answers it.
pub(super) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    let line = request.method().as_str().len() + request.uri().to_string().len() + " HTTP/1.1 ".len();
    if line > LONGEST_LINE {
        return failure::page(StatusCode::URI_TOO_LONG);
    }
    let path = request.uri().path().to_owned();
    if !path.starts_with("/api/") {
        return if path.starts_with("/console") || path == "/" {
            Html("<!DOCTYPE html>\n<title>Log in</title>\n<p>The console has no pages here, only its API.</p>\n")
                .into_response()
        } else {
            failure::page(StatusCode::NOT_FOUND)
        };
    }
    if let Err(failure) = check(&app, request.method(), &path, request.headers()).await {
        return failure.into_response();
    }
    let version = requested_version(&app, request.headers());
    let mut response = next.run(request).await;
    if path.starts_with("/api/reference_data/") && version >= BULK_LOAD_UNTIL {
        response.headers_mut().insert("deprecated", HeaderValue::from_static("true"));
    }
    response
}

async fn check(app: &App, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Failure> {
    let capabilities = login(app, headers).await?;
    if needed(method, path).is_some_and(|capability| !capabilities.allow(capability)) {
        return Err(Failure::forbidden());
    }
    let version = requested_version(app, headers);
    if app.settings.strict_versions && version + 3 < app.settings.api_version {
        return Err(Failure::invalid(1_005, "The requested version of the API is not served."));
    }
    if path.starts_with("/api/reference_data_collections/") && app.settings.api_version < COLLECTIONS_SINCE {
        return Err(Failure::unknown_path());
    }
    if path.starts_with("/api/reference_data/sets/bulk_load/") && version >= BULK_LOAD_UNTIL {
        return Err(Failure::gone());
    }
    Ok(())
}

/// The version that is asked for; the newest one if it is not known, or none is.
fn requested_version(app: &App, headers: &HeaderMap) -> u32 {
    let newest = app.settings.api_version;
    let text = headers.get("version").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let major = text.split('.').next().and_then(|major| major.trim().parse().ok());
    major.map_or(newest, |major: u32| major.min(newest))
}

fn needed(method: &Method, path: &str) -> Option<Capability> {
    let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if below("/api/siem") {
        Some(Capability::Offenses)
    } else if below("/api/ariel") {
        Some(Capability::Events)
    } else if below("/api/config") {
        Some(Capability::Admin)
    } else if below("/api/reference_data") || below("/api/reference_data_collections") {
        Some(if method == Method::GET { Capability::ReferenceRead } else { Capability::ReferenceWrite })
    } else {
        None
    }
}

async fn login(app: &App, headers: &HeaderMap) -> Result<Capabilities, Failure> {
    let now = app.clock.now();
    if app.settings.host_lockout && app.lockout.is_on(now) {
        return Err(Failure::unauthorized());
    }
    let found = match Credentials::of(headers) {
        Some(credentials) => app.read(move |db| Ok(credentials.capabilities(db, now)?)).await?,
        None => None,
    };
    app.lockout.count(found.is_some(), now);
    found.ok_or_else(Failure::unauthorized)
}

/// How a caller says who it is.
enum Credentials {
    Service(String),
    Bearer(String),
    Basic(String, String),
}

impl Credentials {
    fn of(headers: &HeaderMap) -> Option<Credentials> {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        if let Some(token) = text(header::HeaderName::from_static("sec")) {
            return Some(Credentials::Service(token.trim().to_owned()));
        }
        let authorization = text(header::AUTHORIZATION)?;
        if let Some(token) = authorization.strip_prefix("Bearer ") {
            return Some(Credentials::Bearer(token.trim().to_owned()));
        }
        let decoded = STANDARD.decode(authorization.strip_prefix("Basic ")?.trim()).ok()?;
        let decoded = String::from_utf8(decoded).ok()?;
        let (name, password) = decoded.split_once(':')?;
        Some(Credentials::Basic(name.to_owned(), password.to_owned()))
    }

    fn capabilities(&self, db: &rusqlite::Connection, now: Seconds) -> rusqlite::Result<Option<Capabilities>> {
        match self {
            Credentials::Service(token) => accounts::by_service_token(db, token, now),
            Credentials::Bearer(token) => accounts::by_bearer(db, token, now),
            Credentials::Basic(name, password) => accounts::by_password(db, name, password),
        }
    }
}
