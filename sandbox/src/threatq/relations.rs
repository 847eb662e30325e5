//! What belongs to several objects, read in one statement and handed out object by object.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::failure::Failure;
use super::object::Object;

/// Records by the id of the object that they belong to.
#[derive(Default)]
pub(super) struct Children(HashMap<i64, Vec<Value>>);

impl Children {
    /// The records of one object; they are gone afterwards.
    pub(super) fn take(&mut self, id: i64) -> Vec<Value> {
        self.0.remove(&id).unwrap_or_default()
    }

    /// A copy of the records of one object.
    pub(super) fn copy(&self, id: i64) -> Vec<Value> {
        self.0.get(&id).cloned().unwrap_or_default()
    }

    /// All records, to be completed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.values_mut().flatten()
    }
}

/// Runs `sql` for these objects. Its first column is the id of the object, `?1` the ids as a JSON array,
/// `?2` the number of the kind of object.
pub(super) fn children(
    db: &Connection,
    sql: &str,
    object: Object,
    ids: &[i64],
    record: impl Fn(&Row<'_>) -> rusqlite::Result<Value>,
) -> rusqlite::Result<Children> {
    let mut children = Children::default();
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![json_array(ids), object.number()])?;
    while let Some(row) = rows.next()? {
        children.0.entry(row.get(0)?).or_default().push(record(row)?);
    }
    Ok(children)
}

/// `[1,2,3]`: one parameter for any number of ids, so that the statement stays the same.
pub(super) fn json_array(ids: &[i64]) -> String {
    Value::from(ids).to_string()
}

/// Sets a member of an object.
pub(super) fn put(record: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = record.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// The search shape has no null members.
pub(super) fn leave_out_nulls(record: &mut Value) {
    if let Some(members) = record.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

/// 404 when a statement that was to remove something removed nothing.
pub(super) fn removed(count: usize) -> Result<(), Failure> {
    if count == 0 { Err(Failure::NotFound) } else { Ok(()) }
}
