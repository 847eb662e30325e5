//! Conditions of a WHERE clause, with their parameters.

use rusqlite::types::Value;

/// A boolean expression over the columns of a statement.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// With one `?` per value; in parentheses where that matters.
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Condition {
    pub(super) fn new(sql: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Condition {
        Condition { sql: sql.into(), values: values.into_iter().collect() }
    }

    pub(super) fn always() -> Condition {
        Condition::new("1", [])
    }

    /// All of them; of none: always.
    pub(super) fn all(parts: impl IntoIterator<Item = Condition>) -> Condition {
        Condition::joined(parts, " AND ").unwrap_or_else(Condition::always)
    }

    /// Any of them; of none: never.
    pub(super) fn any(parts: impl IntoIterator<Item = Condition>) -> Condition {
        Condition::joined(parts, " OR ").unwrap_or_else(|| Condition::new("0", []))
    }

    /// Whether the column is one of these values. A list of equalities would nest too deep for SQLite.
    pub(super) fn one_of(column: &str, values: Vec<Value>) -> Condition {
        let marks = vec!["?"; values.len()].join(",");
        Condition::new(format!("{column} IN ({marks})"), values)
    }

    fn joined(parts: impl IntoIterator<Item = Condition>, by: &str) -> Option<Condition> {
        let mut parts = parts.into_iter();
        let first = parts.next()?;
        let joined = parts.fold(first, |mut joined, part| {
            joined.sql.push_str(by);
            joined.sql.push_str(&part.sql);
            joined.values.extend(part.values);
            joined
        });
        Some(Condition { sql: format!("({})", joined.sql), values: joined.values })
    }
}

/// A filter of a GET list: `%` stands for any text, a comma separates alternatives.
pub(super) fn alternatives(column: &str, text: &str) -> Condition {
    let parts = text.split(',').map(|part| {
        if part.contains('%') {
            like(column, &part.replace('\\', "\\\\").replace('_', "\\_"))
        } else {
            Condition::new(format!("{column} = ?"), [Value::Text(part.to_owned())])
        }
    });
    Condition::any(parts)
}

/// Whether the column contains the text, in any case.
pub(super) fn contains(column: &str, text: &str) -> Condition {
    let escaped = text.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%");
    like(column, &format!("%{escaped}%"))
}

fn like(column: &str, pattern: &str) -> Condition {
    Condition::new(format!("{column} LIKE ? ESCAPE '\\'"), [Value::Text(pattern.to_owned())])
}

/// A whole number that came from a request.
pub(super) fn whole(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
