//! The suites that Node's test runner runs: every `tests/<suite>/*.test.mjs`.
//!
//! A test learns from its environment what it may use:
//!
//! - `IOC_TARBALL`: the packed package, as users would download it;
//! - `IOC_PROJECT`: a project of its own with that tarball installed, and nothing else;
//! - `IOC_SANDBOX`: the sandbox's program;
//! - `IOC_TMP`: an empty folder for the files of this suite;
//! - `IOC_PYTHON`: for `conformance`, a Python that has the clients of its `requirements.txt`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Suite;
use super::count::Counts;
use crate::process::command;
use crate::{layout, package, setup};

/// What the suites share, made when the first of them needs it.
#[derive(Default)]
pub(crate) struct Shared {
    tarball: Option<PathBuf>,
}

/// Runs one suite; no test files, no counts.
pub(crate) fn run(suite: Suite, shared: &mut Shared) -> Result<Counts> {
    let files = test_files(&layout::root().join("tests").join(suite.name()))?;
    if files.is_empty() {
        return Ok(Counts::default());
    }
    if matches!(suite, Suite::Browser | Suite::Bundlers | Suite::Edge | Suite::Extension | Suite::Runtimes) {
        setup::browsers()?;
    }
    let python = if suite == Suite::Conformance { setup::python()? } else { None };
    let tarball = shared.tarball()?;
    let project = package::install(&tarball)?;
    let folder = layout::scratch(suite.name());
    setup::empty_folder(&folder)?;

    let report = layout::scratch(&format!("{}.tap", suite.name()));
    let mut node = command("node");
    node.args(["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"])
        .args(["--test-reporter=tap", "--test-reporter-destination"])
        .arg(&report)
        .args(&files)
        .env("IOC_TARBALL", tarball)
        .env("IOC_PROJECT", project)
        .env("IOC_SANDBOX", layout::sandbox())
        .env("IOC_TMP", folder);
    if let Some(python) = python {
        node.env("IOC_PYTHON", python);
    }
    let ended_well = node.status().context("cannot start node")?.success();
    let mut counts = Counts::default();
    counts.read_tap(&fs::read_to_string(&report).context("node wrote no report")?);
    // Node failed although no test did, or files were there and held no test: neither is a success.
    if (!ended_well && counts.failed == 0) || counts.is_empty() {
        counts.add(&Counts::failure(format!("{}: no test failed, and yet node did", suite.name())));
    }
    Ok(counts)
}

impl Shared {
    /// The tarball of this run, and the sandbox beside it.
    fn tarball(&mut self) -> Result<PathBuf> {
        if let Some(tarball) = &self.tarball {
            return Ok(tarball.clone());
        }
        let tarball = package::build()?;
        setup::sandbox()?;
        Ok(self.tarball.insert(tarball).clone())
    }
}

/// The test files of a folder, in the order of their names; none if there is no such folder.
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(".test.mjs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
