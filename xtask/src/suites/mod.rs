//! The test suites: `native` and `wasm` are cargo's, the others are folders `tests/<suite>/` of
//! `*.test.mjs` files that run on the packed tarball.
//!
//! A suite that fails to start counts as one failure and does not keep the others from running.
//! A suite without any test says so and counts nothing.

mod cargo;
mod count;
mod node;

use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::table::{lay_out, row};
use count::Counts;

/// A suite, by the name that `--only` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Suite {
    /// Formatting, lints, and every test of the workspace on this machine.
    Native,
    /// The crate's tests as wasm, in Node and in headless Chromium.
    Wasm,
    /// The tarball in Node, against the sandbox.
    Package,
    /// The tarball in every JavaScript runtime.
    Runtimes,
    /// The tarball through every bundler.
    Bundlers,
    /// The TypeScript declarations.
    Types,
    /// The page in Chromium and Firefox.
    Browser,
    /// The extension, loaded into Chromium and Firefox.
    Extension,
    /// The edge worker in workerd.
    Edge,
    /// The sandbox against clients written elsewhere.
    Conformance,
}

/// What one suite came to.
struct Outcome {
    suite: Suite,
    counts: Counts,
    took: Duration,
}

/// Runs all suites, or one; prints a table and a closing line. Returns whether nothing failed.
pub(crate) fn run(only: Option<Suite>) -> Result<bool> {
    let suites = Suite::value_variants().iter().filter(|suite| only.is_none_or(|only| **suite == only));
    let mut outcomes = Vec::new();
    let mut shared = node::Shared::default();
    for &suite in suites {
        println!("\n=== {}", suite.name());
        let start = Instant::now();
        let counts = run_one(suite, &mut shared).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Counts::failure(format!("{}: {error:#}", suite.name()))
        });
        outcomes.push(Outcome { suite, counts, took: start.elapsed() });
    }
    let all = close(&outcomes);
    // One suite was asked for by name: no test there is not a success.
    Ok(all.failed == 0 && all.passed > 0)
}

fn run_one(suite: Suite, shared: &mut node::Shared) -> Result<Counts> {
    match suite {
        Suite::Native => cargo::native(),
        Suite::Wasm => cargo::wasm(),
        _ => node::run(suite, shared),
    }
}

/// Prints what failed and why, the table, the reasons of the skips, and the one line that machines read. Returns the sum.
fn close(outcomes: &[Outcome]) -> Counts {
    let mut rows = vec![row(["suite", "passed", "failed", "skipped", "seconds"])];
    let mut all = Counts::default();
    for Outcome { suite, counts, took } in outcomes {
        rows.push(if counts.is_empty() {
            row([suite.name(), "no tests yet"])
        } else {
            numbers(suite.name(), counts, *took)
        });
        all.add(counts);
    }
    if outcomes.len() > 1 {
        rows.push(numbers("all", &all, outcomes.iter().map(|outcome| outcome.took).sum()));
    }
    for failure in &all.failures {
        println!("\nfailed: {failure}");
    }
    println!("\n{}", lay_out(&rows));
    for reason in &all.skips {
        println!("skipped: {reason}");
    }
    println!("{} passed, {} failed, {} skipped", all.passed, all.failed, all.skipped());
    all
}

fn numbers(name: &str, counts: &Counts, took: Duration) -> Vec<String> {
    let [passed, failed, skipped] = [counts.passed, counts.failed, counts.skipped()].map(|number| number.to_string());
    row([name, &passed, &failed, &skipped, &format!("{:.1}", took.as_secs_f64())])
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Suite::Native => "native",
            Suite::Wasm => "wasm",
            Suite::Package => "package",
            Suite::Runtimes => "runtimes",
            Suite::Bundlers => "bundlers",
            Suite::Types => "types",
            Suite::Browser => "browser",
            Suite::Extension => "extension",
            Suite::Edge => "edge",
            Suite::Conformance => "conformance",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_called_what_the_command_line_calls_it() {
        for suite in Suite::value_variants() {
            assert_eq!(suite.to_possible_value().unwrap().get_name(), suite.name());
        }
    }
}
