//! An indicator as the table holds it, with the names of its type and status.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::Value;

use crate::clock::Seconds;
use crate::secret;
use crate::threatq::relations::json_array;

/// One row, joined with type and status.
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) type_id: i64,
    pub(super) type_name: String,
    pub(super) class: String,
    pub(super) status_id: i64,
    pub(super) status_name: String,
    pub(super) status_description: String,
    pub(super) value: String,
    pub(super) description: Option<String>,
    /// 0-10; nobody forbids more.
    pub(super) generated_score: Option<f64>,
    /// Wins over the generated one.
    pub(super) manual_score: Option<f64>,
    pub(super) last_detected_at: Option<Seconds>,
    pub(super) expires_at: Option<Seconds>,
    pub(super) expired_at: Option<Seconds>,
    pub(super) expires_calculated_at: Option<Seconds>,
    pub(super) published_at: Option<Seconds>,
    pub(super) created_at: Seconds,
    pub(super) updated_at: Seconds,
    pub(super) touched_at: Seconds,
}

impl Row {
    /// 32 hexadecimal digits that stay the same: nothing else is known of the platform's own.
    pub(super) fn hash(&self) -> String {
        let mut digest = secret::digest(&format!("{}\n{}", self.type_name, self.value.to_ascii_lowercase()));
        digest.truncate(32);
        digest
    }

    /// The score that counts, as a plain number: 6 rather than 6.0.
    pub(super) fn score(&self) -> Value {
        match self.manual_score.or(self.generated_score) {
            Some(score) if score.fract() == 0.0 && score.abs() < 1e9 => Value::from(score as i64),
            Some(score) => Value::from(score),
            None => Value::Null,
        }
    }
}

/// The rows of these ids, in the order of the ids; ids without a row give nothing.
pub(super) fn rows(db: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = db.prepare_cached(
        "SELECT i.id, i.type_id, t.name, t.class, i.status_id, s.name, s.description, i.value, i.description,
                i.generated_score, i.manual_score, i.last_detected_at, i.expires_at, i.expired_at,
                i.expires_calculated_at, i.published_at, i.created_at, i.updated_at, i.touched_at
         FROM tq_indicator i JOIN tq_type t ON t.id = i.type_id JOIN tq_status s ON s.id = i.status_id
         WHERE i.id IN (SELECT value FROM json_each(?))",
    )?;
    let mut found: HashMap<i64, Row> = statement
        .query_map([json_array(ids)], |row| {
            let id = row.get(0)?;
            let read = Row {
                id,
                type_id: row.get(1)?,
                type_name: row.get(2)?,
                class: row.get(3)?,
                status_id: row.get(4)?,
                status_name: row.get(5)?,
                status_description: row.get(6)?,
                value: row.get(7)?,
                description: row.get(8)?,
                generated_score: row.get(9)?,
                manual_score: row.get(10)?,
                last_detected_at: row.get(11)?,
                expires_at: row.get(12)?,
                expired_at: row.get(13)?,
                expires_calculated_at: row.get(14)?,
                published_at: row.get(15)?,
                created_at: row.get(16)?,
                updated_at: row.get(17)?,
                touched_at: row.get(18)?,
            };
            Ok((id, read))
        })?
        .collect::<Result<_, _>>()?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
