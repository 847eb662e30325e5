//! `lookup` on QRadar: entries of the configured reference sets, offenses of addresses, and events where that is configured.
//! One part after the other, each with a hundred values in a request.

use super::api::{Api, is_askable};
use super::offenses::Address;
use super::report::Known;
use super::sets::Set;
use super::{events, offenses, sets};
use crate::error::{Code, Error};
use crate::indicator::{self, Kind, ToAscii};
use crate::json::Raw;
use crate::platform::member::{Member, items, text};
use crate::platform::{Candidates, Query};
use crate::report::Thresholds;
use std::rc::Rc;

/// Asks, and reports in the order of the queries.
pub(super) async fn lookup(api: &Rc<Api>, queries: &[Query], thresholds: Thresholds) -> Result<Vec<String>, Error> {
    let sets = sets::configured(api).await?;
    let wanted = Wanted::of(api, queries);
    let entries = sets::entries(api, &sets, &wanted.texts).await?;
    let traces = offenses::trace(api, &wanted.ips).await?;
    let events = match api.config().ariel {
        Some(window) => events::seen(api, window, &wanted.queries).await?,
        None => Vec::new(),
    };
    let mut known: Vec<Known<'_>> = Vec::new();
    known.resize_with(queries.len(), Known::default);
    wanted.share_entries(&entries.rows(api, &sets)?, &mut known);
    wanted.share_offenses(&traces.addresses(api)?, &traces.offenses(api)?, &mut known);
    wanted.share_events(&api.all_rows(&events, true)?, &mut known);
    Ok(queries.iter().zip(&known).map(|(query, known)| report(api, query, known, thresholds)).collect())
}

fn report(api: &Api, query: &Query, known: &Known<'_>, thresholds: Thresholds) -> String {
    let mut report = query.report(api.session());
    match is_asked(api, query) {
        true => known.tell(api, &mut report, thresholds),
        false => report.error = Some(api.session().name(Error::new(Code::IndicatorInvalid))),
    }
    report.to_json()
}

/// Whether the platform can be asked for it at all: what no filter can hold is an error of the value.
fn is_asked(api: &Api, query: &Query) -> bool {
    api.config().sets.is_empty() || is_askable(&query.value)
}

/// What is asked for, and whose answers they are.
struct Wanted<'a> {
    queries: Vec<&'a Query>,
    candidates: Candidates,
    /// All spellings of all values.
    texts: Vec<String>,
    ips: Vec<String>,
    to_ascii: ToAscii,
}

impl<'a> Wanted<'a> {
    fn of(api: &Api, queries: &'a [Query]) -> Wanted<'a> {
        let mut wanted = Wanted {
            queries: Vec::new(),
            candidates: Candidates::default(),
            texts: Vec::new(),
            ips: Vec::new(),
            to_ascii: api.host().to_ascii(),
        };
        for (index, query) in queries.iter().enumerate() {
            if is_asked(api, query) {
                wanted.add(query, index);
            }
        }
        wanted
    }

    fn add(&mut self, query: &'a Query, index: usize) {
        self.queries.push(query);
        for spelling in spellings(query, self.to_ascii) {
            let is_new = self.candidates.queries(&spelling).is_empty();
            self.candidates.add(&spelling, index);
            if (is_new || !self.texts.contains(&spelling)) && is_askable(&spelling) {
                self.texts.push(spelling);
            }
        }
        if matches!(query.kind, Some(Kind::Ipv4 | Kind::Ipv6)) && !self.ips.contains(&query.value) {
            self.ips.push(query.value.clone());
        }
    }

    /// Tells those whose value the platform writes so. It may write addresses otherwise than we do.
    fn share<'b>(&self, member: Member<'_>, known: &mut [Known<'b>], tell: &mut dyn FnMut(&mut Known<'b>)) {
        let value = text(member).unwrap_or_default();
        let mut places = self.candidates.queries(&value);
        let read;
        if places.is_empty() {
            read = indicator::classify(&value, self.to_ascii);
            places = read.as_ref().map_or(&[], |read| self.candidates.queries(&read.value));
        }
        for place in places {
            known.get_mut(*place).into_iter().for_each(&mut *tell);
        }
    }

    fn share_entries<'b>(&self, entries: &[(&'b Set, Raw<'b>)], known: &mut [Known<'b>]) {
        for (set, row) in entries {
            self.share(row.get("value"), known, &mut |known| known.entries.push((set, *row)));
        }
    }

    fn share_offenses<'b>(&self, addresses: &[Address<'b>], offenses: &[Raw<'b>], known: &mut [Known<'b>]) {
        for (field, row, is_source) in addresses {
            self.share(row.get(field), known, &mut |known| {
                known.addresses.push(*row);
                for id in items(row.get("offense_ids")) {
                    let own = offenses.iter().find(|offense| offense.get("id") == Some(id));
                    own.into_iter().for_each(|offense| known.add_offense(*offense, *is_source));
                }
            });
        }
    }

    /// Any column may hold the value.
    fn share_events<'b>(&self, rows: &[Raw<'b>], known: &mut [Known<'b>]) {
        for row in rows {
            for (_, member) in row.members() {
                self.share(Some(member), known, &mut |known| known.add_event(*row));
            }
        }
    }
}

/// The texts under which a set may keep a value: the canonical one, the given one, and a hash in capitals too.
fn spellings(query: &Query, to_ascii: ToAscii) -> Vec<String> {
    let mut spellings = vec![query.value.clone()];
    let given = indicator::refang(query.given.trim(), to_ascii);
    let is_hash = matches!(query.kind, Some(Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512));
    let upper = is_hash.then(|| query.value.to_ascii_uppercase());
    for spelling in upper.into_iter().chain([given.into_owned()]) {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    spellings
}
