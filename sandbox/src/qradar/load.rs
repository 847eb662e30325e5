//! Brings records into reference sets: the embedded data of a new database, and feeds.

use rusqlite::{Connection, Statement, params};
use serde::Deserialize;
use serde_json::Value;

use super::PLATFORM;
use super::reference::{EntryType, NewSet, Set, sets};
use crate::Error;
use crate::clock::Seconds;
use crate::record::Record;

/// The set that takes the addresses of feeds.
const FEED_ADDRESSES: &str = "feed_ips";
/// The set that takes everything else of feeds.
const FEED_TEXTS: &str = "feed_values";

/// What this platform says about a record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// Names of sets.
    sets: Vec<String>,
}

/// Adds records, one after the other.
pub struct Loader<'db> {
    db: &'db Connection,
    now: Seconds,
    /// Sets that have been looked up.
    sets: Vec<Set>,
    insert: Statement<'db>,
}

impl<'db> Loader<'db> {
    /// A loader for a database whose tables are there.
    pub fn new(db: &'db Connection, now: Seconds) -> Result<Loader<'db>, Error> {
        let insert = db.prepare(
            "INSERT INTO qr_entry (collection_id, value, key, source, notes, first_seen, last_seen)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )?;
        Ok(Loader { db, now, sets: Vec::new(), insert })
    }

    /// Adds a record to its sets, unless it is there or the platform is not to know it; whether it was added.
    pub fn add(&mut self, record: &Record, now: Seconds) -> Result<bool, Error> {
        let names = match record.known_to(PLATFORM) {
            None => return Ok(false),
            Some(Value::Null) => vec![feed_set(record).to_owned()],
            Some(said) => {
                Said::deserialize(said).map_err(|error| Error::System(format!("{}: {error}", record.value)))?.sets
            }
        };
        let mut added = false;
        for name in names {
            added |= self.insert(&name, record, now)?;
        }
        Ok(added)
    }

    fn insert(&mut self, name: &str, record: &Record, now: Seconds) -> Result<bool, Error> {
        let (id, entry_type) = self.set(name)?;
        // What does not fit the type of its set is no entry.
        let Some(key) = entry_type.key(&record.value) else { return Ok(false) };
        let first_seen = record.first_seen.unwrap_or(now);
        let added = self.insert.execute(params![
            id,
            record.value,
            key,
            record.sources.first().map_or("import", |source| source.name.as_str()),
            record.description,
            first_seen.saturating_mul(1_000),
            record.last_seen.unwrap_or(first_seen).saturating_mul(1_000)
        ])?;
        Ok(added > 0)
    }

    /// Id and type of a set; that of a feed is made when the first record comes.
    fn set(&mut self, name: &str) -> Result<(i64, EntryType), Error> {
        if let Some(set) = self.sets.iter().find(|set| set.name == name) {
            return Ok((set.id, set.entry_type));
        }
        let set = match sets::by_name(self.db, name)? {
            Some(set) => set,
            None => {
                let entry_type = if name == FEED_ADDRESSES { EntryType::Ip } else { EntryType::Alnic };
                sets::insert(self.db, &NewSet::named(name, entry_type), self.now)?
            }
        };
        let found = (set.id, set.entry_type);
        self.sets.push(set);
        Ok(found)
    }
}

fn feed_set(record: &Record) -> &'static str {
    if EntryType::Ip.key(&record.value).is_some() { FEED_ADDRESSES } else { FEED_TEXTS }
}
