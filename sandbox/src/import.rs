//! Brings a feed into the sandbox: everything in one transaction, indices afterwards.
//!
//! Feeds have millions of records, and each copy costs time. ThreatQ and QRadar store them; a platform that is only
//! asked about single values stores nothing and asks [`find`].

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::HumanCount;
use ioc_lookup::indicator::Kind;
use rusqlite::Connection;

use crate::Error;
use crate::clock::Clock;
use crate::database::Database;
use crate::feed::{BadLine, Feed};
use crate::progress::{Progress, Show};
use crate::record::Record;
use crate::{qradar, taegis, threatq};

/// The first bad lines are kept for the report, the others only counted: a file of the wrong kind has millions.
const REPORTED_LINES: usize = 100;
/// Progress is told after so many records.
const STEP: u64 = 4_096;

/// What became of a feed.
#[derive(Debug, Default)]
pub struct Summary {
    /// Records that are new to every platform.
    pub imported: u64,
    /// Records whose value some platform had already; what was there was left as it is.
    pub known: u64,
    /// Lines that gave no record.
    pub failed: u64,
    /// The first of these, with their reasons.
    pub bad_lines: Vec<BadLine>,
    /// How long it took, indices included.
    pub took: Duration,
}

/// Makes the tables of all platforms in a new database, with the embedded data.
pub fn prepare(database: &Database, clock: &Clock) -> Result<(), Error> {
    threatq::prepare(database, &threatq::Settings::default(), clock)?;
    qradar::prepare(database, clock)?;
    taegis::prepare(database, clock)
}

/// What a feed said about a value in its canonical form: score, tags, description, times. Feeds write URLs with their
/// scheme or without, and with a slash at the end or without: such a URL is found, too.
pub fn find(db: &Connection, kind: Kind, value: &str) -> rusqlite::Result<Option<Record>> {
    let schemeless = value.split_once("://").map(|(_, rest)| rest);
    for written in [Some(value), schemeless].into_iter().flatten() {
        for written in [Some(written), written.strip_suffix('/')].into_iter().flatten() {
            if let Some(record) = threatq::load::imported(db, kind, written)? {
                return Ok(Some(record));
            }
        }
    }
    Ok(None)
}

/// Reads the file into the database. A bad line is counted; the rest is imported.
pub fn import(database: &Database, path: &Path, clock: &Clock, show: Show) -> Result<Summary, Error> {
    let started = Instant::now();
    let mut feed = Feed::open(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut progress = Progress::start(&name, feed.length, show);
    let mut summary = Summary::default();
    let now = clock.now();
    let outcome = database.load(|transaction| {
        let mut qradar = qradar::load::Loader::new(transaction, now)?;
        threatq::load::without_indices(transaction, |threatq| {
            let mut lines = 0;
            while let Some(item) = feed.next() {
                match item {
                    Ok(record) => {
                        let is_new = threatq.add(&record, now)? & qradar.add(&record, now)?;
                        *(if is_new { &mut summary.imported } else { &mut summary.known }) += 1;
                    }
                    Err(line) => summary.fail(line),
                }
                lines += 1;
                if lines % STEP == 0 {
                    progress.set(feed.done(), summary.imported);
                }
            }
            progress.set(feed.done(), summary.imported);
            progress.step("indices");
            Ok(())
        })
    });
    progress.end();
    outcome?;
    summary.took = started.elapsed();
    Ok(summary)
}

impl Summary {
    fn fail(&mut self, line: BadLine) {
        self.failed += 1;
        if self.bad_lines.len() < REPORTED_LINES {
            self.bad_lines.push(line);
        }
    }
}

/// One line in all, and one before it for each bad line that was kept.
impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for bad in &self.bad_lines {
            writeln!(out, "line {}: {}", bad.line, bad.reason)?;
        }
        let unlisted = self.failed.saturating_sub(self.bad_lines.len() as u64);
        if unlisted > 0 {
            writeln!(out, "… and {} more", HumanCount(unlisted))?;
        }
        write!(
            out,
            "{} imported, {} known already, {} failed, {:.1} s",
            HumanCount(self.imported),
            HumanCount(self.known),
            HumanCount(self.failed),
            self.took.as_secs_f64()
        )
    }
}
