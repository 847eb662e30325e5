//! GraphQL about own indicators: search in the query language, lists with pages or cursors, upsert, delete.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ioc_lookup::indicator::Kind;
use rusqlite::types::Value as Sql;
use serde::Deserialize;
use serde_json::{Value, json};

use super::query::{self, Wrong};
use super::store::{self, New, ObjectType, Selection, Severity};
use crate::detect;
use crate::taegis::date;
use crate::taegis::graphql::{Call, Fault};
use crate::taegis::role::Right;

const PER_PAGE: usize = 100;

/// One argument, `input`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Input<T> {
    input: T,
}

/// One argument, `input`, that may be left out.
#[derive(Deserialize)]
#[serde(bound = "T: Default + Deserialize<'de>")]
pub(in crate::taegis) struct OptionalInput<T> {
    #[serde(default)]
    input: Option<T>,
}

/// Of `searchIndicators`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Search {
    query: String,
    #[serde(default)]
    page: Option<usize>,
    #[serde(default)]
    per_page: Option<usize>,
    #[serde(default)]
    with_partner_tenants: Option<bool>,
}

/// Of `getIndicators` and `paginateIndicators`. None of them is about the value.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::taegis) struct Filters {
    updated_after: Option<String>,
    with_partner_tenants: Option<bool>,
    reference_url: Option<String>,
    source_name: Option<String>,
    integration_id: Option<i64>,
    exclude_deleted: Option<bool>,
    object_type: Option<ObjectType>,
    severity: Option<Severity>,
    page: Option<usize>,
    per_page: Option<usize>,
    cursor: Option<String>,
}

/// `searchIndicators`
pub(in crate::taegis) fn search(call: &Call<'_>, Input { input }: Input<Search>) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let all = Selection::of(call.caller.seen(input.with_partner_tenants == Some(true)));
    page(call, &queried(all, &input.query)?, input.page, input.per_page)
}

/// `getIndicators`
pub(in crate::taegis) fn get(call: &Call<'_>, arguments: OptionalInput<Filters>) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let filters = arguments.input.unwrap_or_default();
    page(call, &filters.selection(call)?, filters.page, filters.per_page)
}

/// `paginateIndicators`: a cursor leads from page to page; the last page's is empty.
pub(in crate::taegis) fn paginate(call: &Call<'_>, arguments: OptionalInput<Filters>) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let filters = arguments.input.unwrap_or_default();
    let mut selection = filters.selection(call)?;
    let total = selection.count(call.db)?;
    if let Some(cursor) = filters.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        let (updated_at, row) = read_cursor(cursor).ok_or_else(|| Fault::Invalid("invalid cursor".to_owned()))?;
        selection = selection.and("(updated_at, row) < (?, ?)", [Sql::from(updated_at), Sql::from(row)]);
    }
    let per_page = per_page(filters.per_page);
    // One more than asked for tells whether there is a next page.
    let mut found = selection.read(call.db, 0, per_page.saturating_add(1))?;
    let more = found.len() > per_page;
    found.truncate(per_page);
    let cursor = found.last().filter(|_| more).map(cursor).unwrap_or_default();
    let indicators: Vec<Value> = found.into_iter().map(|(_, indicator)| indicator).collect();
    Ok(json!({
        "per_page": per_page, "total_pages": total.div_ceil(per_page), "current_entries_returned": indicators.len(),
        "total_entries_size": total, "cursor": cursor, "indicators": indicators,
    }))
}

impl Filters {
    fn selection(&self, call: &Call<'_>) -> Result<Selection, Fault> {
        let mut selection = Selection::of(call.caller.seen(self.with_partner_tenants == Some(true)));
        if self.exclude_deleted == Some(true) {
            selection = selection.and("deleted_at IS NULL", []);
        }
        if let Some(text) = &self.updated_after {
            let after = date::parse(text).ok_or_else(|| Fault::Invalid("updated_after is not a time".to_owned()))?;
            selection = selection.and("updated_at > ?", [date::text(after).into()]);
        }
        if let Some(id) = self.integration_id {
            selection = selection.and("integration_id = ?", [id.into()]);
        }
        let texts = [
            ("reference_url = ?", self.reference_url.as_deref()),
            ("source_name = ?", self.source_name.as_deref()),
            ("object_type = ?", self.object_type.map(ObjectType::name)),
            ("severity = ?", self.severity.map(Severity::name)),
        ];
        for (sql, text) in texts {
            if let Some(text) = text {
                selection = selection.and(sql, [text.to_owned().into()]);
            }
        }
        Ok(selection)
    }
}

/// Nobody outside needs to understand it.
fn cursor((row, indicator): &(i64, Value)) -> String {
    let updated_at = indicator.get("updated_at").and_then(Value::as_str).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(format!("{updated_at} {row}"))
}

fn read_cursor(cursor: &str) -> Option<(String, i64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (updated_at, row) = text.split_once(' ')?;
    Some((updated_at.to_owned(), row.parse().ok()?))
}

fn queried(selection: Selection, text: &str) -> Result<Selection, Fault> {
    let condition = query::parse(text).map_err(|Wrong { message, offset }| Fault::Query { message, offset })?;
    Ok(selection.and(&condition.sql, condition.parameters))
}

fn per_page(wanted: Option<usize>) -> usize {
    wanted.filter(|number| *number > 0).unwrap_or(PER_PAGE)
}

/// A numbered page, from 1.
fn page(call: &Call<'_>, selection: &Selection, page: Option<usize>, wanted: Option<usize>) -> Result<Value, Fault> {
    let (page, per_page) = (page.unwrap_or(1).max(1), per_page(wanted));
    let total = selection.count(call.db)?;
    let skip = (page - 1).saturating_mul(per_page);
    let found = selection.read(call.db, skip, per_page)?;
    let indicators: Vec<Value> = found.into_iter().map(|(_, indicator)| indicator).collect();
    Ok(json!({
        "page": page, "per_page": per_page, "offset": skip, "total_pages": total.div_ceil(per_page),
        "current_entries_returned": indicators.len(), "total_entries_size": total, "indicators": indicators,
    }))
}

/// An item of `upsertIndicators`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Item {
    value: String,
    object_type: ObjectType,
    #[serde(default)]
    object_subtype: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default)]
    source_name: Option<String>,
    #[serde(default)]
    reference_url: Option<String>,
    #[serde(default)]
    integration_id: Option<i64>,
}

/// `upsertIndicators`: good ones are taken, bad ones told.
pub(in crate::taegis) fn upsert(call: &Call<'_>, Input { input }: Input<Vec<Item>>) -> Result<Value, Fault> {
    call.require(Right::WriteIndicators)?;
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    for item in input {
        match item.subtype() {
            Ok(subtype) => rows.push(store::put(call.db, &item.as_new(call, subtype))?),
            Err(reason) => rejected.push(json!({ "value": item.value, "reason": reason })),
        }
    }
    store::keep(call.db, &call.caller.tenant, call.settings.own_indicators, call.now)?;
    let accepted = Selection::of_rows(rows).all(call.db)?;
    Ok(json!({ "accepted_indicators": accepted, "rejected_indicators": rejected }))
}

impl Item {
    /// The subtype, if value, type and subtype go together; otherwise why not.
    fn subtype(&self) -> Result<Option<&'static str>, &'static str> {
        let kind = detect::classify(&self.value).map(|found| found.kind);
        let subtype = match (self.object_type, kind) {
            (ObjectType::Domain, Some(Kind::Domain)) | (ObjectType::Url, Some(Kind::Url)) => None,
            (ObjectType::Ip, Some(Kind::Ipv4)) => Some("ipv4"),
            (ObjectType::Ip, Some(Kind::Ipv6)) => Some("ipv6"),
            (ObjectType::Hash, Some(Kind::Md5)) => Some("md5"),
            (ObjectType::Hash, Some(Kind::Sha1)) => Some("sha1"),
            (ObjectType::Hash, Some(Kind::Sha256)) => Some("sha256"),
            _ => return Err("value does not match object_type"),
        };
        match self.object_subtype.as_deref() {
            Some(said) if Some(said) != subtype => Err("value does not match object_subtype"),
            _ => Ok(subtype),
        }
    }

    fn as_new<'a>(&'a self, call: &'a Call<'_>, subtype: Option<&'a str>) -> New<'a> {
        New {
            tenant: &call.caller.tenant,
            value: self.value.trim(),
            object_type: self.object_type,
            object_subtype: subtype,
            name: self.name.as_deref(),
            description: self.description.as_deref(),
            severity: self.severity,
            source_name: self.source_name.as_deref(),
            reference_url: self.reference_url.as_deref(),
            integration_id: self.integration_id,
            created_at: call.now,
            updated_at: call.now,
        }
    }
}

/// Of `deleteIndicators`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Delete {
    query: String,
}

/// `deleteIndicators`: what the query finds and is not deleted yet.
pub(in crate::taegis) fn delete(call: &Call<'_>, arguments: Delete) -> Result<Value, Fault> {
    call.require(Right::WriteIndicators)?;
    let active = Selection::of(call.caller.seen(false)).and("deleted_at IS NULL", []);
    let selection = queried(active, &arguments.query)?;
    let rows = selection.read(call.db, 0, usize::MAX)?.into_iter().map(|(row, _)| row).collect();
    let found = Selection::of_rows(rows);
    found.delete(call.db, call.now)?;
    let deleted = found.all(call.db)?;
    Ok(json!({ "status": true, "indicators": deleted }))
}
