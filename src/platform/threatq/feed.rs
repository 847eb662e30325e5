//! `indicatorFeed` on ThreatQ: one page per operation, newest first, by cursor.
//!
//! With `updatedSince` the score is judged here and not by the platform: an entry that has fallen below `minScore` since
//! then must still come, with an end that lies in the past, so that a watchlist drops it.

use super::api::Api;
use super::record::{Record, type_of_kind};
use crate::error::Error;
use crate::http::{Boxed, Method, Request};
use crate::json::{Object, Raw, array, quoted};
use crate::options::Options;
use crate::platform::Output;
use crate::platform::feed::{self, Entry, Wanted};
use crate::report::Thresholds;
use crate::time;

const FIELDS: [&str; 7] = ["id", "value", "type", "status", "score", "expires_at", "updated_at"];

/// One page of the feed.
pub(super) fn page(api: &Api, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let wanted = Wanted::read(arguments)?;
    let api = api.clone();
    Ok(Box::pin(async move {
        let answer = api.send(request(&api, &wanted)).await?;
        let envelope = api.envelope(&answer)?;
        let rows = envelope.rows();
        let next = envelope.next_cursor.filter(|next| *next != cursor(&wanted) && !rows.is_empty());
        let entries: Vec<String> = rows.iter().filter_map(|row| entry(&wanted, *row)).collect();
        Ok(feed::page(&entries, rows.len(), envelope.total, next.as_deref()))
    }))
}

/// Where the page begins; `*` is the first.
fn cursor(wanted: &Wanted) -> &str {
    wanted.cursor.as_deref().unwrap_or("*")
}

fn request(api: &Api, wanted: &Wanted) -> Request {
    let members = vec![
        ("cursorMark", cursor(wanted).to_owned()),
        ("limit", wanted.page_size.to_string()),
        ("sort", "-updated_at,id".to_owned()),
    ];
    let body = Object::new()
        .raw("fields", &array(FIELDS.map(quoted)))
        .raw("criteria", "{}")
        .raw("filters", &filters(wanted))
        .finish();
    api.request(Method::Post, "/indicators/query", members).json(body).read_only()
}

fn filters(wanted: &Wanted) -> String {
    let at_least = |field: &str, least: &str| {
        let bound = Object::new().raw("+gte", least).finish();
        Object::new().raw(field, &bound).finish()
    };
    let mut all = Vec::new();
    if !wanted.kinds().is_empty() {
        let types = wanted.kinds().iter().map(|kind| Object::new().text("type_name", type_of_kind(*kind)).finish());
        all.push(Object::new().raw("+or", &array(types)).finish());
    }
    match wanted.updated_since {
        Some(since) => all.push(at_least("updated_at", &quoted(&time::plain(since)))),
        None if wanted.min_score > 0.0 => {
            all.push(at_least("score", &((wanted.min_score / 10.0).ceil() as u32).to_string()))
        }
        None => {}
    }
    if all.is_empty() { "{}".to_owned() } else { Object::new().raw("+and", &array(all)).finish() }
}

/// Whitelisted entries come as `benign`, expired ones with a past end.
fn entry(wanted: &Wanted, row: Raw<'_>) -> Option<String> {
    let record = Record::read(row);
    let score = record.score;
    let fell = wanted.updated_since.is_some() && wanted.is_below(score);
    let ended = record.status().is_some_and(|status| status.eq_ignore_ascii_case("expired"));
    let expires_at = match fell || ended {
        true => Some(record.updated_at().unwrap_or(0)),
        false => record.ends_at(),
    };
    let entry = Entry {
        value: record.value()?,
        kind: record.kind(),
        score,
        verdict: record.verdict(Thresholds::default()),
        source: super::ID,
        id: record.id(),
        expires_at,
        ..Entry::default()
    };
    Some(entry.to_json())
}
