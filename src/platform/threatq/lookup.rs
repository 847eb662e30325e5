//! `lookup` on ThreatQ: one query for a hundred strings, whatever is found.
//!
//! A URL is asked for with and without its scheme, since ThreatQ's own parser stores it without. The call only reads, so it
//! may be sent again although it is a POST. Values go into the body alone: the GET list reads `%` and `,` as operators.

use super::api::Api;
use super::record::{Record, strictest};
use crate::error::Error;
use crate::http::{Method, Request, Response};
use crate::indicator::Kind;
use crate::json::{Object, array, quoted};
use crate::platform::{Candidates, Query};
use crate::report::{Report, Thresholds};

/// Strings in one request.
const BATCH: usize = 100;
/// Records on one page.
const PAGE: usize = 500;

/// What is asked for: without `fields` an installation may leave out sources and attributes.
const FIELDS: [&str; 16] = [
    "id",
    "value",
    "class",
    "type",
    "status",
    "score",
    "adversaries",
    "sources",
    "attributes",
    "tags",
    "created_at",
    "updated_at",
    "touched_at",
    "published_at",
    "expires_at",
    "last_detected_at",
];

/// Asks, and reports in the order of the queries.
pub(super) async fn lookup(api: &Api, queries: &[Query], thresholds: Thresholds) -> Result<Vec<String>, Error> {
    let mut candidates = Candidates::default();
    for (index, query) in queries.iter().enumerate() {
        for text in spellings(query) {
            candidates.add(text, index);
        }
    }
    let mut answers = Vec::new();
    for batch in candidates.distinct().chunks(BATCH) {
        answers.extend(pages(api, batch).await?);
    }
    let mut found: Vec<Vec<Record<'_>>> = vec![Vec::new(); queries.len()];
    for answer in &answers {
        for record in api.envelope(answer)?.rows().into_iter().map(Record::read) {
            let Some(value) = record.value() else { continue };
            for index in candidates.queries(&value) {
                found.get_mut(*index).into_iter().for_each(|records| records.push(record));
            }
        }
    }
    Ok(queries.iter().zip(&found).map(|(query, records)| report(api, query, records, thresholds).to_json()).collect())
}

/// The strings under which ThreatQ may keep a value.
fn spellings(query: &Query) -> Vec<&str> {
    let value = query.value.as_str();
    let mut spellings = vec![value];
    if query.kind == Some(Kind::Url)
        && let Some((_, bare)) = value.split_once("://")
    {
        spellings.push(bare);
        // A root is kept with or without its slash.
        if bare.find('/') == Some(bare.len() - 1) {
            spellings.extend([value, bare].map(|text| text.trim_end_matches('/')));
        }
    }
    spellings
}

/// All pages of one batch: the first one, and more only while the total says so.
async fn pages(api: &Api, batch: &[String]) -> Result<Vec<Response>, Error> {
    let alternatives = batch.iter().map(|value| Object::new().text("value", value).finish());
    let criteria = Object::new().raw("+or", &array(alternatives)).finish();
    let fields = array(FIELDS.map(quoted));
    let body = Object::new().raw("fields", &fields).raw("criteria", &criteria).raw("filters", "{}").finish();
    let mut answers = Vec::new();
    let mut offset = 0;
    loop {
        let answer = api.send(query_request(api, offset, &body)).await?;
        let envelope = api.envelope(&answer)?;
        let (received, total) = (envelope.rows().len() as u64, envelope.total.unwrap_or(0));
        offset += received;
        answers.push(answer);
        if received == 0 || offset >= total {
            return Ok(answers);
        }
    }
}

fn query_request(api: &Api, offset: u64, body: &str) -> Request {
    let members = vec![("limit", PAGE.to_string()), ("offset", offset.to_string())];
    api.request(Method::Post, "/indicators/query", members).json(body.to_owned()).read_only()
}

/// Several records of one value are normal: those whose type fits decide, or all if none fits.
fn report<'a>(api: &Api, query: &'a Query, records: &[Record<'a>], thresholds: Thresholds) -> Report<'a> {
    let fits = |record: &&Record<'a>| query.kind.is_some() && record.kind() == query.kind;
    let decides = records
        .iter()
        .filter(fits)
        .max_by_key(|record| record.weight(thresholds))
        .or_else(|| records.iter().max_by_key(|record| record.weight(thresholds)));
    let mut report = query.report(&api.session);
    report.found = !records.is_empty();
    report.records = records.iter().filter_map(|record| record.raw).collect();
    let Some(record) = decides else { return report };
    report.verdict = record.verdict(thresholds);
    report.score = record.score;
    report.status = record.status();
    report.sources = record.sources();
    report.tlp = strictest(&report.sources);
    report.tags = record.tags();
    report.attributes = record.attributes();
    report.related = record.related();
    report.first_seen = record.first_seen();
    report.last_seen = record.last_seen();
    report.expires_at = record.expires_at();
    let page = |id: &str| api.session.dialect.api_base().join(&["/indicators/", id, "/details"].concat());
    report.link = record.id().map(|id| page(&crate::http::url::percent_encode(&id)));
    report
}
