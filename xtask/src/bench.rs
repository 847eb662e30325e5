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
use crate::{layout, package, setup};

/// One comparison. Smaller is better, whatever the unit.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    what: String,
    unit: String,
    ours: f64,
    peer: Option<Peer>,
    /// What `ours` should not exceed.
    at_most: Option<f64>,
    /// What `ours` should not exceed as a multiple of the peer's number.
    at_most_of_peer: Option<f64>,
}

/// Somebody else doing the same, in the same run.
#[derive(Debug, Serialize, Deserialize)]
struct Peer {
    name: String,
    value: f64,
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|peer| self.ours / peer.value)
    }

    fn verdict(&self) -> &'static str {
        let exceeds = |value: Option<f64>, limit: Option<f64>| match (value, limit) {
            (Some(value), Some(limit)) => value > limit,
            // A limit for a ratio that was not measured is not kept.
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if self.at_most.is_none() && self.at_most_of_peer.is_none() {
            ""
        } else if exceeds(Some(self.ours), self.at_most) || exceeds(self.ratio(), self.at_most_of_peer) {
            "missed"
        } else {
            "met"
        }
    }
}

/// Builds, runs every comparison, prints the table, writes `target/bench.json`.
pub(crate) fn run() -> Result<()> {
    let tarball = package::build()?;
    setup::sandbox()?;
    let project = package::install(&tarball)?;
    let mut all = Vec::new();
    for script in scripts()? {
        let name = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        all.extend(step(&format!("run {name}"), || {
            let mut node = command("node");
            node.arg(&script)
                .env("IOC_PROJECT", &project)
                .env("IOC_TARBALL", &tarball)
                .env("IOC_SANDBOX", layout::sandbox());
            let text = process::read(&mut node)?;
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
    let number = |number: f64| format!("{number:.2}");
    let cell = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let mut rows = vec![row(["comparison", "unit", "ours", "peer", "ratio", "goal", "is", "peer's name"])];
    for one in all {
        let goal = one
            .at_most
            .map(|limit| format!("<= {limit:.2}"))
            .or(one.at_most_of_peer.map(|limit| format!("<= {limit:.2} x")));
        rows.push(vec![
            one.what.clone(),
            one.unit.clone(),
            number(one.ours),
            cell(one.peer.as_ref().map(|peer| number(peer.value))),
            cell(one.ratio().map(number)),
            cell(goal),
            one.verdict().to_owned(),
            cell(one.peer.as_ref().map(|peer| peer.name.clone())),
        ]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(ours: f64, peer: Option<f64>) -> Row {
        let peer = peer.map(|value| Peer { name: "peer".to_owned(), value });
        Row { what: String::new(), unit: String::new(), ours, peer, at_most: None, at_most_of_peer: None }
    }

    #[test]
    fn a_ratio_is_judged_against_the_goal_for_the_ratio() {
        let judged = |ours| Row { at_most_of_peer: Some(0.8), ..row_of(ours, Some(10.0)) }.verdict();
        assert_eq!(judged(8.0), "met");
        assert_eq!(judged(8.1), "missed");
    }

    #[test]
    fn a_number_is_judged_against_the_goal_for_the_number() {
        let judged = |ours| Row { at_most: Some(25.0), ..row_of(ours, Some(1.0)) }.verdict();
        assert_eq!(judged(25.0), "met");
        assert_eq!(judged(26.0), "missed");
    }

    #[test]
    fn a_goal_for_a_ratio_is_missed_where_the_peer_is() {
        assert_eq!(Row { at_most_of_peer: Some(0.8), ..row_of(1.0, None) }.verdict(), "missed");
        assert_eq!(row_of(1.0, None).verdict(), "");
    }
}
