//! The endpoints of searches: `/api/ariel/searches` and `/api/ariel/validators/aql`.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::searches::{Found, Search, Status};
use crate::qradar::App;
use crate::qradar::aql;
use crate::qradar::failure::Failure;
use crate::qradar::list::Part;
use crate::qradar::request::{BAD_PARAMETER, Form, Ranged};

/// No such search; results that are not there yet; a query that is no AQL.
const MISSING: i64 = 1_002;
const NOT_READY: i64 = 1_003;
const BAD_AQL: i64 = 2_000;

/// Nobody is kept waiting longer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

fn missing(id: &str) -> Failure {
    Failure::missing(MISSING, &format!("Search {id}"), "The search does not exist.")
}

/// `GET …/searches`
pub(in crate::qradar) async fn list(State(app): State<App>, Ranged(range): Ranged) -> Part {
    Part::of(app.searches.ids(app.clock.now()).into_iter().map(Value::from).collect(), range)
}

/// `POST …/searches`
pub(in crate::qradar) async fn create(State(app): State<App>, Form(form): Form) -> Result<Response, Failure> {
    let text = form.need("query_expression")?.to_owned();
    let now = app.clock.now();
    let search = match app.searches.recent(&text, now) {
        Some(search) => search,
        None => {
            let found = find(&app, text.clone()).await?;
            app.searches.start(&text, found, app.settings.ariel_delay, now)
        }
    };
    Ok((StatusCode::CREATED, Json(search.json())).into_response())
}

async fn find(app: &App, text: String) -> Result<Found, Failure> {
    let (now_ms, with_custom) = (app.now_ms(), !app.settings.no_custom_properties);
    app.read(move |db| {
        let prepared =
            aql::prepare(&text, now_ms, with_custom).map_err(|problem| Failure::invalid(BAD_AQL, problem.0))?;
        // What the database refuses (nested too deeply, too many values) is the query's fault as well.
        let rows = prepared.run(db).map_err(|error| Failure::invalid(BAD_AQL, error.to_string()))?;
        Ok(Found { database: prepared.database, columns: prepared.columns().to_vec(), rows })
    })
    .await
}

/// `GET …/searches/{id}`: with `Prefer: wait=N`, the answer comes when the search is over, or 206 after N seconds.
pub(in crate::qradar) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let current = |app: &App| app.searches.get(&id, app.clock.now()).ok_or_else(|| missing(&id));
    let search = current(&app)?;
    let Some(patience) = patience(&headers) else { return Ok(Json(search.json()).into_response()) };
    if !search.status().is_final() {
        tokio::time::sleep(search.remaining().min(patience)).await;
    }
    let search = current(&app)?;
    let status = if search.status().is_final() { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    Ok((status, Json(search.json())).into_response())
}

fn patience(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("prefer")?.to_str().ok()?.trim().strip_prefix("wait=")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// `POST …/searches/{id}`: cancels, or keeps the results.
pub(in crate::qradar) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Form(form): Form,
) -> Result<Json<Value>, Failure> {
    let cancel = match form.get("status") {
        None => false,
        // One of the vendor's helpers spells it with two.
        Some("CANCELED" | "CANCELLED") => true,
        Some(other) => return Err(Failure::invalid(BAD_PARAMETER, format!("\"{other}\" cannot be set"))),
    };
    let save = form.get("save_results").map(|text| text == "true");
    let search = app.searches.update(&id, cancel, save, app.clock.now()).ok_or_else(|| missing(&id))?;
    Ok(Json(search.json()))
}

/// `DELETE …/searches/{id}`
pub(in crate::qradar) async fn remove(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let search = app.searches.remove(&id, app.clock.now()).ok_or_else(|| missing(&id))?;
    Ok((StatusCode::ACCEPTED, Json(search.json())).into_response())
}

/// `GET …/searches/{id}/results`
pub(in crate::qradar) async fn results(
    State(app): State<App>,
    Path(id): Path<String>,
    Ranged(range): Ranged,
) -> Result<Response, Failure> {
    let search = completed(&app, &id)?;
    let rows = search.rows.into_iter().map(Value::Object).collect();
    let (rows, sent) = Part::of(rows, range).into_parts();
    let range = sent.map(|sent| [(header::CONTENT_RANGE, sent)]);
    Ok((range, Json(json!({ search.database.name(): rows }))).into_response())
}

/// `GET …/searches/{id}/metadata`
pub(in crate::qradar) async fn metadata(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let search = app.searches.get(&id, app.clock.now()).ok_or_else(|| missing(&id))?;
    let columns = search.columns.iter().map(|column| {
        json!({
            "name": column.name, "object_value_type": column.kind, "argument_type": null, "indexable": false,
            "nullable": true, "provider_name": null,
        })
    });
    Ok(Json(json!({ "columns": columns.collect::<Vec<_>>() })))
}

fn completed(app: &App, id: &str) -> Result<Search, Failure> {
    let search = app.searches.get(id, app.clock.now()).ok_or_else(|| missing(id))?;
    match search.status() {
        Status::Completed => Ok(search),
        _ => Err(Failure::not_ready(NOT_READY, "The results are not available: the search is not completed")),
    }
}

/// `POST …/validators/aql`: what is wrong with a query, or null.
pub(in crate::qradar) async fn validate(State(app): State<App>, Form(form): Form) -> Result<Json<Value>, Failure> {
    let text = form.need("query_expression")?;
    let outcome = aql::prepare(text, app.now_ms(), !app.settings.no_custom_properties);
    Ok(Json(match outcome {
        Ok(_) => Value::Null,
        Err(problem) => json!({
            "error_messages": [{ "code": "2000", "contexts": [], "message": problem.0, "severity": "ERROR" }],
        }),
    }))
}
