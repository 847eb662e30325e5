//! AQL, the query language of Ariel: read ([`parse`]), made SQL ([`compile`]), and run.

pub(super) mod columns;
mod compile;
pub(super) mod functions;
mod parse;
mod query;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};

use super::lexer::Problem;
pub(super) use compile::{ResultColumn, Statement, glob};
pub(super) use query::Database;

/// A row of a result.
pub(super) type Row = Map<String, Value>;

/// A query that is known to be sound.
pub(super) struct Prepared {
    pub(super) database: Database,
    statement: Statement,
}

impl Database {
    /// The table that holds it.
    pub(super) fn table(self) -> &'static str {
        match self {
            Database::Events => "qr_event",
            Database::Flows => "qr_flow",
        }
    }

    /// The column that `TEXT SEARCH` looks at.
    fn payload(self) -> &'static str {
        match self {
            Database::Events => "\"payload\"",
            Database::Flows => "\"sourcepayload\"",
        }
    }
}

/// Reads a query. `now_ms` is what its times are relative to, `with_custom` whether custom properties are there.
pub(super) fn prepare(text: &str, now_ms: i64, with_custom: bool) -> Result<Prepared, Problem> {
    let query = parse::parse(text)?;
    Ok(Prepared { database: query.database, statement: compile::compile(&query, now_ms, with_custom)? })
}

impl Prepared {
    /// The columns of its result.
    pub(super) fn columns(&self) -> &[ResultColumn] {
        &self.statement.columns
    }

    /// All rows. A column whose name comes twice has the value of the last one.
    pub(super) fn run(&self, db: &Connection) -> rusqlite::Result<Vec<Row>> {
        let mut statement = db.prepare(&self.statement.sql)?;
        let mut rows = statement.query(params_from_iter(&self.statement.parameters))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let mut result = Row::new();
            for (index, column) in self.statement.columns.iter().enumerate() {
                result.insert(column.name.clone(), json(row.get_ref(index)?));
            }
            all.push(result);
        }
        Ok(all)
    }
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
    }
}

#[cfg(test)]
mod tests;
