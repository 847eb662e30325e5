//! Creating indicators: one, many, and "consume", which also changes those that are known.

use axum::extract::State;
use axum::response::Response;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::list_shape::{self, With};
use crate::clock::Seconds;
use crate::threatq::answer::{self, Answer};
use crate::threatq::caller::Writes;
use crate::threatq::failure::Failure;
use crate::threatq::object::Object;
use crate::threatq::relations;
use crate::threatq::request::{Body, id_of, one_or_many, text_of};
use crate::threatq::sources::Claim;
use crate::threatq::{App, adversaries, attributes, date, links, sources, statuses, tags, types};

/// The status of an indicator whose creator names none: somebody has to look at it.
const DEFAULT_STATUS: &str = "Review";
/// "Consume" takes no more at once.
const MOST_CONSUMED: usize = 500;

/// An indicator as a body describes it, checked.
pub(in crate::threatq) struct Draft {
    pub(in crate::threatq) value: String,
    pub(in crate::threatq) type_id: i64,
    pub(in crate::threatq) status_id: Option<i64>,
    pub(in crate::threatq) description: Option<String>,
    pub(in crate::threatq) published_at: Option<Seconds>,
    pub(in crate::threatq) expires_at: Option<Seconds>,
    pub(in crate::threatq) attached: Attached,
}

/// What comes with an indicator.
#[derive(Default)]
pub(in crate::threatq) struct Attached {
    pub(in crate::threatq) sources: Vec<Claim>,
    pub(in crate::threatq) attributes: Vec<attributes::Pair>,
    pub(in crate::threatq) tags: Vec<String>,
    pub(in crate::threatq) adversaries: Vec<String>,
}

/// Who creates, and when.
#[derive(Clone, Copy)]
pub(in crate::threatq) struct Creation {
    pub(in crate::threatq) source_id: i64,
    pub(in crate::threatq) now: Seconds,
}

impl Draft {
    /// Reads and checks one object of a body.
    fn parse(db: &Connection, body: &Value) -> Result<Draft, Failure> {
        let value = body.get("value").and_then(text_of).map(|value| value.trim().to_owned());
        let value = value.filter(|value| !value.is_empty());
        Ok(Draft {
            value: value.ok_or_else(|| Failure::member("value", "A value is needed."))?,
            type_id: type_id(db, body)?.ok_or_else(|| Failure::member("type", "A type is needed."))?,
            status_id: status_id(db, body)?,
            description: body.get("description").and_then(Value::as_str).map(str::to_owned),
            published_at: time(body, "published_at")?,
            expires_at: time(body, "expires_at")?,
            attached: Attached::parse(body)?,
        })
    }
}

impl Attached {
    /// Reads `sources` (or `source`), `attributes`, `tags` and `adversaries`.
    pub(in crate::threatq) fn parse(body: &Value) -> Result<Attached, Failure> {
        let sources = body.get("sources").filter(|value| !value.is_null()).or(body.get("source"));
        Ok(Attached {
            sources: sources::claims(sources)?,
            attributes: attributes::pairs(body.get("attributes"))?,
            tags: tags::names(body.get("tags"))?,
            adversaries: adversaries::names(body.get("adversaries"))?,
        })
    }

    /// Attaches everything to an indicator.
    pub(in crate::threatq) fn to_indicator(&self, db: &Connection, id: i64, by: Creation) -> Result<(), Failure> {
        let place = (Object::Indicator, id);
        for claim in &self.sources {
            sources::attach(db, place, claim, by.source_id, by.now)?;
        }
        for (name, value) in &self.attributes {
            attributes::attach(db, place, (name, value), by.now)?;
        }
        for tag in &self.tags {
            let tag = tags::ensure(db, tag)?;
            tags::attach(db, place, tag)?;
        }
        for name in &self.adversaries {
            let adversary = adversaries::ensure(db, name, by.now)?;
            links::attach(db, id, (Object::Adversary, adversary), by.now)?;
        }
        Ok(())
    }

    pub(in crate::threatq) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.attributes.is_empty() && self.tags.is_empty() && self.adversaries.is_empty()
    }
}

/// The type that a body names: `type_id`, `type:"FQDN"` or `type:{"name"}`.
pub(super) fn type_id(db: &Connection, body: &Value) -> Result<Option<i64>, Failure> {
    named(body, "type", "type_id", |name| types::id(db, name), |id| exists(db, "tq_type", id))
        .map_err(|()| Failure::member("type", "Unknown indicator type."))
}

/// The status that a body names, in the same three ways.
pub(super) fn status_id(db: &Connection, body: &Value) -> Result<Option<i64>, Failure> {
    named(body, "status", "status_id", |name| statuses::id(db, name), |id| exists(db, "tq_status", id))
        .map_err(|()| Failure::member("status", "Unknown indicator status."))
}

fn named(
    body: &Value,
    member: &str,
    id_member: &str,
    by_name: impl Fn(&str) -> rusqlite::Result<Option<i64>>,
    by_id: impl Fn(i64) -> rusqlite::Result<bool>,
) -> Result<Option<i64>, ()> {
    let value = body.get(member).filter(|value| !value.is_null());
    let id = body.get(id_member).filter(|value| !value.is_null()).or(value.and_then(|value| value.get("id")));
    let name = value.and_then(|value| value.as_str().or(value.get("name").and_then(Value::as_str)));
    match (name, id, value) {
        (Some(name), _, _) => by_name(name).map_err(|_| ())?.ok_or(()).map(Some),
        (None, Some(id), _) => {
            let id = id_of(id).ok_or(())?;
            by_id(id).map_err(|_| ())?.then_some(Some(id)).ok_or(())
        }
        (None, None, Some(_)) => Err(()),
        (None, None, None) => Ok(None),
    }
}

fn exists(db: &Connection, table: &str, id: i64) -> rusqlite::Result<bool> {
    db.query_row(&format!("SELECT 1 FROM {table} WHERE id = ?"), [id], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

/// A time in a body.
pub(super) fn time(body: &Value, member: &'static str) -> Result<Option<Seconds>, Failure> {
    match body.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(date::parse)
            .map(Some)
            .ok_or_else(|| Failure::member(member, "Not a time: YYYY-MM-DD HH:MM:SS.")),
    }
}

/// The indicator with that value and type.
pub(in crate::threatq) fn known(db: &Connection, value: &str, type_id: i64) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM tq_indicator WHERE value = ? AND type_id = ?")?
        .query_row(params![value, type_id], |row| row.get(0))
        .optional()
}

/// Stores a draft whose value is not known.
pub(in crate::threatq) fn insert(db: &Connection, draft: &Draft, by: Creation) -> Result<i64, Failure> {
    let status = match draft.status_id {
        Some(id) => id,
        None => statuses::id(db, DEFAULT_STATUS)?.unwrap_or(1),
    };
    let id = db
        .prepare_cached(
            "INSERT INTO tq_indicator (type_id, status_id, value, description, generated_score, expires_at,
               expires_calculated_at, published_at, created_at, updated_at, touched_at)
             VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?8, ?8)",
        )?
        .insert(params![
            draft.type_id,
            status,
            draft.value,
            draft.description,
            draft.expires_at,
            draft.expires_at.map(|_| by.now),
            draft.published_at,
            by.now
        ])?;
    if draft.attached.sources.is_empty() {
        // Somebody always says so: the creator, when nobody else does.
        let name = db.query_row("SELECT name FROM tq_source WHERE id = ?", [by.source_id], |row| row.get(0))?;
        let creator = Claim { name, tlp_id: None, published_at: None };
        sources::attach(db, (Object::Indicator, id), &creator, by.source_id, by.now)?;
    }
    draft.attached.to_indicator(db, id, by)?;
    Ok(id)
}

/// Creates one, or adds to the one that is known; its id, and whether it was known.
fn create_one(db: &Connection, body: &Value, by: Creation) -> Result<(i64, bool), Failure> {
    let draft = Draft::parse(db, body)?;
    match known(db, &draft.value, draft.type_id)? {
        Some(id) => {
            draft.attached.to_indicator(db, id, by)?;
            if !draft.attached.is_empty() {
                super::touch(db, id, by.now)?;
            }
            Ok((id, true))
        }
        None => Ok((insert(db, &draft, by)?, false)),
    }
}

/// `POST /api/indicators`, one object or an array. One that is known gets what is new about it, and says so.
/// In an array a bad item is answered in its place, and the others are stored.
pub(in crate::threatq) async fn create(
    State(app): State<App>,
    Writes(caller): Writes,
    Body(body): Body,
) -> Answer<Response> {
    let by = Creation { source_id: caller.source_id, now: app.clock.now() };
    app.change(move |db| {
        let with = With::parse(&["score", "sources", "attributes", "tags", "adversaries"])?;
        let mut records = Vec::new();
        for item in one_or_many(&body)? {
            match create_one(db, item, by) {
                Ok((id, existing)) => {
                    let mut record = super::read::record(db, id, &with)?;
                    if existing {
                        relations::put(&mut record, "existing", "Y");
                    }
                    records.push(record);
                }
                Err(failure @ Failure::Internal(_)) => return Err(failure),
                Err(failure) if body.is_object() => return Err(failure),
                Err(failure) => {
                    records.push(json!({ "error": failure.message(), "value": item.get("value") }));
                }
            }
        }
        Ok(answer::created(answer::list(records.len() as u64, records)))
    })
    .await
}

/// `POST /api/indicators/consume`: an array of at most 500; known ones get status, description and dates, too.
pub(in crate::threatq) async fn consume(
    State(app): State<App>,
    Writes(caller): Writes,
    Body(body): Body,
) -> Answer<Response> {
    let by = Creation { source_id: caller.source_id, now: app.clock.now() };
    app.change(move |db| {
        let items = body.as_array().ok_or_else(|| Failure::Request("The body must be an array.".to_owned()))?;
        if items.len() > MOST_CONSUMED {
            return Err(Failure::Request(format!("At most {MOST_CONSUMED} indicators at once.")));
        }
        let mut records = Vec::new();
        for item in items {
            match consume_one(db, item, by) {
                Ok(id) => records.extend(list_shape::records(db, &[id], &With::default())?),
                Err(failure @ Failure::Internal(_)) => return Err(failure),
                Err(failure) => {
                    records.push(json!({ "error": failure.message(), "value": item.get("value") }));
                }
            }
        }
        Ok(answer::data(records))
    })
    .await
}

fn consume_one(db: &Connection, body: &Value, by: Creation) -> Result<i64, Failure> {
    let draft = Draft::parse(db, body)?;
    let Some(id) = known(db, &draft.value, draft.type_id)? else { return insert(db, &draft, by) };
    db.execute(
        "UPDATE tq_indicator SET status_id = coalesce(?2, status_id), description = coalesce(?3, description),
                published_at = coalesce(?4, published_at), expires_at = coalesce(?5, expires_at) WHERE id = ?1",
        params![id, draft.status_id, draft.description, draft.published_at, draft.expires_at],
    )?;
    draft.attached.to_indicator(db, id, by)?;
    super::touch(db, id, by.now)?;
    Ok(id)
}
