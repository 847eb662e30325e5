//! A new list out of the previous one and what has changed since.
//!
//! The texts of the previous entries are gone, so the new list keeps its seed and hands on its fingerprints. Then:
//!
//! - what arrives replaces what was handed on;
//! - what arrives as benign, outdated, or with a score below the least one takes its value off the list;
//! - what was handed on and has expired is dropped.
//!
//! Without a previous list the same rules hold for what arrives, and the seed is new.

use super::attributes::Attributes;
use super::build::{Builder, Options, StagedKey};
use super::entry::Details;
use super::networks::Family;
use super::snapshot::Watchlist;
use super::staged::{Arrival, HANDED_ON};
use crate::indicator::Kind;
use crate::verdict::Verdict;

impl Builder {
    /// A builder that follows the rules of a synchronisation. Name and seed come from the previous list, if there is
    /// one (the name only if `options` has none); its entries come when [`Builder::hand_on`] says which. Entries with a
    /// score below the least one do not belong on the list; no score counts as 0.
    pub fn sync(options: &Options<'_>, previous: Option<&Watchlist>, min_score: f64) -> Builder {
        let seed = previous.map_or(options.seed, Watchlist::seed);
        let name = options.name.or(previous.and_then(Watchlist::name));
        let mut builder = Builder::new(&Options { seed, name, ..*options });
        builder.min_score = Some(min_score);
        builder
    }

    /// Hands on the entries of the previous list, before or after others arrive. `None`: those of all sources. A full
    /// synchronisation names the sources that failed: theirs stay, the others have just been told anew.
    pub fn hand_on(&mut self, previous: &Watchlist, sources: Option<&[&str]>) {
        let mut heir = Heir { rows: Vec::new(), previous, sources };
        let (v4, v6) = (previous.networks(Family::V4), previous.networks(Family::V6));
        let keys = previous.fingerprints().map(StagedKey::Hashed);
        let keys = keys.chain(previous.ipv4().map(StagedKey::Ipv4));
        let keys = keys.chain(v4.iter().map(|network| StagedKey::Network(Family::V4, network)));
        let keys = keys.chain(v6.iter().map(|network| StagedKey::Network(Family::V6, network)));
        for (number, key) in keys.enumerate() {
            if let Some((kind, https, arrival)) = heir.arrival(self, number) {
                self.stage(key, kind, https, arrival);
            }
        }
    }

    /// Whether an entry takes its value off the list instead of standing on it.
    pub(super) fn removes(&self, details: &Details<'_>) -> bool {
        let now_ms = self.header.created_at_ms;
        self.min_score.is_some_and(|least| {
            details.verdict == Verdict::Benign
                || details.expires_at_ms.is_some_and(|moment| moment < now_ms)
                || f64::from(details.score.unwrap_or(0)) < least
        })
    }
}

/// Translates what the previous list says about its entries.
struct Heir<'a> {
    previous: &'a Watchlist,
    sources: Option<&'a [&'a str]>,
    /// For each row of the previous table that was met: its row in the new one, or that it is dropped.
    rows: Vec<Option<Option<u32>>>,
}

impl Heir<'_> {
    /// What stands beside the entry of that number; `None` if it is not handed on.
    fn arrival(&mut self, builder: &mut Builder, number: usize) -> Option<(Kind, bool, Arrival)> {
        let meta = self.previous.meta(number)?;
        let kind = Kind::ALL.get(meta.kind_number() as usize).copied()?;
        let row = self.row(builder, meta.row())?;
        let extra = if meta.has_extra() { builder.extras.add(&self.previous.extra(number)) } else { None };
        Some((kind, meta.is_https(), Arrival { number: HANDED_ON, row, extra }))
    }

    fn row(&mut self, builder: &mut Builder, old: u32) -> Option<u32> {
        let place = old as usize;
        if let Some(Some(known)) = self.rows.get(place) {
            return *known;
        }
        let new = self.translate(builder, old);
        if self.rows.len() <= place {
            self.rows.resize(place + 1, None);
        }
        if let Some(row) = self.rows.get_mut(place) {
            *row = Some(new);
        }
        new
    }

    fn translate(&self, builder: &mut Builder, old: u32) -> Option<u32> {
        let attributes = self.previous.attributes(old)?;
        let source = attributes.source.and_then(|number| self.previous.source(number));
        let stays = self.sources.is_none_or(|sources| source.is_some_and(|name| sources.contains(&name)));
        if !stays || attributes.expiry.is_past(|| builder.header.created_at_ms) {
            return None;
        }
        let source = source.and_then(|name| builder.attributes.source_number(name));
        Some(builder.attributes.row_of_attributes(Attributes { source, ..attributes }))
    }
}
