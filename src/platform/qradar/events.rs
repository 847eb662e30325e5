//! Events in which values were seen: the part of `lookup` that searches through Ariel.
//!
//! Hashes, names and URLs stand in custom columns that a console may not have, and a query that names an unknown column is
//! refused as a whole: so the columns are read first, and what has none is left out, with a warning.

use super::api::Api;
use super::ariel;
use super::config::Window;
use crate::error::Error;
use crate::http::{Method, Response};
use crate::indicator::Kind;
use crate::json::Raw;
use crate::platform::Query;
use std::rc::Rc;

/// Values in one search.
const BATCH: usize = 50;

/// Which columns hold which kinds.
const FAMILIES: [(&[Kind], &[&str]); 6] = [
    (&[Kind::Ipv4, Kind::Ipv6], &["sourceip", "destinationip"]),
    (&[Kind::Domain], &["DNS Request Domain", "URL Host"]),
    (&[Kind::Url], &["URL"]),
    (&[Kind::Md5], &["MD5 Hash"]),
    (&[Kind::Sha1], &["SHA1 Hash"]),
    (&[Kind::Sha256], &["SHA256 Hash"]),
];

/// The rows of events in which these values were seen.
pub(super) async fn seen(api: &Rc<Api>, window: Window, queries: &[&Query]) -> Result<Vec<Response>, Error> {
    let mut answers = Vec::new();
    for (kinds, columns) in FAMILIES {
        let mut values: Vec<&str> = Vec::new();
        for query in queries.iter().filter(|query| query.kind.is_some_and(|kind| kinds.contains(&kind))) {
            if !values.contains(&query.value.as_str()) {
                values.push(&query.value);
            }
        }
        if values.is_empty() {
            continue;
        }
        let known = known_columns(api).await?;
        let is_known = |column: &&&str| known.iter().any(|known| known.eq_ignore_ascii_case(column));
        let columns: Vec<&str> = columns.iter().filter(is_known).copied().collect();
        if columns.is_empty() {
            api.warn("Ariel has no column for values of this kind, so events were not searched for them");
            continue;
        }
        for batch in values.chunks(BATCH) {
            answers.extend(ariel::search(api, &aql(&columns, batch, window), window.limit as usize).await?);
        }
    }
    Ok(answers)
}

async fn known_columns(api: &Rc<Api>) -> Result<Rc<[String]>, Error> {
    if let Some(known) = api.client.known_columns.get(api.host()) {
        return Ok(known);
    }
    let members = [("fields", "columns(name,object_value_type)")];
    let answer = api.send(api.request(Method::Get, "/ariel/databases/events", &members)).await?;
    let names = api.rows(&answer, true)?.into_iter().filter_map(|column| column.get("name").and_then(Raw::string));
    let known: Rc<[String]> = names.map(|name| name.into_owned()).collect();
    api.client.known_columns.set(api.host(), &known);
    Ok(known)
}

/// The query for some values. A time clause is always there: without one the console looks at the last minute.
fn aql(columns: &[&str], values: &[&str], window: Window) -> String {
    let mut names = String::new();
    let mut conditions = String::new();
    for column in columns {
        if !names.is_empty() {
            names.push_str(", ");
        }
        push_quoted(&mut names, column, '"');
    }
    for value in values {
        // Hashes are kept in either case, and compared with it.
        let upper = value.to_ascii_uppercase();
        let is_hash = value.bytes().all(|byte| byte.is_ascii_hexdigit()) && upper != **value;
        for spelling in [*value, &upper].into_iter().take(1 + usize::from(is_hash)) {
            for column in columns {
                if !conditions.is_empty() {
                    conditions.push_str(" OR ");
                }
                push_quoted(&mut conditions, column, '"');
                conditions.push_str(" = ");
                push_quoted(&mut conditions, spelling, '\'');
            }
        }
    }
    let (limit, hours) = (window.limit.to_string(), window.hours.to_string());
    [
        "SELECT ",
        &names,
        ", COUNT(*) AS hits, MIN(starttime) AS firstseen, MAX(starttime) AS lastseen FROM events WHERE (",
        &conditions,
        ") GROUP BY ",
        &names,
        " LIMIT ",
        &limit,
        " LAST ",
        &hours,
        " HOURS",
    ]
    .concat()
}

/// A text in quotes, and those within doubled; a backslash means itself. Names without blanks need none.
fn push_quoted(out: &mut String, text: &str, quote: char) {
    let bare = quote == '"' && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !bare {
        out.push(quote);
    }
    for c in text.chars() {
        out.push(c);
        if c == quote {
            out.push(c);
        }
    }
    if !bare {
        out.push(quote);
    }
}
