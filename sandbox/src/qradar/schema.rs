//! Makes QRadar's tables in a new database, and fills them with the seed.

use rusqlite::Connection;
use serde::Deserialize;

use super::aql::{Database, columns};
use super::load::Loader;
use super::reference::{EntryType, NewEntry, NewSet};
use super::{aql, reference, siem, traffic};
use crate::clock::Seconds;
use crate::{Error, seed};

const TABLES: &str = include_str!("schema.sql");
/// What only QRadar has of the embedded data.
const SEED: &str = include_str!("../../seed/qradar.json");

/// The part of the embedded data that is not about single records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    sets: Vec<Set>,
    entries: Vec<Entry>,
    offenses: Vec<siem::Seed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    name: String,
    entry_type: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    set: String,
    value: String,
    source: String,
    notes: Option<String>,
}

/// Makes sure that the tables are there, and the functions of this connection.
pub(super) fn ensure(db: &Connection, now: Seconds) -> Result<(), Error> {
    aql::functions::install(db)?;
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'qr_set')";
    if db.query_row(exists, [], |row| row.get(0))? { Ok(()) } else { create(db, now) }
}

fn create(db: &Connection, now: Seconds) -> Result<(), Error> {
    db.execute_batch(TABLES)?;
    for database in [Database::Events, Database::Flows] {
        db.execute_batch(&rows_table(database))?;
    }
    let extra: Extra =
        serde_json::from_str(SEED).map_err(|error| Error::System(format!("seed/qradar.json: {error}")))?;
    let wrong = |text: &str| Error::System(format!("seed/qradar.json: {text}"));
    for set in &extra.sets {
        let entry_type = EntryType::from_name(&set.entry_type).ok_or_else(|| wrong(&set.entry_type))?;
        let mut new = NewSet::named(&set.name, entry_type);
        new.description.clone_from(&set.description);
        reference::sets::insert(db, &new, now)?;
    }
    let mut loader = Loader::new(db, now)?;
    let records = seed::records()?;
    for record in &records {
        loader.add(record, now)?;
    }
    for entry in &extra.entries {
        let set = reference::sets::by_name(db, &entry.set)?.ok_or_else(|| wrong(&entry.set))?;
        let mut new = NewEntry::of(&entry.value, &entry.source, now * 1_000);
        new.notes.clone_from(&entry.notes);
        reference::entries::put(db, &set, &new)?.ok_or_else(|| wrong(&entry.value))?;
    }
    for offense in &extra.offenses {
        siem::insert(db, offense, now)?;
    }
    traffic::generate(db, &records)
}

/// A table of events or flows: its rows know how old they are.
fn rows_table(database: Database) -> String {
    let columns = columns::of(database).iter().filter_map(|column| Some((column.name, column.kind.sql_type()?)));
    let columns: Vec<String> = columns.map(|(name, kind)| format!("\"{name}\" {kind}")).collect();
    format!("CREATE TABLE {} (age INTEGER NOT NULL, {});", database.table(), columns.join(", "))
}
