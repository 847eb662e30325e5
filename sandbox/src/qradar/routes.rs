//! The paths that the console serves.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};

use super::ariel::{databases, endpoints as searches};
use super::failure::Failure;
use super::reference::{bulk, entries, old, sets};
use super::{App, guard, services, siem, system, token_service};

/// Bulk updates may be large.
const LARGEST_BODY: usize = 64 << 20;

/// What `/api/help` tells: methods and paths below `/api`.
pub(super) const PATHS: [(&str, &str); 22] = [
    ("GET", "/help/versions"),
    ("GET", "/help/resources"),
    ("GET", "/help/endpoints"),
    ("GET", "/system/about"),
    ("POST", "/auth/logout"),
    ("GET", "/ariel/databases"),
    ("GET", "/ariel/databases/{database_name}"),
    ("GET", "/ariel/searches"),
    ("POST", "/ariel/searches"),
    ("GET", "/ariel/searches/{search_id}"),
    ("GET", "/ariel/searches/{search_id}/results"),
    ("DELETE", "/ariel/searches/{search_id}"),
    ("POST", "/ariel/validators/aql"),
    ("GET", "/siem/offenses"),
    ("GET", "/siem/source_addresses"),
    ("GET", "/siem/local_destination_addresses"),
    ("GET", "/reference_data_collections/sets"),
    ("GET", "/reference_data_collections/set_entries"),
    ("POST", "/reference_data_collections/set_entries"),
    ("GET", "/reference_data/sets"),
    ("GET", "/reference_data/sets/{name}"),
    ("POST", "/config/access/authorized_services"),
];

/// All of them, from the root. The token service stands here too: inside an app, both were one origin.
pub(super) fn routes(app: App) -> Router {
    let api = Router::new()
        .route("/help/versions", get(system::versions))
        .route("/help/resources", get(system::resources))
        .route("/help/endpoints", get(system::endpoints))
        .route("/system/about", get(system::about))
        .route("/auth/logout", post(system::logout))
        .route("/config/access/authorized_services", post(services::create))
        .route("/config/access/authorized_services/{id}", delete(services::remove))
        .route("/ariel/databases", get(databases::list))
        .route("/ariel/databases/{name}", get(databases::one))
        .route("/ariel/searches", get(searches::list).post(searches::create))
        .route("/ariel/searches/{id}", get(searches::one).post(searches::update).delete(searches::remove))
        .route("/ariel/searches/{id}/results", get(searches::results))
        .route("/ariel/searches/{id}/metadata", get(searches::metadata))
        .route("/ariel/validators/aql", post(searches::validate))
        .route("/siem/offenses", get(siem::list))
        .route("/siem/offenses/{id}", get(siem::one).post(siem::update))
        .route("/siem/source_addresses", get(siem::source_addresses))
        .route("/siem/source_addresses/{id}", get(siem::source_address))
        .route("/siem/local_destination_addresses", get(siem::local_destination_addresses))
        .route("/siem/local_destination_addresses/{id}", get(siem::local_destination_address))
        .route("/reference_data_collections/sets", get(sets::list).post(sets::create))
        .route("/reference_data_collections/sets/{id}", get(sets::one_by_id).post(sets::update).delete(sets::remove))
        .route(
            "/reference_data_collections/set_entries",
            get(entries::list).post(entries::create).patch(entries::create_many),
        )
        .route(
            "/reference_data_collections/set_entries/{id}",
            get(entries::one).post(entries::update).delete(entries::remove),
        )
        .route("/reference_data_collections/set_bulk_update_tasks/{id}", get(bulk::one))
        .route("/reference_data_collections/set_bulk_update_tasks/{id}/results", get(bulk::results))
        .route("/reference_data/sets", get(old::list).post(old::create))
        .route("/reference_data/sets/{name}", get(old::one).post(old::add).delete(old::remove))
        .route("/reference_data/sets/{name}/{value}", delete(old::remove_value))
        .route("/reference_data/sets/bulk_load/{name}", post(old::bulk_load))
        .route("/reference_data/maps", get(old::nothing))
        .route("/reference_data/map_of_sets", get(old::nothing))
        .route("/reference_data/map_of_maps", get(old::nothing))
        .route("/reference_data/tables", get(old::nothing))
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    let console = Router::new()
        .nest("/api", api)
        .method_not_allowed_fallback(async || Failure::method())
        .fallback(async || Failure::unknown_path())
        .layer(from_fn_with_state(app.clone(), guard::admit));
    console.route("/token", get(token_service::by_query).post(token_service::by_form)).with_state(app)
}
