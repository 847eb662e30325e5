//! `sandbox import`: files into a database, without serving it.

use std::path::PathBuf;

use clap::Args;

use crate::Error;
use crate::clock::Clock;
use crate::database::Database;
use crate::import;
use crate::progress::Show;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// TSV with a header (value, kind, category, family, reference, port), STIX 2.1 bundle, or one value per line
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The sandbox's database file; a new one is made with the embedded data
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Tell the progress even if stderr is no terminal
    #[arg(long)]
    progress: bool,
}

/// Imports one file after the other. Bad lines are told on stderr; a file of which nothing could be read is
/// an error.
pub(super) fn run(command: &Import, clock: &Clock) -> Result<(), Error> {
    let database = Database::open(Some(&command.data))?;
    import::prepare(&database, clock)?;
    let show = if command.progress { Show::Always } else { Show::OnTerminal };
    for file in &command.files {
        let summary = import::import(&database, file, clock, show)?;
        eprintln!("{}: {summary}", file.display());
        if summary.failed > 0 && summary.imported + summary.known == 0 {
            return Err(Error::Refused(format!("{}: nothing could be imported", file.display())));
        }
    }
    Ok(())
}
