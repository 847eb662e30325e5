//! One page of ids: by `limit` and `offset`, or by a cursor.
//!
//! A cursor is the place of the last record in the order, and the total of the first page, so that it need
//! not be counted again. What lies behind it are as many ranges as there are keys, the nearest first: same
//! first key and behind in the second, then behind in the first. Each is a walk along an index, where a
//! single condition with OR would not be; at 1.4 million records that is the difference.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};

use super::order::{self, Key};
use crate::threatq::failure::Failure;
use crate::threatq::request::Pairs;
use crate::threatq::settings::Settings;
use crate::threatq::sql::{Condition, whole};

/// Which part of a list is asked for.
pub(super) struct Window {
    /// `None`: everything.
    pub(super) limit: Option<u64>,
    pub(super) offset: u64,
    pub(super) cursor: Option<Cursor>,
}

/// A place in a list.
pub(super) enum Cursor {
    /// `*`
    Start,
    Behind {
        place: Vec<Sql>,
        total: u64,
        text: String,
    },
}

/// What was found.
pub(super) struct Page {
    pub(super) total: u64,
    pub(super) ids: Vec<i64>,
    /// The mark to go on with; the one that was sent, at the end of the list.
    pub(super) next: Option<String>,
}

impl Window {
    /// Reads `limit`, `offset` and `cursorMark`.
    pub(super) fn parse(query: &Pairs, settings: &Settings) -> Result<Window, Failure> {
        let asked = query.number("limit")?;
        let limit = match settings.max_limit {
            Some(most) => Some(asked.map_or(most, |asked| asked.min(most))),
            None => asked,
        };
        let cursor = query.get("cursorMark").map(Cursor::parse).transpose()?;
        Ok(Window { limit, offset: query.number("offset")?.unwrap_or(0), cursor })
    }
}

impl Cursor {
    fn parse(text: &str) -> Result<Cursor, Failure> {
        if text == "*" {
            return Ok(Cursor::Start);
        }
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (total, place): (u64, Vec<Value>) = serde_json::from_slice(&bytes).ok()?;
            let place = place.into_iter().map(from_json).collect::<Option<_>>()?;
            Some(Cursor::Behind { place, total, text: text.to_owned() })
        };
        read().ok_or_else(|| Failure::query("Unknown cursor mark."))
    }

    fn write(place: &[Sql], total: u64) -> String {
        let place: Vec<Value> = place.iter().map(to_json).collect();
        URL_SAFE_NO_PAD.encode(json!([total, place]).to_string())
    }
}

/// Finds a page of the indicators that fit.
pub(super) fn find(db: &Connection, fit: &Condition, keys: &[Key], window: &Window) -> Result<Page, Failure> {
    let limit = window.limit.map_or(Sql::Integer(-1), whole);
    let Some(cursor) = &window.cursor else {
        let total = count(db, fit)?;
        let found = select(db, fit, keys, limit, whole(window.offset))?;
        return Ok(Page { total, ids: found.into_iter().map(|(id, _)| id).collect(), next: None });
    };
    let (total, found, sent) = match cursor {
        Cursor::Start => {
            let found = select(db, fit, keys, limit, Sql::Integer(0))?;
            (count(db, fit)?, found, "*")
        }
        Cursor::Behind { place, total, text } => {
            if place.len() != keys.len() {
                return Err(Failure::query("The cursor mark belongs to another order."));
            }
            (*total, behind(db, fit, keys, place, window.limit)?, text.as_str())
        }
    };
    let next = match found.last() {
        Some((_, place)) => Cursor::write(place, total),
        None => sent.to_owned(),
    };
    Ok(Page { total, ids: found.into_iter().map(|(id, _)| id).collect(), next: Some(next) })
}

/// An id, and its place in the order.
type Placed = (i64, Vec<Sql>);

fn behind(
    db: &Connection,
    fit: &Condition,
    keys: &[Key],
    place: &[Sql],
    limit: Option<u64>,
) -> Result<Vec<Placed>, Failure> {
    let mut found = Vec::new();
    for level in (0..keys.len()).rev() {
        let left = limit.map(|limit| limit.saturating_sub(found.len() as u64));
        if left == Some(0) {
            break;
        }
        let steps = keys.iter().zip(place).take(level + 1).enumerate().map(|(index, (key, value))| {
            let sign = match (index == level, key.descending) {
                (false, _) => "=",
                (true, false) => ">",
                (true, true) => "<",
            };
            Condition::new(format!("{} {sign} ?", key.sql), [value.clone()])
        });
        let range = Condition::all(std::iter::once(fit.clone()).chain(steps));
        found.extend(select(db, &range, keys, left.map_or(Sql::Integer(-1), whole), Sql::Integer(0))?);
    }
    Ok(found)
}

fn select(db: &Connection, fit: &Condition, keys: &[Key], limit: Sql, offset: Sql) -> rusqlite::Result<Vec<Placed>> {
    let columns: Vec<&str> = keys.iter().map(|key| key.sql).collect();
    let sql = format!(
        "SELECT i.id, {} FROM tq_indicator i WHERE {} ORDER BY {} LIMIT ? OFFSET ?",
        columns.join(", "),
        fit.sql,
        order::sql(keys)
    );
    let values = fit.values.iter().cloned().chain([limit, offset]);
    let mut statement = db.prepare(&sql)?;
    let found = statement.query_map(params_from_iter(values), |row| {
        let place = (1..=keys.len()).map(|column| row.get(column)).collect::<Result<_, _>>()?;
        Ok((row.get(0)?, place))
    })?;
    found.collect()
}

fn count(db: &Connection, fit: &Condition) -> rusqlite::Result<u64> {
    let sql = format!("SELECT count(*) FROM tq_indicator i WHERE {}", fit.sql);
    db.query_row(&sql, params_from_iter(&fit.values), |row| row.get(0))
}

fn to_json(value: &Sql) -> Value {
    match value {
        Sql::Integer(number) => (*number).into(),
        Sql::Real(number) => (*number).into(),
        Sql::Text(text) => text.as_str().into(),
        Sql::Null | Sql::Blob(_) => Value::Null,
    }
}

fn from_json(value: Value) -> Option<Sql> {
    match value {
        Value::Number(number) => number.as_i64().map(Sql::Integer).or_else(|| number.as_f64().map(Sql::Real)),
        Value::String(text) => Some(Sql::Text(text)),
        _ => None,
    }
}
