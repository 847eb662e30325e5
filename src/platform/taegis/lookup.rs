//! `lookup` on Taegis: three parts, side by side, and then what the vendor's indicators relate to.
//!
//! | part | values in a request |
//! |---|---|
//! | reputation | 100 |
//! | indicators | 50, and further pages where there are any |
//! | intelligence | 20, each under an alias of one document |
//! | relations | 50 of the indicators found |
//!
//! A part that fails is told in an attribute, `unavailable`, and by an event; a report has an error only where every part
//! that was asked failed. All calls only read, so they may be sent again although they are POSTs.

use super::Taegis;
use super::config::Part;
use super::evidence::Dossier;
use super::graphql::Api;
use super::{byoti, intelligence, reputation};
use crate::error::Error;
use crate::http::host::Event;
use crate::http::{Boxed, Call, Response, join};
use crate::indicator::{self, Kind};
use crate::json::Raw;
use crate::platform::member::{items, text};
use crate::platform::{Candidates, Query};
use crate::report::{Attribute, Thresholds};
use std::rc::Rc;

/// What was asked of one part with one request, and what came.
struct Batch {
    part: Part,
    values: Vec<String>,
    answers: Vec<Response>,
    failure: Option<Error>,
}

/// Asks, and reports in the order of the queries.
pub(super) async fn lookup(
    client: &Taegis,
    queries: &[Query],
    thresholds: Thresholds,
    call: Rc<Call>,
) -> Result<Vec<String>, Error> {
    let api = client.api(call);
    let mut known = Candidates::default();
    for (index, query) in queries.iter().enumerate() {
        if query.kind.is_some_and(|kind| Part::ALL.iter().any(|part| part.takes(kind))) {
            known.add(&query.value, index);
        }
    }
    let batches = join::all(batches(&api, client.parts(), queries, &known)).await;
    let mut desk = Desk::open(&api, queries, &known, thresholds)?;
    desk.read(&batches)?;
    if let Some(error) = desk.total_failure() {
        return Err(error);
    }
    let ids = desk.ids();
    let mut requests: Vec<Boxed<Related>> = Vec::new();
    for ids in ids.chunks(intelligence::RELATIONS_BATCH) {
        requests.push(Box::pin(related(api.clone(), ids.to_vec())));
    }
    let answers = join::all(requests).await;
    desk.relate(&answers);
    Ok(desk.close(client.parts()))
}

impl Part {
    /// Kinds that it can be asked about; a network stands in the vendor's intelligence alone.
    fn takes(self, kind: Kind) -> bool {
        match kind {
            Kind::Ipv4 | Kind::Ipv6 | Kind::Domain | Kind::Url | Kind::Md5 | Kind::Sha1 | Kind::Sha256 => true,
            Kind::Cidr => self == Part::Intelligence,
            _ => false,
        }
    }

    fn batch(self) -> usize {
        match self {
            Part::Reputation => reputation::BATCH,
            Part::Indicators => byoti::BATCH,
            Part::Intelligence => intelligence::BATCH,
        }
    }
}

/// The requests of all parts.
fn batches(api: &Api, parts: &[Part], queries: &[Query], known: &Candidates) -> Vec<Boxed<Batch>> {
    let mut batches: Vec<Boxed<Batch>> = Vec::new();
    for part in parts {
        let fits = |value: &&String| {
            let query = known.queries(value).first().and_then(|index| queries.get(*index));
            query.and_then(|query| query.kind).is_some_and(|kind| part.takes(kind))
        };
        let values: Vec<String> = known.distinct().iter().filter(fits).cloned().collect();
        for values in values.chunks(part.batch()) {
            let batch = Batch { part: *part, values: values.to_vec(), answers: Vec::new(), failure: None };
            batches.push(Box::pin(ask(api.clone(), batch)));
        }
    }
    batches
}

/// Sends what a batch needs: one request, or one for each page.
async fn ask(api: Api, mut batch: Batch) -> Batch {
    let mut page = 1;
    loop {
        let values: Vec<&str> = batch.values.iter().map(String::as_str).collect();
        let request = match batch.part {
            Part::Reputation => reputation::request(&api, &values),
            Part::Indicators => byoti::request(&api, &values, page),
            Part::Intelligence => intelligence::request(&api, &values),
        };
        let more = match api.send(request).await {
            Ok(answer) => {
                let more = batch.part == Part::Indicators && total_pages(&api, &answer) > page;
                batch.answers.push(answer);
                more
            }
            Err(error) => {
                batch.failure = Some(error);
                false
            }
        };
        if !more {
            return batch;
        }
        page += 1;
    }
}

fn total_pages(api: &Api, answer: &Response) -> u64 {
    let reply = api.reply(answer).ok();
    let list = reply.and_then(|reply| reply.data).and_then(|data| data.get("searchIndicators"));
    list.and_then(|list| list.get("total_pages")).and_then(Raw::number).unwrap_or(1.0) as u64
}

/// Ids of the vendor's indicators, and what was said about them.
type Related = (Vec<String>, Result<Response, Error>);

async fn related(api: Api, ids: Vec<String>) -> Related {
    let answer = api.send(intelligence::relations_request(&api, &ids)).await;
    (ids, answer)
}

/// Where answers become reports.
struct Desk<'a> {
    api: &'a Api,
    known: &'a Candidates,
    queries: &'a [Query],
    dossiers: Vec<Dossier<'a>>,
    /// For each query the parts that answered.
    answered: Vec<Vec<Part>>,
    /// For each query what failed, by the name of the part.
    failed: Vec<Vec<(&'static str, Error)>>,
    /// The vendor's indicators: id, and the query that it belongs to.
    found: Vec<(String, usize)>,
    /// In ms since 1970.
    now: i64,
}

impl<'a> Desk<'a> {
    fn open(
        api: &'a Api,
        queries: &'a [Query],
        known: &'a Candidates,
        thresholds: Thresholds,
    ) -> Result<Desk<'a>, Error> {
        Ok(Desk {
            api,
            known,
            queries,
            dossiers: queries.iter().map(|query| Dossier::new(query.report(&api.session), thresholds)).collect(),
            answered: vec![Vec::new(); queries.len()],
            failed: vec![Vec::new(); queries.len()],
            found: Vec::new(),
            now: api.session.host.clock()?.wall as i64,
        })
    }

    fn read(&mut self, batches: &'a [Batch]) -> Result<(), Error> {
        for batch in batches {
            let mut failure = batch.failure.clone();
            for answer in &batch.answers {
                match self.api.reply(answer) {
                    Ok(reply) => {
                        if let Some(data) = reply.data {
                            self.read_data(batch, data, reply.error.is_none());
                        }
                        failure = failure.or(reply.error);
                    }
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            if let Some(error) = failure {
                self.fail(batch.part.name(), &error, &batch.values, |answered| answered.contains(&batch.part));
            }
        }
        Ok(())
    }

    /// Reads what one answer holds. Of an answer with errors only those values count as answered that something is said of.
    fn read_data(&mut self, batch: &'a Batch, data: Raw<'a>, complete: bool) {
        let member = |name: &str| data.get(name).filter(|value| !value.is_null());
        let listed = match batch.part {
            Part::Reputation => member("reputation").map(|list| list.items().collect()),
            Part::Indicators => member("searchIndicators").map(|list| items(list.get("indicators")).collect()),
            Part::Intelligence => return self.read_searches(batch, data),
        };
        let Some::<Vec<Raw<'a>>>(records) = listed else { return };
        if complete {
            batch.values.iter().for_each(|value| self.answer(batch.part, value));
        }
        for record in records {
            let name = if batch.part == Part::Reputation { "indicator" } else { "value" };
            let Some(value) = text(record.get(name)).and_then(|value| self.canonical(&value)) else { continue };
            self.answer(batch.part, &value);
            for index in self.known.queries(&value) {
                let evidence = match batch.part {
                    Part::Reputation => reputation::evidence(record),
                    _ => byoti::evidence(record),
                };
                if let (Some(dossier), Some(evidence)) = (self.dossiers.get_mut(*index), evidence) {
                    dossier.add(record, evidence);
                }
            }
        }
    }

    fn read_searches(&mut self, batch: &'a Batch, data: Raw<'a>) {
        for (index, value) in batch.values.iter().enumerate() {
            let Some(search) = data.get(&intelligence::alias(index)).filter(|search| !search.is_null()) else {
                continue;
            };
            self.answer(batch.part, value);
            for indicator in intelligence::found(search) {
                let is_it = |text: &str| self.canonical(text).is_some_and(|text| text.eq_ignore_ascii_case(value));
                if !intelligence::spellings(indicator).any(|text| is_it(&text)) {
                    continue;
                }
                let id = text(indicator.get("id"));
                for query in self.known.queries(value) {
                    self.found.extend(id.as_deref().map(|id| (id.to_owned(), *query)));
                    if let Some(dossier) = self.dossiers.get_mut(*query) {
                        dossier.add(indicator, intelligence::evidence(indicator, self.now));
                    }
                }
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

    fn answer(&mut self, part: Part, value: &str) {
        for index in self.known.queries(value) {
            if let Some(answered) = self.answered.get_mut(*index).filter(|answered| !answered.contains(&part)) {
                answered.push(part);
            }
        }
    }

    /// Notes a failure for the values that were not answered all the same, and tells it once.
    fn fail(&mut self, part: &'static str, error: &Error, values: &[String], answered: impl Fn(&[Part]) -> bool) {
        for index in values.iter().flat_map(|value| self.known.queries(value)) {
            let spared = self.answered.get(*index).is_some_and(|parts| answered(parts));
            if let Some(failed) = self.failed.get_mut(*index).filter(|_| !spared) {
                failed.push((part, error.clone()));
            }
        }
        self.warn(part, error);
    }

    fn warn(&self, part: &'static str, error: &Error) {
        let message = Some(["the lookup goes on without a part: ", part].concat());
        let code = Some(error.code.name());
        self.api.session.host.emit(Event { status: error.status, code, message, ..Event::of("warning") });
    }

    /// The first failure, where nothing was answered at all.
    fn total_failure(&self) -> Option<Error> {
        let answered = self.answered.iter().any(|parts| !parts.is_empty());
        let first = self.failed.iter().flatten().next();
        first.filter(|_| !answered).map(|(_, error)| error.clone())
    }

    /// The vendor's indicators, each once.
    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.found.iter().map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Reads what the vendor's indicators relate to.
    fn relate(&mut self, answers: &'a [Related]) {
        for (ids, answer) in answers {
            let reply = answer.as_ref().map_err(Error::clone).and_then(|answer| self.api.reply(answer));
            let (data, error) = match reply {
                Ok(reply) => (reply.data, reply.error),
                Err(error) => (None, Some(error)),
            };
            for record in items(data.and_then(|data| data.get("threatIndicatorsIntelligence"))) {
                let id = text(record.get("indicator").and_then(|indicator| indicator.get("id")));
                for (_, query) in self.found.iter().filter(|(found, _)| Some(found.as_str()) == id.as_deref()) {
                    let Some(dossier) = self.dossiers.get_mut(*query) else { continue };
                    intelligence::relations(record).for_each(|(kind, name, id)| dossier.relate(kind, name, id));
                }
            }
            let Some(error) = error else { continue };
            for (_, query) in self.found.iter().filter(|(id, _)| ids.contains(id)) {
                if let Some(failed) =
                    self.failed.get_mut(*query).filter(|failed| failed.iter().all(|(part, _)| *part != RELATIONS))
                {
                    failed.push((RELATIONS, error.clone()));
                }
            }
            self.warn(RELATIONS, &error);
        }
    }

    /// The JSON of the reports.
    fn close(self, parts: &[Part]) -> Vec<String> {
        let api = self.api;
        let rows = self.queries.iter().zip(self.dossiers).zip(self.answered).zip(self.failed);
        rows.map(|(((query, dossier), answered), failed)| {
            let mut report = dossier.close();
            let asked = parts.iter().any(|part| query.kind.is_some_and(|kind| part.takes(kind)));
            match failed.first() {
                Some((_, error)) if asked && answered.is_empty() => {
                    report.error = Some(api.session.name(error.clone()));
                }
                _ => report.attributes.extend(failed.iter().map(|(part, error)| Attribute {
                    name: "unavailable".into(),
                    value: [part, ": ", error.code.name()].concat().into(),
                })),
            }
            report.to_json()
        })
        .collect()
    }
}

const RELATIONS: &str = "relations";
