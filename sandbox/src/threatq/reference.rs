//! Small lists that are read whole: types, statuses, tags, sources, adversaries.
//!
//! `?limit,offset,sort,name`; in `name`, `%` stands for any text and a comma separates alternatives.

use axum::response::Response;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params_from_iter};
use serde_json::Value;

use super::answer::{self, Answer};
use super::failure::Failure;
use super::request::Pairs;
use super::sql;

/// Makes the record of a row.
pub(super) type Record = fn(&Row<'_>) -> rusqlite::Result<Value>;

/// Answers a list. `table` has the columns `id` and `name`; `columns` are what `record` reads.
pub(super) fn list(db: &Connection, table: &str, columns: &str, query: &Pairs, record: Record) -> Answer<Response> {
    let filter = match query.get("name") {
        Some(name) => sql::alternatives("name", name),
        None => sql::Condition::always(),
    };
    let order = match query.get("sort").unwrap_or("id") {
        "id" => "id",
        "-id" => "id DESC",
        "name" => "name",
        "-name" => "name DESC",
        other => return Err(Failure::query(format!("Cannot sort by \"{other}\"."))),
    };
    let total: u64 = db.query_row(
        &format!("SELECT COUNT(*) FROM {table} WHERE {}", filter.sql),
        params_from_iter(&filter.values),
        |row| row.get(0),
    )?;
    let mut values = filter.values;
    values.push(query.number("limit")?.map_or(Sql::Integer(-1), sql::whole));
    values.push(sql::whole(query.number("offset")?.unwrap_or(0)));
    let records = db
        .prepare(&format!("SELECT {columns} FROM {table} WHERE {} ORDER BY {order} LIMIT ? OFFSET ?", filter.sql))?
        .query_map(params_from_iter(values), record)?
        .collect::<Result<_, _>>()?;
    Ok(answer::list(total, records))
}

/// Answers one record, or 404.
pub(super) fn one(db: &Connection, table: &str, columns: &str, id: i64, record: Record) -> Answer<Response> {
    Ok(answer::data(db.query_row(&format!("SELECT {columns} FROM {table} WHERE id = ?"), [id], record)?))
}

/// The `name` of a body, which must be a text with something in it.
pub(super) fn name(body: &Value) -> Result<&str, Failure> {
    body.get("name")
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Failure::member("name", "A name is needed."))
}
