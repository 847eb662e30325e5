//! `lookup` of one client: values in, reports out, each distinct value asked once.

use super::{Output, Platform};
use crate::auth::Session;
use crate::error::{Code, Error};
use crate::http::{Call, Host};
use crate::indicator::{self, Kind};
use crate::json::{Raw, array};
use crate::options::Options;
use crate::report::{Report, Thresholds};
use std::rc::Rc;

/// Longer texts are no indicator; `classify` draws the same line.
const LONGEST_UNITS: usize = 8_192;

/// One value to ask about.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// As the caller wrote it.
    pub given: String,
    /// Refanged and canonical; as given, refanged, where the form does not tell what it is.
    pub value: String,
    /// What it is.
    pub kind: Option<Kind>,
}

impl Query {
    /// Reads a value, which may be defanged.
    ///
    /// # Errors
    /// `indicator_invalid` for what cannot be an indicator: empty, over 8,192 UTF-16 units, with control characters.
    pub fn read(given: &str, forced: Option<Kind>, to_ascii: indicator::ToAscii) -> Result<Query, Error> {
        let invalid = || Err(Error::new(Code::IndicatorInvalid));
        let trimmed = given.trim();
        if trimmed.is_empty() || given.len() > LONGEST_UNITS * 3 || given.encode_utf16().count() > LONGEST_UNITS {
            return invalid();
        }
        if trimmed.chars().any(char::is_control) {
            return invalid();
        }
        let read = match forced {
            Some(kind) => indicator::classify_as(kind, trimmed, to_ascii),
            None => indicator::classify(trimmed, to_ascii),
        };
        let (kind, value) = match read {
            Some(read) => (Some(read.kind), read.value),
            None => (forced, indicator::refang(trimmed, to_ascii).into_owned()),
        };
        Ok(Query { given: given.to_owned(), value, kind })
    }

    /// A report on it in which nothing is found yet.
    pub fn report(&self, session: &Session) -> Report<'_> {
        Report {
            platform: session.dialect.platform().id,
            name: session.label.clone().into(),
            query: self.given.as_str().into(),
            value: self.value.as_str().into(),
            kind: self.kind,
            ..Report::default()
        }
    }
}

/// The arguments of `lookup`.
pub(super) struct Lookup {
    one: bool,
    queries: Vec<Result<Query, (String, Error)>>,
    thresholds: Thresholds,
}

impl Lookup {
    /// Reads them. One value that cannot be read is an error; among many it gets a report that says so, and the others
    /// are asked.
    pub(super) fn read(arguments: &Options<'_>, options: &Options<'_>, host: &dyn Host) -> Result<Lookup, Error> {
        let forced = match options.text("kind")? {
            Some(name) => Some(Kind::from_name(&name).ok_or_else(|| options.wrong("kind"))?),
            None => None,
        };
        let limits = options.object("thresholds")?;
        let standard = Thresholds::default();
        let thresholds = Thresholds {
            malicious: limits.number("malicious", 0.0, 100.0)?.unwrap_or(standard.malicious),
            suspicious: limits.number("suspicious", 0.0, 100.0)?.unwrap_or(standard.suspicious),
        };
        let one = arguments.get("values").is_some_and(Raw::is_string);
        let values = match one {
            true => arguments.text("values")?.map(|value| vec![value]),
            false => arguments.texts("values")?,
        };
        let values = values.ok_or_else(|| arguments.wrong("values"))?;
        let read = |value: &str| Query::read(value, forced, host.to_ascii()).map_err(|error| (value.to_owned(), error));
        Ok(Lookup { one, queries: values.iter().map(|value| read(value)).collect(), thresholds })
    }
}

/// Asks, and puts the reports into the order of the values.
pub(super) async fn run(platform: Rc<dyn Platform>, lookup: Lookup, call: Rc<Call>) -> Result<Output, Error> {
    if let (true, Some(Err((_, error)))) = (lookup.one, lookup.queries.first()) {
        return Err(error.clone());
    }
    let readable: Vec<Query> = lookup.queries.iter().flatten().cloned().collect();
    let reports = match readable.is_empty() {
        true => Vec::new(),
        false => platform.clone().lookup(readable, lookup.thresholds, call).await?,
    };
    let mut reports = reports.into_iter();
    let mut texts = Vec::with_capacity(lookup.queries.len());
    for query in &lookup.queries {
        texts.push(match query {
            Ok(_) => reports.next().ok_or_else(|| Error::new(Code::Internal))?,
            Err((given, error)) => unreadable(&*platform, given, error),
        });
    }
    Ok(Output::Json(match (lookup.one, texts.first()) {
        (true, Some(text)) => text.clone(),
        _ => array(texts),
    }))
}

/// The report of a value that nobody can be asked about.
fn unreadable(platform: &dyn Platform, given: &str, error: &Error) -> String {
    let session = platform.session();
    let report = Report {
        platform: session.dialect.platform().id,
        name: session.label.as_str().into(),
        query: given.into(),
        value: given.into(),
        error: Some(session.name(error.clone())),
        ..Report::default()
    };
    report.to_json()
}

/// The strings to ask a platform for, each once, and the queries that each belongs to. Platforms compare without case; that
/// of ASCII is enough, since names beyond it are asked as A-labels.
#[derive(Default)]
pub struct Candidates {
    /// Sorted, in lower case, each with its queries.
    known: Vec<(String, Vec<usize>)>,
    distinct: Vec<String>,
}

impl Candidates {
    /// Adds a string for the query of that index.
    pub fn add(&mut self, text: &str, query: usize) {
        match self.place(text) {
            Ok(place) => {
                if let Some((_, queries)) = self.known.get_mut(place).filter(|(_, queries)| !queries.contains(&query)) {
                    queries.push(query);
                }
            }
            Err(place) => {
                self.known.insert(place, (text.to_ascii_lowercase(), vec![query]));
                self.distinct.push(text.to_owned());
            }
        }
    }

    /// The strings, in the order in which they came.
    pub fn distinct(&self) -> &[String] {
        &self.distinct
    }

    /// The queries that a platform's value answers.
    pub fn queries(&self, value: &str) -> &[usize] {
        let place = self.place(value).ok();
        place.and_then(|place| self.known.get(place)).map(|(_, queries)| queries.as_slice()).unwrap_or_default()
    }

    fn place(&self, text: &str) -> Result<usize, usize> {
        let key = text.to_ascii_lowercase();
        self.known.binary_search_by(|(known, _)| known.as_str().cmp(&key))
    }
}
