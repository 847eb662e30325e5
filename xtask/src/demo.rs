//! `cargo xtask demo`: everything from nothing to a looked-up indicator and a page.
//!
//! This part sets up and builds; `xtask/node/demo.mjs` starts the sandbox and the page and uses the
//! package, because that is what a user of the package would do.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::process::{self, command};
use crate::{layout, package, setup};

/// What a person can choose.
#[derive(Args)]
pub(crate) struct Options {
    /// End after the lookup instead of serving the page.
    #[arg(long)]
    once: bool,
    /// Load this file into the sandbox: TSV (also .zst), a STIX bundle, or a plain list. May be repeated.
    #[arg(long, value_name = "FILE")]
    feed: Vec<PathBuf>,
    /// The page's port on 127.0.0.1, by default 8800; 0 takes free ports for page and platforms, as --once does.
    #[arg(long)]
    port: Option<u16>,
}

/// Runs until Ctrl-C, or with `--once` until the report is printed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let tarball = package::build()?;
    setup::sandbox()?;
    let project = package::install(&tarball)?;
    // A demo that only prints must not stumble over one that is running.
    let port = options.port.unwrap_or(if options.once { 0 } else { 8800 });
    let mut node = command("node");
    node.arg(layout::script("demo.mjs"))
        .arg("--sandbox")
        .arg(layout::sandbox())
        .arg("--project")
        .arg(project)
        .arg("--port")
        .arg(port.to_string());
    if options.once {
        node.arg("--once");
    }
    for feed in &options.feed {
        // The person named it from where they stand, and we run at the root.
        node.arg("--feed").arg(std::path::absolute(feed)?);
    }
    process::run(&mut node)
}
