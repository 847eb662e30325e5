//! Lists: every one can be filtered, most can be sorted, all can be had in parts and with some members only.
//!
//! [`filter`] reads the filter language, [`condition`] turns it into SQL, [`select`] chooses members.

mod condition;
pub(super) mod field;
mod filter;
mod select;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use super::App;
use super::failure::Failure;
use super::request::{Query, Range, Ranged};
pub(super) use condition::Compare;
use field::Field;
use filter::Filter;
pub(super) use select::Selection;

/// A sort that cannot be read.
const BAD_SORT: i64 = 1_030;

/// What a list is made of.
pub(super) struct Resource {
    /// A `SELECT` without WHERE: its columns are called like the fields, and `object` is the JSON of a row.
    pub(super) rows: String,
    /// Bound in it, from `?1` on.
    pub(super) parameters: Vec<Sql>,
    pub(super) fields: &'static [Field],
    /// The code of a bad filter.
    pub(super) bad_filter: i64,
    /// The order without a sort: columns.
    pub(super) order: &'static str,
    pub(super) sortable: bool,
}

/// What a request says about the list that it wants.
pub(super) struct Wanted {
    pub(super) filter: Option<String>,
    pub(super) sort: Option<String>,
    pub(super) fields: Option<String>,
    pub(super) range: Option<Range>,
}

impl FromRequestParts<App> for Wanted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Wanted, Failure> {
        let Query(members) = Query::from_request_parts(parts, app).await?;
        let Ranged(range) = Ranged::from_request_parts(parts, app).await?;
        let text = |name: &str| members.get(name).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        Ok(Wanted { filter: text("filter"), sort: text("sort"), fields: text("fields"), range })
    }
}

/// Part of a list.
pub(super) struct Part {
    items: Vec<Value>,
    sent: Option<String>,
}

impl Part {
    /// Part of a list that is at hand.
    pub(super) fn of(items: Vec<Value>, range: Option<Range>) -> Part {
        let Some(range) = range else { return Part { items, sent: None } };
        let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let first = usize::try_from(range.first).unwrap_or(usize::MAX);
        let length = usize::try_from(range.length()).unwrap_or(usize::MAX);
        let items: Vec<Value> = items.into_iter().skip(first).take(length).collect();
        Part { sent: Some(range.sent(items.len(), total)), items }
    }

    /// The items as an array, and the text of `Content-Range`.
    pub(super) fn into_parts(self) -> (Value, Option<String>) {
        (Value::Array(self.items), self.sent)
    }
}

impl IntoResponse for Part {
    fn into_response(self) -> Response {
        let body = Json(Value::Array(self.items));
        match self.sent {
            Some(sent) => ([(header::CONTENT_RANGE, sent)], body).into_response(),
            None => body.into_response(),
        }
    }
}

impl Resource {
    /// Values that are no rows of a table: an array of objects.
    pub(super) fn of_values(values: &[Value], fields: &'static [Field], bad_filter: i64) -> Resource {
        let columns: Vec<String> = fields.iter().map(|field| field.in_json("value")).collect();
        Resource {
            rows: format!("SELECT value AS object, key AS position, {} FROM json_each(?1)", columns.join(", ")),
            parameters: vec![Sql::Text(Value::from(values).to_string())],
            fields,
            bad_filter,
            order: "position",
            sortable: false,
        }
    }

    /// A table whose column `document` holds the objects.
    pub(super) fn of_documents(table: &str, fields: &'static [Field], bad_filter: i64) -> Resource {
        let columns: Vec<String> = fields.iter().map(|field| field.in_json("document")).collect();
        Resource {
            rows: format!("SELECT document AS object, {} FROM {table}", columns.join(", ")),
            parameters: Vec::new(),
            fields,
            bad_filter,
            order: "\"id\"",
            sortable: false,
        }
    }

    /// The part of the list that is wanted.
    pub(super) fn list(&self, db: &Connection, wanted: &Wanted) -> Result<Part, Failure> {
        self.list_comparing(db, wanted, &Compare::default())
    }

    /// The same, where one field is compared in its own way.
    pub(super) fn list_comparing(
        &self,
        db: &Connection,
        wanted: &Wanted,
        compare: &Compare<'_>,
    ) -> Result<Part, Failure> {
        let selection = wanted.fields.as_deref().map(|text| Selection::parse(text, self.fields)).transpose()?;
        let mut parameters = self.parameters.clone();
        let mut condition = "1".to_owned();
        if let Some(text) = &wanted.filter {
            let filter = Filter::parse(text).map_err(|problem| Failure::invalid(self.bad_filter, problem.0))?;
            condition = condition::write(&filter, self.fields, compare, &mut parameters)
                .map_err(|wrong| wrong.failure.unwrap_or_else(|| Failure::invalid(self.bad_filter, wrong.message)))?;
        }
        let order = match &wanted.sort {
            Some(sort) => self.order_by(sort)?,
            None => self.order.to_owned(),
        };
        let from = format!("FROM ({}) WHERE {condition}", self.rows);
        let sent_of = |count: usize, parameters: &[Sql]| {
            let Some(range) = wanted.range else { return Ok(None) };
            let count_all = format!("SELECT count(*) {from}");
            let total: u64 = db.query_row(&count_all, params_from_iter(parameters), |row| row.get(0))?;
            Ok::<_, Failure>(Some(range.sent(count, total)))
        };
        let limit = wanted.range.map_or(String::new(), |range| {
            let offset = i64::try_from(range.first).unwrap_or(i64::MAX);
            format!(" LIMIT {} OFFSET {offset}", i64::try_from(range.length()).unwrap_or(i64::MAX))
        });
        let mut statement = db.prepare(&format!("SELECT object {from} ORDER BY {order}{limit}"))?;
        let mut rows = statement.query(params_from_iter(&parameters))?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            let object: Value = serde_json::from_str(row.get_ref(0)?.as_str().unwrap_or_default()).unwrap_or_default();
            items.push(selection.as_ref().map_or_else(|| object.clone(), |selection| selection.of(&object)));
        }
        Ok(Part { sent: sent_of(items.len(), &parameters)?, items })
    }

    /// One object, with the members that are wanted.
    pub(super) fn chosen(&self, object: Value, fields: Option<&str>) -> Result<Value, Failure> {
        Ok(match fields {
            Some(text) => Selection::parse(text, self.fields)?.of(&object),
            None => object,
        })
    }

    /// `-last_seen,+id`; a plus that was not encoded is a blank by now.
    fn order_by(&self, sort: &str) -> Result<String, Failure> {
        if !self.sortable {
            return Err(Failure::invalid(BAD_SORT, "This list cannot be sorted."));
        }
        let mut parts = Vec::new();
        for part in sort.split(',') {
            let (name, direction) = match part.strip_prefix('-') {
                Some(name) => (name, " DESC"),
                None => (part.strip_prefix('+').unwrap_or(part), ""),
            };
            let field = self.fields.iter().find(|field| field.name == name.trim() && field.is_scalar());
            let field =
                field.ok_or_else(|| Failure::invalid(BAD_SORT, format!("Cannot sort by \"{}\"", name.trim())))?;
            parts.push(format!("\"{}\"{direction}", field.name));
        }
        Ok(parts.join(", "))
    }
}
