//! Tab-separated values: one header line, no quoting, no escapes; columns are found by their names.
//!
//! `value` and `kind` are needed; `category`, `family`, `reference` and `port` are taken when there.

use std::io::BufRead;

use ioc_lookup::indicator::Kind;

use super::{Item, Lines};
use crate::record::{Record, Source};

/// Where the columns stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    count: usize,
    value: usize,
    kind: usize,
    category: Option<usize>,
    family: Option<usize>,
    reference: Option<usize>,
    port: Option<usize>,
}

impl Columns {
    /// The columns that this header names, if it is one.
    pub(super) fn in_header(line: &[u8]) -> Option<Columns> {
        let names: Vec<&str> = std::str::from_utf8(line).ok()?.trim_end().split('\t').collect();
        let place = |name| names.iter().position(|candidate| *candidate == name);
        Some(Columns {
            count: names.len(),
            value: place("value")?,
            kind: place("kind")?,
            category: place("category"),
            family: place("family"),
            reference: place("reference"),
            port: place("port"),
        })
    }

    fn record(&self, line: &str, source: &str) -> Result<Record, String> {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != self.count {
            return Err(format!("{} columns instead of {}", cells.len(), self.count));
        }
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
        let optional = |place: Option<usize>| place.map(cell).filter(|text| !text.is_empty());
        let value = cell(self.value);
        if value.is_empty() {
            return Err("no value".to_owned());
        }
        let kind = Kind::from_name(cell(self.kind)).ok_or_else(|| format!("unknown kind \"{}\"", cell(self.kind)))?;
        let category = optional(self.category);
        let attributes = [
            ("Malware Family", optional(self.family)),
            ("Reference", optional(self.reference)),
            ("Port", optional(self.port)),
        ];
        Ok(Record {
            value: value.to_owned(),
            kind: Some(kind),
            score: category.and_then(score),
            sources: vec![Source { name: source.to_owned(), ..Source::default() }],
            tags: category.map(str::to_owned).into_iter().collect(),
            attributes: attributes
                .into_iter()
                .filter_map(|(name, text)| Some((name.to_owned(), text?.to_owned())))
                .collect(),
            ..Record::default()
        })
    }
}

/// What a category of the feed is worth, 0-100.
fn score(category: &str) -> Option<f64> {
    match category {
        "malware" => Some(90.0),
        "malicious" => Some(80.0),
        "suspicious" => Some(50.0),
        _ => None,
    }
}

/// Reads everything below the header.
pub(super) fn read(input: Box<dyn BufRead>, columns: Columns, source: &str) -> impl Iterator<Item = Item> + use<> {
    let source = source.to_owned();
    let mut lines = Lines::new(input);
    let mut header = true;
    std::iter::from_fn(move || {
        if std::mem::take(&mut header) {
            lines.next_with(|_| Ok(()))?.ok();
        }
        lines.next_with(|line| columns.record(line, &source))
    })
}
