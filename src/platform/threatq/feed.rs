//! `indicatorFeed` on ThreatQ: one page per operation, newest first, by cursor.
//!
//! With `updatedSince` the score is judged here and not by the platform: an entry that has fallen below `minScore` since
//! then must still come, with an end that lies in the past, so that a watchlist drops it.

use super::api::Api;
use super::record::{Record, type_of_kind};
use crate::error::Error;
use crate::http::{Boxed, Method};
use crate::indicator::Kind;
use crate::options::Options;
use crate::platform::Output;
use crate::report::{Thresholds, Verdict};
use crate::time;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const PAGE: u32 = 1_000;
const MOST: u32 = 10_000;
const FIELDS: [&str; 7] = ["id", "value", "type", "status", "score", "expires_at", "updated_at"];

/// The operation of that name, begun; `None` for a name that is not here.
pub(super) fn operation(name: &str, api: &Api, arguments: &Value) -> Option<Boxed<Result<Output, Error>>> {
    let api = api.clone();
    let arguments = arguments.clone();
    match name {
        "feed.page" => Some(Box::pin(async move { page(&api, &arguments).await })),
        _ => None,
    }
}

/// What is wanted, and where the last page ended.
struct Wanted {
    kinds: Vec<Kind>,
    min_score: f64,
    updated_since: Option<i64>,
    page_size: u32,
    cursor: String,
}

impl Wanted {
    fn read(arguments: &Value) -> Result<Wanted, Error> {
        let options = Options::of(Some(arguments), "")?;
        let kind = |name: &str| Kind::from_name(name).ok_or_else(|| options.wrong("kinds"));
        let kinds: Result<Vec<Kind>, Error> =
            options.texts("kinds")?.unwrap_or_default().into_iter().map(kind).collect();
        Ok(Wanted {
            kinds: kinds?,
            min_score: options.number("minScore", 0.0, 100.0)?.unwrap_or(0.0),
            updated_since: options.moment("updatedSince")?,
            page_size: options.whole("pageSize", 1, MOST)?.unwrap_or(PAGE),
            cursor: options.text("cursor")?.unwrap_or("*").to_owned(),
        })
    }

    fn filters(&self) -> Value {
        let mut all = Vec::new();
        if !self.kinds.is_empty() {
            let types: Vec<Value> = self.kinds.iter().map(|kind| json!({ "type_name": type_of_kind(*kind) })).collect();
            all.push(json!({ "+or": types }));
        }
        match self.updated_since {
            Some(since) => all.push(json!({ "updated_at": { "+gte": time::plain(since) } })),
            None if self.min_score > 0.0 => all.push(json!({ "score": { "+gte": (self.min_score / 10.0).ceil() } })),
            None => {}
        }
        if all.is_empty() { Value::Object(Map::new()) } else { json!({ "+and": all }) }
    }
}

/// `WatchlistEntry` of the contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    value: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    verdict: Verdict,
    source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

#[derive(Serialize)]
struct Page<'a> {
    entries: Vec<Entry<'a>>,
    received: usize,
    total: Option<u64>,
    next: Option<String>,
}

async fn page(api: &Api, arguments: &Value) -> Result<Output, Error> {
    let wanted = Wanted::read(arguments)?;
    let limit = wanted.page_size.to_string();
    let members = [("cursorMark", wanted.cursor.as_str()), ("limit", &limit), ("sort", "-updated_at,id")];
    let body = json!({ "fields": FIELDS, "criteria": {}, "filters": wanted.filters() });
    let request = api.request_with(Method::Post, "/indicators/query", &members, &body).read_only();
    let answer = api.send(request).await?;
    let envelope = api.envelope(&answer)?;
    let rows = envelope.rows()?;
    let next = envelope.next_cursor().filter(|next| *next != wanted.cursor && !rows.is_empty());
    let entries = rows.iter().filter_map(|row| entry(row, &wanted)).collect();
    Output::json(&Page { entries, received: rows.len(), total: envelope.total(), next })
}

/// Whitelisted entries come as `benign`, expired ones with a past end, so that a watchlist can drop them.
fn entry<'a>(row: &'a RawValue, wanted: &Wanted) -> Option<Entry<'a>> {
    let record = Record::read(row);
    let score = record.score();
    let below = f64::from(score.unwrap_or(0)) < wanted.min_score;
    let ended = record.status().is_some_and(|status| status.eq_ignore_ascii_case("expired"));
    let expires_at = match (wanted.updated_since.is_some() && below) || ended {
        true => Some(time::iso(record.updated_at().unwrap_or(0))),
        false => record.expires_at(),
    };
    Some(Entry {
        value: record.value()?,
        kind: record.kind(),
        score,
        verdict: record.verdict(Thresholds::default()),
        source: super::ID,
        id: record.id(),
        expires_at,
    })
}
