//! What a console tells about itself: versions, resources and endpoints of its API, its own version, the logout.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::App;
use super::failure::Failure;
use super::list::field::{Field, flag, number, scalars, text};
use super::list::{Part, Resource, Wanted};
use super::routes::PATHS;

/// A filter that does not fit.
const BAD_FILTER: i64 = 1_010;

const VERSION_FIELDS: &[Field] =
    &[number("id"), text("version"), flag("deprecated"), flag("removed"), scalars("root_resource_ids")];

const RESOURCE_FIELDS: &[Field] = &[
    number("id"),
    text("path"),
    text("resource"),
    text("version"),
    number("parent_resource_id"),
    scalars("child_resource_ids"),
    scalars("endpoint_ids"),
];

const ENDPOINT_FIELDS: &[Field] = &[
    number("id"),
    text("path"),
    text("http_method"),
    text("version"),
    text("summary"),
    flag("deprecated"),
    number("resource_id"),
];

/// `GET /api/help/versions`: three served, one deprecated, one removed.
pub(super) async fn versions(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    let newest = app.settings.api_version;
    let version = |behind: u32| {
        let major = newest.saturating_sub(behind);
        json!({
            "id": major + 5, "version": format!("{major}.0"), "deprecated": behind == 3, "removed": behind == 4,
            "root_resource_ids": [1],
        })
    };
    let versions: Vec<Value> = [4, 3, 2, 1, 0].map(version).to_vec();
    app.read(move |db| Resource::of_values(&versions, VERSION_FIELDS, BAD_FILTER).list(db, &wanted)).await
}

/// `GET /api/help/resources`
pub(super) async fn resources(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    let version = format!("{}.0", app.settings.api_version);
    let resources: Vec<Value> = (1..)
        .zip(PATHS)
        .map(|(id, (_, path))| {
            json!({
                "id": id, "path": path, "resource": path.rsplit('/').next(), "version": version,
                "parent_resource_id": null, "child_resource_ids": [], "endpoint_ids": [id],
            })
        })
        .collect();
    app.read(move |db| Resource::of_values(&resources, RESOURCE_FIELDS, BAD_FILTER).list(db, &wanted)).await
}

/// `GET /api/help/endpoints`
pub(super) async fn endpoints(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    let version = format!("{}.0", app.settings.api_version);
    let endpoints: Vec<Value> = (1..)
        .zip(PATHS)
        .map(|(id, (method, path))| {
            json!({
                "id": id, "path": path, "http_method": method, "version": version, "summary": "",
                "deprecated": path.starts_with("/reference_data/"), "resource_id": id,
            })
        })
        .collect();
    app.read(move |db| Resource::of_values(&endpoints, ENDPOINT_FIELDS, BAD_FILTER).list(db, &wanted)).await
}

/// `GET /api/system/about`
pub(super) async fn about() -> Json<Value> {
    Json(json!({
        "build_version": "2026.1.0.20260101000000", "external_version": "7.5.0", "release_name": "7.5.0 Sandbox",
        "fips_enabled": false,
    }))
}

/// `POST /api/auth/logout`
pub(super) async fn logout() -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], "true").into_response()
}
