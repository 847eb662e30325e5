//! `indicatorFeed` on ThreatQ: one page per operation, newest first, by cursor.
//!
//! With `updatedSince` the score is judged here and not by the platform: an entry that has fallen below `minScore` since
//! then must still come, with an end that lies in the past, so that a watchlist drops it.

use super::api::Api;
use super::record::{Record, type_of_kind};
use crate::error::Error;
use crate::http::{Boxed, Method, Request};
use crate::indicator::Kind;
use crate::json::{Object, Raw, array, quoted};
use crate::options::Options;
use crate::platform::Output;
use crate::report::Thresholds;
use crate::time;

const PAGE: u32 = 1_000;
const MOST: u32 = 10_000;
const FIELDS: [&str; 7] = ["id", "value", "type", "status", "score", "expires_at", "updated_at"];

/// One page of the feed.
pub(super) fn page(api: &Api, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let wanted = Wanted::read(arguments)?;
    let api = api.clone();
    Ok(Box::pin(async move {
        let answer = api.send(wanted.request(&api)).await?;
        let envelope = api.envelope(&answer)?;
        let rows = envelope.rows();
        let next = envelope.next_cursor.filter(|next| *next != wanted.cursor && !rows.is_empty());
        let entries = array(rows.iter().filter_map(|row| wanted.entry(*row)));
        let mut page = Object::new();
        page.raw("entries", &entries)
            .number("received", rows.len() as u64)
            .number_or_null("total", envelope.total)
            .text_or_null("next", next.as_deref());
        Ok(Output::Json(page.finish()))
    }))
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
    fn read(options: &Options<'_>) -> Result<Wanted, Error> {
        let kinds = options.texts("kinds")?.unwrap_or_default();
        let kinds: Option<Vec<Kind>> = kinds.iter().map(|name| Kind::from_name(name)).collect();
        Ok(Wanted {
            kinds: kinds.ok_or_else(|| options.wrong("kinds"))?,
            min_score: options.number("minScore", 0.0, 100.0)?.unwrap_or(0.0),
            updated_since: options.moment("updatedSince")?,
            page_size: options.whole("pageSize", 1, MOST)?.unwrap_or(PAGE),
            cursor: options.text("cursor")?.unwrap_or("*".into()).into_owned(),
        })
    }

    fn request(&self, api: &Api) -> Request {
        let members = vec![
            ("cursorMark", self.cursor.clone()),
            ("limit", self.page_size.to_string()),
            ("sort", "-updated_at,id".to_owned()),
        ];
        let body = Object::new()
            .raw("fields", &array(FIELDS.map(quoted)))
            .raw("criteria", "{}")
            .raw("filters", &self.filters())
            .finish();
        api.request(Method::Post, "/indicators/query", members).json(body).read_only()
    }

    fn filters(&self) -> String {
        let at_least = |field: &str, least: &str| {
            let bound = Object::new().raw("+gte", least).finish();
            Object::new().raw(field, &bound).finish()
        };
        let mut all = Vec::new();
        if !self.kinds.is_empty() {
            let types = self.kinds.iter().map(|kind| Object::new().text("type_name", type_of_kind(*kind)).finish());
            all.push(Object::new().raw("+or", &array(types)).finish());
        }
        match self.updated_since {
            Some(since) => all.push(at_least("updated_at", &quoted(&time::plain(since)))),
            None if self.min_score > 0.0 => {
                all.push(at_least("score", &((self.min_score / 10.0).ceil() as u32).to_string()))
            }
            None => {}
        }
        if all.is_empty() { "{}".to_owned() } else { Object::new().raw("+and", &array(all)).finish() }
    }

    /// `WatchlistEntry` of the contract. Whitelisted entries come as `benign`, expired ones with a past end.
    fn entry(&self, row: Raw<'_>) -> Option<String> {
        let record = Record::read(row);
        let score = record.score();
        let below = f64::from(score.unwrap_or(0)) < self.min_score;
        let ended = record.status().is_some_and(|status| status.eq_ignore_ascii_case("expired"));
        let expires_at = match (self.updated_since.is_some() && below) || ended {
            true => Some(time::iso(record.updated_at().unwrap_or(0))),
            false => record.expires_at(),
        };
        let mut entry = Object::new();
        entry
            .text("value", &record.value()?)
            .text_if("kind", record.kind().map(Kind::name))
            .number_if("score", score.map(u64::from))
            .text("verdict", record.verdict(Thresholds::default()).name())
            .text("source", super::ID)
            .text_if("id", record.id().as_deref())
            .text_if("expiresAt", expires_at.as_deref());
        Some(entry.finish())
    }
}
