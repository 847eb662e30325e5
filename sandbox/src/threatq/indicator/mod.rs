//! Indicators: reading them in both record shapes, listing, querying, creating, changing.
//!
//! - [`row`]: what the table holds. [`list_shape`] and [`search_shape`]: the two forms of a record.
//! - [`filter`] (GET list), [`criteria`] (query) and [`advanced`] (search): conditions; [`order`]: sorting;
//!   [`page`]: limit, offset, cursor.
//! - [`read`], [`create`], [`change`]: the calls.

pub(super) mod advanced;
pub(super) mod change;
pub(super) mod create;
mod criteria;
mod field;
mod filter;
pub(super) mod list_shape;
mod order;
mod page;
pub(super) mod read;
mod row;
mod search_shape;

use rusqlite::{Connection, OptionalExtension, params};

use super::failure::Failure;
use super::object::Object;
use crate::clock::Seconds;

/// 404 for an id that no indicator has.
pub(super) fn must_exist(db: &Connection, id: i64) -> Result<(), Failure> {
    db.prepare_cached("SELECT 1 FROM tq_indicator WHERE id = ?")?
        .query_row([id], |_| Ok(()))
        .optional()?
        .ok_or(Failure::NotFound)
}

/// Something that belongs to the indicator has changed.
pub(super) fn touch(db: &Connection, id: i64, now: Seconds) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE tq_indicator SET updated_at = ?2, touched_at = ?2 WHERE id = ?1")?.execute([id, now])?;
    Ok(())
}

/// Removes an indicator and everything that belongs to it.
fn delete(db: &Connection, id: i64) -> Result<(), Failure> {
    must_exist(db, id)?;
    let object = Object::Indicator.number();
    for table in ["tq_source_link", "tq_attribute_link", "tq_tag_link", "tq_link"] {
        let sql = format!("DELETE FROM {table} WHERE object_id = ? AND object = ?");
        db.execute(&sql, params![id, object])?;
    }
    for table in ["tq_link", "tq_comment", "tq_watchlist"] {
        db.execute(&format!("DELETE FROM {table} WHERE indicator_id = ?"), [id])?;
    }
    db.execute("DELETE FROM tq_indicator WHERE id = ?", [id])?;
    Ok(())
}
