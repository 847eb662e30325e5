//! How large the package may be, and the table that shows how large it is. Units: bytes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::layout;
use crate::process::{self, command};
use crate::table::{lay_out, row, thousands};

/// What a part of the package may weigh. The names are those that `xtask/node/measure.mjs` prints.
struct Limit {
    what: &'static str,
    raw: Option<u64>,
    brotli: Option<u64>,
}

/// Above these the build fails: a package that grows must do so by somebody's decision.
const BUDGET: [Limit; 3] = [
    Limit { what: "core.wasm", raw: Some(570_000), brotli: Some(205_000) },
    Limit { what: "glue and facade, minified", raw: None, brotli: Some(17_500) },
    Limit { what: "tarball", raw: Some(630_000), brotli: None },
];

/// Where the package is to arrive. What is missed is printed at every build.
const GOALS: [Limit; 2] = [
    Limit { what: "core.wasm", raw: Some(250_000), brotli: Some(90_000) },
    Limit { what: "tarball", raw: Some(300_000), brotli: None },
];

/// What one part weighs. The tarball is compressed already, so it has no further sizes.
#[derive(Debug, Deserialize)]
struct Weight {
    what: String,
    raw: u64,
    gzip: Option<u64>,
    brotli: Option<u64>,
}

/// Weighs the package, prints the table, and fails when a part is over its budget.
pub(crate) fn check(package: &Path, tarball: &Path) -> Result<()> {
    let script = layout::script("measure.mjs");
    let text = process::read(command("node").arg(script).arg(package).arg(tarball))?;
    let weights: Vec<Weight> = serde_json::from_str(&text).context("measure.mjs printed no table")?;
    print!("{}", lay_out(&rows(&weights)));
    for missed in over_budget(&weights, &GOALS) {
        println!("goal missed: {missed}");
    }
    let over = over_budget(&weights, &BUDGET);
    if !over.is_empty() {
        bail!("over budget: {}", over.join(", "));
    }
    Ok(())
}

fn rows(weights: &[Weight]) -> Vec<Vec<String>> {
    let cell = |size: Option<u64>| size.map_or("-".to_owned(), thousands);
    let mut rows = vec![row(["bytes", "raw", "gzip", "brotli"])];
    for weight in weights {
        rows.push(vec![weight.what.clone(), thousands(weight.raw), cell(weight.gzip), cell(weight.brotli)]);
    }
    rows
}

/// One sentence per limit that is passed, or that nothing was weighed for.
fn over_budget(weights: &[Weight], budget: &[Limit]) -> Vec<String> {
    let mut over = Vec::new();
    for limit in budget {
        let Some(weight) = weights.iter().find(|weight| weight.what == limit.what) else {
            over.push(format!("{} was not weighed", limit.what));
            continue;
        };
        let sizes = [("raw", limit.raw, Some(weight.raw)), ("brotli", limit.brotli, weight.brotli)];
        for (form, allowed, size) in sizes {
            let (Some(allowed), Some(size)) = (allowed, size) else {
                continue;
            };
            if size > allowed {
                let (size, allowed) = (thousands(size), thousands(allowed));
                over.push(format!("{} is {size} bytes {form}, {allowed} are allowed", limit.what));
            }
        }
    }
    over
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: [Limit; 1] = [Limit { what: "core.wasm", raw: Some(100), brotli: Some(50) }];

    fn weight(raw: u64, brotli: u64) -> [Weight; 1] {
        [Weight { what: "core.wasm".to_owned(), raw, gzip: None, brotli: Some(brotli) }]
    }

    #[test]
    fn a_part_may_weigh_exactly_its_budget() {
        assert!(over_budget(&weight(100, 50), &LIMIT).is_empty());
    }

    #[test]
    fn one_byte_more_than_the_budget_is_told() {
        let over = over_budget(&weight(100, 51), &LIMIT);
        assert_eq!(over, ["core.wasm is 51 bytes brotli, 50 are allowed"]);
        assert_eq!(over_budget(&weight(101, 51), &LIMIT).len(), 2);
    }

    #[test]
    fn a_part_that_was_not_weighed_does_not_pass() {
        assert_eq!(over_budget(&[], &LIMIT), ["core.wasm was not weighed"]);
    }
}
