//! What third-party engines say about a value: `reputation`, and the lists made of it.
//!
//! - **Kinds** are told apart by this project's own detection. Text that is no address, domain, URL or file hash is
//!   answered as a URL with an error.
//! - **Order** is not that of the question: nobody is to rely on it. Items are matched by `indicator`.
//! - **Errors** stand in their item, and the other items are answered.
//! - **Imported** values are answered here, too, though none of them is stored. Lists hold stored values only.

use ioc_lookup::indicator::Kind;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::graphql::{Call, Fault};
use super::load;
use super::role::Right;
use crate::{Error, detect, import, secret};

const PER_PAGE: usize = 100;

/// The four kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Class {
    Ip,
    Domain,
    File,
    Url,
}

impl Class {
    /// Of what detection found.
    pub(super) fn of(kind: Kind) -> Option<Class> {
        match kind {
            Kind::Ipv4 | Kind::Ipv6 => Some(Class::Ip),
            Kind::Domain => Some(Class::Domain),
            Kind::Md5 | Kind::Sha1 | Kind::Sha256 => Some(Class::File),
            Kind::Url => Some(Class::Url),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Class::Ip => "ip",
            Class::Domain => "domain",
            Class::File => "file",
            Class::Url => "url",
        }
    }

    fn type_name(self) -> &'static str {
        match self {
            Class::Ip => "ThreatContextIPInfo",
            Class::Domain => "ThreatContextDomainInfo",
            Class::File => "ThreatContextFileInfo",
            Class::Url => "ThreatContextURLInfo",
        }
    }
}

/// Adds what engines say about a value: `record` has the members of its item. A value that is known stays as it is.
/// Whether it is new.
pub(super) fn add(db: &Connection, value: &str, class: Class, mut record: Value) -> Result<bool, Error> {
    let count = |name: &str| {
        record.get("reputation_stats").and_then(|stats| stats.get(name)).and_then(Value::as_i64).unwrap_or(0)
    };
    let risk = 1_000 * count("vt_malicious") + count("vt_suspicious") + count("apivoid_detections");
    name(&mut record, value, class);
    let added = db.prepare_cached("INSERT OR IGNORE INTO tg_reputation VALUES (?, ?, ?, ?)")?.execute(params![
        value,
        class.name(),
        risk,
        record
    ])?;
    Ok(added > 0)
}

/// Says what an item is about.
fn name(item: &mut Value, value: &str, class: Class) {
    if let Some(members) = item.as_object_mut() {
        members.insert("__typename".to_owned(), class.type_name().into());
        members.insert("id".to_owned(), super::id::of(value).into());
        members.insert("indicator".to_owned(), value.into());
    }
}

/// Of `reputation` and `reputationSummaries`.
#[derive(Deserialize)]
pub(super) struct Asked {
    indicators: Vec<Indicator>,
}

#[derive(Deserialize)]
struct Indicator {
    indicator: String,
}

/// `reputation`
pub(super) fn reputation(call: &Call<'_>, asked: Asked) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let mut values: Vec<String> = asked.indicators.into_iter().map(|asked| asked.indicator).collect();
    values.sort_by_cached_key(|value| secret::digest(value));
    let items: Vec<Value> = values.iter().map(|value| item(call.db, value)).collect::<Result<_, _>>()?;
    Ok(items.into())
}

fn item(db: &Connection, asked: &str) -> Result<Value, Fault> {
    let nothing =
        |class: Class, error: &str| json!({ "__typename": class.type_name(), "indicator": asked, "error": error });
    let found = detect::classify(asked).and_then(|found| Some((Class::of(found.kind)?, found)));
    let Some((class, found)) = found else { return Ok(nothing(Class::Url, "not an indicator")) };
    let known = match stored(db, &found.value, class)? {
        None => imported(db, &found, class)?,
        stored => stored,
    };
    let Some(mut item) = known else { return Ok(nothing(class, "not found")) };
    if let Some(members) = item.as_object_mut() {
        members.insert("indicator".to_owned(), asked.into());
    }
    Ok(item)
}

fn stored(db: &Connection, value: &str, class: Class) -> rusqlite::Result<Option<Value>> {
    db.prepare_cached("SELECT record FROM tg_reputation WHERE value = ? AND class = ?")?
        .query_row([value, class.name()], |row| row.get(0))
        .optional()
}

/// What engines would say of a value that a feed brought.
fn imported(db: &Connection, found: &detect::Found, class: Class) -> rusqlite::Result<Option<Value>> {
    let Some(record) = import::find(db, found.kind, &found.value)? else { return Ok(None) };
    let mut item = load::engines(&record, class);
    name(&mut item, &found.value, class);
    Ok(Some(item))
}

/// `reputationSummaries`: always the same words.
pub(super) fn summaries(call: &Call<'_>, asked: Asked) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let values: Vec<String> = asked.indicators.into_iter().map(|asked| asked.indicator).collect();
    Ok(json!({ "indicators": values, "summary": "The sandbox summarises nothing.", "error": null }))
}

/// Of `riskyIndicators`.
#[derive(Deserialize)]
pub(super) struct Risky {
    arguments: RiskyArguments,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RiskyArguments {
    #[serde(default)]
    page: Option<usize>,
    #[serde(default)]
    per_page: Option<usize>,
    #[serde(default)]
    order_by: Option<String>,
    #[serde(default)]
    indicator_type: Option<Class>,
}

/// `riskyIndicators`: what engines call malicious or suspicious, the worst first.
pub(super) fn risky(call: &Call<'_>, Risky { arguments }: Risky) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let per_page = arguments.per_page.filter(|number| *number > 0).unwrap_or(PER_PAGE);
    let skip = arguments.page.unwrap_or(1).saturating_sub(1).saturating_mul(per_page);
    let mut items: Vec<Value> = call
        .db
        .prepare_cached(
            "SELECT record FROM tg_reputation WHERE risk > 0 AND (?1 IS NULL OR class = ?1) ORDER BY risk DESC, value",
        )?
        .query_map([arguments.indicator_type.map(Class::name)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if arguments.order_by.as_deref() == Some("asc") {
        items.reverse();
    }
    Ok(items.into_iter().skip(skip).take(per_page).collect())
}
