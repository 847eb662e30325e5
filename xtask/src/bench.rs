//! `cargo xtask bench`: ours beside the peers', measured in one run on one machine.
//!
//! Each `tests/bench/*.bench.mjs` prints its rows as JSON; see [`Row`] for their shape. Only the
//! ratios mean something elsewhere: absolute numbers are those of the machine.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::process::{self, command};
use crate::step::step;
use crate::table::{lay_out, row};
use crate::{layout, package};

/// One comparison. Smaller is better, whatever the unit.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    what: String,
    unit: String,
    ours: f64,
    /// `null` where nobody else does this: the goal is then a number, not a ratio.
    peer: Option<f64>,
    peer_name: Option<String>,
    /// The ratio to stay below, or without a peer the number.
    goal: Option<f64>,
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        self.peer.map(|peer| self.ours / peer)
    }

    fn verdict(&self) -> &'static str {
        match self.goal {
            None => "",
            Some(goal) if self.ratio().unwrap_or(self.ours) <= goal => "met",
            Some(_) => "missed",
        }
    }
}

/// Builds, runs every comparison, prints the table, writes `target/bench.json`.
pub(crate) fn run() -> Result<()> {
    let tarball = package::build()?;
    let project = package::install(&tarball)?;
    let mut all = Vec::new();
    for script in scripts()? {
        let name = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        all.extend(step(&format!("run {name}"), || {
            let text =
                process::read(command("node").arg(&script).env("IOC_PROJECT", &project).env("IOC_TARBALL", &tarball))?;
            serde_json::from_str::<Vec<Row>>(&text).context("it printed no rows")
        })?);
    }
    if all.is_empty() {
        bail!("tests/bench holds no *.bench.mjs");
    }
    print!("{}", lay_out(&table(&all)));
    let file = layout::target().join("bench.json");
    fs::write(&file, serde_json::to_string_pretty(&all)?)?;
    println!("written to {}", file.display());
    Ok(())
}

fn scripts() -> Result<Vec<PathBuf>> {
    let folder = layout::root().join("tests/bench");
    let mut scripts = Vec::new();
    for entry in fs::read_dir(&folder).context("cannot read tests/bench")? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".bench.mjs") {
            scripts.push(path);
        }
    }
    scripts.sort();
    Ok(scripts)
}

fn table(all: &[Row]) -> Vec<Vec<String>> {
    let cell = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.2}"));
    let mut rows = vec![row(["comparison", "unit", "ours", "peer", "ratio", "goal", "", "peer is"])];
    for one in all {
        rows.push(vec![
            one.what.clone(),
            one.unit.clone(),
            cell(Some(one.ours)),
            cell(one.peer),
            cell(one.ratio()),
            cell(one.goal),
            one.verdict().to_owned(),
            one.peer_name.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(ours: f64, peer: Option<f64>, goal: Option<f64>) -> Row {
        Row { what: String::new(), unit: String::new(), ours, peer, peer_name: None, goal }
    }

    #[test]
    fn a_goal_is_a_ratio_where_there_is_a_peer_and_a_number_where_there_is_none() {
        assert_eq!(row_of(8.0, Some(10.0), Some(0.8)).verdict(), "met");
        assert_eq!(row_of(8.1, Some(10.0), Some(0.8)).verdict(), "missed");
        assert_eq!(row_of(25.0, None, Some(25.0)).verdict(), "met");
        assert_eq!(row_of(26.0, None, Some(25.0)).verdict(), "missed");
    }
}
