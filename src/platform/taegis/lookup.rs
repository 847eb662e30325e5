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
use super::desk::Desk;
use super::graphql::Api;
use super::{byoti, intelligence, reputation};
use crate::error::Error;
use crate::http::{Boxed, Call, Response, join};
use crate::indicator::Kind;
use crate::json::Raw;
use crate::platform::{Candidates, Query};
use crate::report::Thresholds;
use std::rc::Rc;

/// What was asked of one part with one request, and what came.
pub(super) struct Batch {
    pub(super) part: Part,
    pub(super) values: Vec<String>,
    pub(super) answers: Vec<Response>,
    pub(super) failure: Option<Error>,
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
    desk.read(&batches);
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
    Ok(desk.close())
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
pub(super) type Related = (Vec<String>, Result<Response, Error>);

async fn related(api: Api, ids: Vec<String>) -> Related {
    let answer = api.send(intelligence::relations_request(&api, &ids)).await;
    (ids, answer)
}
