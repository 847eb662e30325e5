//! The rate limit: so many requests in any one second of the clock; the rest is answered 429.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::clock::{Clock, Seconds};

/// Counts the requests of the present second.
pub struct Rate {
    limit: u32,
    clock: Clock,
    /// The second, and how many requests it has seen.
    window: Mutex<(Seconds, u32)>,
}

impl Rate {
    /// A limit of so many requests per second.
    pub fn new(limit: u32, clock: Clock) -> Rate {
        Rate { limit, clock, window: Mutex::new((0, 0)) }
    }

    /// Counts one more; whether it is within the limit.
    pub fn admits(&self) -> bool {
        let now = self.clock.now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0 != now {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        window.1 <= self.limit
    }
}

/// Lets a request through, or answers it.
pub(super) async fn limit(State(rate): State<Arc<Rate>>, request: Request, next: Next) -> Response {
    if rate.admits() {
        return next.run(request).await;
    }
    let headers = [(header::RETRY_AFTER, "1"), (header::CONTENT_TYPE, "application/json")];
    (StatusCode::TOO_MANY_REQUESTS, headers, r#"{"errors":["Too many requests."]}"#).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_second_starts_from_nothing() {
        let clock = Clock::held_at(1_000);
        let rate = Rate::new(2, clock.clone());
        assert_eq!([rate.admits(), rate.admits(), rate.admits()], [true, true, false]);
        clock.advance(1);
        assert!(rate.admits());
    }
}
