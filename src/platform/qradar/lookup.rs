//! `lookup` on QRadar: entries of the configured reference sets, offenses of addresses, and events where that is configured.
//! One part after the other, each with a hundred values in a request.

use super::api::{Api, is_askable};
use super::report::Known;
use super::{events, offenses, sets};
use crate::error::{Code, Error};
use crate::indicator::{self, Kind, ToAscii};
use crate::json::Raw;
use crate::platform::member::{items, text};
use crate::platform::{Candidates, Query};
use crate::report::Thresholds;

/// Asks, and reports in the order of the queries.
pub(super) async fn lookup(api: &Api, queries: &[Query], thresholds: Thresholds) -> Result<Vec<String>, Error> {
    let sets = sets::configured(api).await?;
    let to_ascii = api.host().to_ascii();
    let is_asked = |query: &&Query| api.config().sets.is_empty() || is_askable(&query.value);
    let (mut candidates, mut texts, mut ips) = (Candidates::default(), Vec::new(), Vec::new());
    for (index, query) in queries.iter().enumerate().filter(|(_, query)| is_asked(query)) {
        for spelling in spellings(query, to_ascii) {
            let is_new = candidates.queries(&spelling).is_empty();
            candidates.add(&spelling, index);
            if (is_new || !texts.contains(&spelling)) && is_askable(&spelling) {
                texts.push(spelling);
            }
        }
        if matches!(query.kind, Some(Kind::Ipv4 | Kind::Ipv6)) && !ips.contains(&query.value) {
            ips.push(query.value.clone());
        }
    }
    let entries = sets::entries(api, &sets, &texts).await?;
    let traces = offenses::trace(api, &ips).await?;
    let asked: Vec<&Query> = queries.iter().filter(is_asked).collect();
    let rows = match api.config().ariel {
        Some(window) => events::seen(api, window, &asked).await?,
        None => Vec::new(),
    };

    let mut known: Vec<Known<'_>> = Vec::new();
    known.resize_with(queries.len(), Known::default);
    let places = |value: &str| match candidates.queries(value) {
        [] => indicator::classify(value, to_ascii).map_or(&[][..], |read| candidates.queries(&read.value)),
        found => found,
    };
    for (set, row) in entries.rows(api, &sets)? {
        for place in places(&text(row.get("value")).unwrap_or_default()) {
            known.get_mut(*place).into_iter().for_each(|known| known.entries.push((set, row)));
        }
    }
    let all_offenses = traces.offenses(api)?;
    let offense =
        |id: Raw<'_>| all_offenses.iter().find(|row| row.get("id").is_some_and(|own| own.text() == id.text()));
    for (field, row, is_source) in traces.addresses(api)? {
        for place in places(&text(row.get(field)).unwrap_or_default()) {
            let Some(known) = known.get_mut(*place) else { continue };
            known.addresses.push(row);
            for id in items(row.get("offense_ids")) {
                offense(id).into_iter().for_each(|row| known.add_offense(*row, is_source));
            }
        }
    }
    for row in api.all_rows(&rows, true)? {
        for (_, member) in row.members() {
            for place in candidates.queries(&text(Some(member)).unwrap_or_default()) {
                known.get_mut(*place).into_iter().for_each(|known| known.add_event(row));
            }
        }
    }
    let reports = queries.iter().zip(&known).map(|(query, known)| {
        let mut report = query.report(api.session());
        match is_asked(&query) {
            true => known.tell(api, &mut report, thresholds),
            false => report.error = Some(api.session().name(Error::new(Code::IndicatorInvalid))),
        }
        report.to_json()
    });
    Ok(reports.collect())
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
