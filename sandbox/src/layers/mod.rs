//! What every platform's requests pass, from the outside in: CORS, the reading of the body, the request log,
//! latency, the rate limit.
//!
//! CORS is outermost: preflights are answered there and are neither logged nor counted, and a page may read
//! a 429 too.

mod body;
mod cors;
pub mod log;
mod rate;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;

use crate::clock::Clock;
use log::RequestLog;
pub use rate::Rate;

/// The switches of the frame.
#[derive(Clone, Default)]
pub struct Layers {
    /// Keeps a log of requests and serves it.
    pub inspect: bool,
    /// Origins whose pages may read answers; empty: none.
    pub cors: Vec<HeaderValue>,
    /// Each request waits that long before it is looked at.
    pub latency: Option<Duration>,
    /// Requests per second and platform; more are answered 429.
    pub rate_limit: Option<u32>,
}

impl Layers {
    /// The log that all platforms of one sandbox share, if there is to be one.
    pub fn log(&self) -> Option<Arc<RequestLog>> {
        self.inspect.then(Arc::default)
    }

    /// Puts the layers around one platform's routes.
    pub fn around(
        &self,
        platform: &'static str,
        mut routes: Router,
        log: Option<&Arc<RequestLog>>,
        clock: &Clock,
    ) -> Router {
        if let Some(limit) = self.rate_limit {
            let rate = Arc::new(Rate::new(limit, clock.clone()));
            routes = routes.layer(from_fn_with_state(rate, rate::limit));
        }
        if let Some(latency) = self.latency {
            routes = routes.layer(from_fn_with_state(latency, wait));
        }
        if let Some(log) = log {
            let state = (platform, Arc::clone(log));
            routes = routes.layer(from_fn_with_state(state, log::record));
            routes = Router::new().merge(log::routes(log)).fallback_service(routes);
        }
        routes = routes.layer(from_fn(body::read));
        if self.cors.is_empty() { routes } else { routes.layer(cors::layer(&self.cors)) }
    }
}

async fn wait(State(latency): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::sleep(latency).await;
    next.run(request).await
}
