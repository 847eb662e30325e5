//! What a record says about a value, whichever part it came from, and how records come together in a report.

use crate::json::Raw;
use crate::platform::member::{Member, text};
use crate::report::{Attribute, Related, Report, Source, Thresholds, Verdict};
use crate::time;
use std::borrow::Cow;

/// What one record says. Times are ms since 1970.
#[derive(Default)]
pub(super) struct Evidence<'a> {
    pub(super) score: Option<u32>,
    /// Where the score does not decide.
    pub(super) verdict: Option<Verdict>,
    pub(super) status: Option<&'static str>,
    pub(super) tags: Vec<Cow<'a, str>>,
    pub(super) sources: Vec<Seen<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// Sightings of no source in particular.
    pub(super) seen: [Option<i64>; 2],
    pub(super) expires_at: Option<i64>,
}

/// A source, and from when until when it saw the value.
pub(super) struct Seen<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
}

impl<'a> Evidence<'a> {
    /// Adds an attribute, where there is a value.
    pub(super) fn note(&mut self, name: &'static str, value: Option<Cow<'a, str>>) {
        self.attributes.extend(value.map(|value| Attribute { name: name.into(), value }));
    }

    /// Adds those of the members that are there, under their names.
    pub(super) fn note_members(&mut self, record: Raw<'a>, names: &[&'static str]) {
        names.iter().for_each(|name| self.note(name, text(record.get(name))));
    }

    /// Adds those of the members that are true.
    pub(super) fn note_flags(&mut self, record: Member<'a>, names: &[&'static str]) {
        for name in names {
            let flag = record.and_then(|record| record.get(name)).and_then(Raw::flag);
            self.note(name, (flag == Some(true)).then_some("true".into()));
        }
    }
}

/// A report in the making.
pub(super) struct Dossier<'a> {
    pub(super) report: Report<'a>,
    thresholds: Thresholds,
    first: Option<i64>,
    last: Option<i64>,
    expires: Option<i64>,
}

impl<'a> Dossier<'a> {
    pub(super) fn new(report: Report<'a>, thresholds: Thresholds) -> Dossier<'a> {
        Dossier { report, thresholds, first: None, last: None, expires: None }
    }

    /// Adds a record: the worst verdict and the highest score count, and it is active if any record says so.
    pub(super) fn add(&mut self, record: Raw<'a>, evidence: Evidence<'a>) {
        let report = &mut self.report;
        report.found = true;
        report.records.push(record);
        report.score = report.score.max(evidence.score);
        report.verdict = report.verdict.max(evidence.verdict.unwrap_or_else(|| self.thresholds.judge(evidence.score)));
        if report.status.as_deref() != Some(ACTIVE) {
            report.status = evidence.status.map(Cow::Borrowed).or(report.status.take());
        }
        for tag in evidence.tags {
            if !tag.is_empty() && !report.tags.contains(&tag) {
                report.tags.push(tag);
            }
        }
        report.attributes.extend(evidence.attributes);
        let [first, last] = evidence.seen;
        self.see(first, last);
        self.expires = self.expires.max(evidence.expires_at);
        for Seen { name, first, last } in evidence.sources {
            self.see(first, last);
            let [first_seen, last_seen] = [first, last].map(|at| at.map(time::iso));
            self.report.sources.push(Source { name, tlp: None, first_seen, last_seen });
        }
    }

    /// Adds what is connected with the value, each once.
    pub(super) fn relate(&mut self, kind: &'static str, name: Cow<'a, str>, id: Option<String>) {
        let known = |related: &Related<'_>| related.kind == kind && related.name == name && related.id == id;
        if !self.report.related.iter().any(known) {
            self.report.related.push(Related { kind, name, id });
        }
    }

    fn see(&mut self, first: Option<i64>, last: Option<i64>) {
        for at in [first, last].into_iter().flatten() {
            self.first = Some(self.first.map_or(at, |known| known.min(at)));
            self.last = self.last.max(Some(at));
        }
    }

    /// The report.
    pub(super) fn close(mut self) -> Report<'a> {
        self.report.first_seen = self.first.map(time::iso);
        self.report.last_seen = self.last.map(time::iso);
        self.report.expires_at = self.expires.map(time::iso);
        self.report
    }
}

/// `status` of what the platform stands by.
pub(super) const ACTIVE: &str = "active";
