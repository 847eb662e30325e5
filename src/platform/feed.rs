//! What the feeds of all platforms share: what is wanted, and how entries and pages are told.

use crate::error::Error;
use crate::indicator::Kind;
use crate::json::{Object, array};
use crate::options::Options;
use crate::platform::Output;
use crate::report::Verdict;
use crate::time;
use std::borrow::Cow;

/// Entries of a page.
const PAGE: u32 = 1_000;
const MOST: u32 = 10_000;

/// `FeedOptions` of the contract, and where the last page ended.
pub(super) struct Wanted {
    kinds: Vec<Kind>,
    pub(super) min_score: f64,
    /// In ms since 1970.
    pub(super) updated_since: Option<i64>,
    pub(super) page_size: u32,
    /// `next` of the last page.
    pub(super) cursor: Option<String>,
}

impl Wanted {
    pub(super) fn read(options: &Options<'_>) -> Result<Wanted, Error> {
        let kinds = options.texts("kinds")?.unwrap_or_default();
        let kinds: Option<Vec<Kind>> = kinds.iter().map(|name| Kind::from_name(name)).collect();
        Ok(Wanted {
            kinds: kinds.ok_or_else(|| options.wrong("kinds"))?,
            min_score: options.number("minScore", 0.0, 100.0)?.unwrap_or(0.0),
            updated_since: options.moment("updatedSince")?,
            page_size: options.whole("pageSize", 1, MOST)?.unwrap_or(PAGE),
            cursor: options.text("cursor")?.map(|cursor| cursor.into_owned()),
        })
    }

    /// The kinds that are wanted; empty: all.
    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Whether something of that kind is wanted.
    pub(super) fn wants(&self, kind: Option<Kind>) -> bool {
        self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(&kind))
    }

    /// Whether a list that holds these kinds can hold what is wanted.
    pub(super) fn may_hold(&self, kinds: &[Kind]) -> bool {
        self.kinds.is_empty() || kinds.iter().any(|kind| self.kinds.contains(kind))
    }

    /// Whether a score is below what is wanted. Nothing counts as zero.
    pub(super) fn is_below(&self, score: Option<u32>) -> bool {
        f64::from(score.unwrap_or(0)) < self.min_score
    }
}

/// `WatchlistEntry` of the contract.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub(super) value: Cow<'a, str>,
    pub(super) kind: Option<Kind>,
    pub(super) score: Option<u32>,
    pub(super) verdict: Verdict,
    /// The platform.
    pub(super) source: &'static str,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) label: Option<Cow<'a, str>>,
    /// In ms since 1970; in the past: a watchlist drops it.
    pub(super) expires_at: Option<i64>,
}

impl Entry<'_> {
    pub(super) fn to_json(&self) -> String {
        Object::new()
            .text("value", &self.value)
            .text_if("kind", self.kind.map(Kind::name))
            .number_if("score", self.score.map(u64::from))
            .text("verdict", self.verdict.name())
            .text("source", self.source)
            .text_if("id", self.id.as_deref())
            .text_if("label", self.label.as_deref())
            .text_if("expiresAt", self.expires_at.map(time::iso).as_deref())
            .finish()
    }
}

/// One page: the JSON of its entries, how many records came, of how many, and where the next page begins.
pub(super) fn page(entries: &[String], received: usize, total: Option<u64>, next: Option<&str>) -> Output {
    let mut page = Object::new();
    page.raw("entries", &array(entries))
        .number("received", received as u64)
        .number_or_null("total", total)
        .text_or_null("next", next);
    Output::Json(page.finish())
}
