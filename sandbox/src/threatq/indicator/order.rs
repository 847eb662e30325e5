//! Sorting: a comma-separated list of columns, `-` before one turns it around. The id always comes last, so
//! that the order is total and a cursor can stand between any two records.

use super::field::{self, Holds};
use crate::threatq::failure::Failure;

/// One column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// Never null, so that `<` and `>` see every record.
    pub(super) sql: &'static str,
    pub(super) descending: bool,
}

/// Reads `sort`; without it the order is that of the ids.
pub(super) fn parse(columns: &[&str]) -> Result<Vec<Key>, Failure> {
    let mut keys = Vec::new();
    let mut problems = Vec::new();
    for column in columns {
        let name = column.strip_prefix('-').unwrap_or(column);
        match not_null(name) {
            Some(sql) => keys.push(Key { sql, descending: name.len() < column.len() }),
            None => problems.push(format!("Cannot sort by \"{name}\".")),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Query(problems));
    }
    // What comes after the id decides nothing.
    if let Some(id) = keys.iter().position(|key| key.sql == "i.id") {
        keys.truncate(id + 1);
    } else {
        keys.push(Key { sql: "i.id", descending: false });
    }
    Ok(keys)
}

/// Columns that may be null sort before everything else, as the database would sort them.
fn not_null(name: &str) -> Option<&'static str> {
    Some(match name {
        "score" => "coalesce(i.manual_score, i.generated_score, -1)",
        "description" => "coalesce(i.description, '')",
        "published_at" => "coalesce(i.published_at, -1)",
        "expires_at" => "coalesce(i.expires_at, -1)",
        "expired_at" => "coalesce(i.expired_at, -1)",
        "last_detected_at" => "coalesce(i.last_detected_at, -1)",
        _ => field::of_list(name).filter(|field| field.holds != Holds::Anything)?.sql,
    })
}

/// `i.updated_at DESC, i.id`
pub(super) fn sql(keys: &[Key]) -> String {
    let parts: Vec<String> =
        keys.iter().map(|key| format!("{}{}", key.sql, if key.descending { " DESC" } else { "" })).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_comes_last_and_once() {
        assert_eq!(sql(&parse(&["-updated_at"]).unwrap()), "i.updated_at DESC, i.id");
        assert_eq!(sql(&parse(&["-updated_at", "id"]).unwrap()), "i.updated_at DESC, i.id");
        assert_eq!(sql(&parse(&["-id", "value"]).unwrap()), "i.id DESC");
        assert_eq!(sql(&parse(&[]).unwrap()), "i.id");
        assert!(parse(&["-colour"]).is_err());
    }
}
