//! Telling the person what is done, and how long it took.

use std::time::Instant;

use anyhow::{Context, Result};

/// Does `work` under the heading `what`, and prints the seconds it took.
///
/// The heading also opens the error, should the work fail.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {what}");
    let start = Instant::now();
    let value = work().with_context(|| what.to_owned())?;
    println!("    done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(value)
}
