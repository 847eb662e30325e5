//! Decides about a token request: three grants, and what each of them asks for.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde_json::json;

use super::refusal::Refusal;
use super::request::{self, TokenRequest};
use super::store::{self, Ends, Holder, Issued};
use crate::clock::Seconds;
use crate::threatq::App;
use crate::threatq::clients::{self, Client, ClientType};
use crate::threatq::settings::Settings;
use crate::threatq::users;

/// A pair of tokens, and how long the access token lives.
struct Granted {
    issued: Issued,
    lives: Seconds,
}

/// `POST /api/token`
pub(in crate::threatq) async fn token(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let query = query.unwrap_or_default();
    let request = request::parse(&query, &body, authorization, app.settings.token_shapes);
    let outcome = match request {
        Ok(request) => decide(&app, request).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(granted) => granted.answer(&app.settings),
        Err(refusal) => refusal.answer(app.settings.error_style),
    }
}

impl Granted {
    fn answer(self, settings: &Settings) -> Response {
        let mut body = json!({
            "access_token": self.issued.access_token,
            // Lower case, although the API refuses the scheme in lower case.
            "token_type": "bearer",
            "expires_in": self.lives,
        });
        if let Some(members) = body.as_object_mut()
            && !settings.no_refresh_token
        {
            members.insert("refresh_token".to_owned(), self.issued.refresh_token.into());
        }
        ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

async fn decide(app: &App, request: TokenRequest) -> Result<Granted, Refusal> {
    match request.grant_type.as_deref() {
        Some("password") => by_password(app, request).await,
        Some("client_credentials") => by_client(app, request).await,
        Some("refresh_token") => by_refresh_token(app, request).await,
        _ => Err(Refusal::GrantType),
    }
}

/// The client is judged first, so that a wrong client id is no failed login.
async fn by_password(app: &App, request: TokenRequest) -> Result<Granted, Refusal> {
    let (Some(email), Some(password)) = (request.email.clone(), request.password.clone()) else {
        return Err(Refusal::Request("E-mail and password are needed."));
    };
    let (client, login) = app
        .read(move |db| {
            let client = named_client(db, &request, ClientType::Public)?;
            Ok((client, users::login(db, &email)?))
        })
        .await?;
    let client = client?;
    let Some(login) = login else { return Err(Refusal::Login) };
    // Hashing takes its time: neither on this thread nor with the database in hand.
    let (login, fits) = app
        .aside(move || {
            let fits = login.fits(&password);
            Ok((login, fits))
        })
        .await?;
    let (now, settings) = (app.clock.now(), app.settings.clone());
    let holder = Holder { client: client.id, user: Some(login.id) };
    let minutes = settings.user_session_minutes.unwrap_or(login.session_minutes);
    app.change(move |db| {
        if login.count(db, fits, now, settings.lockout)? {
            Ok(Some(grant(db, &settings, holder, minutes, None, now)?))
        } else {
            Ok(None)
        }
    })
    .await?
    .ok_or(Refusal::Login)
}

async fn by_client(app: &App, request: TokenRequest) -> Result<Granted, Refusal> {
    let (now, settings) = (app.clock.now(), app.settings.clone());
    app.change(move |db| {
        Ok(named_client(db, &request, ClientType::Private)?.and_then(|client| {
            let holder = Holder { client: client.id, user: None };
            let minutes = settings.client_session_minutes.unwrap_or(client.session_minutes);
            Ok(grant(db, &settings, holder, minutes, None, now)?)
        }))
    })
    .await?
}

/// No authorisation is needed; one that is there must be right. A bearer token is not looked at: it has
/// usually expired by the time of a refresh.
async fn by_refresh_token(app: &App, request: TokenRequest) -> Result<Granted, Refusal> {
    let Some(refresh_token) = request.refresh_token.clone() else {
        return Err(Refusal::Request("A refresh token is needed."));
    };
    let (now, settings) = (app.clock.now(), app.settings.clone());
    app.change(move |db| {
        let client = match refreshing_client(db, &request)? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(old) = store::refreshable(db, &refresh_token, now)? else {
            return Ok(Err(Refusal::RefreshToken));
        };
        if client.is_some_and(|client| client != old.holder.client) {
            return Ok(Err(Refusal::RefreshToken));
        }
        let minutes = session_minutes(db, &settings, old.holder)?;
        Ok(grant(db, &settings, old.holder, minutes, Some(old.id), now).map_err(Refusal::from))
    })
    .await?
}

type Judged<T> = Result<Result<T, Refusal>, crate::threatq::failure::Failure>;

/// The client that the request names, if it is of this type and its secret fits.
fn named_client(db: &Connection, request: &TokenRequest, kind: ClientType) -> Judged<Client> {
    let candidates = match request.client_credentials() {
        Ok(candidates) => candidates,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for (id, secret) in candidates {
        if let Some(client) = clients::by_client_id(db, &id)?
            && client.kind == kind
            && secret_fits(&client, secret.as_deref())
        {
            return Ok(Ok(client));
        }
    }
    Ok(Err(Refusal::Client))
}

/// A private client needs its secret, a public one must not send any.
fn secret_fits(client: &Client, secret: Option<&str>) -> bool {
    match (client.kind, secret) {
        (ClientType::Private, Some(secret)) => client.fits(secret),
        (ClientType::Public, None) => true,
        _ => false,
    }
}

/// The client that a refresh names, if it names one; without a secret the id alone is believed.
fn refreshing_client(db: &Connection, request: &TokenRequest) -> Judged<Option<i64>> {
    let candidates = match request.client_credentials() {
        Ok(candidates) => candidates,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if candidates.is_empty() {
        return Ok(Ok(None));
    }
    for (id, secret) in candidates {
        if let Some(client) = clients::by_client_id(db, &id)?
            && secret.is_none_or(|secret| client.fits(&secret))
        {
            return Ok(Ok(Some(client.id)));
        }
    }
    Ok(Err(Refusal::Client))
}

fn session_minutes(db: &Connection, settings: &Settings, holder: Holder) -> rusqlite::Result<i64> {
    let (setting, table, id) = match holder.user {
        Some(user) => (settings.user_session_minutes, "tq_user", user),
        None => (settings.client_session_minutes, "tq_client", holder.client),
    };
    match setting {
        Some(minutes) => Ok(minutes),
        None => db.query_row(&format!("SELECT session_minutes FROM {table} WHERE id = ?"), [id], |row| row.get(0)),
    }
}

fn grant(
    db: &Connection,
    settings: &Settings,
    holder: Holder,
    minutes: i64,
    follows: Option<i64>,
    now: Seconds,
) -> Result<Granted, crate::threatq::failure::Failure> {
    let lives = settings.token_ttl.unwrap_or(minutes.saturating_mul(60));
    let ends = Ends {
        access_at: now.saturating_add(lives),
        refresh_at: now.saturating_add(settings.refresh_minutes.saturating_mul(60)),
    };
    Ok(Granted { issued: store::issue(db, holder, ends, follows, now)?, lives })
}
