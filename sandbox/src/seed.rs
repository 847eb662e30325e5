//! The embedded data: a few hundred records, one per line of `seed/records.jsonl`.

use crate::Error;
use crate::record::Record;

const RECORDS: &str = include_str!("../seed/records.jsonl");

/// All embedded records, in the order of the file.
pub fn records() -> Result<Vec<Record>, Error> {
    RECORDS
        .lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|error| Error::System(format!("seed/records.jsonl:{}: {error}", index + 1)))
        })
        .collect()
}
