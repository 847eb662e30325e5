//! Filters of the GET list: any column by name; `%` stands for any text, a comma separates alternatives.

use rusqlite::types::Value as Sql;

use super::field::{self, Holds};
use crate::threatq::date;
use crate::threatq::failure::Failure;
use crate::threatq::request::Pairs;
use crate::threatq::sql::{self, Condition};

/// Members of the query string that are no filters.
const OTHERS: [&str; 4] = ["limit", "offset", "sort", "with"];

/// The condition that all filters make together; everything that is wrong with them is told at once.
pub(super) fn condition(query: &Pairs) -> Result<Condition, Failure> {
    let mut parts = Vec::new();
    let mut problems = Vec::new();
    for (name, text) in query.0.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())) {
        match one(name, text) {
            Ok(part) => parts.push(part),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(Condition::all(parts)) } else { Err(Failure::Query(problems)) }
}

fn one(name: &str, text: &str) -> Result<Condition, String> {
    let field = field::of_list(name).ok_or_else(|| format!("Unknown column \"{name}\"."))?;
    let unfit = || format!("\"{text}\" does not fit \"{name}\".");
    match field.holds {
        Holds::Number => {
            let numbers = text.split(',').map(|part| part.trim().parse().map(Sql::Real));
            Ok(Condition::one_of(field.sql, numbers.collect::<Result<_, _>>().map_err(|_| unfit())?))
        }
        Holds::Time => {
            let times = text.split(',').map(|part| date::parse(part.trim()).map(Sql::Integer));
            Ok(Condition::one_of(field.sql, times.collect::<Option<_>>().ok_or_else(unfit)?))
        }
        _ => Ok(sql::alternatives(field.sql, text)),
    }
}
