//! The time, as whole seconds since 1970, UTC. A parameter everywhere, so that tests move it instead of waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, UTC.
pub type Seconds = i64;

/// Tells the time: the system's, or one that a test holds still.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Held(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn held_at(start: Seconds) -> Clock {
        Clock(Source::Held(Arc::new(AtomicI64::new(start))))
    }

    /// Moves a held clock, for all its clones. The system's clock is not ours to move: nothing happens.
    pub fn advance(&self, seconds: Seconds) {
        if let Source::Held(now) = &self.0 {
            now.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// Now.
    pub fn now(&self) -> Seconds {
        match &self.0 {
            Source::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs().try_into().unwrap_or(Seconds::MAX)),
            Source::Held(now) => now.load(Ordering::SeqCst),
        }
    }
}
