//! `POST /api/search/advanced`: the old query language, alternatives of conjunctions. Deprecated, still served.

use axum::extract::State;
use axum::response::Response;
use rusqlite::types::Value as Sql;
use serde_json::{Value, json};

use super::field::{SCORE, of_query};
use super::list_shape::{self, With};
use super::page::{self, Window};
use super::{order, read};
use crate::threatq::App;
use crate::threatq::answer::Answer;
use crate::threatq::caller::Reads;
use crate::threatq::failure::Failure;
use crate::threatq::request::{Body, Pairs, number_of, text_of};
use crate::threatq::sql::{self, Condition};

/// Body `{"indicators":[[{"field","operator","value"}, …and], …or]}`; list shape with score, type and status.
pub(in crate::threatq) async fn search(
    State(app): State<App>,
    _: Reads,
    query: Pairs,
    Body(body): Body,
) -> Answer<Response> {
    let settings = app.settings.clone();
    app.read(move |db| {
        let fit = condition(&body)?;
        let keys = order::parse(&query.csv("sort"))?;
        let window = Window { cursor: None, ..Window::parse(&query, &settings)? };
        let page = page::find(db, &fit, &keys, &window)?;
        let with = With::parse(&["score", "type", "status"])?;
        read::write(json!({ "total": page.total }), &page.ids, |ids| list_shape::records(db, ids, &with))
    })
    .await
}

fn condition(body: &Value) -> Result<Condition, Failure> {
    let wrong = || Failure::Request("\"indicators\" must be an array of arrays of conditions.".to_owned());
    let alternatives = body.get("indicators").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut any = Vec::new();
    for alternative in alternatives {
        let parts = alternative.as_array().ok_or_else(wrong)?.iter().map(part);
        any.push(Condition::all(parts.collect::<Result<Vec<_>, _>>()?));
    }
    Ok(Condition::any(any))
}

fn part(part: &Value) -> Result<Condition, Failure> {
    let text = |name| part.get(name).and_then(Value::as_str).unwrap_or_default();
    let value = part.get("value").unwrap_or(&Value::Null);
    let unknown = || {
        let (field, operator) = (text("field"), text("operator"));
        Failure::query(format!("Cannot search with \"{field}\" \"{operator}\" and this value."))
    };
    let sign = match text("operator") {
        "is" => "=",
        "greater than or equal to" => ">=",
        "less than or equal to" => "<=",
        "like" => "like",
        _ => return Err(unknown()),
    };
    match (text("field"), sign) {
        ("indicator_value", "=") => Ok(Condition::new("i.value = ?", [Sql::Text(text_of(value).ok_or_else(unknown)?)])),
        ("indicator_value", "like") => Ok(sql::contains("i.value", &text_of(value).ok_or_else(unknown)?)),
        ("indicator_type", "=" | "like") => {
            let name = text_of(value).ok_or_else(unknown)?;
            let inner = match sign {
                "=" => Condition::new("x.name = ?", [Sql::Text(name)]),
                _ => sql::contains("x.name", &name),
            };
            let field = of_query("type_name").ok_or_else(unknown)?;
            Ok(Condition { sql: field.sql.replace("{}", &inner.sql), values: inner.values })
        }
        ("indicator_score", "=" | ">=" | "<=") => {
            let score = number_of(value).ok_or_else(unknown)?;
            Ok(Condition::new(format!("{SCORE} {sign} ?"), [Sql::Real(score)]))
        }
        _ => Err(unknown()),
    }
}
