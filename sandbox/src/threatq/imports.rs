//! Imports of text: parse it, look at what was found, commit.
//!
//! `POST` parses and stores candidates; nothing becomes an indicator before `GET …/commit`, a read with
//! effects. The parser normalises: URLs lose their scheme, a URL that is only a host becomes an FQDN (or an
//! address), `address:port` becomes an address with an attribute `Port`.

use axum::extract::{Path, State};
use axum::response::Response;
use ioc_lookup::indicator::Kind;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::caller::{Reads, Writes};
use super::failure::Failure;
use super::indicator::create::{self, Attached, Creation, Draft};
use super::indicator::list_shape::{self, With};
use super::request::{Body, Pairs, id_in_path, id_of, object};
use super::sources::{self, Claim};
use super::{App, date, statuses, types};
use crate::detect::{self, Found};

/// Content types that `GET /api/attachments/types` lists: name, and whether an import can parse it.
const CONTENT_TYPES: [(&str, &str); 3] = [("Generic Text", "Y"), ("CSV", "Y"), ("Malware Sample", "N")];

/// A value that the parser found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    type_name: &'static str,
    value: String,
    port: Option<String>,
}

/// `GET /api/attachments/types` `?is_parsable=Y`
pub(super) async fn content_types(_: Reads, query: Pairs) -> Answer<Response> {
    let wanted = query.get("is_parsable");
    let list: Vec<Value> = CONTENT_TYPES
        .iter()
        .enumerate()
        .filter(|(_, (_, parsable))| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(parsable)))
        .map(|(index, (name, parsable))| json!({ "id": index + 1, "name": name, "is_parsable": parsable }))
        .collect();
    Ok(answer::list(list.len() as u64, list))
}

/// `POST /api/imports` `{content_type_id,text,normalize}`
pub(super) async fn create(State(app): State<App>, _: Writes, Body(body): Body) -> Answer<Response> {
    app.change(move |db| {
        let members = object(&body)?;
        let content_type = body.get("content_type_id").and_then(id_of);
        let content_type = content_type
            .filter(|id| {
                let index = usize::try_from(id - 1).unwrap_or(usize::MAX);
                CONTENT_TYPES.get(index).is_some_and(|(_, parsable)| *parsable == "Y")
            })
            .ok_or_else(|| Failure::member("content_type_id", "Not a content type that can be parsed."))?;
        let text = body.get("text").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Failure::member("text", "A text is needed."))?;
        let normalize = normalize(members.get("normalize"))?.unwrap_or("Y");
        db.execute(
            "INSERT INTO tq_import (content_type_id, text, normalize, delete_after_import, committed)
             VALUES (?, ?, ?, 0, 0)",
            params![content_type, text, normalize],
        )?;
        let id = db.last_insert_rowid();
        parse(db, id, text, normalize)?;
        Ok(answer::created(answer::data(json!({ "id": id }))))
    })
    .await
}

fn normalize(value: Option<&Value>) -> Result<Option<&'static str>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("Y") => Ok(Some("Y")),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("N") => Ok(Some("N")),
        _ => Err(Failure::member("normalize", "Y or N.")),
    }
}

/// Parses the text of an import anew.
fn parse(db: &Connection, import: i64, text: &str, normalize: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM tq_import_indicator WHERE import_id = ?", [import])?;
    for found in detect::extract(text) {
        let candidate = if normalize == "Y" { normalized(&found) } else { as_found(&found) };
        db.execute(
            "INSERT OR IGNORE INTO tq_import_indicator (import_id, type_id, value, port) VALUES (?, ?, ?, ?)",
            params![import, types::id_or_string(db, candidate.type_name)?, candidate.value, candidate.port],
        )?;
    }
    Ok(())
}

fn as_found(found: &Found) -> Candidate {
    Candidate { type_name: types::name_of(found.kind), value: found.value.clone(), port: found.port.clone() }
}

fn normalized(found: &Found) -> Candidate {
    if found.kind != Kind::Url {
        return as_found(found);
    }
    let rest = found.value.split_once("://").map_or(found.value.as_str(), |(_, rest)| rest);
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.contains(['/', '?', '#', '@']) {
        return Candidate { type_name: "URL", value: rest.to_owned(), port: None };
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name, Some(port.to_owned())),
        _ => (host, None),
    };
    match detect::classify(name) {
        Some(bare) => Candidate { type_name: types::name_of(bare.kind), value: bare.value, port },
        None => Candidate { type_name: "FQDN", value: name.to_owned(), port },
    }
}

/// `PUT /api/imports/{id}` `{import_source,indicator_global_status,delete_after_import,normalize}`
pub(super) async fn update(
    State(app): State<App>,
    _: Writes,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.change(move |db| {
        let import = Import::load(db, id)?;
        object(&body)?;
        let source = match body.get("import_source") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let claim = sources::claims(Some(value))?.pop();
                claim.map(|claim| sources::ensure(db, &claim.name, sources::OTHER, now)).transpose()?
            }
        };
        let status = match body.get("indicator_global_status") {
            None | Some(Value::Null) => None,
            Some(value) => Some(status(db, value)?),
        };
        let keep =
            !matches!(body.get("delete_after_import"), Some(value) if id_of(value) == Some(1) || value == &json!(true));
        db.execute(
            "UPDATE tq_import SET source_id = coalesce(?2, source_id), status_id = coalesce(?3, status_id),
                    delete_after_import = ?4 WHERE id = ?1",
            params![id, source, status, !keep],
        )?;
        if let Some(normalize) = normalize(body.get("normalize"))?
            && normalize != import.normalize
        {
            db.execute("UPDATE tq_import SET normalize = ? WHERE id = ?", params![normalize, id])?;
            parse(db, id, &import.text, normalize)?;
        }
        Ok(answer::data(Import::load(db, id)?.record(db)?))
    })
    .await
}

fn status(db: &Connection, value: &Value) -> Result<i64, Failure> {
    let found = match (value.as_str(), id_of(value)) {
        (_, Some(id)) => db.query_row("SELECT id FROM tq_status WHERE id = ?", [id], |row| row.get(0)).optional()?,
        (Some(name), None) => statuses::id(db, name)?,
        (None, None) => None,
    };
    found.ok_or_else(|| Failure::member("indicator_global_status", "Unknown indicator status."))
}

struct Import {
    id: i64,
    text: String,
    normalize: String,
    source_id: Option<i64>,
    status_id: Option<i64>,
    delete_after_import: bool,
    committed: bool,
}

impl Import {
    fn load(db: &Connection, id: i64) -> Result<Import, Failure> {
        let import = db.query_row(
            "SELECT text, normalize, source_id, status_id, delete_after_import, committed
             FROM tq_import WHERE id = ?",
            [id],
            |row| {
                Ok(Import {
                    id,
                    text: row.get(0)?,
                    normalize: row.get(1)?,
                    source_id: row.get(2)?,
                    status_id: row.get(3)?,
                    delete_after_import: row.get(4)?,
                    committed: row.get(5)?,
                })
            },
        )?;
        Ok(import)
    }

    fn record(&self, db: &Connection) -> rusqlite::Result<Value> {
        let count = "SELECT count(*) FROM tq_import_indicator WHERE import_id = ?";
        Ok(json!({
            "id": self.id,
            "normalize": self.normalize,
            "import_source": self.source_id,
            "indicator_global_status": self.status_id,
            "delete_after_import": i64::from(self.delete_after_import),
            "committed": self.committed,
            "indicator_count": db.query_row(count, [self.id], |row| row.get::<_, i64>(0))?,
        }))
    }
}

/// `GET /api/imports/{id}`
pub(super) async fn one(State(app): State<App>, _: Reads, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.read(move |db| Ok(answer::data(Import::load(db, id)?.record(db)?))).await
}

/// `GET /api/imports/{id}/indicators`: candidates in the list shape; their ids are not those of indicators
pub(super) async fn indicators(
    State(app): State<App>,
    _: Reads,
    Path(id): Path<String>,
    query: Pairs,
) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let now = app.clock.now();
    app.read(move |db| {
        let import = Import::load(db, id)?;
        let total: u64 =
            db.query_row("SELECT count(*) FROM tq_import_indicator WHERE import_id = ?", [id], |row| row.get(0))?;
        let limit = query.number("limit")?.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let offset = i64::try_from(query.number("offset")?.unwrap_or(0)).unwrap_or(i64::MAX);
        let records = db
            .prepare(
                "SELECT c.id, c.type_id, t.class, c.value, c.port FROM tq_import_indicator c
                 JOIN tq_type t ON t.id = c.type_id WHERE c.import_id = ? ORDER BY c.id LIMIT ? OFFSET ?",
            )?
            .query_map(params![id, limit, offset], |row| {
                let port: Option<String> = row.get(4)?;
                let attributes: Vec<Value> =
                    port.into_iter().map(|port| json!({ "name": "Port", "value": port })).collect();
                Ok(json!({
                    "id": row.get::<_, i64>(0)?,
                    "type_id": row.get::<_, i64>(1)?,
                    "status_id": import.status_id,
                    "class": row.get::<_, String>(2)?,
                    "hash": null,
                    "value": row.get::<_, String>(3)?,
                    "last_detected_at": null,
                    "expires_at": null,
                    "expired_at": null,
                    "expires_calculated_at": null,
                    "created_at": date::text(now),
                    "updated_at": date::text(now),
                    "touched_at": date::text(now),
                    "attributes": attributes,
                }))
            })?
            .collect::<Result<_, _>>()?;
        Ok(answer::list(total, records))
    })
    .await
}

/// `GET /api/imports/{id}/commit`: the candidates become indicators, once
pub(super) async fn commit(State(app): State<App>, Writes(caller): Writes, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    let by = Creation { source_id: caller.source_id, now: app.clock.now() };
    app.change(move |db| {
        let import = Import::load(db, id)?;
        if import.committed {
            return Err(Failure::Request("This import has been committed.".to_owned()));
        }
        let mut ids = Vec::new();
        for draft in drafts(db, &import)? {
            match create::known(db, &draft.value, draft.type_id)? {
                Some(known) => {
                    draft.attached.to_indicator(db, known, by)?;
                    super::indicator::touch(db, known, by.now)?;
                    ids.push(known);
                }
                None => ids.push(create::insert(db, &draft, by)?),
            }
        }
        if import.delete_after_import {
            delete(db, id)?;
        } else {
            db.execute("UPDATE tq_import SET committed = 1 WHERE id = ?", [id])?;
        }
        let indicators = list_shape::records(db, &ids, &With::parse(&["attributes", "sources"])?)?;
        Ok(answer::data(json!({ "id": id, "indicators": indicators })))
    })
    .await
}

fn drafts(db: &Connection, import: &Import) -> Result<Vec<Draft>, Failure> {
    let source: Option<String> = match import.source_id {
        Some(id) => Some(db.query_row("SELECT name FROM tq_source WHERE id = ?", [id], |row| row.get(0))?),
        None => None,
    };
    let claims: Vec<Claim> = source.into_iter().map(|name| Claim { name, tlp_id: None, published_at: None }).collect();
    let drafts = db
        .prepare("SELECT type_id, value, port FROM tq_import_indicator WHERE import_id = ? ORDER BY id")?
        .query_map([import.id], |row| {
            let port: Option<String> = row.get(2)?;
            Ok(Draft {
                type_id: row.get(0)?,
                value: row.get(1)?,
                status_id: import.status_id,
                description: None,
                published_at: None,
                expires_at: None,
                attached: Attached {
                    sources: claims.clone(),
                    attributes: port.into_iter().map(|port| ("Port".to_owned(), port)).collect(),
                    ..Attached::default()
                },
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(drafts)
}

/// `DELETE /api/imports/{id}`: the import and its candidates; committed indicators stay
pub(super) async fn remove(State(app): State<App>, _: Writes, Path(id): Path<String>) -> Answer<Response> {
    let id = id_in_path(&id)?;
    app.change(move |db| {
        Import::load(db, id)?;
        delete(db, id)?;
        Ok(answer::deleted())
    })
    .await
}

fn delete(db: &Connection, id: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM tq_import_indicator WHERE import_id = ?", [id])?;
    db.execute("DELETE FROM tq_import WHERE id = ?", [id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(value: &str) -> (&'static str, String, Option<String>) {
        let found = Found { kind: Kind::Url, value: value.to_owned(), port: None };
        let candidate = normalized(&found);
        (candidate.type_name, candidate.value, candidate.port)
    }

    #[test]
    fn a_url_loses_its_scheme_and_one_that_is_a_host_becomes_that_host() {
        assert_eq!(url("http://a.example/x?y"), ("URL", "a.example/x?y".to_owned(), None));
        assert_eq!(url("https://a.example/"), ("FQDN", "a.example".to_owned(), None));
        assert_eq!(url("http://192.0.2.7:8080/"), ("IP Address", "192.0.2.7".to_owned(), Some("8080".to_owned())));
    }
}
