//! Where the answers of a lookup become reports: each record finds its query, and each query learns what failed.
//!
//! An answer can hold data and errors at once. Then a value counts as answered where something is said of it, and as failed
//! elsewhere; an answer without errors answers all values that were asked.

use super::config::Part;
use super::evidence::Dossier;
use super::graphql::{Api, Reply};
use super::lookup::{Batch, Related};
use super::{byoti, intelligence, reputation};
use crate::error::Error;
use crate::http::Response;
use crate::http::host::Event;
use crate::indicator;
use crate::json::Raw;
use crate::platform::member::{items, text};
use crate::platform::{Candidates, Query};
use crate::report::{Attribute, Thresholds};

/// What is called unavailable when the vendor does not tell what its indicators relate to.
const RELATIONS: &str = "relations";

pub(super) struct Desk<'a> {
    api: &'a Api,
    known: &'a Candidates,
    /// One for each query.
    cases: Vec<Case<'a>>,
    /// The vendor's indicators: id, and the query that it belongs to.
    found: Vec<(String, usize)>,
    /// In ms since 1970.
    now: i64,
}

/// One query on its way to a report.
struct Case<'a> {
    dossier: Dossier<'a>,
    answered: Vec<Part>,
    /// By the name of the part.
    failed: Vec<(&'static str, Error)>,
}

impl Case<'_> {
    fn answer(&mut self, part: Part) {
        if !self.answered.contains(&part) {
            self.answered.push(part);
        }
    }

    fn fail(&mut self, part: &'static str, error: &Error) {
        if self.failed.iter().all(|(known, _)| *known != part) {
            self.failed.push((part, error.clone()));
        }
    }

    /// The JSON of its report.
    fn close(self, api: &Api) -> String {
        let mut report = self.dossier.close();
        match self.failed.first() {
            Some((_, error)) if self.answered.is_empty() => report.error = Some(api.session.name(error.clone())),
            _ => report.attributes.extend(self.failed.iter().map(|(part, error)| Attribute {
                name: "unavailable".into(),
                value: [part, ": ", error.code.name()].concat().into(),
            })),
        }
        report.to_json()
    }
}

impl<'a> Desk<'a> {
    pub(super) fn open(
        api: &'a Api,
        queries: &'a [Query],
        known: &'a Candidates,
        thresholds: Thresholds,
    ) -> Result<Desk<'a>, Error> {
        let case = |query: &'a Query| {
            let dossier = Dossier::new(query.report(&api.session), thresholds);
            Case { dossier, answered: Vec::new(), failed: Vec::new() }
        };
        let now = api.session.host.clock()?.wall as i64;
        Ok(Desk { api, known, cases: queries.iter().map(case).collect(), found: Vec::new(), now })
    }

    /// Reads what the parts answered.
    pub(super) fn read(&mut self, batches: &'a [Batch]) {
        for batch in batches {
            let mut failure = batch.failure.clone();
            for answer in &batch.answers {
                let (data, error) = self.open_reply(answer);
                if let Some(data) = data {
                    self.read_data(batch, data, error.is_none());
                }
                failure = failure.or(error);
            }
            let Some(error) = failure else { continue };
            for value in &batch.values {
                self.each(value, |case, _| {
                    if !case.answered.contains(&batch.part) {
                        case.fail(batch.part.name(), &error);
                    }
                });
            }
            self.warn(batch.part.name(), &error);
        }
    }

    /// What came, and what failed.
    fn open_reply(&self, answer: &'a Response) -> (Option<Raw<'a>>, Option<Error>) {
        match self.api.reply(answer) {
            Ok(Reply { data, error }) => (data, error),
            Err(error) => (None, Some(error)),
        }
    }

    fn read_data(&mut self, batch: &'a Batch, data: Raw<'a>, complete: bool) {
        let member = |name: &str| data.get(name).filter(|value| !value.is_null());
        let (list, name) = match batch.part {
            Part::Reputation => (member("reputation"), "indicator"),
            Part::Indicators => (member("searchIndicators").and_then(|found| found.get("indicators")), "value"),
            Part::Intelligence => return self.read_searches(batch, data),
        };
        if complete && list.is_some() {
            batch.values.iter().for_each(|value| self.each(value, |case, _| case.answer(batch.part)));
        }
        for record in items(list) {
            let Some(value) = text(record.get(name)).and_then(|value| self.canonical(&value)) else { continue };
            self.each(&value, |case, _| {
                case.answer(batch.part);
                let evidence = match batch.part {
                    Part::Reputation => reputation::evidence(record),
                    _ => byoti::evidence(record),
                };
                if let Some(evidence) = evidence {
                    case.dossier.add(record, evidence);
                }
            });
        }
    }

    fn read_searches(&mut self, batch: &'a Batch, data: Raw<'a>) {
        for (index, value) in batch.values.iter().enumerate() {
            let search = data.get(&intelligence::alias(index)).filter(|search| !search.is_null());
            let Some(search) = search else { continue };
            self.each(value, |case, _| case.answer(batch.part));
            for indicator in intelligence::found(search) {
                let is_it = |text: &str| self.canonical(text).is_some_and(|text| text.eq_ignore_ascii_case(value));
                if !intelligence::spellings(indicator).any(|text| is_it(&text)) {
                    continue;
                }
                let (now, mut found) = (self.now, Vec::new());
                self.each(value, |case, query| {
                    case.dossier.add(indicator, intelligence::evidence(indicator, now));
                    found.extend(text(indicator.get("id")).map(|id| (id.into_owned(), query)));
                });
                self.found.append(&mut found);
            }
        }
    }

    /// The cases of a value, with the places of their queries.
    fn each(&mut self, value: &str, mut work: impl FnMut(&mut Case<'a>, usize)) {
        for query in self.known.queries(value) {
            if let Some(case) = self.cases.get_mut(*query) {
                work(case, *query);
            }
        }
    }

    /// A value of the platform in the form in which it was asked for; the platform's can be unclean.
    fn canonical(&self, value: &str) -> Option<String> {
        if !self.known.queries(value).is_empty() {
            return Some(value.to_owned());
        }
        let read = indicator::classify(value.trim_end_matches([']', ' ']), self.api.session.host.to_ascii())?;
        Some(read.value)
    }

    fn warn(&self, part: &'static str, error: &Error) {
        let message = Some(["the lookup goes on without a part: ", part].concat());
        let code = Some(error.code.name());
        self.api.session.host.emit(Event { status: error.status, code, message, ..Event::of("warning") });
    }

    /// The first failure, where nothing was answered at all.
    pub(super) fn total_failure(&self) -> Option<Error> {
        let answered = self.cases.iter().any(|case| !case.answered.is_empty());
        let first = self.cases.iter().flat_map(|case| &case.failed).next();
        first.filter(|_| !answered).map(|(_, error)| error.clone())
    }

    /// The vendor's indicators, each once.
    pub(super) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.found.iter().map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Reads what the vendor's indicators relate to.
    pub(super) fn relate(&mut self, answers: &'a [Related]) {
        for (ids, answer) in answers {
            let (data, error) = match answer {
                Ok(answer) => self.open_reply(answer),
                Err(error) => (None, Some(error.clone())),
            };
            for record in items(data.and_then(|data| data.get("threatIndicatorsIntelligence"))) {
                let id = text(record.get("indicator").and_then(|indicator| indicator.get("id")));
                self.each_found(
                    |known| Some(known) == id.as_deref(),
                    |case| {
                        for (kind, name, id) in intelligence::relations(record) {
                            case.dossier.relate(kind, name, id);
                        }
                    },
                );
            }
            let Some(error) = error else { continue };
            self.each_found(|known| ids.iter().any(|id| id == known), |case| case.fail(RELATIONS, &error));
            self.warn(RELATIONS, &error);
        }
    }

    /// The cases of those of the vendor's indicators.
    fn each_found(&mut self, which: impl Fn(&str) -> bool, mut work: impl FnMut(&mut Case<'a>)) {
        for (_, query) in self.found.iter().filter(|(id, _)| which(id)) {
            if let Some(case) = self.cases.get_mut(*query) {
                work(case);
            }
        }
    }

    /// The JSON of the reports.
    pub(super) fn close(self) -> Vec<String> {
        let api = self.api;
        self.cases.into_iter().map(|case| case.close(api)).collect()
    }
}
