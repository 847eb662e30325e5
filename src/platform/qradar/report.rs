//! What QRadar knows about one value, and what we make of it.
//!
//! An offense with the value as its source gives the score, ten times its magnitude, unless it is closed. A set gives a
//! verdict by its name. To be a victim or to be seen says nothing about a value.

use super::api::Api;
use super::sets::Set;
use crate::json::Raw;
use crate::platform::member::{Member, number, text};
use crate::report::{Attribute, Related, Report, Source, Thresholds, Verdict};
use crate::time;
use std::borrow::Cow;

/// The records that belong to one value.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub(super) entries: Vec<(&'a Set, Raw<'a>)>,
    pub(super) addresses: Vec<Raw<'a>>,
    /// Each once, and whether the value is its source.
    offenses: Vec<(Raw<'a>, bool)>,
    events: Vec<Raw<'a>>,
}

/// How a set is judged by a part of its name; the first row that fits.
const NAMES: [(Verdict, &[&str]); 2] = [
    (Verdict::Benign, &["allow", "white", "trust", "safe", "good", "benign", "exclu", "ignore"]),
    (Verdict::Malicious, &["malicious", "malware", "botnet", "ransom", "phish", "c2", "block", "black", "deny", "bad"]),
];

/// What membership of a set means.
pub(super) fn verdict_of(api: &Api, set: &Set) -> Verdict {
    if let Some((_, verdict)) = api.config().set_verdicts.iter().find(|(name, _)| *name == set.name) {
        return *verdict;
    }
    let name = set.name.to_ascii_lowercase();
    let begins = |word: &str| name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part.starts_with(word));
    let row = NAMES.iter().find(|(_, words)| words.iter().any(|word| begins(word)));
    row.map_or(Verdict::Suspicious, |(verdict, _)| *verdict)
}

impl<'a> Known<'a> {
    pub(super) fn add_offense(&mut self, row: Raw<'a>, is_source: bool) {
        match self.offenses.iter_mut().find(|(known, _)| *known == row) {
            Some((_, source)) => *source |= is_source,
            None => self.offenses.push((row, is_source)),
        }
    }

    /// A row that holds the value twice is one event all the same.
    pub(super) fn add_event(&mut self, row: Raw<'a>) {
        if self.events.last() != Some(&row) {
            self.events.push(row);
        }
    }

    /// Writes what is known into the report of the value.
    pub(super) fn tell(&self, api: &Api, report: &mut Report<'a>, thresholds: Thresholds) {
        let mut seen = Span::default();
        for (set, row) in &self.entries {
            let own = seen.cover(*row, ["first_seen", "last_seen"]);
            report.sources.push(Source {
                name: set.name.as_str().into(),
                tlp: None,
                first_seen: own.0.map(time::iso),
                last_seen: own.1.map(time::iso),
            });
            if !report.tags.iter().any(|tag| *tag == set.name) {
                report.tags.push(set.name.as_str().into());
            }
            report.verdict = report.verdict.max(verdict_of(api, set));
            attribute(report, *row, &["source", "notes"]);
            report.records.push(*row);
        }
        for row in &self.addresses {
            seen.cover(*row, ["first_event_flow_seen", "last_event_flow_seen"]);
            attribute(report, *row, &["network", "event_flow_count"]);
            report.records.push(*row);
        }
        self.tell_offenses(api, report, thresholds);
        for row in &self.events {
            seen.cover(*row, ["firstseen", "lastseen"]);
            attribute(report, *row, &["hits"]);
            report.records.push(*row);
        }
        report.found = !report.records.is_empty();
        report.first_seen = seen.0.map(time::iso);
        report.last_seen = seen.1.map(time::iso);
    }

    fn tell_offenses(&self, api: &Api, report: &mut Report<'a>, thresholds: Thresholds) {
        let mut strongest: Option<((bool, u32), Raw<'a>)> = None;
        for (row, is_source) in &self.offenses {
            let status = text(row.get("status"));
            let decides = *is_source && matches!(status.as_deref(), Some("OPEN" | "HIDDEN"));
            let score = (number(row.get("magnitude")).unwrap_or(0.0).clamp(0.0, 10.0) * 10.0) as u32;
            if strongest.as_ref().is_none_or(|(rank, _)| *rank < (decides, score)) {
                strongest = Some(((decides, score), *row));
            }
            let description = text(row.get("description")).unwrap_or_default();
            report.related.push(Related {
                kind: "offense",
                name: description.lines().next().unwrap_or_default().trim().to_owned().into(),
                id: text(row.get("id")).map(Cow::into_owned),
            });
            attribute(report, *row, &["categories"]);
            report.records.push(*row);
        }
        let Some(((decides, score), row)) = strongest else { return };
        if decides {
            report.score = Some(score);
            report.status = text(row.get("status"));
            report.verdict = report.verdict.max(thresholds.judge(report.score));
        }
        let page = "/console/qradar/jsp/QRadar.jsp?appName=Sem&pageId=OffenseSummary&summaryId=";
        let id = row.get("id").and_then(Raw::number).map(|id| id as u64);
        report.link = id.map(|id| api.config().base.join(&[page, &id.to_string()].concat()));
    }
}

/// The members of a record that say something to a person; of a list, each item.
fn attribute<'a>(report: &mut Report<'a>, row: Raw<'a>, names: &[&'static str]) {
    for name in names {
        match row.get(name) {
            Some(list) if list.is_array() => list.items().for_each(|item| add_attribute(report, name, item)),
            Some(value) => add_attribute(report, name, value),
            None => {}
        }
    }
}

/// Each text once; what is no text says nothing.
fn add_attribute<'a>(report: &mut Report<'a>, name: &'static str, value: Raw<'a>) {
    let value = text(Some(value)).unwrap_or_default();
    let told = |known: &Attribute<'_>| known.name == name && known.value == value;
    if !value.is_empty() && !report.attributes.iter().any(told) {
        report.attributes.push(Attribute { name: name.into(), value });
    }
}

/// The earliest and the latest moment, in ms since 1970.
#[derive(Clone, Copy, Default)]
struct Span(Option<i64>, Option<i64>);

impl Span {
    /// Widens it by two members of a record, and returns those.
    fn cover(&mut self, row: Raw<'_>, [first, last]: [&str; 2]) -> Span {
        let own = Span(millis(row.get(first)), millis(row.get(last)));
        self.0 = [self.0, own.0].into_iter().flatten().min();
        self.1 = [self.1, own.1].into_iter().flatten().max();
        own
    }
}

/// Before this, in ms, there was no QRadar: so it is in seconds, as before API 19.
const SECONDS_BELOW: f64 = 1e11;

/// A moment in ms since 1970; zero is none.
pub(super) fn millis(member: Member<'_>) -> Option<i64> {
    let moment = number(member).filter(|moment| *moment > 0.0)?;
    Some(if moment < SECONDS_BELOW { moment * 1_000.0 } else { moment } as i64)
}
