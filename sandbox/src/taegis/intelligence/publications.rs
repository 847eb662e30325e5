//! The vendor's publications: found by a part of their text, or the newest ones.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::Value;

use crate::Error;
use crate::taegis::graphql::{Call, Fault};
use crate::taegis::role::Right;

/// Of `threatPublications`. The format of the content is not looked at: there is one.
#[derive(Deserialize)]
pub(in crate::taegis) struct Text {
    text: String,
}

/// Of `threatPublicationsSearch`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Texts {
    text: Vec<String>,
}

/// Of `threatLatestPublications`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Latest {
    from: usize,
    size: usize,
}

/// Adds a publication.
pub(in crate::taegis) fn add(db: &Connection, record: &Value) -> Result<(), Error> {
    let text = |member: &str| record.get(member).and_then(Value::as_str).unwrap_or_default();
    let searched = format!("{}\n{}\n{}", text("Name"), text("Description"), text("Content")).to_lowercase();
    db.execute(
        "INSERT OR IGNORE INTO tg_publication VALUES (?, ?, ?, ?)",
        params![text("id"), text("Published"), searched, record.to_string()],
    )?;
    Ok(())
}

/// `threatPublications`
pub(in crate::taegis) fn of_text(call: &Call<'_>, arguments: Text) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    Ok(containing_any(call.db, &[arguments.text])?.into())
}

/// `threatPublicationsSearch`
pub(in crate::taegis) fn of_texts(call: &Call<'_>, arguments: Texts) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    Ok(containing_any(call.db, &arguments.text)?.into())
}

/// `threatLatestPublications`
pub(in crate::taegis) fn latest(call: &Call<'_>, arguments: Latest) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let all = containing_any(call.db, &[String::new()])?;
    Ok(all.into_iter().skip(arguments.from).take(arguments.size).collect())
}

/// Newest first.
fn containing_any(db: &Connection, texts: &[String]) -> rusqlite::Result<Vec<Value>> {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    db.prepare_cached(
        "SELECT record FROM tg_publication
         WHERE EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE instr(text, wanted.value) > 0)
         ORDER BY published DESC, id",
    )?
    .query_map([Value::from(texts).to_string()], |row| row.get(0))?
    .collect()
}
