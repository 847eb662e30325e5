//! Brings records into ThreatQ's tables: the embedded data of a new database, and feeds. What a feed brought is read
//! back for platforms that keep no copy of it.

use ioc_lookup::indicator::Kind;
use rusqlite::{Connection, OptionalExtension, Statement, params};
use serde::Deserialize;

use super::object::Object;
use super::{adversaries, attributes, links, sources, statuses, tags, tlp, types};
use crate::Error;
use crate::clock::Seconds;
use crate::record::Record;

const INDICES: &str = include_str!("indices.sql");
/// The source that stands for the loader of the embedded data.
pub(super) const SEED: &str = "Sandbox";
/// The source that stands for the loader of feeds, and tells what they brought from everything else.
const FEED: &str = "Sandbox import";

/// What this platform may say about a record that others do not.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    /// A type that no kind stands for.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The stored value, where it differs: URLs come without their scheme.
    value: Option<String>,
    status: Option<String>,
    /// 0-10, or more: instead of a tenth of the record's score.
    generated_score: Option<f64>,
    manual_score: Option<f64>,
}

/// Adds records, one after the other. It holds its statements and the ids of the few names that come again
/// and again: with 1.4 million records, looking them up each time takes longer than storing them.
pub struct Loader<'db> {
    db: &'db Connection,
    /// The source that stands for the loader itself.
    creator: i64,
    active: i64,
    expired: i64,
    /// Names that have been looked up. So few that walking through them is faster than hashing.
    ids: Vec<(Named, String, i64)>,
    insert: Statement<'db>,
    insert_source: Statement<'db>,
    insert_attribute: Statement<'db>,
    insert_tag: Statement<'db>,
}

/// What has a name and an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Type,
    Status,
    Source,
    Attribute,
    Tag,
    Adversary,
}

/// Lets `work` load, without the indices that slow loading down; they are there again afterwards.
pub fn without_indices<T>(db: &Connection, work: impl FnOnce(&mut Loader<'_>) -> Result<T, Error>) -> Result<T, Error> {
    for name in INDICES.split("CREATE INDEX ").skip(1).filter_map(|line| line.split(' ').next()) {
        db.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    let outcome = work(&mut Loader::new(db, FEED)?)?;
    db.execute_batch(INDICES)?;
    Ok(outcome)
}

/// What a feed brought, without sources, attributes and adversaries. What was deleted since is not found.
pub fn imported(db: &Connection, kind: Kind, value: &str) -> rusqlite::Result<Option<Record>> {
    let found = db
        .prepare_cached(
            "SELECT i.id, i.value, i.description, i.generated_score, i.published_at, i.last_detected_at, i.expires_at
             FROM tq_indicator i JOIN tq_type t ON t.id = i.type_id
             WHERE i.value = ?1 AND t.name = ?2 AND EXISTS (
               SELECT 1 FROM tq_source_link l JOIN tq_source s ON s.id = l.creator_source_id
               WHERE l.object_id = i.id AND l.object = ?3 AND s.name = ?4)",
        )?
        .query_row(params![value, types::name_of(kind), Object::Indicator.number(), FEED], |row| {
            let record = Record {
                value: row.get(1)?,
                kind: Some(kind),
                description: row.get(2)?,
                score: row.get::<_, Option<f64>>(3)?.map(|score| score * 10.0),
                first_seen: row.get(4)?,
                last_seen: row.get(5)?,
                expires_at: row.get(6)?,
                ..Record::default()
            };
            Ok((row.get(0)?, record))
        })
        .optional()?;
    let Some((id, record)) = found else { return Ok(None) };
    Ok(Some(Record { tags: tags::of_one(db, Object::Indicator, id)?, ..record }))
}

impl<'db> Loader<'db> {
    /// A loader for a database whose tables are there; `creator` is the source that stands for it.
    pub(super) fn new(db: &'db Connection, creator: &str) -> Result<Loader<'db>, Error> {
        Ok(Loader {
            db,
            creator: sources::ensure(db, creator, sources::OTHER, 0)?,
            active: statuses::id(db, "Active")?.unwrap_or(1),
            expired: statuses::id(db, "Expired")?.unwrap_or(2),
            ids: Vec::new(),
            insert: db.prepare(
                "INSERT INTO tq_indicator (type_id, status_id, value, description, generated_score, manual_score,
                   last_detected_at, expires_at, expired_at, expires_calculated_at, published_at,
                   created_at, updated_at, touched_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13) ON CONFLICT DO NOTHING",
            )?,
            insert_source: db.prepare(sources::INSERT)?,
            insert_attribute: db.prepare(attributes::INSERT)?,
            insert_tag: db.prepare(tags::INSERT)?,
        })
    }

    /// Adds a record, unless its value is known or the platform is not to know it; whether it was added.
    pub fn add(&mut self, record: &Record, now: Seconds) -> Result<bool, Error> {
        let Some(said) = record.known_to(super::PLATFORM) else { return Ok(false) };
        let said = match said {
            serde_json::Value::Null => Said::default(),
            said => Said::deserialize(said).map_err(|error| Error::System(format!("{}: {error}", record.value)))?,
        };
        if !self.insert(record, &said, now)? {
            return Ok(false);
        }
        self.attach(record, self.db.last_insert_rowid(), now)?;
        Ok(true)
    }

    fn insert(&mut self, record: &Record, said: &Said, now: Seconds) -> Result<bool, Error> {
        let name = said.kind.as_deref().or(record.kind.map(types::name_of)).unwrap_or("String");
        let created = record.first_seen.unwrap_or(now);
        let updated = record.last_seen.unwrap_or(created);
        let is_over = record.expires_at.is_some_and(|end| end <= now);
        let status = match &said.status {
            Some(name) => self.id(Named::Status, name, now)?,
            None if is_over => self.expired,
            None => self.active,
        };
        let type_id = self.id(Named::Type, name, now)?;
        let added = self.insert.execute(params![
            type_id,
            status,
            said.value.as_deref().unwrap_or(&record.value),
            record.description,
            said.generated_score.or(record.score.map(|score| score / 10.0)),
            said.manual_score,
            record.last_seen,
            record.expires_at,
            record.expires_at.filter(|_| is_over),
            record.expires_at.map(|_| updated),
            record.first_seen,
            created,
            updated
        ])?;
        Ok(added > 0)
    }

    fn attach(&mut self, record: &Record, id: i64, now: Seconds) -> Result<(), Error> {
        let created = record.first_seen.unwrap_or(now);
        for source in &record.sources {
            let source_id = self.id(Named::Source, &source.name, created)?;
            let tlp_id = source.tlp.as_deref().and_then(tlp::id);
            self.insert_source.execute(params![
                id,
                Object::Indicator.number(),
                source_id,
                self.creator,
                tlp_id,
                source.published_at,
                created
            ])?;
        }
        for (name, value) in &record.attributes {
            let attribute = self.id(Named::Attribute, name, created)?;
            self.insert_attribute.execute(params![id, Object::Indicator.number(), attribute, value, created])?;
        }
        for tag in &record.tags {
            let tag = self.id(Named::Tag, tag, created)?;
            self.insert_tag.execute(params![id, Object::Indicator.number(), tag])?;
        }
        for name in &record.adversaries {
            let adversary = self.id(Named::Adversary, name, created)?;
            links::attach(self.db, id, (Object::Adversary, adversary), created)?;
        }
        Ok(())
    }

    /// The id of a name; what may be made is made.
    fn id(&mut self, named: Named, name: &str, now: Seconds) -> Result<i64, Error> {
        for (known, text, id) in &self.ids {
            if *known == named && text == name {
                return Ok(*id);
            }
        }
        let id = match named {
            Named::Type => types::id_or_string(self.db, name)?,
            Named::Status => {
                statuses::id(self.db, name)?.ok_or_else(|| Error::System(format!("unknown status \"{name}\"")))?
            }
            Named::Source => sources::ensure(self.db, name, sources::OTHER, now)?,
            Named::Attribute => attributes::ensure(self.db, name, now)?,
            Named::Tag => tags::ensure(self.db, name)?,
            Named::Adversary => adversaries::ensure(self.db, name, now)?,
        };
        self.ids.push((named, name.to_owned(), id));
        Ok(id)
    }

    /// Links indicators whose records name each other; both must have been added.
    pub fn relate(&self, record: &Record, now: Seconds) -> Result<(), Error> {
        for other in &record.related {
            if let (Some(one), Some(other)) = (self.find_stored(&record.value)?, self.find_stored(other)?) {
                links::attach(self.db, one, (Object::Indicator, other), now)?;
            }
        }
        Ok(())
    }

    /// The same, with or without a scheme.
    fn find_stored(&self, value: &str) -> Result<Option<i64>, Error> {
        match (self.find(value)?, value.split_once("://")) {
            (None, Some((_, rest))) => self.find(rest),
            (found, _) => Ok(found),
        }
    }

    /// The oldest indicator of that value.
    pub(super) fn find(&self, value: &str) -> Result<Option<i64>, Error> {
        let found = self
            .db
            .prepare_cached("SELECT id FROM tq_indicator WHERE value = ? ORDER BY id LIMIT 1")?
            .query_row([value], |row| row.get(0))
            .optional()?;
        Ok(found)
    }
}
