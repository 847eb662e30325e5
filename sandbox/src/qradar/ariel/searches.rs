//! Searches while they run and after: kept in memory, gone with the sandbox.
//!
//! A search is done at once; that it takes its time is made up, from WAIT to COMPLETED over the delay of the
//! settings. The same text within a minute is the same search, whoever asks, so that two callers share one and
//! can take it away from each other.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::clock::Seconds;
use crate::qradar::aql::{Database, ResultColumn, Row};

/// How long the same text is the same search.
const SHARED: Seconds = 60;
/// How long a search is kept.
const KEPT: Seconds = 24 * 3_600;

/// A search.
#[derive(Clone, Debug)]
pub(super) struct Search {
    pub(super) id: String,
    text: String,
    pub(super) database: Database,
    pub(super) columns: Vec<ResultColumn>,
    pub(super) rows: Vec<Row>,
    made_at: Seconds,
    started: Instant,
    delay: Duration,
    canceled_at: Option<f64>,
    pub(super) saved: bool,
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Wait,
    Execute,
    Sorting,
    Completed,
    Canceled,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Status::Wait => "WAIT",
            Status::Execute => "EXECUTE",
            Status::Sorting => "SORTING",
            Status::Completed => "COMPLETED",
            Status::Canceled => "CANCELED",
        }
    }

    /// Whether nothing more will happen.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Status::Completed | Status::Canceled)
    }
}

impl Search {
    /// How much of it is done, from 0 to 1.
    fn done(&self) -> f64 {
        if let Some(done) = self.canceled_at {
            return done;
        }
        let elapsed = self.started.elapsed();
        if elapsed >= self.delay { 1.0 } else { elapsed.as_secs_f64() / self.delay.as_secs_f64() }
    }

    pub(super) fn status(&self) -> Status {
        match self.done() {
            _ if self.canceled_at.is_some() => Status::Canceled,
            done if done >= 1.0 => Status::Completed,
            done if done >= 0.8 => Status::Sorting,
            done if done >= 0.1 => Status::Execute,
            _ => Status::Wait,
        }
    }

    /// How long until it is completed.
    pub(super) fn remaining(&self) -> Duration {
        self.delay.saturating_sub(self.started.elapsed())
    }

    /// As the API gives it.
    pub(super) fn json(&self) -> Value {
        let (status, done) = (self.status(), self.done());
        let progress = (done * 100.0).floor();
        let records = if status == Status::Completed { self.rows.len() } else { 0 };
        let elapsed = self.started.elapsed().min(self.delay).as_millis();
        json!({
            "cursor_id": self.id,
            "search_id": self.id,
            "status": status.name(),
            // A whole number: at most a hundred.
            "progress": progress as u8,
            "progress_details": [],
            "record_count": records,
            "processed_record_count": self.rows.len(),
            "query_execution_time": u64::try_from(elapsed).unwrap_or(u64::MAX),
            "query_string": self.text,
            "error_messages": [],
            "desired_retention_time_msec": 86_400_000,
            "save_results": self.saved,
            "subsearch_ids": [],
            "compressed_data_file_count": 0,
            "compressed_data_total_size": 0,
            "data_file_count": 1,
            "data_total_size": 100,
            "index_file_count": 0,
            "index_total_size": 0,
        })
    }
}

/// What a new search found.
pub(super) struct Found {
    pub(super) database: Database,
    pub(super) columns: Vec<ResultColumn>,
    pub(super) rows: Vec<Row>,
}

/// All searches.
#[derive(Default)]
pub(in crate::qradar) struct Searches(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    made: u64,
    all: Vec<Search>,
}

impl Searches {
    fn lock(&self, now: Seconds) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.all.retain(|search| search.made_at + KEPT > now);
        kept
    }

    /// The search of that text, if it is recent.
    pub(super) fn recent(&self, text: &str, now: Seconds) -> Option<Search> {
        let kept = self.lock(now);
        let is_recent =
            |search: &&Search| search.text == text && search.canceled_at.is_none() && search.made_at + SHARED > now;
        kept.all.iter().find(is_recent).cloned()
    }

    /// Starts a search.
    pub(super) fn start(&self, text: &str, found: Found, delay: Duration, now: Seconds) -> Search {
        let mut kept = self.lock(now);
        kept.made += 1;
        let search = Search {
            id: format!("s{}", kept.made),
            text: text.to_owned(),
            database: found.database,
            columns: found.columns,
            rows: found.rows,
            made_at: now,
            started: Instant::now(),
            delay,
            canceled_at: None,
            saved: false,
        };
        kept.all.push(search.clone());
        search
    }

    /// The ids of all searches, oldest first.
    pub(super) fn ids(&self, now: Seconds) -> Vec<String> {
        self.lock(now).all.iter().map(|search| search.id.clone()).collect()
    }

    /// The search of that id.
    pub(super) fn get(&self, id: &str, now: Seconds) -> Option<Search> {
        self.lock(now).all.iter().find(|search| search.id == id).cloned()
    }

    /// Cancels a search that is not over, and keeps its results if told to.
    pub(super) fn update(&self, id: &str, cancel: bool, save: Option<bool>, now: Seconds) -> Option<Search> {
        let mut kept = self.lock(now);
        let search = kept.all.iter_mut().find(|search| search.id == id)?;
        if cancel && !search.status().is_final() {
            search.canceled_at = Some(search.done());
        }
        search.saved = save.unwrap_or(search.saved);
        Some(search.clone())
    }

    /// Takes a search away.
    pub(super) fn remove(&self, id: &str, now: Seconds) -> Option<Search> {
        let mut kept = self.lock(now);
        let place = kept.all.iter().position(|search| search.id == id)?;
        Some(kept.all.remove(place))
    }
}
