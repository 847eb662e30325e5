//! Criteria and filters of a query, from JSON to a condition.
//!
//! A node is `{"+and":[…]}`, `{"+or":[…]}`, or leaves `{field: scalar}` and `{field: {operator: value}}`;
//! several members of one node, and an array where a node may stand, mean "and".
//! Operators: `is`, `+gt`, `+gte`, `+lt`, `+lte`, `+contains`.

use rusqlite::types::Value as Sql;
use serde_json::Value;

use super::field::{self, Field, Holds};
use crate::threatq::date;
use crate::threatq::failure::Failure;
use crate::threatq::request::{number_of, text_of};
use crate::threatq::sql::{self, Condition};

/// Deeper trees are refused; five levels have been seen in the field.
const DEEPEST: usize = 32;

/// The condition of a node; null and an empty node are no condition.
pub(super) fn condition(node: &Value) -> Result<Condition, Failure> {
    at_depth(node, 0)
}

fn at_depth(node: &Value, depth: usize) -> Result<Condition, Failure> {
    if depth > DEEPEST {
        return Err(wrong("The query nests too deep."));
    }
    match node {
        Value::Null => Ok(Condition::always()),
        Value::Array(nodes) => all(nodes, depth),
        Value::Object(members) => {
            let parts = members.iter().map(|(name, value)| match (name.as_str(), value) {
                ("+and", Value::Array(nodes)) => all(nodes, depth),
                ("+or", Value::Array(nodes)) => any(nodes, depth),
                ("+and" | "+or", _) => Err(wrong(format!("\"{name}\" needs an array."))),
                _ => leaf(name, value),
            });
            Ok(Condition::all(parts.collect::<Result<Vec<_>, _>>()?))
        }
        _ => Err(wrong("A query is made of objects.")),
    }
}

fn all(nodes: &[Value], depth: usize) -> Result<Condition, Failure> {
    let parts: Vec<_> = nodes.iter().map(|node| at_depth(node, depth + 1)).collect::<Result<_, _>>()?;
    Ok(Condition::all(parts))
}

/// Equalities of the value, of which there may be hundreds, become one list: one look into the index each.
fn any(nodes: &[Value], depth: usize) -> Result<Condition, Failure> {
    let (values, others): (Vec<_>, Vec<_>) =
        nodes.iter().map(|node| equal_value(node).ok_or(node)).partition(Result::is_ok);
    let mut parts = Vec::new();
    let values: Vec<Sql> = values.into_iter().flatten().map(Sql::Text).collect();
    if !values.is_empty() {
        parts.push(Condition::one_of("i.value", values));
    }
    for node in others.into_iter().filter_map(Result::err) {
        parts.push(at_depth(node, depth + 1)?);
    }
    Ok(Condition::any(parts))
}

/// The text of `{"value":"text"}`.
fn equal_value(node: &Value) -> Option<String> {
    let members = node.as_object().filter(|members| members.len() == 1)?;
    members.get("value")?.as_str().map(str::to_owned)
}

fn leaf(name: &str, value: &Value) -> Result<Condition, Failure> {
    let field = field::of_query(name).ok_or_else(|| wrong(format!("Unknown field \"{name}\".")))?;
    let comparisons: Vec<(&str, &Value)> = match value {
        Value::Object(operators) => operators.iter().map(|(name, value)| (name.as_str(), value)).collect(),
        scalar => vec![("is", scalar)],
    };
    let parts = comparisons.into_iter().map(|(operator, value)| compare(name, field, operator, value));
    Ok(Condition::all(parts.collect::<Result<Vec<_>, _>>()?))
}

fn compare(name: &str, field: Field, operator: &str, value: &Value) -> Result<Condition, Failure> {
    let unfit = || wrong(format!("\"{name}\" cannot be compared like this."));
    let sign = match operator {
        "is" => Some("="),
        "+gt" => Some(">"),
        "+gte" => Some(">="),
        "+lt" => Some("<"),
        "+lte" => Some("<="),
        "+contains" => None,
        other => return Err(wrong(format!("Unknown operator \"{other}\"."))),
    };
    let text = text_of(value).ok_or_else(unfit);
    match (field.holds, sign) {
        (Holds::Number, Some(sign)) => {
            let number = number_of(value).ok_or_else(unfit)?;
            Ok(Condition::new(format!("{} {sign} ?", field.sql), [Sql::Real(number)]))
        }
        (Holds::Time, Some(sign)) => {
            let time = value.as_str().and_then(date::parse).ok_or_else(unfit)?;
            Ok(Condition::new(format!("{} {sign} ?", field.sql), [Sql::Integer(time)]))
        }
        (Holds::Text, Some(sign)) => {
            Ok(Condition::new(format!("{} {sign} ? COLLATE NOCASE", field.sql), [Sql::Text(text?)]))
        }
        (Holds::Text, None) => Ok(sql::contains(field.sql, &text?)),
        (Holds::Attached, Some("=")) => Ok(Condition::new(field.sql.replace("{}", "x.name = ?"), [Sql::Text(text?)])),
        (Holds::Attached, None) => {
            let inner = sql::contains("x.name", &text?);
            Ok(Condition { sql: field.sql.replace("{}", &inner.sql), values: inner.values })
        }
        (Holds::Anything, Some("=") | None) => Ok(mentions(&text?)),
        _ => Err(unfit()),
    }
}

/// Whether the text stands anywhere: value, description, attributes, tags, sources, comments.
///
/// Each table is read once and gives ids; asking every table about every indicator takes ten times as long.
fn mentions(text: &str) -> Condition {
    const PLACES: [(&str, &str); 6] = [
        ("SELECT id FROM tq_indicator WHERE", "value"),
        ("SELECT id FROM tq_indicator WHERE", "description"),
        ("SELECT object_id FROM tq_attribute_link WHERE object = 1 AND", "value"),
        ("SELECT indicator_id FROM tq_comment WHERE", "value"),
        ("SELECT object_id FROM tq_tag_link WHERE object = 1 AND tag_id IN (SELECT id FROM tq_tag WHERE {})", "name"),
        (
            "SELECT object_id FROM tq_source_link WHERE object = 1 AND source_id IN (SELECT id FROM tq_source WHERE {})",
            "name",
        ),
    ];
    let mut values = Vec::new();
    let selects = PLACES.map(|(select, column)| {
        let inner = sql::contains(column, text);
        values.extend(inner.values);
        if select.contains("{}") { select.replace("{}", &inner.sql) } else { format!("{select} {}", inner.sql) }
    });
    Condition::new(format!("i.id IN ({})", selects.join(" UNION ALL ")), values)
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::query(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sql(node: Value) -> String {
        condition(&node).unwrap().sql
    }

    #[test]
    fn alternatives_of_the_value_become_one_list() {
        let node = json!({ "+or": [{ "value": "a" }, { "value": "b" }, { "id": 3 }] });
        assert_eq!(sql(node), "((i.value IN (?,?) OR ((i.id = ?))))");
    }

    #[test]
    fn what_the_platform_does_not_know_is_refused() {
        for node in [
            json!({ "colour": "red" }),
            json!({ "score": { "+about": 3 } }),
            json!({ "score": "high" }),
            json!({ "updated_at": "yesterday" }),
            json!({ "+or": { "value": "a" } }),
            json!("value"),
            json!({ "type_name": { "+gte": "FQDN" } }),
        ] {
            assert!(condition(&node).is_err(), "{node}");
        }
    }

    #[test]
    fn nesting_ends_somewhere() {
        let nested = |levels: usize| (0..levels).fold(json!({ "value": "a" }), |node, _| json!({ "+and": [node] }));
        assert!(condition(&nested(DEEPEST)).is_ok());
        assert!(condition(&nested(DEEPEST + 1)).is_err());
    }
}
