//! The binary: everything is in the library, so that tests can start a server inside their own process.

use std::process::ExitCode;

fn main() -> ExitCode {
    sandbox::cli::run(std::env::args_os())
}
