//! The commands that a person types: `cargo xtask build`, `pack`, `test`, `demo`, `bench`, `fuzz`.
//!
//! The map; arrows point down only:
//!
//! - [`suites`]: the test suites, how they are found, run and counted.
//! - [`demo`], [`bench`]: one run of the whole, one table of ratios.
//! - [`extension`]: the package as a browser extension.
//! - [`fuzz`]: inputs that nobody would write, for as long as one likes.
//! - [`package`], [`budget`]: from the crate to `pkg/` and its tarball, and how large they may be.
//! - [`setup`]: what must be on the machine, installed when it is not.
//! - [`step`], [`process`], [`stamp`], [`layout`]: telling, running, remembering, finding.
//!
//! Errors are one line each; `RUST_BACKTRACE` changes nothing.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

mod bench;
mod budget;
mod demo;
mod extension;
mod fuzz;
mod layout;
mod mute;
mod package;
mod process;
mod setup;
mod stamp;
mod step;
mod suites;
mod table;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the npm package into pkg/ and print its sizes; fails above the budget.
    Build,
    /// Build, and say where the tarball is.
    Pack {
        /// Make the extension of it: a folder and a zip for each browser.
        #[arg(long)]
        extension: bool,
    },
    /// Set up what the tests need and run them.
    Test {
        /// Run this suite alone.
        #[arg(long, value_name = "SUITE")]
        only: Option<suites::Suite>,
    },
    /// Build everything, start the sandbox and the page, look one indicator up.
    Demo(demo::Options),
    /// Compare with the peers in one run: a table of ratios, and target/bench.json.
    Bench,
    /// Run the fuzz targets, one after the other; no part of the tests.
    Fuzz(fuzz::Options),
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    // Cargo's runner for wasm test binaries: its arguments are those of wasm-bindgen, not ours.
    if arguments.get(1).is_some_and(|argument| argument == "test-runner") {
        arguments.remove(0);
        return finish(wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments));
    }
    match Cli::parse_from(arguments).command {
        Command::Build => finish(package::build().map(drop)),
        Command::Pack { extension: false } => finish(package::pack()),
        Command::Pack { extension: true } => finish(extension::pack()),
        Command::Test { only } => match suites::run(only) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => finish(Err(error)),
        },
        Command::Demo(options) => finish(demo::run(&options)),
        Command::Bench => finish(bench::run()),
        Command::Fuzz(options) => finish(fuzz::run(&options)),
    }
}

fn finish(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // `{:#}` is one line, without the frames that RUST_BACKTRACE adds to `{:?}`.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
