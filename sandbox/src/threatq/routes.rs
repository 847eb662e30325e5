//! The paths that ThreatQ serves.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};

use super::failure::Failure;
use super::indicator::{advanced, change, create, read};
use super::{
    App, adversaries, attributes, clients, comments, events, imports, links, search, sources, statuses, tags, token,
    types, users, watchlist,
};

/// Bulk requests and imports of text may be large.
const LARGEST_BODY: usize = 64 << 20;

/// All of them, from the root.
pub(super) fn routes(app: App) -> Router {
    let tags_of_indicator = || get(tags::of_indicator).post(tags::add).delete(tags::remove_many);
    Router::new()
        .route("/assets/js/config.js", get(clients::config_js))
        .route("/api/token", post(token::token))
        .route("/api/users", get(users::list))
        .route("/api/users/current", get(users::current))
        .route("/api/indicators", get(read::list).post(create::create))
        .route("/api/indicators/query", post(read::query))
        .route("/api/indicators/query/hash/{hash}", get(read::collection))
        .route("/api/indicators/consume", post(create::consume))
        .route("/api/indicators/comments/{id}", put(comments::update))
        .route("/api/indicators/{id}", get(read::one).put(change::update).delete(change::delete))
        .route("/api/indicators/{id}/details", get(read::details))
        .route("/api/indicators/{id}/attributes", get(attributes::list).post(attributes::add))
        .route(
            "/api/indicators/{id}/attributes/{attribute}",
            get(attributes::one).put(attributes::update).delete(attributes::remove),
        )
        .route("/api/indicators/{id}/sources", get(sources::of_indicator).post(sources::add))
        .route("/api/indicators/{id}/sources/{pivot}", delete(sources::remove))
        .route("/api/indicators/{id}/tags", tags_of_indicator())
        .route("/api/indicators/{id}/tags/", tags_of_indicator())
        .route("/api/indicators/{id}/tags/{tag}", delete(tags::remove))
        .route("/api/indicators/{id}/comments", get(comments::list).post(comments::add))
        .route("/api/indicators/{id}/comments/{comment}", delete(comments::remove))
        .route("/api/indicators/{id}/watchlist", post(watchlist::add).delete(watchlist::remove))
        .route("/api/indicators/{id}/{objects}", get(links::list).post(links::add).delete(links::remove))
        .route("/api/indicator/{id}/scores", put(change::scores))
        .route("/api/indicator/types", get(types::list).post(types::create))
        .route("/api/indicator/types/{id}", get(types::one))
        .route("/api/indicator/statuses", get(statuses::list).post(statuses::create))
        .route("/api/indicator/statuses/{id}", get(statuses::one))
        .route("/api/adversaries", get(adversaries::list).post(adversaries::create))
        .route("/api/adversaries/{id}", get(adversaries::one))
        .route("/api/events", get(events::list).post(events::create))
        .route("/api/events/consume", post(events::consume))
        .route("/api/events/{id}", get(events::one))
        .route("/api/event/types", get(events::types))
        .route("/api/imports", post(imports::create))
        .route("/api/imports/{id}", get(imports::one).put(imports::update).delete(imports::remove))
        .route("/api/imports/{id}/indicators", get(imports::indicators))
        .route("/api/imports/{id}/commit", get(imports::commit))
        .route("/api/attachments/types", get(imports::content_types))
        .route("/api/search", get(search::search))
        .route("/api/search/advanced", post(advanced::search))
        .route("/api/sources", get(sources::list))
        .route("/api/tags", get(tags::list))
        .method_not_allowed_fallback(async || Failure::Method)
        .fallback(async || Failure::NotFound)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(app)
}
