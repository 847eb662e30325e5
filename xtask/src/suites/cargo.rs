//! The suites that cargo runs: `native` and `wasm`.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::count::Counts;
use crate::{process, setup};

/// Where the tests are that wasm is built for. The other tests are native: they use crates that wasm has no need of.
const WASM_TESTS: &str = "--test=wasm_*";

/// Formatting, lints for both targets, and the tests of every package of the workspace.
pub(crate) fn native() -> Result<Counts> {
    setup::wasm_target()?;
    let mut counts = Counts::default();
    counts.add(&check(&["fmt", "--all", "--check"]));
    counts.add(&check(&[
        "clippy",
        "--package=ioc-lookup",
        "--lib",
        WASM_TESTS,
        "--target",
        setup::WASM,
        "--",
        "--deny=warnings",
    ]));
    // Package by package: cargo unites the features of what is built together, so `--workspace`
    // would build many dependencies a second time, in other features than `cargo xtask` has them.
    for package in packages()? {
        let package = format!("--package={package}");
        counts.add(&check(&["clippy", &package, "--all-targets", "--", "--deny=warnings"]));
        counts.add(&test(&[&package]));
    }
    Ok(counts)
}

/// The crate's tests as wasm, in the engine that each test binary names.
pub(crate) fn wasm() -> Result<Counts> {
    setup::wasm_target()?;
    setup::npm_tools()?;
    setup::browsers()?;
    Ok(test(&["--package=ioc-lookup", WASM_TESTS, "--target", setup::WASM]))
}

/// One command that passes or fails as a whole.
fn check(arguments: &[&str]) -> Counts {
    println!("==> cargo {}", arguments.join(" "));
    match process::run(process::cargo().args(arguments)) {
        Ok(()) => Counts::success(),
        Err(error) => failure(arguments, &error),
    }
}

/// `cargo test`, every test counted.
fn test(arguments: &[&str]) -> Counts {
    println!("==> cargo test {}", arguments.join(" "));
    let mut counts = Counts::default();
    let mut command = process::cargo();
    command.args(["test", "--no-fail-fast"]).args(arguments);
    // Seconds, for wasm test binaries: the default of 20 is less than a busy machine needs to start a browser.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    match process::watch(&mut command, |line| counts.read_rust(line)) {
        // It failed, but no test did: something did not build, or crashed.
        Ok(false) if counts.failed == 0 => {
            counts.add(&Counts::failure(format!("cargo test {}", arguments.join(" "))));
        }
        Ok(_) => {}
        Err(error) => counts.add(&failure(arguments, &error)),
    }
    counts
}

fn failure(arguments: &[&str], error: &anyhow::Error) -> Counts {
    eprintln!("error: {error:#}");
    Counts::failure(format!("cargo {}: {error:#}", arguments.join(" ")))
}

/// The packages of the workspace, as cargo knows them.
fn packages() -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
    }
    let text = process::read(process::cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cargo metadata")?;
    Ok(metadata.packages.into_iter().map(|package| package.name).collect())
}
