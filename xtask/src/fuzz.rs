//! `cargo xtask fuzz`: the targets of `fuzz/`, one after the other. `docs/fuzzing.md` tells what they hold.
//!
//! It needs nightly, which rustup installs, and cargo-fuzz, which cargo does. What is found lies in `fuzz/artifacts/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::layout;
use crate::process::{self, command};
use crate::step::step;

/// The version of cargo-fuzz that the targets were run with.
const VERSION: &str = "0.13.2";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long each target runs.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// These targets only; the files of fuzz/fuzz_targets/ name them.
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

/// Builds and runs the targets; stops at the first that finds something.
pub(crate) fn run(options: &Options) -> Result<()> {
    let all = targets()?;
    if let Some(unknown) = options.targets.iter().find(|target| !all.contains(target)) {
        bail!("there is no target {unknown}; there are {}", all.join(", "));
    }
    let wanted = if options.targets.is_empty() { &all } else { &options.targets };
    tools()?;
    for target in wanted {
        step(&format!("fuzz {target} for {} s", options.seconds), || fuzz(target, options.seconds))?;
    }
    Ok(())
}

/// What is found first goes to `fuzz/corpus/`, which is not committed; the seeds are only read.
fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let corpus = layout::root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus).context("cannot make the folder of the corpus")?;
    let mut run = command("cargo");
    // Set by the cargo that started us, and then rustup would not choose nightly.
    run.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    run.args(["+nightly", "fuzz", "run", "--target-dir"]).arg(layout::target().join("fuzz")).arg(target);
    run.arg(corpus).arg(layout::root().join("fuzz/seeds").join(target));
    run.args(["--", "-max_len=4096", "-timeout=10", &format!("-max_total_time={seconds}")]);
    process::run(&mut run)
}

fn tools() -> Result<()> {
    if process::read(command("rustup").args(["run", "nightly", "rustc", "--version"])).is_err() {
        step("install nightly Rust", || {
            process::run(command("rustup").args(["toolchain", "install", "nightly", "--profile", "minimal"]))
        })?;
    }
    if !process::is_installed("cargo-fuzz") {
        step("install cargo-fuzz", || {
            process::run(process::cargo().args(["install", "cargo-fuzz", "--locked", "--version", VERSION]))
        })?;
    }
    Ok(())
}

fn targets() -> Result<Vec<String>> {
    let folder: &Path = &layout::root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(folder).context("cannot read fuzz/fuzz_targets")?;
    let mut names = Vec::new();
    for file in files {
        let path = file?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
