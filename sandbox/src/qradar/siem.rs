//! Offenses, and the addresses that they are about: `/api/siem`.
//!
//! All are documents; an address holds the ids of its offenses and the other way round.

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::failure::Failure;
use super::list::field::{Field, flag, hidden, number, objects, scalars, text};
use super::list::{Part, Resource, Wanted};
use super::request::{BAD_PARAMETER, Form, Query, id_in_path};
use crate::Error;
use crate::clock::Seconds;

/// A filter that does not fit; nothing of that id.
const BAD_FILTER: i64 = 1_010;
const MISSING: i64 = 1_002;

const HOUR_MS: i64 = 3_600_000;

/// An offense of the embedded data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seed {
    id: i64,
    description: String,
    status: String,
    magnitude: i64,
    /// The address that did it.
    source: String,
    /// The addresses that it was done to.
    victims: Vec<String>,
    categories: Vec<String>,
    /// How long before the database was made it was updated last.
    age_hours: i64,
}

/// Which side of an offense an address was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Source,
    LocalDestination,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Source => "source",
            Role::LocalDestination => "local_destination",
        }
    }

    fn fields(self) -> &'static [Field] {
        match self {
            Role::Source => SOURCE_FIELDS,
            Role::LocalDestination => DESTINATION_FIELDS,
        }
    }

    fn resource(self) -> Resource {
        let table = format!("(SELECT * FROM qr_address WHERE role = '{}')", self.name());
        Resource::of_documents(&table, self.fields(), BAD_FILTER)
    }
}

const SOURCE_FIELDS: &[Field] = &[
    number("id"),
    text("source_ip"),
    number("magnitude"),
    text("network"),
    scalars("offense_ids"),
    scalars("local_destination_address_ids"),
    number("event_flow_count"),
    number("first_event_flow_seen"),
    number("last_event_flow_seen"),
    number("domain_id"),
];

const DESTINATION_FIELDS: &[Field] = &[
    number("id"),
    text("local_destination_ip"),
    number("magnitude"),
    text("network"),
    scalars("offense_ids"),
    scalars("source_address_ids"),
    number("event_flow_count"),
    number("first_event_flow_seen"),
    number("last_event_flow_seen"),
    number("domain_id"),
];

const OFFENSE_FIELDS: &[Field] = &[
    number("id"),
    hidden("description"),
    text("status"),
    number("magnitude"),
    number("severity"),
    number("credibility"),
    number("relevance"),
    hidden("offense_source"),
    number("offense_type"),
    number("start_time"),
    number("last_updated_time"),
    number("first_persisted_time"),
    number("last_persisted_time"),
    number("close_time"),
    text("closing_user"),
    number("closing_reason_id"),
    text("assigned_to"),
    scalars("categories"),
    number("category_count"),
    number("policy_category_count"),
    number("security_category_count"),
    number("event_count"),
    number("flow_count"),
    number("device_count"),
    number("source_count"),
    number("username_count"),
    number("local_destination_count"),
    number("remote_destination_count"),
    hidden("source_network"),
    scalars("destination_networks"),
    scalars("source_address_ids"),
    scalars("local_destination_address_ids"),
    flag("inactive"),
    flag("protected"),
    flag("follow_up"),
    number("domain_id"),
    objects("rules", &[number("id"), text("type")]),
    objects("log_sources", &[number("id"), text("name"), number("type_id"), text("type_name")]),
];

fn offenses() -> Resource {
    Resource {
        order: "\"id\" DESC",
        sortable: true,
        ..Resource::of_documents("qr_offense", OFFENSE_FIELDS, BAD_FILTER)
    }
}

/// Brings an offense and its addresses into a new database.
pub(super) fn insert(db: &Connection, seed: &Seed, now: Seconds) -> Result<(), Error> {
    let updated = now * 1_000 - seed.age_hours * HOUR_MS;
    let started = updated - HOUR_MS;
    let source = ensure_address(db, Role::Source, &seed.source, seed)?;
    let mut victims = Vec::new();
    for victim in &seed.victims {
        victims.push(ensure_address(db, Role::LocalDestination, victim, seed)?);
    }
    link(db, source, seed, ("local_destination_address_ids", &victims), (started, updated))?;
    for victim in &victims {
        link(db, *victim, seed, ("source_address_ids", &[source]), (started, updated))?;
    }
    let closed_at = if seed.status == "CLOSED" { Some(updated) } else { None };
    let mut document = ordinary_offense();
    set(
        &mut document,
        [
            ("id", seed.id.into()),
            ("description", seed.description.as_str().into()),
            ("status", seed.status.as_str().into()),
            ("magnitude", seed.magnitude.into()),
            ("severity", seed.magnitude.into()),
            ("offense_source", seed.source.as_str().into()),
            ("start_time", started.into()),
            ("first_persisted_time", started.into()),
            ("last_updated_time", updated.into()),
            ("last_persisted_time", updated.into()),
            ("categories", seed.categories.clone().into()),
            ("category_count", seed.categories.len().into()),
            ("security_category_count", seed.categories.len().into()),
            ("local_destination_count", victims.len().into()),
            ("source_address_ids", vec![source].into()),
            ("local_destination_address_ids", victims.into()),
        ],
    );
    close(&mut document, closed_at, Some(1));
    db.execute("INSERT INTO qr_offense VALUES (?, ?)", params![seed.id, document.to_string()])?;
    Ok(())
}

/// What all offenses here have in common.
fn ordinary_offense() -> Value {
    json!({
        "credibility": 4, "relevance": 5, "offense_type": 0, "assigned_to": null, "policy_category_count": 0,
        "event_count": 140, "flow_count": 0, "device_count": 1, "source_count": 1, "username_count": 0,
        "remote_destination_count": 0, "source_network": "other", "destination_networks": ["net_a"],
        "protected": false, "follow_up": false, "domain_id": 0,
        "rules": [{ "id": 100_045, "type": "CRE_RULE" }],
        "log_sources": [{ "id": 62, "name": "fw1", "type_id": 6, "type_name": "Firewall" }],
    })
}

/// Puts members into a document.
fn set<const N: usize>(document: &mut Value, members: [(&str, Value); N]) {
    if let Some(object) = document.as_object_mut() {
        object.extend(members.map(|(name, value)| (name.to_owned(), value)));
    }
}

/// The members that tell whether, when and why an offense was closed.
fn close(document: &mut Value, closed_at: Option<i64>, reason: Option<i64>) {
    set(
        document,
        [
            ("inactive", closed_at.is_some().into()),
            ("close_time", closed_at.into()),
            ("closing_user", closed_at.map(|_| "admin").into()),
            ("closing_reason_id", closed_at.and(reason).into()),
        ],
    );
}

/// The id of an address in that role, made if need be.
fn ensure_address(db: &Connection, role: Role, ip: &str, seed: &Seed) -> rusqlite::Result<i64> {
    let known: Option<i64> = db
        .query_row("SELECT id FROM qr_address WHERE role = ? AND ip = ?", params![role.name(), ip], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    db.execute(
        "INSERT INTO qr_address (role, ip, document) VALUES (?1, ?2, json_object('id', 0, ?3, ?2, 'magnitude', ?4,
           'network', ?5, 'offense_ids', json_array(), ?6, json_array(), 'event_flow_count', 0,
           'first_event_flow_seen', NULL, 'last_event_flow_seen', NULL, 'domain_id', 0))",
        params![
            role.name(),
            ip,
            format!("{}_ip", role.name()),
            seed.magnitude,
            if role == Role::Source { "other" } else { "net_a" },
            if role == Role::Source { "local_destination_address_ids" } else { "source_address_ids" }
        ],
    )?;
    let id = db.last_insert_rowid();
    db.execute("UPDATE qr_address SET document = json_set(document, '$.id', ?1) WHERE id = ?1", [id])?;
    Ok(id)
}

/// Tells an address of an offense, and of the addresses on the other side of it.
fn link(
    db: &Connection,
    address: i64,
    seed: &Seed,
    (others, ids): (&str, &[i64]),
    (started, updated): (i64, i64),
) -> Result<(), Error> {
    let text: String = db.query_row("SELECT document FROM qr_address WHERE id = ?", [address], |row| row.get(0))?;
    let mut document: Value = serde_json::from_str(&text).unwrap_or_default();
    append(&mut document, "offense_ids", &[seed.id]);
    append(&mut document, others, ids);
    let number = |document: &Value, name: &str| document.get(name).and_then(Value::as_i64);
    let first = number(&document, "first_event_flow_seen").map_or(started, |known| known.min(started));
    let last = number(&document, "last_event_flow_seen").map_or(updated, |known| known.max(updated));
    let count = number(&document, "event_flow_count").unwrap_or(0) + 140;
    let magnitude = number(&document, "magnitude").map_or(seed.magnitude, |known| known.max(seed.magnitude));
    set(
        &mut document,
        [
            ("first_event_flow_seen", first.into()),
            ("last_event_flow_seen", last.into()),
            ("event_flow_count", count.into()),
            ("magnitude", magnitude.into()),
        ],
    );
    db.execute("UPDATE qr_address SET document = ? WHERE id = ?", params![document.to_string(), address])?;
    Ok(())
}

fn append(document: &mut Value, name: &str, ids: &[i64]) {
    if let Some(Value::Array(known)) = document.get_mut(name) {
        for id in ids {
            if !known.contains(&Value::from(*id)) {
                known.push(Value::from(*id));
            }
        }
    }
}

/// `GET …/source_addresses`
pub(super) async fn source_addresses(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    app.read(move |db| Role::Source.resource().list(db, &wanted)).await
}

/// `GET …/local_destination_addresses`
pub(super) async fn local_destination_addresses(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    app.read(move |db| Role::LocalDestination.resource().list(db, &wanted)).await
}

/// `GET …/source_addresses/{id}`
pub(super) async fn source_address(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, Failure> {
    address(&app, Role::Source, &id, &query.get("fields").map(str::to_owned)).await
}

/// `GET …/local_destination_addresses/{id}`
pub(super) async fn local_destination_address(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, Failure> {
    address(&app, Role::LocalDestination, &id, &query.get("fields").map(str::to_owned)).await
}

async fn address(app: &App, role: Role, id: &str, fields: &Option<String>) -> Result<Json<Value>, Failure> {
    let id = id_in_path(id, MISSING)?;
    let sql = "SELECT document FROM qr_address WHERE id = ? AND role = ?";
    let found = app
        .read(move |db| Ok(db.query_row(sql, params![id, role.name()], |row| row.get::<_, String>(0)).optional()?))
        .await?;
    document(found, id).and_then(|found| role.resource().chosen(found, fields.as_deref())).map(Json)
}

fn document(found: Option<String>, id: i64) -> Result<Value, Failure> {
    let found = found.ok_or_else(|| Failure::missing(MISSING, &id.to_string(), ""))?;
    Ok(serde_json::from_str(&found).unwrap_or_default())
}

/// `GET …/offenses`
pub(super) async fn list(State(app): State<App>, wanted: Wanted) -> Result<Part, Failure> {
    app.read(move |db| offenses().list(db, &wanted)).await
}

fn offense(db: &Connection, id: i64) -> Result<Value, Failure> {
    let found = db.query_row("SELECT document FROM qr_offense WHERE id = ?", [id], |row| row.get::<_, String>(0));
    document(found.optional()?, id)
}

/// `GET …/offenses/{id}`
pub(super) async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let found = app.read(move |db| offense(db, id)).await?;
    offenses().chosen(found, query.get("fields")).map(Json)
}

/// `POST …/offenses/{id}`: closing needs a reason.
pub(super) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Form(form): Form,
) -> Result<Json<Value>, Failure> {
    let id = id_in_path(&id, MISSING)?;
    let now_ms = app.now_ms();
    let status = form.get("status").map(str::to_owned);
    let reason = form.get("closing_reason_id").and_then(|text| text.parse::<i64>().ok());
    match status.as_deref() {
        None | Some("OPEN" | "HIDDEN") => {}
        Some("CLOSED") if reason.is_some() => {}
        Some("CLOSED") => return Err(Failure::invalid(BAD_PARAMETER, "Closing an offense needs closing_reason_id")),
        Some(_) => return Err(Failure::invalid(BAD_PARAMETER, "status is not valid")),
    }
    let flags = ["protected", "follow_up"].map(|name| (name, form.get(name).map(|text| text == "true")));
    app.change(move |db| {
        let mut document = offense(db, id)?;
        for (name, value) in flags {
            if let Some(value) = value {
                set(&mut document, [(name, value.into())]);
            }
        }
        if let Some(status) = status {
            close(&mut document, (status == "CLOSED").then_some(now_ms), reason);
            set(&mut document, [("status", status.into())]);
        }
        set(&mut document, [("last_persisted_time", now_ms.into())]);
        db.execute("UPDATE qr_offense SET document = ? WHERE id = ?", params![document.to_string(), id])?;
        Ok(document)
    })
    .await
    .map(Json)
}
