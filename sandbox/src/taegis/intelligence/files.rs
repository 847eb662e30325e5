//! `threatTimsMalwareFiles`: hashes of malware, a page at a time, newest first. No two files have the same time, so
//! that the time of a page's last file, passed back, leads to the next page.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::search::TimeRange;
use crate::Error;
use crate::taegis::graphql::{Call, Fault};
use crate::taegis::role::Right;

/// Arguments.
#[derive(Deserialize)]
pub(in crate::taegis) struct Arguments {
    #[serde(default)]
    last_created: Option<String>,
    #[serde(default)]
    filters: Option<Filters>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Filters {
    r#where: Option<Where>,
    time_range: Option<TimeRange>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Where {
    threat_description: Option<String>,
    or: Option<Vec<Where>>,
}

struct File {
    created: String,
    hash: String,
    confidence: Option<i64>,
    description: Option<String>,
}

/// Adds a file; a time that is taken moves on until it is free.
pub(in crate::taegis) fn add(
    db: &Connection,
    created: &str,
    hash: &str,
    confidence: Option<i64>,
    description: Option<&str>,
) -> Result<(), Error> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO tg_malware_file VALUES (?, ?, ?, ?)")?;
    // Microseconds, as the platform has them: enough for a million files of one second.
    let second = created.trim_end_matches('Z');
    for micro in 0..1_000_000 {
        if insert.execute(params![format!("{second}.{micro:06}Z"), hash, confidence, description])? > 0 {
            break;
        }
    }
    Ok(())
}

/// `threatTimsMalwareFiles`
pub(in crate::taegis) fn files(call: &Call<'_>, arguments: Arguments) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let filters = arguments.filters.unwrap_or_default();
    let before = arguments.last_created.filter(|text| !text.is_empty());
    let mut statement = call.db.prepare_cached(
        "SELECT created, file_hash, confidence, threat_description FROM tg_malware_file
         WHERE ?1 IS NULL OR created < ?1 ORDER BY created DESC",
    )?;
    let rows = statement.query_map([before], |row| {
        Ok(File { created: row.get(0)?, hash: row.get(1)?, confidence: row.get(2)?, description: row.get(3)? })
    })?;
    let mut page: Vec<File> = Vec::new();
    let mut has_more = false;
    for file in rows {
        let file = file?;
        if !filters.fit(&file) {
            continue;
        }
        if page.len() == call.settings.malware_files_page {
            has_more = true;
            break;
        }
        page.push(file);
    }
    let last = page.last().map(|file| file.created.clone());
    let files: Vec<Value> = page.into_iter().map(File::json).collect();
    Ok(json!({ "last_created": last, "has_more": has_more, "files": files }))
}

impl File {
    fn json(self) -> Value {
        json!({
            "file_hash": self.hash, "information_source": "CTU", "threat_description": self.description,
            "confidence": self.confidence, "source_internal": true,
        })
    }
}

impl Filters {
    fn fit(&self, file: &File) -> bool {
        self.time_range.as_ref().is_none_or(|range| range.holds(&file.created))
            && self.r#where.as_ref().is_none_or(|wanted| wanted.fits(file))
    }
}

impl Where {
    fn fits(&self, file: &File) -> bool {
        let described =
            |text: &String| file.description.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(text));
        self.threat_description.as_ref().is_none_or(described)
            && self.or.as_ref().is_none_or(|others| others.iter().any(|other| other.fits(file)))
    }
}
