//! `indicatorFeed` on QRadar: the entries of the configured reference sets, the latest first, where the console sorts.
//!
//! A cursor is `set.offset`; in the present API all sets are one list, so the set is 0. Entries have no score.

use super::api::{Api, total};
use super::report::verdict_of;
use super::sets::{self, Set};
use crate::error::Error;
use crate::http::Boxed;
use crate::indicator;
use crate::json::Raw;
use crate::options::Options;
use crate::platform::Output;
use crate::platform::feed::{self, Entry, Wanted};
use crate::platform::member::text;
use std::rc::Rc;

/// One page of the feed.
pub(super) fn page(api: Rc<Api>, arguments: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let wanted = Wanted::read(arguments)?;
    let (index, at) = match wanted.cursor.as_deref().map(place) {
        None => (0, 0),
        Some(place) => place.ok_or_else(|| arguments.wrong("cursor"))?,
    };
    Ok(Box::pin(async move {
        let sets = sets::configured(&api).await?;
        if sets.is_empty() || wanted.is_below(None) {
            return Ok(feed::page(&[], 0, Some(0), None));
        }
        let size = wanted.page_size as usize;
        let ask = || api.send(sets::page(&api, &sets, index, at, size, wanted.updated_since));
        let answer = match ask().await {
            Err(error) if error.status == Some(422) && !api.client.unsorted.replace(true) => ask().await?,
            outcome => outcome?,
        };
        let index_of_set = api.client.older_sets.get().then_some(index);
        let rows = api.rows(&answer, index_of_set.is_some())?;
        let entry = |row: &Raw<'_>| entry(&api, &wanted, sets::set_of(&sets, index_of_set, *row)?, *row);
        let entries: Vec<String> = rows.iter().filter_map(entry).collect();
        let (end, all) = (at + rows.len(), total(&answer));
        let more = !rows.is_empty() && all.map_or(rows.len() >= size, |all| (end as u64) < all);
        let next = match more {
            true => Some((index, end)),
            false => index_of_set.map(|index| (index + 1, 0)).filter(|(index, _)| *index < sets.len()),
        };
        let next = next.map(|(index, at)| [&index.to_string(), ".", &at.to_string()].concat());
        Ok(feed::page(&entries, rows.len(), all.filter(|_| index_of_set.is_none()), next.as_deref()))
    }))
}

fn place(cursor: &str) -> Option<(usize, usize)> {
    let (index, at) = cursor.split_once('.')?;
    Some((index.parse().ok()?, at.parse().ok()?))
}

fn entry(api: &Rc<Api>, wanted: &Wanted, set: &Set, row: Raw<'_>) -> Option<String> {
    let value = text(row.get("value"))?;
    let kind = indicator::classify(&value, api.host().to_ascii()).map(|read| read.kind);
    if !wanted.kinds().is_empty() && !kind.is_some_and(|kind| wanted.kinds().contains(&kind)) {
        return None;
    }
    let entry = Entry {
        value,
        kind,
        verdict: verdict_of(api, set),
        source: super::ID,
        id: text(row.get("id")),
        label: Some(set.name.as_str().into()),
        ..Entry::default()
    };
    Some(entry.to_json())
}
