//! Makes ThreatQ's tables in a new database, and fills them with what every installation has, and the seed.

use rusqlite::{Connection, params};
use serde::Deserialize;

use super::clients::ClientType;
use super::load::{self, Loader};
use super::object::Object;
use super::settings::Settings;
use super::types::Vintage;
use super::{Group, clients, events, links, statuses, types};
use crate::clock::Seconds;
use crate::record::parse_time;
use crate::{Error, seed};

const TABLES: &str = include_str!("schema.sql");
const INDICES: &str = include_str!("indices.sql");
/// What only ThreatQ has of the embedded data.
const SEED: &str = include_str!("../../seed/threatq.json");

/// The part of the embedded data that is not about single records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    events: Vec<Event>,
    collections: Vec<Collection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    title: String,
    #[serde(rename = "type")]
    kind: String,
    happened_at: String,
    description: String,
    indicators: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collection {
    hash: String,
    name: String,
    query: serde_json::Value,
}

/// Makes sure that the tables are there. An installation keeps the types that it was made with.
pub(super) fn ensure(db: &Connection, settings: &Settings, now: Seconds) -> Result<(), Error> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'tq_about')";
    if !db.query_row(exists, [], |row| row.get(0))? {
        return create(db, settings.type_vintage.unwrap_or(Vintage::Y2020), now);
    }
    let made: String = db.query_row("SELECT vintage FROM tq_about", [], |row| row.get(0))?;
    match settings.type_vintage {
        Some(wanted) if wanted.name() != made => Err(Error::Usage(format!(
            "the database was made with type_vintage={made}; another one needs a new database"
        ))),
        _ => Ok(()),
    }
}

fn create(db: &Connection, vintage: Vintage, now: Seconds) -> Result<(), Error> {
    db.execute_batch(TABLES)?;
    db.execute_batch(INDICES)?;
    db.execute("INSERT INTO tq_about VALUES (?)", [vintage.name()])?;
    types::install(db, vintage, now)?;
    statuses::install(db, now)?;
    events::install(db)?;
    clients::register(db, clients::UI_CLIENT, ClientType::Public, Group::Analyst, now)?;
    let mut loader = Loader::new(db, load::SEED)?;
    let records = seed::records()?;
    for record in &records {
        loader.add(record, now)?;
    }
    for record in &records {
        loader.relate(record, now)?;
    }
    let extra: Extra =
        serde_json::from_str(SEED).map_err(|error| Error::System(format!("seed/threatq.json: {error}")))?;
    for event in &extra.events {
        add_event(db, event, &loader, now)?;
    }
    for collection in &extra.collections {
        db.execute(
            "INSERT INTO tq_collection VALUES (?, ?, ?)",
            params![collection.hash, collection.name, collection.query.to_string()],
        )?;
    }
    Ok(())
}

fn add_event(db: &Connection, event: &Event, loader: &Loader<'_>, now: Seconds) -> Result<(), Error> {
    let happened_at = parse_time(&event.happened_at)
        .ok_or_else(|| Error::System(format!("seed/threatq.json: not a time: {}", event.happened_at)))?;
    db.execute(
        "INSERT INTO tq_event (type_id, title, description, happened_at, created_at, updated_at, touched_at)
         VALUES ((SELECT id FROM tq_event_type WHERE name = ?1), ?2, ?3, ?4, ?4, ?4, ?4)",
        params![event.kind, event.title, event.description, happened_at],
    )?;
    let id = db.last_insert_rowid();
    for value in &event.indicators {
        if let Some(indicator) = loader.find(value)? {
            links::attach(db, indicator, (Object::Event, id), now)?;
        }
    }
    Ok(())
}
